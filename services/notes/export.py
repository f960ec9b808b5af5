"""Writes notes as a zip that can be handed over by hand, such as notes that the server refused."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

from services.notes.note import Note
from services.records.files import PhotoFolder, PhotoLost
from services.tables import csv_table

Describe = Callable[[Note], Mapping[str, str]]
"""Gives a note as a row of a table for people: cells by column title, the titles the same for each note."""

Progress = Callable[[int, int], bool]
"""Is called with the number of photos written and of all; False ends the export."""


def write_zip(
    target: IO[bytes],
    notes: Sequence[Note],
    photos: PhotoFolder,
    *,
    describe: Describe | None = None,
    progress: Progress = lambda _done, _total: True,
) -> int | None:
    """Write the notes with their photos, holding one photo at a time in memory; returns how many photos are left out.

    None where `progress` ended it.

    `notes.csv` is a table for people, written where `describe` is given; `inspections/ID.json` is a signed note's
    canonical JSON, `drafts/ID.json` a draft, and `states.json` tells the state of each note. A photo whose file is
    gone, damaged or cannot be read now is left out and named in `states.json`.
    """
    named = {photo.sha256: None for note in notes for photo in note.photos}
    lost: list[str] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        if describe and notes:
            archive.writestr("notes.csv", csv_table([describe(note) for note in notes]))
        for note in notes:
            if note.inspection:
                archive.writestr(f"inspections/{note.id}.json", note.inspection.canonical())
            elif note.draft:
                archive.writestr(f"drafts/{note.id}.json", json.dumps(note.draft.to_json(), ensure_ascii=False))
        for done, sha256 in enumerate(named):
            if not progress(done, len(named)):
                return None
            try:
                archive.writestr(f"photos/{sha256}.jpg", photos.read(sha256), zipfile.ZIP_STORED)
            except PhotoLost:
                lost.append(sha256)
        states = {"notes": [_state(note) for note in notes], "photos_lost": lost}
        archive.writestr("states.json", json.dumps(states, ensure_ascii=False, indent=2))
    return len(lost) if progress(len(named), len(named)) else None


def divide(notes: Sequence[Note], largest: int) -> list[Sequence[Note]]:
    """Divide notes, in order, into exports below `largest` bytes; a larger note is one of its own.

    The size of an export is that of its photos, which compressing does not reduce. A photo of several notes is in it
    once. The time grows with the number of notes.
    """
    parts: list[list[Note]] = []
    named: set[str] = set()
    size = 0
    for note in notes:
        photos = {photo.sha256: photo.size for photo in note.photos}
        more = sum(photos[sha256] for sha256 in photos.keys() - named)
        if not parts or size + more > largest:
            parts.append([])
            named, size, more = set(), 0, sum(photos.values())
        parts[-1].append(note)
        named.update(photos)
        size += more
    return list(parts)


def _state(note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "state": note.state.value,
        "reason": note.reason,
        "detail": note.detail,
        "product_name": note.product_name,
        "received_at": note.received_at.isoformat() if note.received_at else None,
        "photos_sent": note.photos_sent,
    }
