"""GS1 Digital Link resolver: the page that a phone's own camera opens for https://<host>/01/<GTIN>.

It tells what the register says of the product, and never judges the pack in somebody's hand.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from issuing.statements import address_of, public_url, statement_for
from pages.statement_page import state_of
from register import days
from register.certificates import CertificateState, standing_on
from register.description import Register
from register.folding import fold
from register.gtin import to_gtin14
from register.models import Certificate, Product


@dataclass(frozen=True)
class CertificateWords:
    """A certificate's worth on a day: a word for people, a CSS class for its colour, and whether it is withdrawn."""

    word: str
    css: str
    is_withdrawn: bool = False


_WORDS = {
    CertificateState.WITHDRAWN: CertificateWords("Đã bị thu hồi", "bad", is_withdrawn=True),
    CertificateState.NOT_YET: CertificateWords("Chưa có hiệu lực", "warn"),
    CertificateState.ENDED: CertificateWords("Đã hết hiệu lực", "bad"),
    CertificateState.IN_FORCE: CertificateWords("Còn hiệu lực", "good"),
}


def state_on(certificate: Certificate, today: date) -> CertificateWords:
    """Return the state of a certificate on `today` (Vietnam's calendar) in words."""
    standing = standing_on(today, certificate.valid_from, certificate.valid_to, certificate.withdrawn_on)
    if standing.will_be_withdrawn_on:
        return CertificateWords(f"Còn hiệu lực, sẽ bị thu hồi từ ngày {standing.will_be_withdrawn_on:%d/%m/%Y}", "warn")
    if standing.ends_soon:
        return CertificateWords("Còn hiệu lực, sắp hết", "warn")
    return _WORDS[standing.state]


@require_safe
def product_page(request: HttpRequest, gtin: str, qualifiers: str = "") -> HttpResponse:  # noqa: ARG001 - one pack's lot
    """Show the product with this GTIN, or a helpful 404 where the number is malformed or not in the register."""
    number = to_gtin14(fold(gtin))  # addresses are copied with characters that nobody sees
    if number is None:
        return _missing(request, "Mã này không phải là một mã GTIN đúng: có thể bị gõ hoặc in sai một chữ số.", gtin)
    products = Product.objects.select_related("producer", "commune", "former_unit").prefetch_related("certificates")
    product = products.filter(gtin=number).first()
    if product is None:
        return _missing(request, "Sổ đăng ký này không có sản phẩm nào mang mã GTIN đó.", gtin)
    today = days.today()
    token = request.GET.get("statement")
    certificates = [(certificate, state_on(certificate, today)) for certificate in product.certificates.all()]
    return render(
        request,
        "pages/product.html",
        {
            "product": product,
            "certificates": certificates,
            "today": today,
            "register": Register.objects.first(),
            "statement": state_of(token, number, today) if token is not None else None,
        },
    )


@require_safe
def statement_picture(request: HttpRequest, gtin: str) -> HttpResponse:
    """The QR code of the product's signed statement, to print: any phone's camera opens the product's page with it."""
    number = to_gtin14(gtin)
    signed = statement_for(number) if number else None
    if signed is None:
        return _missing(request, "Không có xác nhận ký số nào đang có hiệu lực cho mã GTIN đó.", gtin)
    picture = io.BytesIO()
    # Medium error correction, and the quiet zone of four modules (ISO/IEC 18004, 6.3.8).
    segno.make(address_of(signed, public_url(request)), micro=False, error="m", boost_error=False).save(
        picture, kind="svg", scale=4, border=4, light="#fff"
    )
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer for an unknown address."""
    return _missing(request, "Địa chỉ này không dẫn đến trang nào.", "")


def _missing(request: HttpRequest, reason: str, gtin: str) -> HttpResponse:
    context = {"reason": reason, "gtin": gtin[:40], "register": Register.objects.first()}
    return render(request, "pages/missing.html", context, status=404)
