"""Certificates in the office: withdrawn, taken back, renewed one by one and by one decision, and told to devices."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from office import browser_of, fields_of, save
from registry_notes import Sender

from accounts.models import DeviceSession, Role, User
from backoffice.renewing import hold_against
from backoffice.withdrawal_page import effect_of, effect_of_taking_back
from overview.certificates import counting
from register import days
from register.certificates import last_of_36_months, that_counts
from register.models import Certificate, Product

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Sender]
TODAY = days.today()
SAID = {"reason": "Ngừng sản xuất", "detail": "cơ sở đã đóng cửa", "number": "15/QĐ-UBND"}


@pytest.fixture
def office(register: object) -> Client:
    return browser_of("huong")


def certified(number: int = 0) -> Certificate:
    """A certificate in force, of a product that has no other."""
    ends = TODAY + timedelta(days=200)
    found = Certificate.objects.filter(withdrawn_on=None, valid_from__lt=TODAY).order_by("pk")
    one = [each for each in found if each.product.certificates.count() == 1][number]
    Certificate.objects.filter(pk=one.pk).update(valid_to=ends)
    one.refresh_from_db()
    return one


def at(name: str, one: Certificate) -> str:
    return reverse(f"office-{name}", args=[one.pk])


def opened(office: Client, address: str) -> dict[str, list[str]]:
    return fields_of(office.get(address).content.decode())


def change_of(device: Sender, since: str, gtin: str) -> dict[str, Any]:
    """What the device's next poll says of a product."""
    changes = device.get(f"/api/v1/changes?cursor={since}").json()["changes"]
    return next(one["product"] for one in changes if one["product"]["gtin"] == gtin)


def cursor_of(device: Sender) -> str:
    answer = device.get("/api/v1/changes").json()
    while answer["more"]:
        answer = device.get(f"/api/v1/changes?cursor={answer['next_cursor']}").json()
    return str(answer["next_cursor"])


def test_a_withdrawal_is_told_first_then_done_and_reaches_a_device_at_its_next_poll(
    office: Client, sign_in: SignIn
) -> None:
    device, silent = sign_in("kiemtra01"), sign_in("cuahang01")
    DeviceSession.objects.filter(device=silent.device).update(refreshed_at=timezone.now() - timedelta(days=9))
    one = certified()
    since = cursor_of(device)
    look = save(office, at("withdraw", one), opened(office, at("withdraw", one)) | {"step": ["look"]}, **SAID)
    page = look.content.decode()
    assert "Ở lần đồng bộ tới, 1 thiết bị sẽ hiện “Giấy chứng nhận bị thu hồi”" in page
    assert f"đếm lúc {timezone.localtime():%d/%m/%Y}" in page
    one.refresh_from_db()
    assert one.withdrawn_on is None, "looking writes nothing"
    done = save(office, at("withdraw", one), fields_of(page) | {"step": ["do"]})
    assert done.headers["Location"] == at("certificate", one)
    one.refresh_from_db()
    assert (one.withdrawn_on, one.withdrawn_by, one.withdrawn_by_on) == (TODAY, "15/QĐ-UBND", TODAY)
    said = change_of(device, since, one.product.gtin)["certificates"][0]
    assert said["withdrawn_on"] == TODAY.isoformat()
    assert said["withdrawn_reason"] == "Ngừng sản xuất: cơ sở đã đóng cửa"
    history = office.get(at("certificate", one)).content.decode()
    assert "Người huong" in history
    assert "Thu hồi: Ngừng sản xuất: cơ sở đã đóng cửa" in history
    assert "trước khi sổ bắt đầu ghi lịch sử" in history, "the sample wrote no history of its own"


