"""The history of a record: who, when, the old value and the new one; and withdrawals, which have a reason."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from office import browser_of, fields_of, save

from backoffice.history import changes_of
from register.models import Certificate, PackCode, Product
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db
PARTS = ((Certificate, "product_id"), (PackCode, "product_id"))


@pytest.fixture
def office(register: SampleRegister) -> Client:
    return browser_of("so1")


@pytest.fixture
def certificate(register: SampleRegister) -> Certificate:
    """A sample certificate in force; bulk writers made it, so it has no history yet."""
    return Certificate.objects.filter(withdrawn_on=None).order_by("-valid_to")[0]


def row_of(certificate: Certificate, page: dict[str, list[str]]) -> str:
    name = next(name for name, value in page.items() if name.endswith("-id") and value == [str(certificate.pk)])
    return name.removesuffix("-id").replace("-", "__")


def withdraw(office: Client, certificate: Certificate, day: str, reason: str) -> str:
    """Save a withdrawal. Returns the page that refuses it, or nothing."""
    address = reverse("admin:register_product_change", args=[certificate.product_id])
    page = fields_of(office.get(address).content.decode())
    row = row_of(certificate, page)
    typed = {f"{row}__withdrawn_on": day, f"{row}__withdrawn_reason": reason}
    answer = save(office, address, page, **typed)
    certificate.refresh_from_db()
    return "" if answer.status_code == 302 else answer.content.decode()


def test_the_history_of_a_product_tells_its_certificates(office: Client, certificate: Certificate) -> None:
    assert withdraw(office, certificate, "05/11/2026", "Ngừng sản xuất") == ""
    assert withdraw(office, certificate, "06/11/2026", "Ngừng sản xuất") == ""
    history = office.get(reverse("admin:register_product_history", args=[certificate.product_id]))
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in history.content.decode().split("<tr>")]
    told = [tuple(row[1:]) for row in rows if row]
    of = f"Giấy chứng nhận {certificate}"
    assert told == [
        ("Người so1", of, "Sửa", "ngày thu hồi", "05/11/2026", "06/11/2026"),
        ("Người so1", of, "Sửa", "ngày thu hồi", "(trống)", "05/11/2026"),
        ("Người so1", of, "Sửa", "lý do thu hồi", "(trống)", "Ngừng sản xuất"),
    ]
    assert all(re.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d", row[0]) for row in rows if row)


def test_the_first_change_of_each_has_an_old_value(certificate: Certificate) -> None:
    other = Certificate.objects.exclude(pk=certificate.pk)[0]
    other.save()
    Certificate.history.filter(id=other.pk, history_type="~").update(history_id=certificate.pk)  # its key by chance
    for issuer in ("UBND tỉnh A", "UBND tỉnh B"):
        before, certificate.issuer = certificate.issuer, issuer
        certificate.save()
        assert (before, issuer) in [(c.old, c.new) for c in changes_of(Product, certificate.product_id, PARTS)]
    assert certificate.history.count() == 3


def test_what_is_added_and_deleted_stays_in_the_history(office: Client, certificate: Certificate) -> None:
    product = certificate.product
    code = PackCode.objects.create(product=product, kind="exact", value="https://trace.example/a")
    code.delete()
    told = [(c.done, c.field, c.old, c.new) for c in changes_of(Product, product.pk, PARTS)]
    assert ("Thêm", "nội dung mã", "", "https://trace.example/a") in told
    assert ("Xóa", "nội dung mã", "https://trace.example/a", "") in told
    number = certificate.number
    certificate.delete()
    assert any(c.old == number and c.done == "Xóa" for c in changes_of(Product, product.pk, PARTS))


def test_nothing_is_put_back_by_a_button(office: Client, certificate: Certificate) -> None:
    product = certificate.product
    product.save()
    edition = product.history.latest().pk
    address = reverse("admin:register_product_simple_history", args=[product.pk, edition])
    assert office.get(address).status_code == 200
    assert office.post(address, {"name": "Tên cũ"}).status_code == 403


def test_a_withdrawal_needs_a_day_and_a_reason(office: Client, certificate: Certificate) -> None:
    assert "Hãy ghi lý do thu hồi" in withdraw(office, certificate, "05/11/2026", " ")
    assert "Hãy ghi ngày thu hồi" in withdraw(office, certificate, "", "Ngừng sản xuất")
    assert certificate.withdrawn_on is None


def test_an_old_withdrawal_without_a_reason_hinders_no_other_change(office: Client, certificate: Certificate) -> None:
    Certificate.objects.filter(pk=certificate.pk).update(withdrawn_on="2026-05-02")
    address = reverse("admin:register_product_change", args=[certificate.product_id])
    page = fields_of(office.get(address).content.decode())
    assert save(office, address, page, name="Tên mới").status_code == 302


@pytest.mark.parametrize("model", ["register_product", "inspections_suspicion", "register_issuerkey"])
def test_an_address_of_no_record_has_no_history(office: Client, model: str) -> None:
    for key in ("1,2", "9" * 30):
        assert office.get(reverse(f"admin:{model}_history", args=[key])).status_code == 404
