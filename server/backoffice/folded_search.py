"""Searches of the back office: without diacritics, case, width and unseen characters."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import User
from register.folding import fold

MOST_WORDS = 8
"""Words of a search in records that count."""
_ID = re.compile(r"[0-9a-f]{8,32}")


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


def accounts_named(search_term: str) -> list[int]:
    """The keys of the accounts that have every word in their names; none for no word."""
    words = fold(search_term).split()
    names = folded_names(User.objects.all()) if words else {}
    return [pk for pk, text in names.items() if all(word in text for word in words)]


class OfAccounts:
    """For an admin class whose rows belong to accounts: the search finds a row by its account's names too."""

    account = "user"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find as `search_fields` say, or by the account's names as the list of accounts does."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)  # type: ignore[misc] # of the admin class
        return found | queryset.filter(**{f"{self.account}__in": accounts_named(search_term)}), may_repeat


def search_records(records: QuerySet[Any], term: str) -> QuerySet[Any]:
    """Records that have every word in `search_text`, in their sender's name, or as their id's beginning."""
    words = fold(term).split()[:MOST_WORDS]
    senders = folded_names(User.objects.all()) if words else {}
    for word in words:
        # By their keys, so that PostgreSQL can use both indexes.
        by_sender = Q(account__in=[pk for pk, names in senders.items() if word in names])
        records = records.filter(Q(search_text__contains=word) | by_sender | by_id(word))
    return records


def by_id(word: str) -> Q:
    """Records whose id begins with a word of at least 8 digits of an id; none for any other word."""
    digits = word.replace("-", "")
    if not _ID.fullmatch(digits):
        return Q()
    return Q(pk__range=(UUID(f"{digits:0<32}"), UUID(f"{digits:f<32}")))
