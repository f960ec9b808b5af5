"""Lists what an account has sent from any device, and what became of it, in the order of one clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.db.models import QuerySet

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

    def of_account(rows: QuerySet[Any]) -> list[Any]:
        mine = rows.filter(account=account, cursor__gt=since, cursor__lte=until)
        return list(mine.order_by("cursor")[: limit + 1])

    found: list[tuple[Kind | None, Any]] = [
        (kind, record) for kind in kinds for record in of_account(kind.records.prefetch_related("files"))
    ]
    if with_events:
        found += [(None, event) for event in of_account(Event.objects.all())]
    found.sort(key=lambda row: row[1].cursor)
    page = _fitting(found[:limit])
    return Page(
        records=[(kind, row) for kind, row in page if kind is not None],
        events=[row for kind, row in page if kind is None],
        # After the last page the clock's own value: its mark tells also of what was stored after the last row.
        cursor=page[-1][1].cursor if len(found) > len(page) else max(since, until),
        more=len(found) > len(page),
    )


def _fitting(rows: list[tuple[Kind | None, Any]]) -> list[tuple[Kind | None, Any]]:
    """The first of these that fit into a page: one at least, so that each page leads on."""
    sizes = accumulate(len(row.body.encode()) if kind else 0 for kind, row in rows)
    return rows[: max(1, sum(1 for size in sizes if size <= MOST_PAGE_BYTES))]
