"""The back office: its lists, what is edited in it, who signs in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
import tablib
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from PIL import Image
from registry_notes import Sender, error_of, photo_of, picture

from accounts.models import DeviceSession, Role, User
from imports.delimited import read_csv
from inspections.models import Inspection, Photo
from register.models import Product
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db
EXTERNAL = re.compile(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE)


@pytest.fixture
def office(register: SampleRegister) -> Client:
    """The administrator's browser."""
    client = Client()
    client.force_login(User.objects.get(username="quantri"), settings.AUTHENTICATION_BACKENDS[1])
    return client


def lists() -> list[str]:
    models = ("register_product", "register_producer", "register_locality", "inspections_inspection")
    return [*models, "accounts_user", "accounts_devicesession"]


@pytest.mark.parametrize("model", lists())
def test_every_list_of_the_back_office_opens(office: Client, model: str) -> None:
    answer = office.get(reverse(f"admin:{model}_changelist"), {"q": "a"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Dữ liệu mẫu" in page
    assert not EXTERNAL.search(page)


def test_a_product_is_edited_with_its_certificates_and_the_edit_is_recorded(office: Client) -> None:
    product = Product.objects.filter(packcodes__isnull=False)[0]
    address = reverse("admin:register_product_change", args=[product.pk])
    page = office.get(address)
    assert page.status_code == 200
    form: dict[str, str] = {}
    admin_form = page.context["adminform"].form
    for part in (admin_form, *(f for s in page.context["inline_admin_formsets"] for f in s.formset.forms)):
        for field in part:
            value = field.value()
            form[field.html_name] = "" if value is None else str(value)
    for inline in page.context["inline_admin_formsets"]:
        for field in inline.formset.management_form:
            form[field.html_name] = str(field.value())
    for name in list(form):
        if name.endswith(("valid_from", "valid_to", "withdrawn_on")) and form[name]:
            year, month, day = form[name].split("-")
            form[name] = f"{day}/{month}/{year}"
    answer = office.post(address, {**form, "name": "Tên đã sửa"})
    assert answer.status_code == 302, answer.context["errors"]
    product.refresh_from_db()
    assert product.name == "Tên đã sửa"
    entry = product.history.first()
    assert entry.history_user.username == "quantri"
    assert entry.name == "Tên đã sửa"


def test_products_can_be_exported(office: Client) -> None:
    address = reverse("admin:register_product_export")
    fields = {f"productsheet_{n}": "on" for n in ("gtin", "name", "producer", "stars", "valid_to")}
    answer = office.post(address, {"format": "0", "resource": "", **fields})
    assert answer.status_code == 200
    sheet = tablib.Dataset().load(io.StringIO(answer.content.decode("utf-8-sig")), format="csv")
    assert len(sheet) == 30
    assert "GTIN" in sheet.headers


def test_an_exported_list_runs_nothing_keeps_barcodes_and_can_be_read_again(office: Client) -> None:
    product = Product.objects.order_by("name")[0]
    Product.objects.filter(pk=product.pk).update(name="=1+1 Chè", place="@SUM(A1)")
    address = reverse("admin:register_product_export")
    chosen = {f"productsheet_{n}": "on" for n in ("gtin", "name", "place")}
    answer = office.post(address, {"format": "0", "resource": "", **chosen}).content
    assert answer.startswith(b"\xef\xbb\xbf"), "without the mark Excel misreads Vietnamese letters"
    rows = {row[1]: row for row in csv.reader(io.StringIO(answer.decode("utf-8-sig")))}
    assert rows["'=1+1 Chè"] == [f'="{product.gtin}"', "'=1+1 Chè", "'@SUM(A1)"]
    read = read_csv(answer, "x").sheets[0].rows
    assert product.gtin in {cell.text for row in read for cell in row.cells}
    book = load_workbook(io.BytesIO(office.post(address, {"format": "1", "resource": "", **chosen}).content))
    cells = {row[1].value: row for row in book.active.iter_rows()}
    name = cells["=1+1 Chè"]
    assert [(cell.value, cell.data_type) for cell in name[:2]] == [(product.gtin, "s"), ("=1+1 Chè", "s")]


def test_inspections_are_read_only_and_show_their_photos(office: Client, anonymous: Sender) -> None:
    document = anonymous.note(photos=[photo_of(picture())])
    anonymous.put_note(document)
    anonymous.put_photo(document["id"], picture())
    address = reverse("admin:inspections_inspection_change", args=[document["id"]])
    assert "Đúng nhãn, còn hạn." in office.get(address).content.decode()
    assert office.post(address, {"text": "khác"}).status_code == 403
    assert office.post(reverse("admin:inspections_inspection_delete", args=[document["id"]])).status_code == 403
    assert Inspection.objects.get().text == "Đúng nhãn, còn hạn."
    photo = reverse("admin:inspections_photo_file", args=[Photo.objects.get().pk, "large"])
    shown = office.get(photo)
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(shown.content)).size == Image.open(io.BytesIO(picture())).size
    assert office.get(photo.replace("large", "huge")).status_code == 404
    with default_storage.open(Photo.objects.get().file) as kept:
        assert kept.read() == picture(), "what was signed stays as it is"
    outsider = Client()
    assert outsider.get(photo).status_code == 302
    outsider.force_login(User.objects.get(username="kiemtra01"), settings.AUTHENTICATION_BACKENDS[1])
    assert outsider.get(photo).status_code == 302


def test_a_registrar_keeps_the_register_and_no_accounts(register: SampleRegister) -> None:
    registrar = User.objects.create_user("sodangky", password="mat-khau-dai", name="Sổ", role=Role.REGISTRAR)
    client = Client()
    client.force_login(registrar, settings.AUTHENTICATION_BACKENDS[1])
    assert client.get(reverse("admin:register_product_changelist")).status_code == 200
    assert client.get(reverse("admin:inspections_inspection_changelist")).status_code == 200
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 403


def test_a_session_is_revoked_from_the_back_office(office: Client, sign_in: Callable[[str], Sender]) -> None:
    sender = sign_in("kiemtra01")
    session = DeviceSession.objects.get()
    address = reverse("admin:accounts_devicesession_changelist")
    office.post(address, {"action": "revoke", "_selected_action": [session.pk]})
    assert error_of(sender.get("/api/v1/inspections")) == (401, "not_signed_in")


def test_signing_in_to_the_back_office(register: SampleRegister, client: Client) -> None:
    page = client.get("/admin/login/").content.decode()
    assert not EXTERNAL.search(page)
    entry = {"username": "quantri", "password": "mau-quantri-01", "next": "/admin/"}
    assert client.post("/admin/login/", entry).status_code == 302
    assert client.get("/admin/").status_code == 200
