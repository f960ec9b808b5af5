"""The filter of records by what the office has said of them last, and by whether their sender has answered that."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
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
        """Of what many are in, such as what waits, a page is soon full; of what few are in, the office's cases tell."""
        value = self.value()
        if not value:
            return queryset
        if value == "waiting":
            return queryset.filter(state__in=WAITING)
        if value == State.RECEIVED:
            return queryset.filter(state=value)
        if value == "answered":
            cases = self._cases.filter(is_answered=True)
        elif value in WAITING:
            cases = self._cases.filter(is_open=True, state=value)
        else:  # an answer to a decision opens the case again
            cases = self._cases.filter(Q(is_open=False) | Q(is_answered=True), state=value)
        return queryset.filter(pk__in=cases.values("record"))
