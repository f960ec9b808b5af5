"""What is on the server at the end, held against what the app recorded: database and folders, not anybody's word."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg

from services.notes.note import Inspection, NoteState
from services.notes.notebook import Notebook
from services.notes.photos import prepare
from tests.faults.fieldwork import PHOTOS_A_NOTE, finding, number_in, picture

_NOTES = """SELECT i.id, i.body, i.sha256, u.username FROM inspections_inspection i
            LEFT JOIN accounts_user u ON u.id = i.account_id"""
_PHOTOS = "SELECT inspection_id, sha256, size, file FROM inspections_photo"


class Cursor(Protocol):
    """What sqlite3 and psycopg have in common."""

    def fetchall(self) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True)
class Stored:
    """What the server has: rows as they are, and the photo files by name."""

    notes: list[tuple[str, bytes, str, str | None]]
    photos: list[tuple[str, str, int, str]]
    files: dict[str, bytes]

    @classmethod
    def read(cls, data: Path, database_url: str | None) -> Stored:
        """From the database itself and the folder `data`."""
        if database_url:
            with psycopg.connect(database_url) as connection:
                notes, photos = (connection.execute(query).fetchall() for query in (_NOTES, _PHOTOS))
        else:
            with sqlite3.connect(data / "registry.sqlite3") as database:
                notes, photos = (database.execute(query).fetchall() for query in (_NOTES, _PHOTOS))
            database.close()
        files = {str(path.relative_to(data)): path.read_bytes() for path in (data / "photos").rglob("*.*")}
        return cls(
            [(_uuid(row[0]), row[1].encode(), row[2], row[3]) for row in notes],
            [(_uuid(row[0]), row[1], row[2], row[3]) for row in photos],
            {name: content for name, content in files.items() if "/.partial-" not in name},
        )


@dataclass
class Findings:
    """What was found; nothing in `faults` is how it must be. `counts` has `lost`, `doubled` and `wrong`."""

    notes: int = 0
    photos: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def say(self, what: str, where: object, *, counts_as: str = "") -> None:
        self.faults.append(f"{what}: {where}")
        if counts_as:
            self.counts[counts_as] += 1

    @property
    def kinds(self) -> Counter[str]:
        """How often each thing was found that must not be."""
        return Counter(fault.split(":")[0] for fault in self.faults)


def compare(inspections: list[Inspection], photo_bytes: dict[str, bytes], stored: Stored) -> Findings:
    """The notes that the app recorded with their photos' bytes, against what the server has."""
    found = Findings(notes=len(stored.notes), photos=len(stored.photos))
    recorded = {note.id: note for note in inspections}
    there = Counter(row[0] for row in stored.notes)
    for note_id in recorded.keys() - there.keys():
        found.say("a note is lost", note_id, counts_as="lost")
    for note_id in there.keys() - recorded.keys():
        found.say("a note that nobody recorded is on the server", note_id, counts_as="doubled")
    for note_id, times in there.items():
        if times > 1:
            found.say("a note is on the server more than once", note_id, counts_as="doubled")
    for note_id, body, sha256, username in stored.notes:
        note = recorded.get(note_id)
        if note and (body, sha256, username) != (note.canonical(), note.sha256, note.account):
            found.say("a note is another one than was recorded", note_id, counts_as="wrong")
    _compare_photos(recorded, photo_bytes, stored, found)
    return found


def _compare_photos(
    recorded: dict[str, Inspection], photo_bytes: dict[str, bytes], stored: Stored, found: Findings
) -> None:
    named = Counter((note.id, sha256) for note in recorded.values() for sha256 in {p.sha256 for p in note.photos})
    there = {row[0] for row in stored.notes}
    rows = Counter((note_id, sha256) for note_id, sha256, _, _ in stored.photos)
    for place in named - rows:
        found.say("a photo has no row", place, counts_as="lost" if place[0] in there else "")
    for place in rows - named:
        found.say("a photo has a row too many", place, counts_as="doubled")
    for note_id, sha256, size, file in stored.photos:
        content = stored.files.get(file)
        if content is None:
            found.say("a photo is lost", (note_id, sha256, file), counts_as="lost")
        elif content != photo_bytes.get(sha256) or len(content) != size:
            found.say("a photo has other bytes than were recorded", (note_id, sha256), counts_as="wrong")
    unnamed = {name for name in stored.files if name not in {row[3] for row in stored.photos}}
    # A kill between file and row leaves a whole file, which the next try puts in place again; so none stays unnamed.
    for name in unnamed:
        found.say("a file belongs to no photo", name)


def compare_run(folder: Path, journal: Path, stored: Stored, *, seed: int, notes: int) -> Findings:
    """A whole run: also what the devices' folders say, and what the people were told is kept."""
    inspections: list[Inspection] = []
    photo_bytes: dict[str, bytes] = {}
    faults: list[str] = []
    for device in sorted((folder / "devices").iterdir()):
        notebook = Notebook.open(device)
        for note in notebook.notes(limit=notebook.count()):
            if note.inspection is None:
                continue
            inspections.append(note.inspection)
            photo_bytes |= {photo.sha256: notebook.photos.read(photo.sha256) for photo in note.inspection.photos}
            if note.state is not NoteState.RECEIVED:
                faults.append(f"a note is {note.state.value} on the device ({note.reason}): {note.id}")
        if notebook.outbox():
            faults.append(f"the outbox is not empty: {len(notebook.outbox())}")
        notebook.close()
    found = compare(inspections, photo_bytes, stored)
    found.faults += faults
    told = [json.loads(line) for line in journal.read_text().splitlines()]
    on_device = {(note.id, note.sha256) for note in inspections}
    for line in told:
        if (line["id"], line["sha256"]) not in on_device:
            found.say("a confirmed note is not on the device", line, counts_as="lost")
    numbers = Counter(number_in(json.loads(body)["text"]) for _, body, _, _ in stored.notes)
    for number in range(notes):
        if numbers[number] > 1:
            found.say("one finding is on the server more than once", number)
        elif not numbers[number]:
            found.say("a finding is not on the server", number)
    if (found.notes, found.photos) != (notes, PHOTOS_A_NOTE * notes):
        found.say("not the number of notes and photos that were written", (found.notes, found.photos))
    _compare_with_fieldwork(inspections, seed, found)
    return found


def _compare_with_fieldwork(inspections: list[Inspection], seed: int, found: Findings) -> None:
    """Each note says what its finding says, and shows the pictures that were taken for it."""
    ids = {number_in(note.body["text"]): note.id for note in inspections}
    for note in inspections:
        wanted = finding(seed, number_in(note.body["text"]))
        pictures = [hashlib.sha256(prepare(picture(seed, number))).hexdigest() for number in wanted.pictures]
        corrected = None if wanted.corrects is None else ids[wanted.corrects]
        said = (note.account, note.body["text"], [photo.sha256 for photo in note.photos], note.body["supersedes"])
        if said != (wanted.account, wanted.text, pictures, corrected):
            found.say("a note is not what was found", note.id, counts_as="wrong")


def _uuid(value: object) -> str:
    text = str(value)
    return text if "-" in text else "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
