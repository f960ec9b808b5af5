"""Writes records as a zip: a spreadsheet and a table for people, what was signed, photos, and a round's paper."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import IO

import rfc8785

from services.journal.journal import JournalEntry
from services.notes.export import Progress
from services.records.files import PhotoFolder, PhotoLost
from services.tables import Cell, csv_cells, xlsx_table

Describe = Callable[[JournalEntry], Mapping[str, Cell]]
"""Gives a record as a row of the tables: cells by column title, the titles the same for each record."""

FolderOf = Callable[[JournalEntry], PhotoFolder]
PaperOf = Callable[[JournalEntry], bytes | None]
"""The PDF of a round; None where it cannot be made."""


def write_records(
    target: IO[bytes],
    entries: Sequence[JournalEntry],
    folder_of: FolderOf,
    *,
    describe: Describe,
    paper_of: PaperOf = lambda _entry: None,
    progress: Progress = lambda _done, _total: True,
) -> int | None:
    """Write the records, one photo at a time in memory; returns how many files are left out, None where it was ended.

    `records.xlsx` and `records.csv` are the tables, `records/KIND-ID.json` what was signed in canonical JSON,
    `photos/HASH.jpg` the photos and `papers/ID.pdf` the rounds' papers. What is left out, such as a photo that is on
    another device, is named in `left-out.txt`, each with its reason's code.
    """
    named = {sha256: entry for entry in entries for sha256 in entry.said.files}
    left_out: list[str] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        if entries:
            rows = [describe(entry) for entry in entries]
            archive.writestr("records.xlsx", xlsx_table(rows))
            archive.writestr("records.csv", csv_cells(rows))
        for entry in entries:
            if entry.body is None:
                left_out.append(f"draft {entry.id}: not signed off, its words are in the tables")
                continue
            archive.writestr(f"records/{entry.kind}-{entry.id}.json", rfc8785.dumps(dict(entry.body)))
        for done, (sha256, entry) in enumerate(named.items()):
            if not progress(done, len(named)):
                return None
            try:
                content = folder_of(entry).read(sha256)
                archive.writestr(f"photos/{sha256}.jpg", content, zipfile.ZIP_STORED)
            except PhotoLost as lost:
                reason = "on another device" if entry.elsewhere else lost.reason
                left_out.append(f"photos/{sha256}.jpg of {entry.kind} {entry.id}: {reason}")
        for entry in entries:
            if entry.kind == "round":
                pdf = paper_of(entry)
                if pdf is None:
                    left_out.append(f"papers/{entry.id}.pdf: cannot be made on this device")
                else:
                    archive.writestr(f"papers/{entry.id}.pdf", pdf, zipfile.ZIP_STORED)
        if left_out:
            archive.writestr("left-out.txt", "\n".join([*left_out, ""]))
    return len(left_out) if progress(len(named), len(named)) else None


def divide(entries: Sequence[JournalEntry], largest: int) -> list[Sequence[JournalEntry]]:
    """Divide records, in order, into exports below `largest` bytes by their photos; a larger one is one of its own."""
    parts: list[list[JournalEntry]] = []
    size = 0
    for entry in entries:
        body = entry.body or {}
        own = sum(file["size"] for file in (*body.get("files", ()), *body.get("photos", ())) if "size" in file)
        if not parts or size + own > largest:
            parts.append([])
            size = 0
        parts[-1].append(entry)
        size += own
    return list(parts)
