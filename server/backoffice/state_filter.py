"""The filter of records by what the office has said of them last, and by whether their sender has answered that."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from answers.models import Answer
from records.events import WAITING, State


class StateFilter(DropdownFilter):  # type: ignore[misc] # unfold has no types
    """By what the office has said last; all that wait together, and those whose sender has answered that."""

    title = "trạng thái"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("waiting", "Chưa xong"), ("answered", "Người gửi đã trả lời"), *State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if self.value() == "waiting":
            return queryset.filter(state__in=WAITING)
        if self.value() == "answered":
            of_sender = Answer.objects.filter(event=OuterRef("last_event"), account=OuterRef("account"))
            return queryset.filter(Exists(of_sender))
        return queryset.filter(state=self.value()) if self.value() else queryset
