"""Lists of the back office that may hold very many rows: one query finds the rows of a page, however deep it is."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters, ShowFacets
from django.contrib.admin.views.main import ORDER_VAR
from django.core.paginator import InvalidPage, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from unfold.views import ChangeList

MOST_ROWS = 10_000
"""Rows that can be paged through; filters and the search lead to the others. So no page costs more than these."""


class LargeChangeList(ChangeList):  # type: ignore[misc]  # unfold has no types
    """Reads the keys of at most `MOST_ROWS` rows once, and then the rows of one page by their keys."""

    has_more: bool

    def get_results(self, request: HttpRequest) -> None:  # noqa: ARG002 - Django's signature
        """Find the page; as Django does it, but without counting the table and without skipping rows."""
        try:
            found = list(self._keys()[: MOST_ROWS + 1])
        except OverflowError:  # SQLite is asked for a moment before the year 1, which no row has
            raise IncorrectLookupParameters from None
        self.has_more = len(found) > MOST_ROWS
        keys = found[:MOST_ROWS]
        self.paginator = Paginator(keys, self.list_per_page)
        is_narrowed = bool(self.query) or self.has_active_filters
        self.result_count, self.full_result_count = len(keys), None if is_narrowed else len(keys)
        self.can_show_all = len(keys) <= self.list_max_show_all
        self.multi_page = len(keys) > self.list_per_page
        self.show_full_result_count, self.show_admin_actions = False, True
        if self.multi_page and not (self.show_all and self.can_show_all):
            try:
                keys = list(self.paginator.page(self.page_num).object_list)
            except InvalidPage:
                raise IncorrectLookupParameters from None
        self.result_list = self.queryset.filter(pk__in=keys)

    def _keys(self) -> QuerySet[Any]:
        """The keys of all rows in the order of the list; from a filter that has them, where it alone narrows the list.

        The rows of a page are asked for with every condition all the same.
        """
        asked = set(self.get_filters_params())
        if not self.query and ORDER_VAR not in self.params:
            for spec in self.filter_specs:
                if hasattr(spec, "keys") and spec.value() and asked <= set(spec.expected_parameters()):
                    keys: QuerySet[Any] = spec.keys()
                    return keys
        rows: QuerySet[Any] = self.queryset.values_list("pk", flat=True)
        return rows


class LargeList:
    """For admin classes: their list is a `LargeChangeList`, and says so where it does not reach all rows."""

    list_per_page = 50
    show_facets = ShowFacets.NEVER  # they would count the table once for each choice
    list_before_template = "backoffice/large_list.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[LargeChangeList]:  # noqa: ARG002
        """Django's list, with this module's way to find a page."""
        return LargeChangeList

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase | None:
        """Do to "all" what was told as all: the rows that the list reaches, and not those behind them."""
        if request.POST.get("select_across") == "1":
            queryset = queryset.filter(pk__in=list(queryset.values_list("pk", flat=True)[:MOST_ROWS]))
        answer: HttpResponseBase | None = super().response_action(request, queryset)  # type: ignore[misc]
        return answer
