"""Tells what an account has seen itself, for planning."""

from __future__ import annotations

from collections.abc import Iterable

from services.guidance.plan import Visit
from services.journal.journal import JournalEntry
from services.notes.note import NoteState
from services.records.kind import INSPECTION


def visits_of(entries: Iterable[JournalEntry]) -> list[Visit]:
    """The products and places of notes and inspections that are signed off, each with its day."""
    visits = []
    for entry in entries:
        if entry.state is not NoteState.DRAFT and entry.body is not None and (entry.said.gtin or entry.said.place):
            place = entry.body.get("place") or {}
            point = place.get("position") if entry.kind == INSPECTION.name else place
            at = (point["lat"], point["lon"]) if point and "lat" in point else None
            visits.append(Visit(entry.said.gtin, entry.day, entry.said.place, at))
    return visits
