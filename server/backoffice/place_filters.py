"""Filters of the back office by place and day."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from register import days
from register.models import Locality, Product
from register.places import LIES, POSSIBLY, SURELY, lying_in

_COLUMNS = ("lies_in_former_unit", "lies_in_commune")


def _units(request: HttpRequest) -> list[Locality]:
    """All units by name, read once for both filters of a page."""
    kept: list[Locality] | None = getattr(request, "_units", None)
    if kept is None:
        kept = list(Locality.objects.order_by("name"))
        request._units = kept  # type: ignore[attr-defined] # for this request alone
    return kept


class _UnitFilter(DropdownFilter):  # type: ignore[misc] # unfold has no types
    """Products that lie in the chosen unit, surely or possibly."""

    level: Locality.Level
    column: str

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return [(unit.code, f"{unit.name} ({unit.kind})") for unit in _units(request) if unit.level == self.level]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:  # noqa: ARG002
        unit = Locality.objects.filter(level=self.level, code=self.value()).first() if self.value() else None
        if unit is None:
            return queryset.none() if self.value() else queryset
        return lying_in(queryset, unit, column=self.column)


class FormerUnitFilter(_UnitFilter):
    """By one of the 13 units that ended on 30 June 2025; finds products known only by their commune too."""

    title = "đơn vị cấp huyện cũ"
    parameter_name = "former_unit"
    level = Locality.Level.FORMER_UNIT
    column = _COLUMNS[0]


class CommuneFilter(_UnitFilter):
    """By one of the communes; finds products known only by their former unit too."""

    title = "xã, phường, đặc khu"
    parameter_name = "commune"
    level = Locality.Level.COMMUNE
    column = _COLUMNS[1]


class CertaintyFilter(admin.SimpleListFilter):
    """By how certain it is that a product lies in the chosen place; offered where one is chosen."""

    title = "mức chắc chắn về nơi"
    parameter_name = "lies"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        chosen = any(request.GET.get(f.parameter_name) for f in (FormerUnitFilter, CommuneFilter))
        return list(LIES.items()) if chosen or self.parameter_name in request.GET else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:  # noqa: ARG002
        columns = [column for column in _COLUMNS if column in queryset.query.annotations]
        if not columns or self.value() not in LIES:
            return queryset
        surely = Q(**dict.fromkeys(columns, SURELY))
        return queryset.filter(surely if self.value() == SURELY else ~surely)


class ExistsTodayFilter(admin.SimpleListFilter):
    """By whether a unit exists today or has ended."""

    title = "tồn tại"
    parameter_name = "exists"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("now", "hiện nay"), ("before", "trước đây")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Locality]) -> QuerySet[Locality]:  # noqa: ARG002
        today = days.today()
        if self.value() == "now":
            begun = Q(valid_from=None) | Q(valid_from__lte=today)
            return queryset.filter(begun, Q(valid_to=None) | Q(valid_to__gte=today))
        return queryset.filter(valid_to__lt=today) if self.value() == "before" else queryset


def certainty_of(product: Model) -> str:
    """How certain the filters by place are of a product; None where no place is chosen."""
    found = [getattr(product, column) for column in _COLUMNS if hasattr(product, column)]
    return LIES[POSSIBLY if POSSIBLY in found else SURELY] if found else ""
