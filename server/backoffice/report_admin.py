"""Reports of people without an account: those that wait for the office first, read and answered."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter

from backoffice.event_form import WritesEvents
from backoffice.folded_search import MOST_WORDS, by_id
from backoffice.large_lists import LargeList
from backoffice.note_filters import DayFilter, MonthFilter
from backoffice.read_only import ReadOnly
from backoffice.record_pages import erased_words
from backoffice.record_photos import PhotosOfRecord, ShowsPhotos
from backoffice.state_filter import StateFilter
from backoffice.words import moment
from records.events import State, with_state
from records.models import Erasure
from register.folding import fold
from register.models import Certificate, Picture, Product
from reports.kind import REPORT
from reports.models import Report, ReportPhoto
from reports.report import Seen


class SeenFilter(DropdownFilter):
    """By what was found suspicious."""

    title = "điều thấy lạ"
    parameter_name = "what"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return [(seen.value, seen.label) for seen in Seen]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:  # noqa: ARG002
        return queryset.filter(what__contains=f" {self.value()} ") if self.value() else queryset


class ReportPhotoInline(PhotosOfRecord):
    model = ReportPhoto


@admin.register(Report)
class ReportAdmin(LargeList, WritesEvents, ShowsPhotos, ReadOnly, ModelAdmin):
    kind = REPORT
    seen_without_account = True
    list_display = ("received_at", "state", "seen", "product_name", "place", "text_start", "photo_count")
    list_filter = (StateFilter, SeenFilter, MonthFilter, DayFilter)
    sortable_by = ("received_at",)
    search_fields = ("search_text",)
    inlines = (ReportPhotoInline,)
    # Without the device: whoever sent notes from it with an account would be known by it.
    fields = (
        "id",
        "received_at",
        "state",
        "seen",
        "text",
        "place",
        "product",
        "codes",
        "reach",
        "events",
        "erased",
        "sha256",
    )
    readonly_fields = ("state", "seen", "product", "codes", "reach", "events", "erased")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the state of each, without the columns that no page shows."""
        turn = Case(
            *(When(state=state, then=Value(n)) for n, state in enumerate(State.values)), output_field=IntegerField()
        )
        name = Subquery(Product.objects.filter(gtin=OuterRef("gtin")).values("name"))
        reports: QuerySet[Any] = with_state(REPORT, Report.objects.all()).annotate(turn=turn, name_of_product=name)
        return reports.defer("body", "search_text").prefetch_related("files").order_by(*self.get_ordering(request))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        """Those that wait first; of these the newest."""
        return ("turn", "-received_at")

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        queryset: QuerySet[Report],
        search_term: str,
    ) -> tuple[QuerySet[Report], bool]:
        """Find reports that have every word in what was told, where, the code or the product, or as their id."""
        for word in fold(search_term).split()[:MOST_WORDS]:
            of_product = Q(gtin__in=Product.objects.filter(search__contains=word).values("gtin"))
            queryset = queryset.filter(Q(search_text__contains=word) | of_product | by_id(word))
        return queryset, False

    @admin.display(description="trạng thái")
    def state(self, report: Any) -> str:
        return str(State(report.state).label)

    @admin.display(description="điều thấy lạ")
    def seen(self, report: Report) -> str:
        return report.seen() or "-"

    @admin.display(description="sản phẩm")
    def product_name(self, report: Any) -> str:
        return report.name_of_product or report.gtin or "-"

    @admin.display(description="lời kể")
    def text_start(self, report: Report) -> str:
        return report.text[:80]

    @admin.display(description="ảnh")
    def photo_count(self, report: Report) -> int:
        return len(report.files.all())

    @admin.display(description="sản phẩm trong sổ đăng ký")
    def product(self, report: Report) -> SafeString | str:
        """What the register says of the product, to lay beside the photos."""
        found = Product.objects.filter(gtin=report.gtin).select_related("producer").first() if report.gtin else None
        if found is None:
            return f"GTIN {report.gtin}: không có trong sổ đăng ký" if report.gtin else "-"
        address = reverse("admin:register_product_change", args=[found.pk])
        head = format_html(
            '<p><a href="{}">{}</a></p><p>{}, {}</p>', address, found, found.producer, found.producer.address
        )
        label = found.pictures.filter(shows=Picture.Shows.LABEL).first() or found.pictures.first()
        if label:
            picture = '<p><img src="/api/v1/pictures/{}/640" alt="{}" style="max-height: 20rem"></p>'
            head += format_html(picture, label.sha256, label.get_shows_display())
        lines = [(_certificate(one),) for one in found.certificates.all()] or [("Chưa có giấy chứng nhận",)]
        return head + format_html_join("", "<p>{}</p>", lines)

    @admin.display(description="mã đã quét")
    def codes(self, report: Report) -> SafeString | str:
        return format_html_join("", "<p>{}</p>", [(code,) for code in report.scanned.split("\n")]) or "-"

    @admin.display(description="liên hệ")
    def reach(self, report: Report) -> str:
        """How to ask back, or that it was erased."""
        if report.contact:
            return report.contact
        gone = Erasure.objects.filter(kind=REPORT.name, record=report.pk, what=Erasure.What.CONTACT).first()
        return f"Đã xóa lúc {moment(gone.at)}" if gone else "Không để lại"

    @admin.display(description="đã xóa")
    def erased(self, report: Report) -> SafeString | str:
        return erased_words(REPORT, report)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002
        """A contact is personal: those who may not answer do not see it."""
        return [name for name in self.fields if name != "reach" or self.has_write_event_permission(request)]

    def in_one_line(self, record: Report) -> str:
        return record.seen() or record.text[:80]


def _certificate(certificate: Certificate) -> str:
    parts = [
        certificate.number,
        f"{certificate.stars} sao",
        f"{certificate.valid_from:%d/%m/%Y} – {certificate.valid_to:%d/%m/%Y}",
    ]
    if certificate.withdrawn_on:
        parts.append(
            f"thu hồi từ {certificate.withdrawn_on:%d/%m/%Y}: {certificate.withdrawn_reason or 'không ghi lý do'}"
        )
    return " · ".join(parts)
