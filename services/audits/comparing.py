"""What has changed on the shelves since they were looked at before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from services.audits.audit import Line
from services.audits.union import ShelfState


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


def compare(before: ShelfState, after: ShelfState) -> Comparison:
    """Compare product by product: lots and expiries of one product on a shelf are counted together."""
    raise NotImplementedError
