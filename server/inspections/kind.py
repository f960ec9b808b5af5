"""Describes notes as a kind of record."""

from __future__ import annotations

from typing import Any

from inspections import sightings
from inspections.models import Inspection, Photo
from inspections.note import Note
from observing import metrics
from records.kinds import REMOVED, Kind, as_column
from records.wire import by_servers_clock
from register.folding import fold


def _columns(note: Note) -> dict[str, Any]:
    """Read from a note what lists show of it."""
    return {
        "outcome": note.outcome,
        "status": note.verdict.status if note.verdict else "",
        "gtin": (note.code.gtin or "") if note.code else "",
        "code_text": as_column(note.code.text) if note.code else "",
        "text": as_column(note.text),
        "search_text": as_column(_search_text(note)),
        "latitude": note.place.lat if note.place else None,
        "longitude": note.place.lon if note.place else None,
    }


def _search_text(note: Note) -> str:
    code = f"{note.code.gtin or ''} {note.code.text}" if note.code else ""
    return fold(f"{code} {note.text}")


def _count(stored: Inspection, note: Note) -> None:
    metrics.NOTES.labels("account" if stored.account_id else "nobody").inc()
    signed = by_servers_clock(stored.created_at, note.clock_offset) or stored.created_at
    metrics.NOTE_AGE.observe(max(0.0, (stored.received_at - signed).total_seconds()))


NOTE = Kind(
    name="note",
    forms={1: Note},
    records_model=Inspection,
    files_model=Photo,
    from_nobody=True,
    chained=False,
    columns=_columns,
    on_receiving=sightings.record,
    on_received=_count,
    erasable={"text": lambda _: {"text": REMOVED}, "position": lambda _: {"place": None}},
)
