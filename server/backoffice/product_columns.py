"""What the list of products shows of each: its picture, and its certificate that counts today."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.certificate_words import NEVER, OneCertificate, on_day
from overview.certificates import counting
from register import days
from register.models import Certificate, Picture, Product

LISTED = ("picture", "named", "stars", "paper", "ends", "lies_in")
"""The columns of the list, for whoever may read it."""
_PAPER = ("pk", "stars", "valid_from", "valid_to", "withdrawn_on")


class ProductColumns:
    """For the admin class of products. A page needs no query more for it."""

    class Media:
        css = {"all": ("backoffice/lists.css",)}  # noqa: RUF012 - Django's form

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """With the first picture, and what counts of the certificates."""
        found: QuerySet[Product] = super().get_queryset(request)  # type: ignore[misc] # of the admin class
        papers, pictures = counting(days.today()), Picture.objects.filter(product=OuterRef("pk"))
        said = {f"paper_{name}": Subquery(papers.values(name)[:1]) for name in _PAPER}
        return found.annotate(first_picture=Subquery(pictures.values("sha256")[:1]), **said)

    @admin.display(description="ảnh")
    def picture(self, product: Any) -> SafeString | str:
        """The first picture, small."""
        if not product.first_picture:
            sign = '<span class="office-none material-symbols-outlined" aria-hidden="true">{}</span>'
            return format_html(sign, "inventory_2")
        address = f"/api/v1/pictures/{product.first_picture}/160"
        return format_html(
            '<img class="office-picture" src="{}" alt="" width="48" height="48" loading="lazy">', address
        )

    @admin.display(description="sản phẩm", ordering="name")
    def named(self, product: Product) -> SafeString:
        """The product with what tells it from others of its name."""
        return format_html(
            '{}<small class="office-under">{}<br>{}</small>', product.name, product.producer, product.gtin
        )

    @admin.display(description="hạng", ordering="paper_stars")
    def stars(self, product: Product) -> str:
        """The stars of the certificate that counts."""
        one = _counts(product)
        return f"{one.certificate.stars} sao" if one else "-"

    @admin.display(description="giấy chứng nhận")
    def paper(self, product: Product) -> SafeString:
        """What the certificate is worth, with its page behind it."""
        one = _counts(product)
        if one is None:
            return format_html('<span class="office-pill {}">{}</span>', NEVER[1], NEVER[0])
        address = reverse("office-certificate", args=[one.certificate.pk])
        return format_html('<a class="office-pill {}" href="{}">{}</a>', one.tone, address, one.words)

    @admin.display(description="đến hết ngày", ordering="paper_valid_to")
    def ends(self, product: Product) -> str:
        """The certificate's last day."""
        one = _counts(product)
        return f"{one.certificate.valid_to:%d/%m/%Y}" if one else "-"

    @admin.display(description="nơi")
    def lies_in(self, product: Product) -> SafeString | str:
        """The commune of today, else the former unit, else what the dossier writes."""
        if product.commune and product.former_unit:
            return format_html("{}<br><small>trước: {}</small>", product.commune, product.former_unit)
        return str(product.commune or product.former_unit or product.place or "-")

    @admin.display(description="việc")
    def acts(self, product: Product) -> SafeString | str:
        """What is done with the certificate most: one click from here."""
        one = _counts(product)
        if one is None:
            return "-"
        renew = format_html('<a href="{}">Cấp lại</a>', reverse("office-renew", args=[one.certificate.pk]))
        if one.is_withdrawn:
            return format_html('<span class="office-acts">{}</span>', renew)
        withdraw = reverse("office-withdraw", args=[one.certificate.pk])
        return format_html('<span class="office-acts">{} <a href="{}">Thu hồi</a></span>', renew, withdraw)


def _counts(product: Any) -> OneCertificate | None:
    if product.paper_pk is None:
        return None
    one = Certificate(**{name: getattr(product, f"paper_{name}") for name in _PAPER})
    return on_day(one, days.today())