def test_a_wrong_withdrawal_is_taken_back_with_its_reason_and_both_stay_in_the_history(
    office: Client, sign_in: SignIn
) -> None:
    device, one = sign_in("kiemtra01"), certified()
    address = at("withdraw", one)
    save(office, address, opened(office, address) | {"step": ["do"]}, **SAID)
    since = cursor_of(device)
    assert office.get(address).headers["Location"] == at("certificate", one), "it is withdrawn already"
    back = at("take-back", one)
    assert office.post(back, {**opened(office, back), "why": " "}).status_code == 200
    assert "Giấy trở lại là “Còn hiệu lực”" in office.get(back).content.decode()
    why = "Nhầm với sản phẩm cùng tên của cơ sở khác. " * 4
    assert save(office, back, opened(office, back), why=why).status_code == 302
    one.refresh_from_db()
    assert (one.withdrawn_on, one.withdrawn_reason, one.withdrawn_by, one.withdrawn_by_on) == (None, "", "", None)
    assert change_of(device, since, one.product.gtin)["certificates"][0]["withdrawn_on"] is None
    history = office.get(at("certificate", one)).content.decode()
    assert f"Hủy thu hồi: {why.strip()}" in history, "the whole reason stays"
    assert "<del>15/QĐ-UBND</del>" in history
    assert office.get(back).headers["Location"] == at("certificate", one)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"reason": ""}, "Hãy chọn lý do thu hồi."),
        ({"reason": "other", "detail": ""}, "Hãy viết lý do."),
        ({"day": "31/02/2026"}, "Không có ngày này, hoặc ghi khác cách. Hãy ghi ngày/tháng/năm"),
        ({"day": "01/01/2001"}, "Hãy chọn một ngày trong khoảng đó."),
        ({"decided_on": f"{TODAY + timedelta(days=1):%d/%m/%Y}"}, "Quyết định chưa ký"),
        ({"number": ""}, "problem"),
    ],
)
def test_a_withdrawal_that_does_not_fit_is_refused_in_words(office: Client, typed: dict[str, str], told: str) -> None:
    one = certified()
    page = save(office, at("withdraw", one), opened(office, at("withdraw", one)) | {"step": ["do"]}, **(SAID | typed))
    assert told in page.content.decode()
    one.refresh_from_db()
    assert one.withdrawn_on is None


def test_what_a_withdrawal_does_depends_on_the_day_and_on_the_products_other_certificates(office: Client) -> None:
    one = certified()
    tomorrow = TODAY + timedelta(days=1)
    later = " ".join(effect_of(one, tomorrow, timezone.now()))
    assert f"Đến hết ngày {TODAY:%d/%m/%Y} giấy vẫn có hiệu lực" in later
    assert f"từ ngày {tomorrow:%d/%m/%Y}" in later
    one.valid_from = tomorrow
    assert "không ngày nào có hiệu lực" in " ".join(effect_of(one, tomorrow, timezone.now()))
    after = " ".join(effect_of(one, tomorrow + timedelta(days=2), timezone.now()))
    assert f"Từ ngày {tomorrow:%d/%m/%Y} đến hết ngày {tomorrow + timedelta(days=1):%d/%m/%Y} giấy vẫn có" in after
    one.refresh_from_db()
    Certificate.objects.create(
        product=one.product, number="MOI-1", stars=4, issuer="UBND tỉnh", valid_from=TODAY,
        valid_to=last_of_36_months(TODAY),
    )  # fmt: skip
    told = " ".join(effect_of(one, TODAY, timezone.now()))
    assert "còn giấy MOI-1 (còn hiệu lực)" in told
    assert "sẽ nhận thay đổi này" in told


def test_taking_a_withdrawal_back_tells_what_the_certificate_is_worth_then(office: Client) -> None:
    one = certified()
    assert f"Giấy trở lại là “Còn hiệu lực”, đến hết ngày {one.valid_to:%d/%m/%Y}." in told_of_taking_back(one)
    one.valid_to = TODAY - timedelta(days=1)
    assert f"vẫn hết hiệu lực từ sau ngày {one.valid_to:%d/%m/%Y}." in told_of_taking_back(one)


def told_of_taking_back(one: Certificate) -> str:
    return " ".join(effect_of_taking_back(one, timezone.now()))


def renewal(**typed: str) -> dict[str, str]:
    return {"recognised_by": "88/QĐ-UBND", "recognised_on": f"{TODAY:%d/%m/%Y}", "stars": "4", **typed}


