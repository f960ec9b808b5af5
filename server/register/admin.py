"""The register in the back office."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from import_export.admin import ExportMixin
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin, TabularInline

from register.models import Certificate, Locality, PackCode, Producer, Product
from register.spreadsheets import ProductSheet


class CertificateInline(TabularInline):
    model = Certificate
    extra = 0
    fields = (
        "number", "stars", "decision", "issuer", "valid_from", "valid_to", "withdrawn_on", "withdrawn_reason",
    )  # fmt: skip


class PackCodeInline(TabularInline):
    model = PackCode
    extra = 0


@admin.register(Product)
class ProductAdmin(ExportMixin, SimpleHistoryAdmin, ModelAdmin):
    resource_classes = (ProductSheet,)
    list_display = ("name", "gtin", "producer", "group", "commune")
    list_filter = ("group", "former_unit", "certificates__stars")
    list_select_related = ("producer", "commune")
    search_fields = ("name", "gtin", "producer__name", "certificates__number", "packcodes__value")
    autocomplete_fields = ("producer",)
    inlines = (CertificateInline, PackCodeInline)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:  # noqa: ARG002
        # Another GTIN is another product: delete this one and enter that.
        return ("gtin",) if obj else ()


@admin.register(Producer)
class ProducerAdmin(SimpleHistoryAdmin, ModelAdmin):
    list_display = ("name", "address", "phone")
    search_fields = ("name", "address")


@admin.register(Locality)
class LocalityAdmin(ModelAdmin):
    list_display = ("name", "kind", "level", "code", "valid_from", "valid_to")
    list_filter = ("level", "kind")
    search_fields = ("name", "code")
    filter_horizontal = ("former_units",)
