"""The back office's sheet of labels: what it holds, and who gets it."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from issuing import keys
from register.description import Register as RegisterRow
from register.models import Product
from register.sample import SampleRegister
from services.register.statements import IssuerKey, check_statement, statement_in

pytestmark = pytest.mark.django_db
PRODUCTS = reverse("admin:register_product_changelist")


@pytest.fixture(autouse=True)
def own_keys(settings: object, tmp_path: Path) -> None:
    settings.ISSUER_KEYS = tmp_path / "issuer-keys"  # type: ignore[attr-defined]


@pytest.fixture
def office(client: Client, register: SampleRegister) -> Client:
    client.force_login(User.objects.get(username="quantri"), settings.AUTHENTICATION_BACKENDS[1])
    return client


def printed(office: Client, products: QuerySet[Product]) -> HttpResponse:
    chosen = list(products.values_list("pk", flat=True))
    return office.post(PRODUCTS, {"action": "print_labels", "_selected_action": chosen})  # type: ignore[return-value]


def read(pdf: bytes) -> set[str]:
    texts = set()
    for page in pypdfium2.PdfDocument(pdf):
        picture = page.render(scale=300 / 72, grayscale=True).to_numpy()
        texts |= {code.text for code in zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)}
    return texts


@pytest.mark.slow
def test_chosen_products_come_as_a_sheet_that_can_be_read_back(office: Client) -> None:
    key = keys.rotate()
    public = {"kid": key.kid, "public_key": key.public_key, "issuer": key.issuer, "valid_from": "2020-01-01T00:00:00Z"}
    known = IssuerKey.from_json({**public, "valid_to": None, "revoked_at": None, "revoked_reason": None})
    answer = printed(office, Product.objects.all()[:12])
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment")
    texts = read(answer.content)
    gtins = set(Product.objects.all()[:12].values_list("gtin", flat=True))
    assert {gtin[1:] for gtin in gtins} <= texts
    links = {text for text in texts if text.startswith("http://testserver/01/")}
    assert {link[21:35] for link in links} == gtins
    tokens = [token for link in links if (token := statement_in(link))]
    assert len(tokens) > 6
    for token in tokens:
        checked = check_statement(token, [known])
        assert checked.fault is None
        assert checked.statement is not None
        assert checked.statement.gtin in gtins
    expiry = f"17{timezone.localdate().year + 1 - 2000}1231"
    assert {f"01{gtin}{expiry}10MAU01\x1d21MAU0001" for gtin in gtins} <= texts
    assert "MẪU / SAMPLE" in pypdfium2.PdfDocument(answer.content)[0].get_textpage().get_text_range()


def test_a_real_registers_labels_are_no_samples(office: Client) -> None:
    RegisterRow.objects.update(sample=False)
    content = printed(office, Product.objects.all()[:1]).content
    assert "SAMPLE" not in pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()


def test_too_many_are_refused_with_words(office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backoffice.register_admin.MOST", 3)
    answer = printed(office, Product.objects.all()[:4])
    assert answer.status_code == 302
    assert "Mỗi lần chỉ in được 3 nhãn" in office.get(PRODUCTS).content.decode()


def test_an_address_too_long_for_a_code_is_told(office: Client, settings: object) -> None:
    settings.PUBLIC_URL = "https://" + "x" * 1200  # type: ignore[attr-defined]
    assert printed(office, Product.objects.all()[:1]).status_code == 302
    assert "quá dài cho một mã QR" in office.get(PRODUCTS).content.decode()


def test_only_those_who_see_the_register_print_from_it(client: Client, register: SampleRegister) -> None:
    inspector = User.objects.get(username="kiemtra01")
    client.force_login(inspector, settings.AUTHENTICATION_BACKENDS[1])
    assert printed(client, Product.objects.all()[:1]).status_code in {302, 403}
    inspector.role = Role.REGISTRAR
    inspector.save()
    client.force_login(inspector, settings.AUTHENTICATION_BACKENDS[1])
    assert printed(client, Product.objects.all()[:1])["Content-Type"] == "application/pdf"
