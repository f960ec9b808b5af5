"""The page of a product: at https://<host>/p/<GTIN>, and as a GS1 Digital Link resolver at /01/<GTIN>.

The second is what a phone's own camera opens. The page tells what the register says of the product, and never judges
the pack in somebody's hand.
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
def product_page(request: HttpRequest, gtin: str, qualifiers: str = "") -> HttpResponse:  # noqa: ARG001 - one pack's lot
    """Show the product that a phone's camera was led to, with the signed statement that its code may carry."""
    return _page_of(request, gtin, is_for_sharing=False)


@require_safe
@in_readers_language
def public_page(request: HttpRequest, gtin: str) -> HttpResponse:
    """Show the product to whoever was given its address: the same page, which can be shared on."""
    return _page_of(request, gtin, is_for_sharing=True)


@require_safe
@in_readers_language
def statement_picture(request: HttpRequest, gtin: str) -> HttpResponse:
    """The QR code of the product's signed statement, to print: any phone's camera opens the product's page with it."""
    number = to_gtin14(gtin)
    signed = statement_for(number) if number else None
    if signed is None:
        return _missing(request, _("Không có xác nhận ký số nào đang có hiệu lực cho mã GTIN đó."), gtin)
    picture = io.BytesIO()
    # Medium error correction, and the quiet zone of four modules (ISO/IEC 18004, 6.3.8).
    segno.make(address_of(signed, public_url(request)), micro=False, error="m", boost_error=False).save(
        picture, kind="svg", scale=4, border=4, light="#fff"
    )
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@in_readers_language
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer for an unknown address."""
    return _missing(request, _("Địa chỉ này không dẫn đến trang nào."), "")


def _page_of(request: HttpRequest, gtin: str, *, is_for_sharing: bool) -> HttpResponse:
    """The product with this GTIN, or a helpful 404 where the number is malformed or not in the register."""
    number = to_gtin14(fold(gtin))  # addresses are copied with characters that nobody sees
    if number is None:
        reason = _("Mã này không phải là một mã GTIN đúng: có thể bị gõ hoặc in sai một chữ số.")
        return _missing(request, reason, gtin)
    products = Product.objects.select_related("producer", "commune", "former_unit")
    product = products.prefetch_related("certificates", "pictures", "producer__shops").filter(gtin=number).first()
    if product is None:
        reason = _("Sổ đăng ký này không có sản phẩm nào mang mã GTIN đó. Phần lớn hàng hóa không phải sản phẩm OCOP.")
        return _missing(request, reason, gtin)
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
        "is_for_sharing": is_for_sharing,
        "address": host + reverse("public-page", args=[number]),
        "share_picture": host + pictures[0][1] if pictures else "",
    }
    return show(request, "pages/product.html", context)


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


def _missing(request: HttpRequest, reason: str, gtin: str) -> HttpResponse:
    return show(request, "pages/missing.html", {"reason": reason, "gtin": gtin[:40]}, status=404)
