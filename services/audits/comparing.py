"""What has changed on the shelves since they were looked at before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.audits.audit import Line
from services.audits.gravity import Klass, Why, gravest, klass, rank
from services.audits.union import Shelf, ShelfState
from services.register.certificates import Today


class Change(StrEnum):
    """What happened to a product on a shelf; in the order in which it is told."""

    STATE = "state"
    GONE = "gone"
    NEW = "new"
    QUANTITY = "quantity"


@dataclass(frozen=True)
class Difference:
    """A product that is otherwise on a shelf than before: its gravest line then and now, and how many packs."""

    change: Change
    shelf: str
    before: Line | None
    after: Line | None
    packs_before: int
    packs_after: int


@dataclass(frozen=True)
class Comparison:
    """What differs on the shelves that were looked at both times, by shelf and then by Change.

    `not_looked_at` are shelves of before that were not looked at this time, of which nothing can be said; `first_time`
    are those that were not looked at before. `same` is how many products are as they were.
    """

    differences: tuple[Difference, ...]
    compared: tuple[str, ...]
    not_looked_at: tuple[str, ...]
    first_time: tuple[str, ...]
    same: int


def compare(before: ShelfState, after: ShelfState, today: Today) -> Comparison:
    """Compare product by product: lots and expiries of one product on a shelf are counted together.

    A product's state is that of its gravest line, judged for the day on which it was seen: what has passed its date
    meanwhile has changed. What could not be known on one of the two days is no change. `today` is the day for `after`.
    """
    differences: list[Difference] = []
    compared, first_time, same = [], [], 0
    for shelf in after.shelves:
        earlier = before.shelf(shelf.name)
        if earlier is None:
            first_time.append(shelf.name)
            continue
        compared.append(shelf.name)
        then, now = _by_product(earlier), _by_product(shelf)
        found = [
            _difference(shelf.name, then.get(product, []), now.get(product, []), earlier.day, today)
            for product in {**now, **then}
        ]
        differences += sorted(filter(None, found), key=lambda each: _ORDER[each.change])
        same += found.count(None)
    left = tuple(shelf.name for shelf in before.shelves if shelf.name not in compared)
    return Comparison(tuple(differences), tuple(compared), left, tuple(first_time), same)


_ORDER = {change: n for n, change in enumerate(Change)}


def _by_product(shelf: Shelf) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in shelf.lines:
        found.setdefault(line.product_key, []).append(line)
    return found


def _difference(shelf: str, then: list[Line], now: list[Line], day: date, today: Today) -> Difference | None:
    packs_before, packs_after = (sum(line.quantity for line in lines) for lines in (then, now))
    known = Today(max((line.last_at for line in then), default=today.moment), day, clock_behind=False)
    before, after = _gravest(then, known), _gravest(now, today)
    if before is None or after is None:
        change = Change.NEW if before is None else Change.GONE
    elif _differ(_state(before, known), _state(after, today)):
        change = Change.STATE
    elif packs_before != packs_after:
        change = Change.QUANTITY
    else:
        return None
    return Difference(change, shelf, before, after, packs_before, packs_after)


_State = tuple[Why | None, Klass]


def _state(line: Line, today: Today) -> _State:
    return gravest(line, today), klass(line, today)


def _differ(before: _State, after: _State) -> bool:
    return before != after and not {Why.UNKNOWN, Why.NOT_READ} & {before[0], after[0]}


def _gravest(lines: list[Line], today: Today) -> Line | None:
    return min(lines, key=lambda line: (rank(gravest(line, today)), line.n), default=None)
