"""Lists what an account has sent from any device, and what became of it, in the order of one clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Length

from accounts.models import User
from records.kinds import Kind
from records.models import Event, StoredRecord
from records.receiving import CLOCK
from register.clock import RegisterClock

MOST_PAGE_BYTES = 8 * 1024 * 1024
"""Where a page ends, though it could have more: apps read up to 16 MiB (docs/api.md)."""


@dataclass(frozen=True)
class Page:
    """Records with their kinds, and events, up to `cursor`; `more` tells whether there are later ones."""

    records: list[tuple[Kind, StoredRecord]]
    events: list[Event]
    cursor: int
    more: bool


def sent(account: User, since: int, limit: int, kinds: Iterable[Kind], *, with_events: bool) -> Page:
    """At most `limit` records of these kinds, and events, each at its latest change after the cursor `since`."""
    # What is committed while this reads is later than the clock says now, and comes with the next page.
    until = RegisterClock.objects.values_list("value", flat=True).get(name=CLOCK)

    def of_account(rows: QuerySet[Any], length: Any) -> list[Any]:
        mine = rows.filter(account=account, cursor__gt=since, cursor__lte=until)
        return list(mine.order_by("cursor").values_list("cursor", "pk", length)[: limit + 1])

    # Bodies are large, so at first only their lengths are read.
    found: list[tuple[Kind | None, Any]] = [
        (kind, row) for kind in kinds for row in of_account(kind.records, Length("body"))
    ]
    if with_events:
        found += [(None, row) for row in of_account(Event.objects.all(), Value(0))]
    found.sort(key=lambda each: each[1][0])
    lengths = [length for _, (_, _, length) in found[:limit]]
    page = _rows(found[: _fitting(lengths)])
    page = page[: _fitting([len(row.body.encode()) if kind else 0 for kind, row in page])]
    return Page(
        records=[(kind, row) for kind, row in page if kind is not None],
        events=[row for kind, row in page if kind is None],
        # After the last page the clock's own value: its mark tells also of what was stored after the last row.
        cursor=found[len(page) - 1][1][0] if len(found) > len(page) else max(since, until),
        more=len(found) > len(page),
    )


def _fitting(sizes: Iterable[int]) -> int:
    """How many of the first fit into a page: one at least, so that each page leads on."""
    return max(1, sum(1 for size in accumulate(sizes) if size <= MOST_PAGE_BYTES))


def _rows(found: Sequence[tuple[Kind | None, Any]]) -> list[tuple[Kind | None, Any]]:
    """Read the rows of these keys, in this order. One that changed since comes again at its new cursor."""
    keys: dict[str, tuple[Kind | None, list[Any]]] = {}
    for kind, (_, pk, _) in found:
        keys.setdefault(kind.name if kind else "", (kind, []))[1].append(pk)
    read = {
        name: (kind.records.prefetch_related("files") if kind else Event.objects.all()).in_bulk(pks)
        for name, (kind, pks) in keys.items()
    }
    return [(kind, read[kind.name if kind else ""][pk]) for kind, (_, pk, _) in found]
