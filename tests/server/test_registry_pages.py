"""Pages for people: the Digital Link resolver, the API's documentation, the back office."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import tablib
from django.conf import settings
from django.test import Client
from django.urls import reverse
from registry_notes import Sender, error_of, photo_of, picture

from accounts.models import DeviceSession, Role, User
from inspections.models import Inspection, Photo
from register.models import Certificate, Product
from register.resolver import state_on
from register.sample import SampleRegister

pytestmark = pytest.mark.django_db
EXTERNAL = re.compile(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE)


def test_the_resolver_shows_what_the_register_says(client: Client, register: SampleRegister) -> None:
    made = register.products[0]
    answer = client.get(f"/01/{made.gtin}")
    text = answer.content.decode()
    assert answer.status_code == 200
    for words in (made.name, made.producer.name, made.gtin, made.certificates[0].number, "Dữ liệu mẫu", "đến ngày"):
        assert words in text
    assert f"{made.certificates[0].stars} sao" in text


def test_every_state_of_a_certificate_has_its_words(client: Client, register: SampleRegister) -> None:
    today = date(2026, 11, 23)

    def words(**dates: object) -> str:
        certificate = Certificate(valid_from=date(2025, 1, 1), valid_to=date(2027, 12, 31))
        for name, value in dates.items():
            setattr(certificate, name, value)
        return state_on(certificate, today).word

    assert words() == "Còn hiệu lực"
    assert words(valid_to=today + timedelta(days=90)) == "Còn hiệu lực, sắp hết"
    assert words(valid_to=today) == "Còn hiệu lực, sắp hết"  # the last day counts
    assert words(valid_to=today - timedelta(days=1)) == "Đã hết hiệu lực"
    assert words(withdrawn_on=today) == "Đã bị thu hồi"
    assert words(valid_from=today + timedelta(days=1)) == "Chưa có hiệu lực"


def test_the_resolver_takes_shorter_gtins_and_pack_qualifiers(client: Client, register: SampleRegister) -> None:
    made = register.products[0]
    assert client.get(f"/01/{made.gtin[1:]}").status_code == 200
    assert client.get(f"/01/{made.gtin}/10/L001/21/7?17=261231").status_code == 200


@pytest.mark.parametrize(
    ("path", "words"),
    [("/01/09529999999993", "không có sản phẩm nào"), ("/01/09529999999991", "GTIN đúng"), ("/02/x", "không dẫn đến")],
)
def test_the_resolver_is_kind_when_there_is_nothing(client: Client, path: str, words: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert words in answer.content.decode()
    assert "Không tìm thấy" in answer.content.decode()


def test_what_is_in_the_address_is_escaped(client: Client) -> None:
    assert b"<script>" not in client.get("/01/<script>alert(1)").content


def test_no_page_says_genuine(client: Client, register: SampleRegister) -> None:
    for product in register.products:
        text = client.get(f"/01/{product.gtin}").content.decode().lower()
        assert "chính hãng" not in text
        assert "hàng thật" not in text
        assert "genuine" not in text


def test_the_documentation_needs_no_other_server(client: Client) -> None:
    page = client.get("/api/v1/docs").content.decode()
    assert "swagger-ui-bundle.js" in page
    assert not EXTERNAL.search(page)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        answer = client.get(address)
        answer.getvalue()  # reads to the end, which closes the file
        assert answer.status_code == 200, address


def test_the_openapi_document_holds_the_contract(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    calls = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert calls == {
        ("get", "/api/v1/changes"),
        ("get", "/api/v1/snapshot"),
        ("get", "/api/v1/products/{gtin}"),
        ("get", "/api/v1/products/{gtin}/statement"),
        ("post", "/api/v1/auth/sign-in"),
        ("post", "/api/v1/auth/refresh"),
        ("post", "/api/v1/auth/sign-out"),
        ("put", "/api/v1/inspections/{id}"),
        ("put", "/api/v1/inspections/{id}/photos/{sha256}"),
        ("get", "/api/v1/inspections"),
    }
    body = document["paths"]["/api/v1/inspections/{id}"]["put"]["requestBody"]
    assert body["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Note"}
    assert "supersedes" in document["components"]["schemas"]["Note"]["properties"]


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
    sheet = tablib.Dataset().load(io.StringIO(answer.content.decode()), format="csv")
    assert len(sheet) == 30
    assert "GTIN" in sheet.headers


def test_inspections_are_read_only_and_show_their_photos(office: Client, anonymous: Sender) -> None:
    document = anonymous.note(photos=[photo_of(picture())])
    anonymous.put_note(document)
    anonymous.put_photo(document["id"], picture())
    address = reverse("admin:inspections_inspection_change", args=[document["id"]])
    assert "Đúng nhãn, còn hạn." in office.get(address).content.decode()
    assert office.post(address, {"text": "khác"}).status_code == 403
    assert office.post(reverse("admin:inspections_inspection_delete", args=[document["id"]])).status_code == 403
    assert Inspection.objects.get().text == "Đúng nhãn, còn hạn."
    photo = reverse("admin:inspections_photo_file", args=[Photo.objects.get().pk])
    shown = office.get(photo)
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.getvalue() == picture()
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
