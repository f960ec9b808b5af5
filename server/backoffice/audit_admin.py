"""Shelf audits in the back office: those alone that a shop sent for the office to see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from unfold.contrib.filters.admin import DropdownFilter

from audits.audit import What
from audits.gravity import judged_at, to_take_down
from audits.kind import AUDIT
from audits.models import Audit
from backoffice import round_parts as parts
from backoffice.chained_records import ChainedRecordAdmin, said
from backoffice.note_filters import DayFilter, MonthFilter
from backoffice.record_pages import by_devices_clock
from backoffice.state_filter import StateFilter
from inspections.note import VERDICTS

MOST_SHOWN = 500
"""Lines on a page, those to take down first; the record below holds all of them."""
_HEADS = ("Số", "Kệ", "Sản phẩm", "GTIN hoặc mã", "Số lượng", "Kết luận của ứng dụng", "Hạn dùng", "Đã làm")


class TakeDownFilter(DropdownFilter):
    """By whether there was something to take down."""

    title = "hàng nên cất khỏi kệ"
    parameter_name = "take_down"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("yes", "Có"), ("no", "Không có")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Audit]) -> QuerySet[Audit]:  # noqa: ARG002
        if self.value() == "yes":
            return queryset.filter(take_down_count__gt=0)
        return queryset.filter(take_down_count=0) if self.value() == "no" else queryset


@admin.register(Audit)
class AuditAdmin(ChainedRecordAdmin):
    kind = AUDIT
    list_display = (
        "received_at", "state", "shop", "closed", "line_count", "pack_count", "take_down_count", "account",
    )  # fmt: skip
    list_filter = (StateFilter, TakeDownFilter, MonthFilter, DayFilter)
    fields = (
        "id", "received_at", "written_at", "account", "device", "state", "shop", "hours", "copy_as_of", "totals",
        "lines", "remarks", "corrects", "corrected_by", "events", "chain", "erased", "sha256", "body",
    )  # fmt: skip
    readonly_fields = (
        "written_at", "state", "hours", "copy_as_of", "totals", "lines", "remarks", "corrects", "corrected_by",
        "events", "chain", "erased",
    )  # fmt: skip

    @admin.display(description="đóng lúc, theo đồng hồ của thiết bị")
    def closed(self, record: Audit) -> str:
        return by_devices_clock(record.closed_at)

    @admin.display(description="thời gian, theo đồng hồ của thiết bị")
    def hours(self, record: Audit) -> SafeString | str:
        body = said(record)
        pauses = [
            f"nghỉ {parts.at(p['from'])} – {parts.at(p['to']) if p['to'] else 'khi đóng'}" for p in body["pauses"]
        ]
        return parts.lines([f"{parts.at(body['opened_at'])} – {parts.at(body['closed_at'])}", *pauses])

    @admin.display(description="bản sổ trên máy khi đó")
    def copy_as_of(self, record: Audit) -> str:
        as_of = said(record)["copy_as_of"]
        return f"đến {parts.at(as_of)}" if as_of else parts.NOTHING

    @admin.display(description="tổng cộng")
    def totals(self, record: Audit) -> str:
        return f"{record.line_count} dòng · {record.pack_count} gói · {record.take_down_count} dòng nên cất khỏi kệ"

    @admin.display(description="các dòng")
    def lines(self, record: Audit) -> SafeString | str:
        """What should be off the shelf first, then the others in the order in which they were seen."""
        body = said(record)
        closed_at = judged_at(body["closed_at"], body["created_at"], body["clock_offset"])
        ordered = sorted(body["lines"], key=lambda line: not to_take_down(line, closed_at))
        shown = parts.table(_HEADS, [_row(line, closed_at) for line in ordered[:MOST_SHOWN]])
        if len(ordered) <= MOST_SHOWN:
            return shown
        return format_html("{}<p>Còn {} dòng nữa trong nội dung gốc.</p>", shown, len(ordered) - MOST_SHOWN)

    @admin.display(description="ghi chú")
    def remarks(self, record: Audit) -> str:
        return said(record)["remarks"] or parts.NOTHING

    @admin.display(description="đã xóa")
    def erased(self, record: Audit) -> SafeString | str:
        return mark_safe(super().erased(record).replace("tên và chữ ký", "tên cửa hàng, kệ và ghi chú"))  # noqa: S308 - no text of anybody's

    def in_one_line(self, record: Audit) -> str:
        return " · ".join(filter(None, (record.shop, self.totals(record))))


def _row(line: Mapping[str, Any], closed_at: str) -> tuple[Any, ...]:
    shown = line["product"] or {"name": line["own_name"] or "", "producer": ""}
    status = line["verdict"]["status"] if line["verdict"] else ""
    verdict = VERDICTS.get(status, status) or "Không đọc được"
    by = " (theo người kiểm)" if line["expiry_by"] == "person" else ""
    done = f"{What.label_of(line['done']['what'])}, {parts.at(line['done']['at'])}" if line["done"] else ""
    return (
        line["n"],
        line["shelf"],
        " · ".join(filter(None, (shown["name"], shown["producer"]))),
        line["gtin"] or line["text"],
        line["quantity"],
        format_html("<strong>{}</strong>", verdict) if to_take_down(line, closed_at) else verdict,
        f"{parts.day(line['expiry'])}{by}" if line["expiry"] else "",
        done,
    )
