"""Finds entries of the log: the newest first, a page at a time, however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from logbook.models import Entry
from register.days import VIETNAM
from register.folding import fold

ROWS = 50
LOOKED_THROUGH = 100_000
"""Entries that one search for words looks through; it goes on where the last one ended."""
_MOST_WORDS = 8


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for. `by` is an account's number, 0 the system. `record` is "app.model:key"."""

    words: str = ""
    by: int | None = None
    group: str = ""
    record: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Found:
    """Some entries, the number below which the next ones begin, and until when it was looked where that is not all."""

    entries: list[Entry]
    before: int | None
    looked_until: datetime | None = None


def find(wanted: Wanted, before: int | None = None, rows: int = ROWS, newest: int | None = None) -> Found:
    """The newest `rows` entries of those asked for, older than the entry `before`, and none newer than `newest`."""
    entries = _fitting(wanted).order_by("-at", "-id")
    if before is not None and (start := Entry.objects.filter(pk=before).first()):
        entries = entries.filter(at__lte=start.at).exclude(at=start.at, pk__gte=start.pk)
    if newest is not None and (last := Entry.objects.filter(pk=newest).first()):
        entries = entries.filter(at__lte=last.at).exclude(at=last.at, pk__gt=last.pk)
    words = fold(wanted.words).split()[:_MOST_WORDS]
    floor = None
    if words:
        floor = next(iter(entries[LOOKED_THROUGH : LOOKED_THROUGH + 1]), None)
        if floor:
            entries = entries.filter(at__gte=floor.at)
        for word in words:
            entries = entries.filter(search_text__contains=word)
    found = list(entries[: rows + 1])
    if len(found) > rows:
        return Found(found[:rows], found[rows - 1].pk)
    return Found(found, floor.pk if floor else None, floor.at if floor else None)


def begins() -> datetime | None:
    """When the first entry that is kept was written."""
    first = Entry.objects.order_by("at", "id").first()
    return first.at if first else None


def _fitting(wanted: Wanted) -> QuerySet[Entry]:
    fits = Q()
    if wanted.by is not None:
        fits &= Q(by=wanted.by or None)
    if wanted.group:
        fits &= Q(group=wanted.group)
    if wanted.record:
        model, _, key = wanted.record.partition(":")
        fits &= Q(model=model, key=key)
    if wanted.first:
        fits &= Q(at__gte=_midnight(wanted.first))
    if wanted.last:
        fits &= Q(at__lt=_midnight(wanted.last + timedelta(days=1)))
    return Entry.objects.filter(fits)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