def test_a_renewal_is_held_against_the_old_one_and_reaches_devices(office: Client, sign_in: SignIn) -> None:
    device, one = sign_in("kiemtra01"), certified()
    address, since = at("renew", one), cursor_of(device)
    form = opened(office, address)
    begins = one.valid_to + timedelta(days=1)
    assert form["valid_from"] == [f"{begins:%d/%m/%Y}"], "the day after the old one is proposed"
    for typed, told in (
        ({"points": "65"}, "ứng với 3 sao, không phải 4 sao"),
        ({"valid_from": f"{TODAY:%d/%m/%Y}", "valid_to": f"{one.valid_to:%d/%m/%Y}"}, "giấy mới phải sau"),
        ({"number": one.number}, "Số này đã có giấy khác dùng."),
        ({"valid_from": "01/01/2998"}, "Năm phải từ 1900 đến 2999."),  # its 36 months end where no device reads
    ):
        page = save(office, address, form | {"step": ["do"]}, **renewal(**typed)).content.decode()
        assert told in page
    look = save(office, address, form | {"step": ["look"]}, **renewal(points="78,5", number="GCN-9"))
    page = look.content.decode()
    assert "78,5 điểm" in page
    assert f"{begins:%d/%m/%Y} – {last_of_36_months(begins):%d/%m/%Y}" in page
    assert one.product.certificates.count() == 1, "looking writes nothing"
    done = save(office, address, fields_of(page) | {"step": ["do"]})
    new = one.product.certificates.get(number="GCN-9")
    assert done.headers["Location"] == at("certificate", new)
    assert (new.stars, new.recognised_by, new.valid_to) == (4, "88/QĐ-UBND", last_of_36_months(begins))
    assert {c["number"] for c in change_of(device, since, one.product.gtin)["certificates"]} == {"GCN-9", one.number}
    history = office.get(at("certificate", new)).content.decode()
    assert "Cấp lại theo quyết định 88/QĐ-UBND" in history
    assert "trước khi sổ bắt đầu ghi lịch sử" not in history


def test_many_are_renewed_by_one_decision_all_or_none(office: Client, sign_in: SignIn) -> None:
    device = sign_in("kiemtra01")
    good, other, withdrawn = certified(0), certified(1), certified(2)
    Certificate.objects.filter(pk=withdrawn.pk).update(withdrawn_on=TODAY, withdrawn_reason="x")
    never = Product.objects.exclude(pk__in=[one.product_id for one in (good, other, withdrawn)])[0]
    never.certificates.all().delete()
    since, before = cursor_of(device), Certificate.objects.count()
    listing = reverse("admin:register_product_changelist")
    keys = [str(one.product_id) for one in (good, other, withdrawn)] + [str(never.pk)]
    form = office.post(listing, {"action": "renew_by_decision", "_selected_action": keys})
    address = reverse("office-renew-many")
    entered = fields_of(form.content.decode()) | {
        name: [value] for name, value in renewal(valid_from=f"{good.valid_to:%d/%m/%Y}").items() if name != "stars"
    }
    page = office.post(address, entered | {"step": "look"}).content.decode()
    assert "2 trong 4 sản phẩm bị từ chối" in page
    assert "Giấy gần nhất bị thu hồi" in page
    assert "Chưa chọn hạng sao." in page
    office.post(address, fields_of(page) | {"step": "do"})
    assert Certificate.objects.count() == before, "while one is refused none is written"
    page = office.post(address, fields_of(page) | {"step": "drop"}).content.decode()
    assert "Cấp 2 giấy" in page
    with CaptureQueriesContext(connection) as queries:
        assert office.post(address, fields_of(page) | {"step": "do"}).status_code == 302
    assert len(queries) < 40
    assert Certificate.objects.count() == before + 2
    for one in (good, other):
        new = one.product.certificates.get(recognised_by="88/QĐ-UBND")
        assert new.number == f"88/QĐ-UBND · {one.product.gtin.removeprefix('0')}"
        assert (new.issuer, new.stars) == (one.issuer, one.stars)
        assert len(change_of(device, since, one.product.gtin)["certificates"]) == 2
    again = office.post(address, fields_of(page) | {"step": "do"})
    assert again.status_code == 200
    assert "Đã có giấy" in again.content.decode()
    assert Certificate.objects.count() == before + 2


def test_products_to_renew_are_chosen_by_what_ends(office: Client) -> None:
    one = certified()
    Certificate.objects.filter(pk=one.pk).update(valid_to=TODAY + timedelta(days=12))
    page = office.get(reverse("office-renew-many"), {"due": "30"}).content.decode()
    assert one.product.gtin in page
    assert "Chưa chọn sản phẩm nào" in office.get(reverse("office-renew-many")).content.decode()


def test_a_certificate_is_withdrawn_by_four_clicks_and_what_lapses_is_found_by_one(office: Client) -> None:
    one = certified()
    first = office.get(reverse("admin:index")).content.decode()
    assert "/admin/register/product/?due=30" in links(first), "lapsing: one click"
    products = reverse("admin:register_product_changelist")
    assert products in links(first)  # 1
    listed = office.get(products, {"q": one.product.gtin}).content.decode()  # typed, and the key of a new line
    assert at("withdraw", one) in links(listed)  # 2
    form = opened(office, at("withdraw", one))
    look = save(office, at("withdraw", one), form | {"step": ["look"]}, **SAID).content.decode()  # 3
    assert save(office, at("withdraw", one), fields_of(look) | {"step": ["do"]}).status_code == 302  # 4
    one.refresh_from_db()
    assert one.withdrawn_on == TODAY


