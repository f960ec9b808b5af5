"""The kinds of record that the harnesses run over; a further kind is covered by being named here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from services.records.book import RecordBook
from services.records.files import Photo
from services.records.kind import NOTE, REPORT, Kind
from services.records.record import Record, rfc3339, seal

DEVICE = "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

MADE_UP = Kind("made_up", "made_up", schema=1, chained=True)
"""A kind that only tests have (tests/support/made_up is the server's side of it)."""


@dataclass(frozen=True)
class Sample:
    """A kind, what its records say besides RECORD and a text, and what is kept with them.

    `tables` are the server's tables of its records and their files, and the files' column for the record.
    """

    kind: Kind
    tables: tuple[str, str, str]
    own: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)


SAMPLES = {
    sample.kind.name: sample
    for sample in (
        Sample(
            NOTE,
            ("inspections_inspection", "inspections_photo", "inspection_id"),
            {"code": None, "verdict": None, "outcome": "other", "place": None},
            {"product_name": None},
        ),
        Sample(
            REPORT,
            ("reports_report", "reports_reportphoto", "record_id"),
            {
                "secret_hash": "ab" * 32,
                "what": ["looks_copied"],
                "place": "Chợ Hạ Long",
                "gtin": None,
                "scanned": [],
                "contact": None,
            },
        ),
        Sample(MADE_UP, ("made_up_madeup", "made_up_madeupfile", "record_id")),
    )
}


def sign(
    book: RecordBook,
    text: str = "Nhãn in 5 sao",
    *,
    account: str | None = None,
    files: Sequence[Photo] = (),
    record_id: str | None = None,
    supersedes: str | None = None,
) -> Record:
    """Put a new record of the book's kind into its outbox."""
    sample = SAMPLES[book.kind.name]
    body: dict[str, Any] = {
        "schema": book.kind.schema,
        "id": record_id or str(uuid.uuid4()),
        "device": DEVICE,
        "account": account,
        "created_at": rfc3339(NOW),
        "clock_offset": None,
        "text": text,
        "supersedes": supersedes,
        book.kind.files: [file.to_json() for file in files],
        **sample.own,
    }
    if book.kind is not NOTE:  # notes in schema 1 do not have these members
        body |= {"kind": book.kind.name, "round": None, "prev": None}
    if book.kind.chained:
        return book.sign(body, **sample.beside)
    record = seal(book.kind, body)
    book.add(record, **sample.beside)
    return record
