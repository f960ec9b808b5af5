"""What is on the server at the end, held against what the app recorded: database and folders, not anybody's word."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from services.audits.audit_book import AuditBook
from services.notes.notebook import Notebook
from services.notes.photos import prepare
from services.records.book import RecordBook, RecordState
from services.records.kind import AUDIT, NOTE, ROUND
from services.records.record import Record
from services.reports.report_book import ReportBook
from services.rounds.round_book import RoundBook
from tests.faults.fieldwork import OTHER_KINDS, PHOTOS_A_NOTE, finding, inspector_of, number_in, picture
from tests.support.record_kinds import SAMPLES, words_of


@dataclass(frozen=True)
class Stored:
    """What the server has of one kind: rows as they are, and the photo files by name.

    `breaks` is where chains of records are broken: the reason, and the hash that two records, or none, follow.
    """

    notes: list[tuple[str, bytes, str, str | None]]
    photos: list[tuple[str, str, int, str]]
    files: dict[str, bytes]
    breaks: list[tuple[Any, ...]] = field(default_factory=list)

    @classmethod
    def read(cls, data: Path, database_url: str | None, *kinds: str) -> Stored:
        """From the database itself and the folder `data`: the records of these kinds, or of all."""
        notes: list[tuple[Any, ...]] = []
        photos: list[tuple[Any, ...]] = []
        for kind in kinds or SAMPLES:
            records, named, record_id = SAMPLES[kind].tables
            notes += _rows(
                f"SELECT r.id, r.body, r.sha256, u.username FROM {records} r"
                " LEFT JOIN accounts_user u ON u.id = r.account_id",
                data,
                database_url,
            )
            photos += _rows(f"SELECT {record_id}, sha256, size, file FROM {named}", data, database_url)
        files = {str(path.relative_to(data)): path.read_bytes() for path in (data / "photos").rglob("*.*")}
        return cls(
            [(_uuid(row[0]), row[1].encode(), row[2], row[3]) for row in notes],
            [(_uuid(row[0]), row[1], row[2], row[3]) for row in photos],
            {name: content for name, content in files.items() if "/.partial-" not in name},
            _rows(
                "SELECT b.what, l.prev FROM records_break b JOIN records_link l ON l.id = b.link_id"
                " WHERE b.mended_at IS NULL",
                data,
                database_url,
            ),
        )


def _rows(query: str, data: Path, database_url: str | None) -> list[tuple[Any, ...]]:
    if database_url:
        with psycopg.connect(database_url) as connection:
            return connection.execute(query.encode()).fetchall()
    with closing(sqlite3.connect(data / "registry.sqlite3")) as database:
        return database.execute(query).fetchall()


@dataclass
class Findings:
    """What was found; nothing in `faults` is how it must be. `counts` has `lost`, `doubled` and `wrong`.

    `photos` are the notes' own; `records` are of other kinds.
    """

    notes: int = 0
    photos: int = 0
    records: int = 0
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


def compare(inspections: Sequence[Record], photo_bytes: dict[str, bytes], stored: Stored) -> Findings:
    """The records of one kind that the app has, with their files' bytes, against what the server has."""
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
        said = (body, sha256, inspector_of(username))
        if note and said != (note.canonical(), note.sha256, inspector_of(note.account)):
            found.say("a note is another one than was recorded", note_id, counts_as="wrong")
    _compare_photos(recorded, photo_bytes, stored, found)
    return found


def _compare_photos(
    recorded: dict[str, Record], photo_bytes: dict[str, bytes], stored: Stored, found: Findings
) -> None:
    named = Counter((note.id, sha256) for note in recorded.values() for sha256 in {p.sha256 for p in note.files})
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
    recorded: dict[str, list[Record]] = {name: [] for name in SAMPLES}
    photo_bytes: dict[str, bytes] = {}
    faults: list[str] = []
    for device in sorted((folder / "devices").iterdir()):
        notebook = Notebook.open(device)
        others = [ReportBook(device).records, *RoundBook(device).books, AuditBook(device).records]
        own = {book.kind.name for book in others}
        others += [RecordBook(device, SAMPLES[name].kind, notebook.photos) for name in OTHER_KINDS if name not in own]
        for book in (notebook.records, *others):
            for entry in map(book.entry, book.newest()):
                record = entry.record
                recorded[book.kind.name].append(record)
                photo_bytes |= {photo.sha256: book.files.read(photo.sha256) for photo in record.files}
                if entry.state is not RecordState.RECEIVED:
                    faults.append(
                        f"a {book.kind.name} is {entry.state.value} on the device ({entry.reason}): {record.id}"
                    )
            if book.outbox():
                faults.append(f"the outbox is not empty: {book.waiting}")
            book.close()
        notebook.close()
    every = [record for records in recorded.values() for record in records]
    found = compare(every, photo_bytes, stored)
    found.faults += faults
    told = [json.loads(line) for line in journal.read_text().splitlines()]
    on_device = {(record.id, record.sha256) for record in every}
    for line in told:
        if (line["id"], line["sha256"]) not in on_device:
            found.say("a confirmed record is not on the device", line, counts_as="lost")
    wanted = Counter(("note", number) for number in range(notes))
    wanted += Counter((kind, number) for number in range(notes) for kind in finding(seed, number).others)
    there = Counter(_kind_and_number(body) for _, body, _, _ in stored.notes)
    for place in wanted | there:
        if there[place] > wanted[place]:
            found.say("one finding is on the server more than once", place)
        elif there[place] < wanted[place]:
            found.say("a finding is not on the server", place)
    ids = {note_id for note_id, body, _, _ in stored.notes if _kind_and_number(body)[0] == NOTE.name}
    found.records = found.notes - len(ids)
    found.notes, found.photos = len(ids), sum(row[0] in ids for row in stored.photos)
    if (found.notes, found.photos) != (notes, PHOTOS_A_NOTE * notes):
        found.say("not the number of notes and photos that were written", (found.notes, found.photos))
    for place in stored.breaks:
        found.say("a chain of records is broken", place, counts_as="lost")
    _compare_with_fieldwork(recorded, seed, found)
    return found


def _kind_and_number(body: bytes) -> tuple[str, int]:
    said = json.loads(body)
    return said.get("kind", NOTE.name), number_in(words_of(said))


def _compare_with_fieldwork(recorded: dict[str, list[Record]], seed: int, found: Findings) -> None:
    """Each record says what its finding says, and shows the pictures that were taken for it."""
    ids = {number_in(note.body["text"]): note.id for note in recorded[NOTE.name]}
    for record in (record for records in recorded.values() for record in records):
        wanted = finding(seed, number_in(words_of(record.body)))
        pictures = [hashlib.sha256(prepare(picture(seed, number))).hexdigest() for number in wanted.pictures]
        if record.kind in (ROUND, AUDIT):
            pictures = []
        corrects = None if wanted.corrects is None or record.kind is not NOTE else ids[wanted.corrects]
        said = (
            inspector_of(record.account),
            words_of(record.body),
            [photo.sha256 for photo in record.files],
            record.supersedes,
        )
        if said != (wanted.account, wanted.text, pictures, corrects):
            found.say("a record is not what was found", record.id, counts_as="wrong")


def _uuid(value: object) -> str:
    text = str(value)
    return text if "-" in text else "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
