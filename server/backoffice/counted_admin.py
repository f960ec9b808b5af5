"""The list of the records that a figure of the first page counts, with its filters."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter

from backoffice.large_lists import LargeChangeList, LargeList
from backoffice.read_only import ReadOnly
from guidance.communes import Communes
from inspections.note import VERDICTS
from inspections.suspicion import Witness
from overview.models import CountedRecord
from overview.tones import VERDICTS as VERDICTS_OF
from overview.tones import Tone
from overview.verdicts import UNKNOWN
from register.models import Group
from rounds.words import Finding

Rows = QuerySet[CountedRecord]


class _Filter(DropdownFilter):
    """Narrows the list where a value is given; a value that means nothing finds nothing."""

    choices_: tuple[tuple[str, str], ...] = ()

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return list(self.choices_)

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:  # noqa: ARG002
        return self.narrowed(queryset, self.value()) if self.value() else queryset

    def narrowed(self, rows: Rows, value: str) -> Rows:
        raise NotImplementedError


class RecordsFilter(_Filter):
    """What the page counts as verdicts: notes and inspections, without rounds and without what was replaced."""

    title = "những phiếu nào"
    parameter_name = "records"
    choices_ = (("1", "Phiếu đang tính vào số liệu"),)

    def narrowed(self, rows: Rows, value: str) -> Rows:  # noqa: ARG002
        return rows.filter(replaced=False).exclude(kind=CountedRecord.Kind.ROUND)


class WitnessFilter(_Filter):
    title = "người ghi"
    parameter_name = "witness"
    choices_ = (
        (Witness.INSPECTOR.value, "Cán bộ"), (Witness.SHOP.value, "Cửa hàng"), (Witness.CONSUMER.value, "Người dân"),
        ("others", "Cửa hàng và người dân"),
    )  # fmt: skip

    def narrowed(self, rows: Rows, value: str) -> Rows:
        if value == "others":  # named, so that an index is used
            return rows.filter(witness__in=[Witness.SHOP, Witness.CONSUMER])
        return rows.filter(witness=value)


class ToneFilter(_Filter):
    title = "kết luận của ứng dụng"
    parameter_name = "tone"
    choices_ = tuple((tone.value, tone.label) for tone in Tone)

    def narrowed(self, rows: Rows, value: str) -> Rows:
        if value == Tone.OTHER:
            return rows.exclude(status__in=[word for words in VERDICTS_OF.values() for word in words])
        return rows.filter(status__in=next((words for tone, words in VERDICTS_OF.items() if tone == value), ()))


class FoundFilter(_Filter):
    title = "phát hiện"
    parameter_name = "finding"
    choices_ = (("any", "Có phát hiện"), *((f.value, f.label) for f in Finding if f is not Finding.MATCHES))

    def narrowed(self, rows: Rows, value: str) -> Rows:
        return rows.exclude(findings="") if value == "any" else rows.filter(findings__contains=f" {value} ")


class GroupFilter(_Filter):
    title = "nhóm sản phẩm"
    parameter_name = "group"
    choices_ = (*Group.choices, (UNKNOWN, "Không có trong sổ đăng ký"))

    def narrowed(self, rows: Rows, value: str) -> Rows:
        # The product is left joined: what no register has is found by its having no group.
        return rows.filter(product__group=None) if value == UNKNOWN else rows.filter(product__group=value)


class WhereFilter(_Filter):
    title = "xã, phường, đặc khu"
    parameter_name = "commune"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return [*Communes.of_today().names.items(), (UNKNOWN, "Không rõ nơi")]

    def narrowed(self, rows: Rows, value: str) -> Rows:
        return rows.filter(commune="" if value == UNKNOWN else value)


class _WeekFilter(_Filter):
    """By the Monday of a week, given as 2026-11-23; the page gives it, and the list offers none."""

    lookup = "week"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        given = _day(request.GET.get(self.parameter_name, ""))
        return [(given.isoformat(), f"{given:%d/%m/%Y}")] if given else []

    def narrowed(self, rows: Rows, value: str) -> Rows:
        day = _day(value)
        return rows.filter(**{self.lookup: day}) if day else rows.none()


class SinceFilter(_WeekFilter):
    title = "từ tuần của ngày"
    parameter_name = "since"
    lookup = "week__gte"


class WeekFilter(_WeekFilter):
    title = "tuần của ngày"
    parameter_name = "week"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class CountedList(LargeChangeList):
    def url_for_result(self, result: Any) -> str:
        """The page on which the record is answered."""
        return reverse("office-case", args=[result.kind, result.record])


@admin.register(CountedRecord)
class CountedRecordAdmin(LargeList, ReadOnly, ModelAdmin):
    """A row leads to its record."""

    list_display = ("received_at", "of_kind", "product_name", "verdict", "found", "place", "witness", "counts")
    list_display_links = ("received_at",)
    list_filter = (
        SinceFilter, WeekFilter, RecordsFilter, "kind", WitnessFilter, ToneFilter, FoundFilter, GroupFilter,
        WhereFilter,
    )  # fmt: skip
    list_select_related = ("product",)

    def get_queryset(self, request: HttpRequest) -> Rows:
        rows: Rows = super().get_queryset(request)
        return rows

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Read the communes' names once a page."""
        self._communes = Communes.of_today().names
        return super().changelist_view(request, {"title": "Phiếu và đợt trong số liệu", **(extra_context or {})})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CountedList]:  # noqa: ARG002
        """The list whose rows lead to their records."""
        return CountedList

    @admin.display(description="phiếu")
    def of_kind(self, row: CountedRecord) -> str:
        return str(row.get_kind_display())

    @admin.display(description="sản phẩm")
    def product_name(self, row: CountedRecord) -> str:
        return row.product.name if row.product else row.product_id or "–"

    @admin.display(description="kết luận của ứng dụng")
    def verdict(self, row: CountedRecord) -> str:
        return VERDICTS.get(row.status, row.status) or "–"

    @admin.display(description="phát hiện")
    def found(self, row: CountedRecord) -> str:
        return ", ".join(finding.label for finding in Finding if finding in row.findings.split()) or "–"

    @admin.display(description="nơi")
    def place(self, row: CountedRecord) -> str:
        return self._communes.get(row.commune, row.commune) or "Không rõ nơi"

    @admin.display(description="tính vào số liệu")
    def counts(self, row: CountedRecord) -> str:
        return "Không, đã được phiếu khác thay" if row.replaced else "Có"