def links(page: str) -> set[str]:
    return {found.replace("&amp;", "&") for found in re.findall(r'href="([^"]+)"', page)}


def test_the_list_of_products_filters_by_certificates_stars_producer_and_what_was_never_seen(office: Client) -> None:
    address = reverse("admin:register_product_changelist")

    def found(**query: str) -> set[int]:
        answer: Any = office.get(address, query)
        assert answer.status_code == 200, query
        return {one.pk for one in answer.context_data["cl"].result_list}

    every = list(Product.objects.prefetch_related("certificates"))
    counts = {one.pk: that_counts(one.certificates.all(), TODAY) for one in every}
    assert found(due="none") == {key for key, paper in counts.items() if paper is None}
    in_force = {key for key, paper in counts.items() if paper and paper.valid_from <= TODAY <= paper.valid_to
                and not (paper.withdrawn_on and paper.withdrawn_on <= TODAY)}  # fmt: skip
    assert found(due="in_force") == in_force
    for stars in (3, 4, 5):
        assert found(stars=str(stars)) == {key for key, paper in counts.items() if paper and paper.stars == stars}
    producer = every[0].producer_id
    assert found(producer=str(producer)) == {one.pk for one in every if one.producer_id == producer}
    assert found(seen="never") == set(counts)
    assert found(seen="once") == set()
    assert found(seen="never", due="none") == found(due="none"), "filters join"
    ends = [counts[key].valid_to for key in _sorted(office, address, "5") if counts[key]]  # type: ignore[union-attr]
    assert ends == sorted(ends)


def _sorted(office: Client, address: str, column: str) -> list[int]:
    answer: Any = office.get(address, {"o": column})
    return [one.pk for one in answer.context_data["cl"].result_list]


def test_the_subquery_counts_the_same_certificate_as_the_rule(office: Client) -> None:
    one = certified()
    for number, begins, ends, withdrawn in (
        ("A", -900, 400, None), ("B", -30, 300, None), ("C", 10, 1100, None), ("D", -10, 900, -1), ("E", -9, 800, 5),
    ):  # fmt: skip
        Certificate.objects.create(
            product=one.product, number=number, stars=3, issuer="x", valid_from=TODAY + timedelta(days=begins),
            valid_to=TODAY + timedelta(days=ends),
            withdrawn_on=None if withdrawn is None else TODAY + timedelta(days=withdrawn),
        )  # fmt: skip
        papers = Certificate.objects.filter(product=one.product)
        ranked = Product.objects.filter(pk=one.product_id).values_list(counting(TODAY).values("number")[:1])
        counts = that_counts(papers, TODAY)
        assert counts
        assert ranked.get() == (counts.number,), number


def test_a_renewal_tells_of_gaps_overlaps_and_withdrawals() -> None:
    old = Certificate(pk=1, number="CU", stars=3, valid_from=date(2023, 1, 1), valid_to=date(2025, 12, 31))

    def told(begins: date, **said: Any) -> str:
        new = Certificate(stars=said.pop("stars", 3), valid_from=begins, valid_to=last_of_36_months(begins), **said)
        return " ".join(hold_against(new, [old]).notes)

    assert told(date(2026, 1, 1)) == ""
    assert "Từ 01/01/2026 đến 31/01/2026 sản phẩm không có giấy" in told(date(2026, 2, 1))
    assert "có cả giấy CU và giấy mới" in told(date(2025, 12, 1))
    assert "Hạng sao đổi từ 3 sang 4" in told(date(2026, 1, 1), stars=4)
    old.withdrawn_on = date(2025, 6, 1)
    assert "Cấp lại không hủy việc đó" in told(date(2026, 1, 1))


def test_who_may_not_change_sees_no_button_and_gets_no_form(register: object) -> None:
    inspector = User.objects.create_user("kiemtra09", password="mat-khau-dai-01", name="K", role=Role.INSPECTOR)
    browser = Client()
    browser.force_login(inspector, "accounts.roles.RoleBackend")
    one = certified()
    for name in ("certificate", "withdraw", "take-back", "renew"):
        assert browser.get(at(name, one)).status_code in {302, 403}
