"""Filters of rounds and inspections: by place, finding and case."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from rounds.models import ALL_RIGHT, Round
from rounds.words import Finding

MOST_CHOICES = 200
"""Places and cases that are offered, the latest; the search finds the others."""
MOST_LOOKED_AT = 2000
"""Rounds among which these are, the latest, so that a list costs no more where there are more rounds."""


class FindingFilter(DropdownFilter):  # type: ignore[misc] # unfold has no types
    """By one of the things that were found; also what has none."""

    title = "phát hiện"
    parameter_name = "finding"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return [*((finding.value, finding.label) for finding in Finding), ("none", "Không ghi phát hiện")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        value = self.value()
        if not value or value == Finding.MATCHES:
            return queryset.filter(findings=ALL_RIGHT) if value else queryset
        # That all was right is said alone; the condition is that of an index.
        others = queryset.exclude(findings=ALL_RIGHT)
        return others.filter(findings="") if value == "none" else others.filter(findings__contains=f" {value} ")


class _LatestFilter(DropdownFilter):  # type: ignore[misc]
    """By a value of a column of rounds, the latest values first."""

    column: str

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        latest = Round.objects.order_by("-received_at", "-pk").values_list(self.column, flat=True)[:MOST_LOOKED_AT]
        values = dict.fromkeys(filter(None, latest))
        return [(value, value) for value in islice(values, MOST_CHOICES)]


class PlaceFilter(_LatestFilter):
    """By the name of the place."""

    title = "nơi kiểm tra"
    parameter_name = "place"
    column = "place_name"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        return queryset.filter(place_name=self.value()) if self.value() else queryset


class CaseFilter(_LatestFilter):
    """By the number of the case, under which colleagues may have opened rounds of their own."""

    title = "số vụ việc"
    parameter_name = "case"
    column = "case_number"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        if not self.value():
            return queryset
        if queryset.model is Round:
            return queryset.filter(case_number=self.value())
        rounds = Round.objects.filter(case_number=self.value())
        # Nobody puts an inspection into another's round; the first condition lets the index be used.
        of_sender = rounds.filter(pk=OuterRef("round"), account=OuterRef("account"))
        return queryset.filter(Exists(of_sender), round__in=rounds.values("pk"))
