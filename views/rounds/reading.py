"""What the screens of a round read of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.accounts.viewer import Viewer
from services.rounds.kept import KeptInspection, KeptRound
from services.rounds.round_book import RoundBook


@dataclass(frozen=True)
class Read:
    """A round with its inspections, newest first; `left_since` is the last act of one that was left open overnight.

    `lost` are how many inspections a closed round names that are not on this device any more.
    """

    kept: KeptRound
    inspections: tuple[KeptInspection, ...]
    left_since: datetime | None
    lost: int = 0

    @classmethod
    def of(cls, book: RoundBook, round_id: str, viewer: Viewer, now: datetime) -> Read | None:
        """Read it; None where the viewer has none with this id. `now` is by the device's clock, as all in a round."""
        kept = book.round(round_id, viewer)
        if kept is None:
            return None
        left = book.left_open(viewer, now)
        since = book.last_activity(round_id, viewer) if left and left.id == round_id else None
        lost = sum(named not in book.inspections for named in kept.inspections)
        return cls(kept, tuple(book.inspections_of(round_id, viewer)), since, lost)
