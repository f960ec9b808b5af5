"""The filter of records by what the office has said of them last, and by whether their sender has answered that."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from records.events import WAITING, State
from reviewing.models import Case


class StateFilter(DropdownFilter):  # type: ignore[misc] # unfold has no types
    """By what the office has said last; all that wait together, and those whose sender has answered that."""

    title = "trạng thái"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("waiting", "Chưa xong"), ("answered", "Người gửi đã trả lời"), *State.choices]

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        self._cases = Case.objects.filter(kind=model_admin.kind.name)
        super().__init__(request, params, model, model_admin)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """Those whose case is in the state. The cases tell it by an index, the records' events row by row."""
        return queryset.filter(pk__in=self._in_state().values("record")) if self.value() else queryset

    def keys(self) -> QuerySet[Any]:
        """The keys of the list's records, the latest first: cases came when their records did."""
        return self._in_state().order_by("-received_at", "-record").values_list("record", flat=True)

    def _in_state(self) -> QuerySet[Case]:
        value = self.value()
        if value == "waiting":
            return self._cases.filter(is_open=True, state__in=WAITING)
        if value == "answered":
            return self._cases.filter(is_answered=True)
        return self._cases.filter(state=value)
