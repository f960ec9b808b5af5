"""Reads the events of inspections: those that arrived in a span of time, and those after a cursor.

Each inspection is told at its place, as an error where another has taken its place by now. One that was told before
the reading began is told once more, as an error, just before the first that corrects it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Role
from epcis.event import Arrived, Correction, Event, event_of
from epcis.goods import is_global
from records.models import Link
from records.receiving import CLOCK
from register.clock import RegisterClock
from register.description import Register
from rounds.inspection import Inspection as Said
from rounds.kind import INSPECTION
from rounds.models import Inspection

_AT_A_TIME = 50
"""Inspections in memory at once; each has up to 256 KiB."""
_FIRST = UUID(int=0)


@dataclass(frozen=True)
class Page:
    """Events of inspections up to `cursor`; `more` tells whether there are later ones."""

    events: list[Event]
    cursor: int
    more: bool


def is_sample() -> bool:
    """Whether the register holds sample data."""
    return Register.objects.filter(sample=True).exists()


def arrived(since: datetime, until: datetime) -> Iterator[Event]:
    """The events of what arrived from `since` on and before `until`, in the order of arrival."""
    rows = told().filter(received_at__lt=until).order_by("received_at", "pk")
    start = last = (since, _FIRST)
    while True:
        at, pk = last
        some = list(rows.filter(Q(received_at__gt=at) | Q(pk__gt=pk), received_at__gte=at)[:_AT_A_TIME])
        if not some:
            return
        yield from _events(some, _arrival, start)
        last = _arrival(some[-1])


def page(since: int, limit: int) -> Page:
    """The events of at most `limit` inspections, each at its latest change after the cursor `since`."""
    # What is committed while this reads is later than the clock says now, and comes with the next page.
    until = RegisterClock.objects.values_list("value", flat=True).get(name=CLOCK)
    rows = told().filter(cursor__gt=since, cursor__lte=until).order_by("cursor")
    cursors = list(rows.values_list("cursor", flat=True)[: limit + 1])
    events: list[Event] = []
    for start in range(0, min(limit, len(cursors)), _AT_A_TIME):
        some = rows.filter(cursor__in=cursors[start : min(start + _AT_A_TIME, limit)])
        events += _events(list(some), _cursor, since)
    if len(cursors) > limit:
        return Page(events, cursors[limit - 1], more=True)
    return Page(events, max(since, until), more=False)


def told() -> QuerySet[Inspection]:
    """The inspections of which events tell: of officials, and of no key that was revoked before they came."""
    revoked = Link.objects.filter(
        kind=INSPECTION.name, record=OuterRef("pk"), key__revoked_at__lte=OuterRef("received_at")
    )
    return Inspection.objects.exclude(account__role=Role.SHOP).exclude(Exists(revoked))


def _cursor(row: Inspection) -> int:
    return row.cursor


def _arrival(row: Inspection) -> tuple[datetime, UUID]:
    return row.received_at, row.pk


def _events(rows: Sequence[Inspection], place: Callable[[Inspection], Any], start: Any) -> Iterator[Event]:
    """The events of these inspections, in a reading that began after `start`."""
    before = {one.pk: one for one in told().filter(pk__in=[row.supersedes for row in rows if row.supersedes])}
    corrections = _corrections([*rows, *before.values()], place)
    for row in rows:
        wrong = before.get(row.supersedes) if row.supersedes else None
        if wrong is not None and wrong.account_id == row.account_id and place(wrong) <= start:
            new = [one.pk for one in corrections[wrong.pk] if place(one) > start]
            if new[:1] == [row.pk]:
                yield from _event(wrong, corrections[wrong.pk])
        yield from _event(row, corrections.get(row.pk, []))


def _corrections(rows: Sequence[Inspection], place: Callable[[Inspection], Any]) -> dict[UUID | None, list[Inspection]]:
    """What corrects each of these inspections, of its sender's, in the order of the reading."""
    senders = {row.pk: row.account_id for row in rows}
    found = told().filter(supersedes__in=senders).only("supersedes", "account_id", "gtin", "cursor", "received_at")
    ordered: dict[UUID | None, list[Inspection]] = {}
    for one in sorted(found, key=place):
        if one.supersedes and senders[one.supersedes] == one.account_id:
            ordered.setdefault(one.supersedes, []).append(one)
    return ordered


def _event(row: Inspection, corrections: Sequence[Inspection]) -> Iterator[Event]:
    body = json.loads(row.body)
    known = Arrived(
        row.sha256, row.received_at, [Correction(one.pk, one.received_at, is_global(one.gtin)) for one in corrections]
    )
    event = event_of(Said.model_validate(body), known, settings.PUBLIC_URL)
    if event is not None:
        yield event
