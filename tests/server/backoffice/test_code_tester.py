"""The tester page: what a text would name, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from office import browser_of

from issuing import keys
from issuing.models import SignedStatement
from issuing.statements import address_of, statement_for
from register import days
from register.models import Certificate, PackCode, Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(register: object) -> Client:
    return browser_of("huong")


def told(office: Client, text: str) -> str:
    answer = office.get(reverse("office-code-tester"), {"text": text})
    assert answer.status_code == 200
    return answer.content.decode()


def test_numbers_links_and_texts_of_packs_name_their_product_with_its_certificate(office: Client) -> None:
    product = Product.objects.filter(certificates__isnull=False).order_by("pk")[0]
    paper = product.certificates.first()
    assert paper
    PackCode.objects.create(product=product, kind="prefix", value="https://trace.example/lo/")
    for text in (
        product.gtin, product.gtin[1:], f"(01){product.gtin}(10)L1", f"https://id.example/01/{product.gtin}/10/L1",
        "https://trace.example/lo/77",
    ):  # fmt: skip
        page = told(office, text)
        assert product.name in page, text
        assert reverse("admin:register_product_change", args=[product.pk]) in page
        assert "/admin/certificates/" in page
    assert "so phần đầu: https://trace.example/lo/" in page
    assert "Ứng dụng còn kiểm tra lô" in told(office, f"(01){product.gtin}(10)L1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9521234567890", "Chữ số kiểm tra sai"),
        ("12345", "GTIN có 8, 12, 13 hoặc 14 chữ số"),
        ("(10)L1", "Chuỗi này không có GTIN (01)"),
        ("https://", "Địa chỉ này viết sai"),
        ("09529999999993", "sổ không có sản phẩm mang số này"),
        ("Trà hoa vàng", "Không có GTIN trong đó"),
        ("  ", "Hãy dán nội dung của một mã"),
        ("x" * 9000, "Không mã nào chứa hơn 8000 ký tự"),
        ("<script>alert(1)</script>", "&lt;script&gt;"),
    ],
)
def test_a_text_that_names_nothing_gets_a_clear_answer(office: Client, text: str, words: str) -> None:
    page = told(office, text)
    assert words in page
    assert "<script>alert" not in page


def test_a_text_of_two_products_is_told_with_both(office: Client) -> None:
    first, second = Product.objects.order_by("pk")[:2]
    PackCode.objects.create(product=first, kind="prefix", value="https://two.example/a")
    PackCode.objects.create(product=second, kind="prefix", value="HTTPS://two.example/a")
    page = told(office, "https://two.example/a/1")
    assert "Nhiều sản phẩm, nên không sản phẩm nào" in page
    assert first.name in page
    assert second.name in page


def test_a_signed_statement_is_judged_by_its_signature_and_by_what_it_speaks_of(office: Client) -> None:
    keys.rotate()
    today = days.today()
    paper = Certificate.objects.filter(withdrawn_on=None, valid_from__lte=today)[0]
    Certificate.objects.filter(pk=paper.pk).update(valid_to=today + timedelta(days=99))
    signed = statement_for(paper.product.gtin)
    assert signed
    address = address_of(signed, "https://ocop.example")
    page = told(office, address)
    assert "Chữ ký đúng." in page
    assert signed.certificate.number in page
    assert paper.product.name in told(office, signed.token), "a token alone is read too"
    other = Product.objects.exclude(pk=paper.product_id)[0]
    assert "khác với GTIN trong mã" in told(office, address.replace(paper.product.gtin, other.gtin))
    assert "Chữ ký sai" in told(office, address[:-4] + "AAAA")
    SignedStatement.objects.update(revoked_at=timezone.now())
    assert "Xác nhận này đã bị thu hồi." in told(office, address)
