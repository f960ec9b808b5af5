"""Two people who edit one record: neither loses a change without a word."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from office import browser_of, fields_of, save

from accounts.models import Role, User
from backoffice.editing import Edited, MergedForm
from backoffice.read_only import ReadOnly
from inspections.models import Suspicion
from issuing import keys
from issuing.models import IssuerKey
from register.description import Register
from register.models import Certificate, Locality, Product
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(register: SampleRegister) -> Client:
    return browser_of("so1")


@pytest.fixture
def second(register: SampleRegister) -> Client:
    return browser_of("so2", Role.ADMINISTRATOR)


def change(model: str, pk: object) -> str:
    return reverse(f"admin:{model}_change", args=[pk])


def opened(browser: Client, address: str) -> dict[str, list[str]]:
    return fields_of(browser.get(address).content.decode())


def with_code() -> Product:
    return Product.objects.filter(packcodes__isnull=False, certificates__isnull=False)[0]


def test_other_fields_are_merged(first: Client, second: Client) -> None:
    product = with_code()
    address = change("register_product", product.pk)
    mine, theirs = opened(first, address), opened(second, address)
    assert save(first, address, mine, name="Tên của người thứ nhất").status_code == 302
    answer = save(second, address, theirs, place="Nơi của người thứ hai")
    assert answer.status_code == 302
    product.refresh_from_db()
    assert (product.name, product.place) == ("Tên của người thứ nhất", "Nơi của người thứ hai")
    told = second.get(answer.headers["Location"]).content.decode()
    assert "người khác đã đổi: Tên sản phẩm" in told


def test_the_same_field_is_refused_with_both_values(first: Client, second: Client) -> None:
    product = with_code()
    address = change("register_product", product.pk)
    mine, theirs = opened(first, address), opened(second, address)
    save(first, address, mine, name="Tên của người thứ nhất", place="Nơi mới")
    answer = save(second, address, theirs, name="Tên của người thứ hai")
    page = answer.content.decode()
    assert answer.status_code == 200
    product.refresh_from_db()
    assert product.name == "Tên của người thứ nhất"
    assert "Người so1" in page  # who was first
    assert "đã đổi mục này thành “Tên của người thứ nhất”" in page
    shown = fields_of(page)
    assert shown["name"] == ["Tên của người thứ hai"]
    assert shown["place"] == ["Nơi mới"]
    # having seen both, the second one may decide
    assert save(second, address, shown).status_code == 302
    product.refresh_from_db()
    assert (product.name, product.place) == ("Tên của người thứ hai", "Nơi mới")


def test_the_same_value_from_both_is_no_conflict(first: Client, second: Client) -> None:
    address = change("register_product", with_code().pk)
    mine, theirs = opened(first, address), opened(second, address)
    assert save(first, address, mine, name="Cùng một tên").status_code == 302
    assert save(second, address, theirs, name="Cùng một tên").status_code == 302


def test_a_certificate_in_the_products_form(first: Client, second: Client) -> None:
    product = with_code()
    certificate = product.certificates.first()
    assert certificate
    address = change("register_product", product.pk)
    mine, theirs, third = (opened(browser, address) for browser in (first, second, first))
    withdrawn = {"certificates__0__withdrawn_on": "05/11/2026", "certificates__0__withdrawn_reason": "Ngừng sản xuất"}
    assert save(first, address, mine, **withdrawn).status_code == 302
    # another row and another field: merged
    assert save(second, address, theirs, packcodes__0__value="https://trace.example/2").status_code == 302
    certificate.refresh_from_db()
    assert (certificate.withdrawn_on, certificate.withdrawn_reason) == (date(2026, 11, 5), "Ngừng sản xuất")
    # the same field: refused, both values shown
    withdrawn["certificates__0__withdrawn_on"] = "06/11/2026"
    page = save(second, address, third, **withdrawn).content.decode()
    assert "đã đổi mục này thành “05/11/2026”" in page
    assert 'value="06/11/2026"' in page
    certificate.refresh_from_db()
    assert certificate.withdrawn_on == date(2026, 11, 5)


def test_a_row_that_is_gone_and_a_row_that_was_changed(first: Client, second: Client) -> None:
    product = with_code()
    address = change("register_product", product.pk)
    code = product.packcodes.order_by("kind", "value")[0]
    before, edited, deleted = (opened(first, address) for _ in range(3))
    # changed by the first one: the second one, who has not seen it, does not delete it
    assert save(first, address, before, packcodes__0__value="https://trace.example/new").status_code == 302
    deleted["packcodes-0-DELETE"] = ["on"]
    answer = save(second, address, deleted)
    assert "chưa bị xóa, vì Người so1" in answer.content.decode()
    assert product.packcodes.filter(pk=code.pk).exists()
    # seen and deleted
    again = {**fields_of(answer.content.decode()), "packcodes-0-DELETE": ["on"]}
    assert save(second, address, again).status_code == 302
    assert not product.packcodes.filter(pk=code.pk).exists()
    # the first one still has the row on the page: what was typed into it is not lost, and the rest can be saved
    page = save(first, address, edited, packcodes__0__value="https://trace.example/typed").content.decode()
    assert "người khác đã xóa dòng mà bạn sửa" in page
    assert save(first, address, fields_of(page)).status_code == 302
    assert product.packcodes.filter(value="https://trace.example/typed").exists()
    assert save(first, address, edited, place="Nơi khác").status_code == 302
    product.refresh_from_db()
    assert product.place == "Nơi khác"


def test_lists_of_units_and_several_lines(first: Client, second: Client) -> None:
    commune = Locality.objects.filter(level="commune", former_units__isnull=False)[0]
    others = [str(pk) for pk in Locality.objects.filter(level="former_unit").values_list("pk", flat=True)[:2]]
    address = change("register_locality", commune.pk)
    mine, theirs = opened(first, address), opened(second, address)
    assert save(first, address, mine, former_units=others).status_code == 302
    assert save(second, address, theirs, name="Tên mới").status_code == 302
    commune.refresh_from_db()
    assert commune.name == "Tên mới"
    assert {str(unit.pk) for unit in commune.former_units.all()} == set(others)
    row = Register.objects.get()
    address = change("register_register", row.pk)
    mine, theirs = opened(first, address), opened(second, address)
    assert save(first, address, mine, domains="mot.example\r\nhai.example").status_code == 302
    assert save(second, address, theirs, domains="ba.example").status_code == 200
    assert save(second, address, theirs, name="Sổ mới").status_code == 302
    row.refresh_from_db()
    assert (row.name, row.domains.split()) == ("Sổ mới", ["mot.example", "hai.example"])


def test_accounts_and_decisions(second: Client) -> None:
    user = User.objects.get(username="kiemtra01")
    address = change("accounts_user", user.pk)
    mine, theirs = opened(second, address), opened(second, address)
    assert save(second, address, mine, role="shop").status_code == 302
    assert save(second, address, theirs, name="Tên mới").status_code == 302
    user.refresh_from_db()
    assert (user.role, user.name) == ("shop", "Tên mới")
    suspicion = Suspicion.objects.create(gtin="09520000100016", serial="A1", sightings=[], seen_at=user.date_joined,
                                         accuses=True, by_accounts=True)  # fmt: skip
    address = change("inspections_suspicion", suspicion.pk)
    theirs = opened(second, address)
    Suspicion.objects.update(decision="confirmed", decision_reason="Đã mua về so")
    answer = save(second, address, theirs, decision="dismissed", decision_reason="Hàng mẫu")
    page = answer.content.decode()
    assert all(words in page for words in ("Xác nhận, báo cho các máy", "Đã mua về so", "Hàng mẫu"))
    suspicion.refresh_from_db()
    assert suspicion.decision == "confirmed"


def test_a_key_that_another_one_has_revoked(second: Client) -> None:
    keys.ensure_one()
    key = IssuerKey.objects.get()
    address = change("register_issuerkey", key.pk)
    mine, theirs = opened(second, address), opened(second, address)
    assert save(second, address, mine, revoked_reason="Lộ khóa").status_code == 302
    answer = save(second, address, theirs, revoked_reason="Mất máy")
    assert answer.status_code == 302
    key.refresh_from_db()
    assert key.revoked_reason == "Lộ khóa"
    told = second.get(answer.headers["Location"]).content.decode()
    assert "“Lộ khóa”" in told
    assert "Mất máy" in told


def test_a_new_record_keeps_what_was_filled_in_for_it(first: Client) -> None:
    address = reverse("admin:register_producer_add")
    page = first.get(address, {"name": "HTX Mới"}).content.decode()
    assert save(first, address, fields_of(page), address="Thôn 1").status_code == 302


def test_every_form_of_the_office_is_merged() -> None:
    for model, office in admin.site._registry.items():
        for part in (office, *(inline(model, admin.site) for inline in office.inlines)):
            if not isinstance(part, ReadOnly):
                assert isinstance(part, Edited), part
                assert issubclass(part.form, MergedForm), part
    assert Certificate in {inline.model for inline in admin.site._registry[Product].inlines}


@pytest.mark.parametrize("form", ["withdraw", "renew"])
def test_a_form_of_several_steps_writes_nothing_over_what_another_has_changed(
    first: Client, second: Client, form: str
) -> None:
    product = with_code()
    certificate = product.certificates.first()
    assert certificate
    Certificate.objects.filter(pk=certificate.pk).update(withdrawn_on=None, withdrawn_reason="", valid_to="2029-01-01")
    address, papers = reverse(f"office-{form}", args=[certificate.pk]), product.certificates.count()
    shown = opened(second, address)
    edited = change("register_product", product.pk)
    assert save(first, edited, opened(first, edited), certificates__0__issuer="UBND nơi khác").status_code == 302
    typed = {"reason": "Ngừng sản xuất", "number": "5/QĐ"} if form == "withdraw" else {"recognised_by": "6/QĐ"}
    typed |= {} if form == "withdraw" else {"recognised_on": "05/11/2026", "valid_from": "02/01/2029"}
    answer = save(second, address, shown | {"step": ["do"]}, **typed)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Người so1" in page
    assert "Những gì bạn nhập vẫn còn" in page
    certificate.refresh_from_db()
    assert (certificate.withdrawn_on, product.certificates.count()) == (None, papers)
    # having seen it, the second one may go on
    assert save(second, address, fields_of(page) | {"step": ["do"]}, **typed).status_code == 302
