"""Filters of the lists of records that need no look at the whole table."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from inspections.models import Inspection
from inspections.note import KNOWN_STATUSES, VERDICTS
from register import days
from register.days import VIETNAM

_OTHER, _NONE = "other", "none"
_MOST_MONTHS = 240


class VerdictFilter(DropdownFilter):  # type: ignore[misc] # unfold has no types
    """By the word of the app's verdict: those that the contract knows, any other, or none."""

    title = "kết luận của ứng dụng"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return [*VERDICTS.items(), (_OTHER, "Khác"), (_NONE, "Không có kết luận")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Inspection]) -> QuerySet[Inspection]:  # noqa: ARG002
        if self.value() == _OTHER:
            return queryset.exclude(status__in=KNOWN_STATUSES)
        if self.value() == _NONE:
            return queryset.filter(status="")
        return queryset.filter(status=self.value()) if self.value() else queryset


class MonthFilter(DropdownFilter):  # type: ignore[misc]
    """By the month in which a record arrived, in Vietnam's calendar."""

    title = "tháng nhận"
    parameter_name = "month"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        first = model_admin.model._default_manager.order_by("received_at").values_list("received_at", flat=True).first()
        months: list[tuple[str, str]] = []
        month = days.today().replace(day=1)
        while first and month >= days.day_of(first).replace(day=1) and len(months) < _MOST_MONTHS:
            months.append((f"{month:%Y-%m}", f"Tháng {month.month} năm {month.year}"))
            month = (month - timedelta(days=1)).replace(day=1)
        return months

    def queryset(self, request: HttpRequest, queryset: QuerySet[Inspection]) -> QuerySet[Inspection]:  # noqa: ARG002
        first = _first_of(self.value())
        return _arrived(queryset, first, _next_month(first)) if first else queryset


class DayFilter(DropdownFilter):  # type: ignore[misc]
    """By the day on which a record arrived; offered where a month is chosen."""

    title = "ngày nhận"
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        first = _first_of(request.GET.get(MonthFilter.parameter_name))
        if first is None:
            return []
        several = range((_next_month(first) - first).days)
        return [(f"{day:%d}", f"{day:%d/%m/%Y}") for day in (first + timedelta(days=n) for n in several)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Inspection]) -> QuerySet[Inspection]:
        first = _first_of(request.GET.get(MonthFilter.parameter_name))
        if first is None or self.value() not in dict(self.lookup_choices):
            return queryset
        day = first.replace(day=int(str(self.value())))
        return _arrived(queryset, day, day + timedelta(days=1))


def _first_of(month: str | None) -> date | None:
    """The first day of a month given as 2026-11; None for anything else, and for what no register can have lived in."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    return first if 1970 <= first.year < 2200 else None


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _arrived(notes: QuerySet[Inspection], begin: date, end: date) -> QuerySet[Inspection]:
    """Those that arrived from the day `begin` to the day before `end`."""
    from_, to = (datetime.combine(day, time(), VIETNAM) for day in (begin, end))
    return notes.filter(received_at__gte=from_, received_at__lt=to)
