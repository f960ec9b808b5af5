"""What the lists and pages of rounds, inspections and audits have in common: state, chain, erasure."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from backoffice.event_form import WritesEvents
from backoffice.large_lists import LargeList
from backoffice.read_only import ReadOnly
from backoffice.record_pages import RecordPages
from records.events import State, with_state


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


def said(record: Any) -> dict[str, Any]:
    """What a record says."""
    found: dict[str, Any] = json.loads(record.body)
    return found
