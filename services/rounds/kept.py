"""Rows of the lists of rounds and inspections: what they say, and where their records stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.records.book import Entry, RecordState
from services.records.events import Event
from services.rounds.inspection import Found, Inspection, InspectionDraft, Picture
from services.rounds.round import OpenRound, Round


@dataclass(frozen=True)
class KeptInspection:
    """An inspection: a draft (`entry` None) or signed. `pictures` include the originals that stay on the device.

    `corrected_by` is the id of a signed correction, `correction_draft` that of one that has been begun. `events` are
    what the office has said of it, oldest first.
    """

    id: str
    round: str
    found: Found
    pictures: tuple[Picture, ...]
    draft: InspectionDraft | None = None
    inspection: Inspection | None = None
    entry: Entry | None = None
    corrected_by: str | None = None
    correction_draft: str | None = None
    may_undo: bool = False
    events: tuple[Event, ...] = ()

    @property
    def state(self) -> RecordState | None:
        """Where its record stands; None for a draft."""
        return self.entry.state if self.entry else None

    @property
    def at(self) -> datetime | None:
        """When it was signed, or begun, by the device's clock."""
        if self.inspection:
            return self.inspection.signed_at
        return self.draft.started_at if self.draft else None


@dataclass(frozen=True)
class KeptRound:
    """A round: open (`entry` None) or closed. `said` is what it says; `inspections` are the ids of those that stand."""

    id: str
    said: OpenRound
    inspections: tuple[str, ...]
    drafts: tuple[str, ...] = ()
    closed: Round | None = None
    entry: Entry | None = None
    events: tuple[Event, ...] = ()

    @property
    def state(self) -> RecordState | None:
        """Where its record stands; None while it is open."""
        return self.entry.state if self.entry else None
