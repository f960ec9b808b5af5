"""Lists what an account has sent from any device, and what became of it, in the order of one clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from records.kinds import Kind
from records.models import Event, StoredRecord
from records.receiving import CLOCK
from register.clock import RegisterClock


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
    page = found[:limit]
    return Page(
        records=[(kind, row) for kind, row in page if kind is not None],
        events=[row for kind, row in page if kind is None],
        # After the last page the clock's own value: its mark tells also of what was stored after the last row.
        cursor=page[-1][1].cursor if len(found) > limit else max(since, until),
        more=len(found) > limit,
    )
