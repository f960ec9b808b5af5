"""Searches of the back office: without diacritics, case, width and unseen characters."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from register.folding import fold


class FoldedSearch:
    """For an admin class whose `search_fields` are folded columns (`register.folding`) or hold ASCII alone."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Fold the words as the columns are folded."""
        found: tuple[QuerySet[Any], bool] = super().get_search_results(  # type: ignore[misc] # of the admin class
            request, queryset, fold(search_term)
        )
        return found


def folded_names(accounts: QuerySet[User]) -> dict[int, str]:
    """The user name and the name of each account, folded, by its key; accounts are few enough for each search."""
    return {pk: fold(*names) for pk, *names in accounts.values_list("pk", "username", "name")}
