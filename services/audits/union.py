"""What stands on the shelves now: the union of what all tills of an account have looked at.

A shelf stands as it was seen on the newest day on which anybody looked at it, by all tills of that day together. Counts
of several tills are added, because they share the work. Where one till has counted the same line twice on that day, its
later count stands. What was seen on earlier days says nothing of the shelf any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from services.audits.audit import Key, Line
from services.register.certificates import VIETNAM


@dataclass(frozen=True)
class Looked:
    """An audit as the union sees it: `lines` are in their wire form.

    `clock_offset` is as in RECORD. `not_after` is a moment by which it had arrived, so that no till with a wrong clock
    has looked tomorrow.
    """

    audit: str
    device: str
    lines: Sequence[Mapping[str, Any]]
    clock_offset: int | None = None
    not_after: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """A line of a shelf: several tills' lines of the same product, lot and expiry as one.

    `line` has their quantities added; its `n` tells it from others of the union alone. `sources` are the audits and
    numbers of the lines that it is made of.
    """

    line: Line
    sources: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Shelf:
    """A shelf as it was seen on its newest day; `audits` are the ids of those that looked at it then."""

    name: str
    day: date
    standing: tuple[Standing, ...]
    audits: tuple[str, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(each.line for each in self.standing)


@dataclass(frozen=True)
class ShelfState:
    """All shelves, by name."""

    shelves: tuple[Shelf, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of all shelves, each with a number of its own."""
        return tuple(line for shelf in self.shelves for line in shelf.lines)

    def shelf(self, name: str) -> Shelf | None:
        return next((shelf for shelf in self.shelves if shelf.name == name), None)


def union(looked: Iterable[Looked]) -> ShelfState:
    """Put together what was looked at, in any order; the same audit twice changes nothing."""
    by_shelf: dict[str, dict[str, tuple[date, Looked, list[Mapping[str, Any]]]]] = {}
    for audit in looked:
        of_audit: dict[str, list[Mapping[str, Any]]] = {}
        for line in audit.lines:
            if line["quantity"] > 0:
                of_audit.setdefault(line["shelf"], []).append(line)
        for name, lines in of_audit.items():
            day = max(_day_of(audit, line["last_at"]) for line in lines)
            by_shelf.setdefault(name, {})[audit.audit] = day, audit, lines
    shelves = [_shelf(name, [*audits.values()]) for name, audits in sorted(by_shelf.items())]
    n, numbered = 0, []
    for shelf in shelves:
        standing = []
        for each in shelf.standing:
            n += 1
            standing.append(replace(each, line=replace(each.line, n=n)))
        numbered.append(replace(shelf, standing=tuple(standing)))
    return ShelfState(tuple(numbered))


def _shelf(name: str, audits: list[tuple[date, Looked, list[Mapping[str, Any]]]]) -> Shelf:
    newest = max(day for day, _audit, _lines in audits)
    of_day = sorted((each for each in audits if each[0] == newest), key=lambda each: each[1].audit)
    by_key: dict[Key, dict[str, tuple[Line, str]]] = {}
    sources: dict[Key, list[tuple[str, int]]] = {}
    for _day, audit, documents in of_day:
        for line in map(Line.from_json, documents):
            tills = by_key.setdefault(line.key, {})
            earlier = tills.get(audit.device)
            if earlier is None or (earlier[0].last_at, earlier[1]) < (line.last_at, audit.audit):
                tills[audit.device] = line, audit.audit
            sources.setdefault(line.key, []).append((audit.audit, line.n))
    standing = [
        Standing(_together([line for line, _audit in tills.values()]), tuple(sorted(sources[key])))
        for key, tills in by_key.items()
    ]
    standing.sort(key=lambda each: (each.line.at, each.sources))
    return Shelf(name, newest, tuple(standing), tuple(audit.audit for _day, audit, _lines in of_day))


def _together(lines: list[Line]) -> Line:
    """The lines of several tills as one: what the latest says, with all their packs."""
    lines.sort(key=lambda line: (line.last_at, line.at, line.text, line.quantity))
    return replace(
        lines[-1],
        at=min(line.at for line in lines),
        quantity=sum(line.quantity for line in lines),
        times=sum(line.times for line in lines),
    )


def _day_of(audit: Looked, moment: str) -> date:
    if not audit.clock_offset and audit.not_after is None:
        return _day(moment[:14])
    at = datetime.fromisoformat(moment) + timedelta(seconds=audit.clock_offset or 0)
    return (min(at, audit.not_after) if audit.not_after else at).astimezone(VIETNAM).date()


@lru_cache(maxsize=1024)
def _day(hour: str) -> date:
    """The day in Vietnam of a moment of the wire form, by its hour."""
    return datetime.fromisoformat(f"{hour}00:00Z").astimezone(VIETNAM).date()
