"""Flags producers that are likely the same in their list, and leads to the page that makes one of two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.contrib.filters.admin import DropdownFilter

from imports.alike import Likely, likely_same
from register.models import Producer

_SHOWN = 3


class AlikeFilter(DropdownFilter):
    """Those that are likely the same as another one."""

    title = "gần giống"
    parameter_name = "alike"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("yes", "Gần giống chủ thể khác")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Producer]) -> QuerySet[Producer]:
        return queryset.filter(pk__in=list(_likely(request))) if self.value() == "yes" else queryset


def alike_column(request: HttpRequest) -> Callable[[Producer], SafeString | str]:
    """The column that names whom each producer is likely the same as."""
    likely = _likely(request)
    may_merge = request.user.has_perm("register.change_producer")

    @admin.display(description="có thể là cùng một chủ thể")
    def alike(producer: Producer) -> SafeString | str:
        twins = likely.get(producer.pk, [])
        lines = []
        for twin in twins[:_SHOWN]:
            # The one that was there first is kept, unless the person turns that round.
            kept, gone = sorted((producer.pk, twin.pk))
            address = reverse("merge-producers") + "?" + urlencode({"kept": kept, "gone": gone})
            lines.append((address, twin.name, ", ".join(twin.why)))
        row = '<a class="office-twin" href="{}">{}</a> <small>({})</small>' if may_merge else "{1} ({2})"
        shown = format_html_join(mark_safe("<br>"), row, lines)
        more = len(twins) - _SHOWN
        return format_html("{}<br>và {} chủ thể khác", shown, more) if more > 0 else shown or "-"

    return alike


def _likely(request: HttpRequest) -> Likely:
    """Worked out once for a page."""
    kept: Likely | None = getattr(request, "_likely", None)
    if kept is None:
        kept = likely_same()
        request._likely = kept  # type: ignore[attr-defined] # for this request alone
    return kept
