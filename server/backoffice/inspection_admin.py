"""Inspections in the back office, read and answered, and suspected copies, on which the office decides."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from backoffice.editing import Edited, MergedForm
from backoffice.event_form import WritesEvents
from backoffice.history import HistoryAdmin
from backoffice.large_lists import LargeList
from backoffice.note_filters import DayFilter, MonthFilter, VerdictFilter
from backoffice.read_only import ReadOnly
from backoffice.record_pages import RecordPages
from backoffice.record_photos import PhotosOfRecord, ShowsPhotos
from backoffice.words import moment
from inspections import reviewing
from inspections.grid import Cell, town_near
from inspections.kind import NOTE
from inspections.models import Inspection, Photo, Sighting, Suspicion
from register.folding import fold
from register.models import Locality, Product


class PhotoInline(PhotosOfRecord):
    model = Photo


@admin.register(Inspection)
class InspectionAdmin(RecordPages, LargeList, WritesEvents, ShowsPhotos, ReadOnly, ModelAdmin):
    kind = NOTE
    list_display = ("received_at", "outcome", "verdict", "gtin", "account", "text_start", "photo_count")
    list_filter = ("outcome", VerdictFilter, "received_at", MonthFilter, DayFilter)
    list_select_related = ("account",)
    sortable_by = ("received_at",)
    search_fields = ("search_text",)
    inlines = (PhotoInline,)
    fields = (
        "id", "received_at", "written_at", "account", "device", "outcome", "verdict", "gtin", "code_text", "text",
        "latitude", "longitude", "corrects", "corrected_by", "events", "erased", "sha256", "body",
    )  # fmt: skip
    readonly_fields = ("written_at", "verdict", "corrects", "corrected_by", "events", "erased")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Inspection]:
        """Without the columns that no list shows; the page of one note fetches its body."""
        notes: QuerySet[Inspection] = super().get_queryset(request)
        return notes.defer("body", "search_text").prefetch_related("files")

    @admin.display(description="ghi chú")
    def text_start(self, inspection: Inspection) -> str:
        return inspection.text[:80]

    def in_one_line(self, record: Inspection) -> str:
        return record.get_outcome_display()


class SuspicionUnitFilter(admin.SimpleListFilter):
    title = "đơn vị cũ"
    parameter_name = "unit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return list(Locality.objects.filter(level=Locality.Level.FORMER_UNIT).values_list("code", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Suspicion]) -> QuerySet[Suspicion]:  # noqa: ARG002
        if not self.value():
            return queryset
        return queryset.filter(gtin__in=Product.objects.filter(former_unit__code=self.value()).values("gtin"))


class DecisionForm(MergedForm):
    """The office's decision, with the last sighting that was shown for it."""

    shown_through = forms.IntegerField(widget=forms.HiddenInput, label="xem đến lần thấy")

    class Meta:
        model = Suspicion
        fields = ("decision", "decision_reason")
        widgets: ClassVar = {"decision": UnfoldAdminSelectWidget, "decision_reason": UnfoldAdminTextInputWidget}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["shown_through"] = reviewing.last_sighting(self.instance.gtin, self.instance.serial)

    def clean(self) -> dict[str, Any]:
        """A decision has a reason."""
        cleaned = super().clean()
        if cleaned.get("decision") and not cleaned.get("decision_reason", "").strip():
            self.add_error("decision_reason", "Hãy ghi lý do.")
        return cleaned


@admin.register(Suspicion)
class SuspicionAdmin(LargeList, Edited, HistoryAdmin, ModelAdmin):
    form = DecisionForm
    clock = "inspections"
    list_display = ("serial", "product", "reason", "seen_at", "accuses", "told", "decision")
    list_filter = ("told", "accuses", "decision", "reason", SuspicionUnitFilter)
    search_fields = ("gtin", "serial")
    readonly_fields = ("product", "serial", "reason", "sold_on", "all_sightings", "accuses", "by_accounts", "told")
    fields = (*readonly_fields, "decision", "decision_reason", "shown_through")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suspicion]:
        suspicions: QuerySet[Suspicion] = super().get_queryset(request)
        return suspicions.annotate(product_name=Subquery(Product.objects.filter(gtin=OuterRef("gtin")).values("name")))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suspicion], search_term: str
    ) -> tuple[QuerySet[Suspicion], bool]:
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if search_term:
            named = Product.objects.filter(search__contains=fold(search_term))
            found |= queryset.filter(gtin__in=named.values("gtin"))
        return found, may_repeat

    @admin.display(description="sản phẩm")
    def product(self, suspicion: Any) -> str:
        return f"{suspicion.product_name or ''} ({suspicion.gtin})".strip()

    @admin.display(description="mọi lần thấy")
    def all_sightings(self, suspicion: Suspicion) -> SafeString | str:
        seen = Sighting.objects.filter(gtin=suspicion.gtin, serial=suspicion.serial).order_by("-seen_at", "-pk")
        return format_html_join(mark_safe("<br>"), "{}", [(_sighting(sighting),) for sighting in seen[:100]]) or "-"

    def save_model(self, request: HttpRequest, obj: Suspicion, form: Any, change: bool) -> None:  # noqa: ARG002
        """Decide under the lock with which notes are received, which `Edited` has taken: one may be arriving."""
        decided = reviewing.store_decision(
            obj.gtin, obj.serial, obj.decision, obj.decision_reason, form.cleaned_data["shown_through"]
        )
        if decided is None:
            self.message_user(request, "Phiếu sửa đổi vừa làm nghi vấn này không còn.", messages.WARNING)


def _sighting(sighting: Sighting) -> str:
    known = sighting.latitude is not None and sighting.longitude is not None
    town = town_near(Cell(sighting.latitude, sighting.longitude) if known else None)  # type: ignore[arg-type]
    parts = [
        moment(sighting.seen_at) + ("" if sighting.time_is_sure else " (?)"),
        f"gần {town}" if town else "không rõ nơi",
        sighting.get_witness_display(),
        *(["đã bán"] if sighting.sold else []),
    ]
    return " · ".join(parts)
