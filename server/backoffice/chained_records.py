"""What the lists and pages of rounds, inspections and audits have in common: state, chain, erasure."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from backoffice import round_parts as parts
from backoffice.event_form import WritesEvents
from backoffice.large_lists import LargeList
from backoffice.read_only import ReadOnly
from backoffice.record_pages import RecordPages
from backoffice.words import moment
from records.chain import breaks_of
from records.events import State, with_state
from records.models import Link


class ChainedRecordAdmin(RecordPages, LargeList, WritesEvents, ReadOnly, ModelAdmin):
    """Read and answered, never edited."""

    list_select_related = ("account",)
    sortable_by = ("received_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those that the office sees, with the state of each; without the columns that no list shows."""
        records: QuerySet[Any] = with_state(self.kind, super().get_queryset(request).filter(self.kind.for_office))
        return records.defer("body", "search_text").prefetch_related("files")

    @admin.display(description="trạng thái")
    def state(self, record: Any) -> str:
        return str(State(record.state).label)

    @admin.display(description="chữ ký của máy và chuỗi phiếu")
    def chain(self, record: Any) -> SafeString | str:
        """By which key the record was signed, and where its chain is not what it should be."""
        link = Link.objects.filter(kind=self.kind.name, record=record.pk).select_related("key").first()
        if link is None or link.key is None:
            return "không có chữ ký của máy"
        key = f"khóa {link.key.kid}" + (f", bị thu hồi {moment(link.key.revoked_at)}" if link.key.revoked_at else "")
        return parts.lines([f"ký bằng {key}", *(one.get_what_display() for one in breaks_of(link))])

    @admin.display(description="xóa tên")
    def erased(self, record: Any) -> str:
        return f"Đã xóa tên và chữ ký lúc {moment(record.erased_at)}" if record.erased_at else parts.NOTHING


def said(record: Any) -> dict[str, Any]:
    """What a record says."""
    found: dict[str, Any] = json.loads(record.body)
    return found
