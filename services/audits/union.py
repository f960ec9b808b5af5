"""What stands on the shelves now: the union of what all tills of an account have looked at.

A shelf stands as it was seen on the newest day on which anybody looked at it, by all tills of that day together. Counts
of several tills are added, because they share the work. Where one till has counted the same line twice on that day, its
later count stands. What was seen on earlier days says nothing of the shelf any more.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from services.audits.audit import MOST_QUANTITY, Key, Line
from services.audits.counting import later, with_answers
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


class _Part(NamedTuple):
    """What one audit saw on one shelf, on the day of the last of it."""

    day: date
    looked: Looked
    lines: list[Mapping[str, Any]]


def union(looked: Iterable[Looked]) -> ShelfState:
    """Put together what was looked at, in any order; the same audit twice changes nothing."""
    parts: dict[str, dict[str, _Part]] = {}
    for each in looked:
        of_shelf: dict[str, list[Mapping[str, Any]]] = {}
        for line in each.lines:
            if line["quantity"] > 0:
                of_shelf.setdefault(line["shelf"], []).append(line)
        for name, lines in of_shelf.items():
            day = max(_day_of(each, line["last_at"]) for line in lines)
            parts.setdefault(name, {})[each.audit] = _Part(day, each, lines)
    numbers = itertools.count(1)
    return ShelfState(tuple(_shelf(name, [*of_audit.values()], numbers) for name, of_audit in sorted(parts.items())))


def _shelf(name: str, parts: list[_Part], numbers: Iterator[int]) -> Shelf:
    newest = max(part.day for part in parts)
    of_day = sorted((part for part in parts if part.day == newest), key=lambda part: part.looked.audit)
    by_key: dict[Key, dict[str, tuple[Line, str]]] = {}  # by till
    sources: dict[Key, list[tuple[str, int]]] = {}
    for part in of_day:
        audit, till = part.looked.audit, part.looked.device
        for line in map(Line.from_json, part.lines):
            tills = by_key.setdefault(line.key, {})
            if till not in tills or (tills[till][0].last_at, tills[till][1]) < (line.last_at, audit):
                tills[till] = line, audit
            sources.setdefault(line.key, []).append((audit, line.n))
    found = [([line for line, _audit in by_key[key].values()], tuple(sorted(of))) for key, of in sources.items()]
    found.sort(key=lambda each: (min(line.at for line in each[0]), each[1]))
    standing = tuple(Standing(_together(next(numbers), lines), of) for lines, of in found)
    return Shelf(name, newest, standing, tuple(part.looked.audit for part in of_day))


def _together(n: int, lines: list[Line]) -> Line:
    """The lines of several tills as one: what the latest says, what it leaves open from the others, all their packs."""
    lines.sort(key=lambda line: (line.last_at, line.at, line.quantity, line.text))
    return replace(
        functools.reduce(with_answers, reversed(lines)),
        n=n,
        at=min(line.at for line in lines),
        quantity=min(sum(line.quantity for line in lines), MOST_QUANTITY),
        times=sum(line.times for line in lines),
        verdict=functools.reduce(later, [line.verdict for line in lines]),
    )


def _day_of(audit: Looked, moment: str) -> date:
    if not audit.clock_offset and audit.not_after is None:
        return _day(moment[:14])
    at = datetime.fromisoformat(moment)
    with contextlib.suppress(OverflowError):  # a clock at the end of all times
        at += timedelta(seconds=audit.clock_offset or 0)
    return (min(at, audit.not_after) if audit.not_after else at).astimezone(VIETNAM).date()


@functools.lru_cache(maxsize=1024)
def _day(hour: str) -> date:
    """The day in Vietnam of a moment of the wire form, by its hour."""
    return datetime.fromisoformat(f"{hour}00:00Z").astimezone(VIETNAM).date()
