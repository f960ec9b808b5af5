"""Dates in the back office: day, month, year, wherever one is typed or seen."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime

import pytest
import tablib
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import formats
from import_export.widgets import DateWidget
from office import browser_of, fields_of, save

from backoffice.day_input import DayInput
from register.models import Certificate, Locality
from register.sample import SampleRegister

UNDERSTOOD = {
    "10/01/2026": date(2026, 1, 10),
    "05/11/2026": date(2026, 11, 5),
    "1/10/2026": date(2026, 10, 1),
    " 01-10-2026 ": date(2026, 10, 1),
    "2026-10-01": date(2026, 10, 1),
    "29/02/2028": date(2028, 2, 29),
}
REFUSED = ("10/13/2026", "10/01/26", "31/02/2026", "1/10-2026", "01/10", "Oct 1 2026", "2026/10/01", "01102026")


@pytest.mark.parametrize("typed", UNDERSTOOD)
def test_what_is_understood(typed: str) -> None:
    assert forms.DateField().clean(typed) == UNDERSTOOD[typed]
    # a spreadsheet's column that asks for no format
    assert DateWidget().clean(typed.strip()) == UNDERSTOOD[typed]


@pytest.mark.parametrize("typed", REFUSED)
def test_what_is_never_guessed(typed: str) -> None:
    with pytest.raises(ValidationError, match="ngày/tháng/năm"):
        forms.DateField().clean(typed)
    with pytest.raises(ValueError, match=r"."):
        DateWidget().clean(typed)


def test_how_days_and_moments_are_written() -> None:
    assert formats.date_format(date(2026, 10, 1)) == "01/10/2026"
    assert formats.date_format(date(2026, 10, 1), "SHORT_DATE_FORMAT") == "01/10/2026"
    assert formats.localize(datetime(2026, 10, 1, 8, 5, tzinfo=UTC)) == "01/10/2026 08:05"
    assert formats.date_format(date(2026, 10, 1), "YEAR_MONTH_FORMAT") == "10/2026"
    assert DateWidget().render(date(2026, 10, 1)) == "01/10/2026"


def test_the_field_tells_what_it_understood() -> None:
    assert "1 tháng 10 năm 2026" in DayInput().render("day", date(2026, 10, 1))
    assert "10 tháng 1 năm 2026" in DayInput().render("day", "10/01/2026")
    assert "tháng" not in DayInput().render("day", "10/13/2026")


@pytest.mark.django_db
def test_a_withdrawal_is_stored_and_published_as_it_was_typed(register: SampleRegister) -> None:
    office = browser_of("so1")
    certificate = Certificate.objects.filter(withdrawn_on=None)[0]
    address = reverse("admin:register_product_change", args=[certificate.product_id])
    page = office.get(address).content.decode()
    assert 'value="01/10/2026"' not in page
    withdrawn = {"certificates__0__withdrawn_on": "05/11/2026", "certificates__0__withdrawn_reason": "Ngừng sản xuất"}
    first = fields_of(page)["certificates-0-id"]
    assert save(office, address, fields_of(page), **withdrawn).status_code == 302
    assert Certificate.objects.get(pk=first[0]).withdrawn_on == date(2026, 11, 5)
    page = office.get(address).content.decode()
    assert fields_of(page)["certificates-0-withdrawn_on"] == ["05/11/2026"]
    assert "5 tháng 11 năm 2026" in page
    product = office.get("/api/v1/changes?limit=1000").json()["changes"][-1]["product"]
    assert "2026-11-05" in [one["withdrawn_on"] for one in product["certificates"]]
    # one that is not understood stays on the page, with what to write
    withdrawn["certificates__0__withdrawn_on"] = "11/15/2026"
    answer = save(office, address, fields_of(page), **withdrawn).content.decode()
    assert 'value="11/15/2026"' in answer
    assert "ngày/tháng/năm" in answer


@pytest.mark.django_db
def test_lists_and_spreadsheets_of_the_office(register: SampleRegister) -> None:
    office = browser_of("so1")
    Locality.objects.filter(level="commune").update(valid_from=date(2025, 7, 1))
    listed = office.get(reverse("admin:register_locality_changelist")).content.decode()
    assert "01/07/2025" in listed
    columns = ("valid_to", "commune_since", "former_unit_until", "withdrawn_on", "withdrawn_reason")
    chosen = {f"productsheet_{name}": "on" for name in columns}
    address = reverse("admin:register_product_export")
    answer = office.post(address, {"format": "0", "resource": "", **chosen}).content.decode("utf-8-sig")
    sheet = tablib.Dataset().load(io.StringIO(answer), format="csv")
    days = [row[n] for row in sheet for n in range(4) if row[n]]
    assert len(days) > 60
    assert all(re.fullmatch(r"\d\d/\d\d/\d{4}", day) for day in days)
    withdrawn = [row for row in sheet.dict if row["Thu hồi từ ngày"]]
    assert all(row["Lý do thu hồi"] for row in withdrawn)
    assert len(withdrawn) == len([p for p in register.products if p.certificates and max(
        p.certificates, key=lambda one: one.valid_from).withdrawn_on])  # fmt: skip


@pytest.mark.parametrize("typed", ["05/11/0206", "05/11/1899", "05/11/3026"])
@pytest.mark.django_db
def test_a_year_that_devices_do_not_take_is_refused(register: SampleRegister, typed: str) -> None:
    """A slip of the finger would take the product off every device, which sets such a product aside."""
    registrar, certificate = browser_of("lan"), Certificate.objects.order_by("pk")[0]
    address = reverse("admin:register_product_change", args=[certificate.product_id])
    page = fields_of(registrar.get(address).content.decode())
    row = next(name for name, value in page.items() if name.endswith("-id") and value == [str(certificate.pk)])
    answer = save(registrar, address, page, **{row.removesuffix("-id").replace("-", "__") + "__valid_to": typed})
    assert "Năm phải từ 1900 đến 2999." in answer.content.decode()
    commune = Locality.objects.filter(level="commune")[0]
    address = reverse("admin:register_locality_change", args=[commune.pk])
    answer = save(registrar, address, fields_of(registrar.get(address).content.decode()), valid_from=typed)
    assert "Năm phải từ 1900 đến 2999." in answer.content.decode()


@pytest.mark.django_db
def test_a_certificate_that_ends_before_it_begins_is_refused_in_words(register: SampleRegister) -> None:
    registrar, certificate = browser_of("lan"), Certificate.objects.order_by("pk")[0]
    address = reverse("admin:register_product_change", args=[certificate.product_id])
    page = fields_of(registrar.get(address).content.decode())
    row = next(name for name, value in page.items() if name.endswith("-id") and value == [str(certificate.pk)])
    answer = save(registrar, address, page, **{row.removesuffix("-id").replace("-", "__") + "__valid_to": "1/1/1990"})
    assert "Ngày cuối phải từ ngày bắt đầu có giá trị trở đi." in answer.content.decode()
    assert "valid_days_in_order" not in answer.content.decode()
