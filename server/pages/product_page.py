"""The page of a product at https://<host>/p/<GTIN>, to which the code on a pack leads as well (`resolver`).

It tells what the register says of the product, and never judges the pack in somebody's hand.
"""

from __future__ import annotations

import io
from datetime import date

import segno
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from issuing.statements import address_of, public_url, statement_for
from pages.certificate_words import CertificateWords, in_words, reason_of, state_on, worth_on
from pages.language import in_readers_language
from pages.showing import picture_address, show
from pages.statement_page import state_of
from register import days
from register.folding import fold
from register.gtin import to_gtin14
from register.models import Certificate, Locality, Product

__all__ = ["CertificateWords", "state_on"]


@require_safe
@in_readers_language
def public_page(request: HttpRequest, gtin: str) -> HttpResponse:
    """Show the product with this GTIN, or a helpful 404 where the number is malformed or not in the register.

    With a signed statement in its address it says what that is worth, and is not for sharing: the statement is one
    pack's.
    """
    number = to_gtin14(fold(gtin))  # addresses are copied with characters that nobody sees
    if number is None:
        return missing(request, malformed_words(), gtin)
    products = Product.objects.select_related("producer", "commune", "former_unit")
    product = products.prefetch_related("certificates", "pictures", "producer__shops").filter(gtin=number).first()
    if product is None:
        return missing(request, unknown_words(), gtin)
    today = days.today()
    token = request.GET.get("statement")
    certificates = list(product.certificates.all())
    worth = worth_on(certificates, today)
    pictures = [(picture, picture_address(picture, 640), _alt(product, picture)) for picture in product.pictures.all()]
    host = public_url(request)
    context = {
        "product": product,
        "printed": number.removeprefix("0"),  # as the digits below a barcode stand
        "group": _(product.get_group_display()),
        "worth": worth,
        "certificates": [_lines_of(certificate, today) for certificate in certificates],
        "places": _places_of(product),
        "pictures": pictures,
        "others_of_producer": product.producer.products.count() - 1,
        "today": in_words(today),
        "statement": state_of(token, number, today) if token is not None else None,
        "is_for_sharing": token is None,
        "address": host + reverse("public-page", args=[number]),
        "share_picture": host + pictures[0][1] if pictures else "",
    }
    return show(request, "pages/product.html", context)


@require_safe
@in_readers_language
def statement_picture(request: HttpRequest, gtin: str) -> HttpResponse:
    """The QR code of the product's signed statement, to print: any phone's camera opens the product's page with it."""
    number = to_gtin14(gtin)
    signed = statement_for(number) if number else None
    if signed is None:
        return missing(request, _("Không có xác nhận ký số nào đang có hiệu lực cho mã GTIN đó."), gtin)
    picture = io.BytesIO()
    # Medium error correction, and the quiet zone of four modules (ISO/IEC 18004, 6.3.8).
    segno.make(address_of(signed, public_url(request)), micro=False, error="m", boost_error=False).save(
        picture, kind="svg", scale=4, border=4, light="#fff"
    )
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@in_readers_language
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer for an unknown address."""
    return missing(request, _("Địa chỉ này không dẫn đến trang nào."), "")


def _lines_of(certificate: Certificate, today: date) -> dict[str, object]:
    """What the page says of one certificate, folded away."""
    state = state_on(certificate, today)
    withdrawal = ""
    if certificate.withdrawn_on:
        withdrawal = f"{in_words(certificate.withdrawn_on)}: {reason_of(certificate)}"
    return {
        "certificate": certificate,
        "state": state,
        "days": f"{in_words(certificate.valid_from)} – {in_words(certificate.valid_to)}",
        "withdrawal": withdrawal,
    }


def _places_of(product: Product) -> list[str]:
    """Where it is made, by the names of today and those of before July 2025, each as far as the dossier tells."""
    places = [_named(product.commune)] if product.commune else []
    if product.former_unit:
        before = _named(product.former_unit)
        places.append(_("trước 01/07/2025: {place}").format(place=before))
    return places or ([product.place] if product.place else [])


def _named(unit: Locality) -> str:
    return _("{kind} {name}").format(kind=_(unit.kind), name=unit.name)


def _alt(product: Product, picture: object) -> str:
    shows = _(picture.get_shows_display())  # type: ignore[attr-defined]
    return f"{shows}: {product.name}"


def malformed_words() -> str:
    """Why a number that is no GTIN leads nowhere."""
    return _("Mã này không phải là một mã GTIN đúng: có thể bị gõ hoặc in sai một chữ số.")


def unknown_words() -> str:
    """Why a right GTIN may lead nowhere."""
    return _("Sổ đăng ký này không có sản phẩm nào mang mã GTIN đó. Phần lớn hàng hóa không phải sản phẩm OCOP.")


def missing(request: HttpRequest, reason: str, gtin: str, *, status: int = 404, product: str = "") -> HttpResponse:
    """Say in words why an address leads nowhere; `product` is the address of the page that was perhaps meant."""
    return show(request, "pages/missing.html", {"reason": reason, "gtin": gtin[:40], "product": product}, status=status)
