"""Lists what an account has sent from any device, and what became of it, in the order of one clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import CharField, QuerySet, Value

from accounts.models import User
from records.kinds import Kind
from records.models import Event, StoredRecord
from records.receiving import CLOCK
from register.clock import RegisterClock

MOST_PAGE_BYTES = 8 * 1024 * 1024
"""Where a page ends, though it could have more: apps read up to 16 MiB (docs/api.md)."""


_AT_A_TIME = 50
"""So many rows are read before it is seen whether they still fit into the page."""

_EVENTS = ""
"""Stands for the events among the names of the kinds."""


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
    of = {kind.name: kind for kind in kinds}
    tables = {name: kind.records.prefetch_related("files") for name, kind in of.items()}
    tables |= {_EVENTS: Event.objects.all()} if with_events else {}
    mine = {name: rows.filter(account=account, cursor__gt=since, cursor__lte=until) for name, rows in tables.items()}
    places = _places(mine, limit + 1)
    page = Page([], [], max(since, until), more=False)
    size = 0
    for number, (name, cursor, row) in enumerate(_read(mine, places[:limit])):
        size += len(row.body.encode()) if row and name in of else 0
        if number and size > MOST_PAGE_BYTES:  # one at least, so that each page leads on
            return replace(page, more=True)
        if row and name in of:
            page.records.append((of[name], row))
        elif row:
            page.events.append(row)
        page = replace(page, cursor=cursor)
    # After the last page the clock's own value: its mark tells also of what was stored after the last row.
    return replace(page, more=True) if len(places) > limit else replace(page, cursor=max(since, until))


def _places(tables: Mapping[str, QuerySet[Any]], most: int) -> list[tuple[str, int]]:
    """Where the first rows of all tables are, in the order of the clock: the name of each table, and the cursor.

    One query, in which the database merges the tables by their indexes over account and cursor.
    """
    if not tables:
        return []
    first, *others = (
        rows.prefetch_related(None).order_by().annotate(of=Value(name, CharField())).values_list("of", "cursor")
        for name, rows in tables.items()
    )
    return list(first.union(*others, all=True).order_by("cursor")[:most])


def _read(
    tables: Mapping[str, QuerySet[Any]], places: Sequence[tuple[str, int]]
) -> Iterator[tuple[str, int, Any | None]]:
    """The rows in these places, few at a time; None for one whose file has arrived meanwhile: it has moved on."""
    for start in range(0, len(places), _AT_A_TIME):
        some = places[start : start + _AT_A_TIME]
        cursors: dict[str, list[int]] = {}
        for name, cursor in some:
            cursors.setdefault(name, []).append(cursor)
        rows = {row.cursor: row for name, at in cursors.items() for row in tables[name].filter(cursor__in=at)}
        for name, cursor in some:
            yield name, cursor, rows.get(cursor)
