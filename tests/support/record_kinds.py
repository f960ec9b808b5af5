"""The kinds of record that the harnesses run over; a further kind is covered by being named here."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from services.records.book import RecordBook
from services.records.files import Photo
from services.records.kind import AUDIT, INSPECTION, NOTE, REPORT, ROUND, Kind
from services.records.record import Record, rfc3339, seal

DEVICE = "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

MADE_UP = Kind("made_up", "made_up", schema=1, chained=True)
"""A kind that only tests have (tests/support/made_up is the server's side of it)."""


@dataclass(frozen=True)
class Sample:
    """A kind, what its records say besides RECORD and a text, and what is kept with them.

    `tables` are the server's tables of its records and their files, and the files' column for the record. `words` is
    the member that holds the text. `takes_files`: whether the server takes files with them.
    """

    kind: Kind
    tables: tuple[str, str, str]
    own: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)
    words: str = "text"
    takes_files: bool = True


PLACE = {"kind": "market", "name": "Chợ Hạ Long", "address": "", "position": None}
ROUND_ID = "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b13"
_NEITHER = {"code": None, "label": None}
_LINE = {
    "n": 1,
    "at": rfc3339(NOW),
    "last_at": rfc3339(NOW),
    "shelf": "Kệ 1",
    "text": "9520000000011",
    "symbology": "ean_13",
    "input": "scanner",
    "gtin": "09520000000011",
    "product": None,
    "own_name": None,
    "verdict": None,
    "quantity": 2,
    "times": 2,
    "lot": None,
    "expiry": None,
    "expiry_by": None,
    "price": None,
    "stars_label": None,
    "shows_mark": None,
    "done": None,
}

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
        Sample(
            INSPECTION,
            ("rounds_inspection", "rounds_inspectionphoto", "record_id"),
            {
                "round": ROUND_ID,
                "place": PLACE,
                "gtin": None,
                "product": None,
                "codes": [],
                "verdict": None,
                "copy_as_of": None,
                "quantity": None,
                "price": None,
                "lot": _NEITHER,
                "produced": _NEITHER,
                "expiry": _NEITHER,
                "seal": None,
                "sale": None,
                "seller_said": "",
                "findings": ["other"],
                "samples": [],
                "held": None,
                "checklist": None,
            },
        ),
        Sample(
            ROUND,
            ("rounds_round", "rounds_roundfile", "record_id"),
            {
                "place": PLACE,
                "inspected": None,
                "people": [],
                "case_number": None,
                "opened_at": rfc3339(NOW),
                "closed_at": rfc3339(NOW),
                "pauses": [],
                "inspections": [],
                "looked_at": [],
                "signatures": [],
            },
            words="remarks",
        ),
        Sample(
            AUDIT,
            ("audits_audit", "audits_auditfile", "record_id"),
            {
                "shop": "Cửa hàng Hạ Long",
                "opened_at": rfc3339(NOW),
                "closed_at": rfc3339(NOW),
                "pauses": [],
                "office": False,
                "copy_as_of": None,
                "lines": [_LINE],
            },
            words="remarks",
            takes_files=False,
        ),
        Sample(MADE_UP, ("made_up_madeup", "made_up_madeupfile", "record_id")),
    )
}


def words_of(body: Mapping[str, Any]) -> str:
    """The text of a record of any kind."""
    words: str = body[SAMPLES[body.get("kind", NOTE.name)].words]
    return words


def sign(
    book: RecordBook,
    text: str = "Nhãn in 5 sao",
    *,
    account: str | None = None,
    files: Sequence[Photo] = (),
    record_id: str | None = None,
    supersedes: str | None = None,
    device: str = DEVICE,
) -> Record:
    """Put a new record of the book's kind into its outbox."""
    sample = SAMPLES[book.kind.name]
    body: dict[str, Any] = {
        "schema": book.kind.schema,
        "id": record_id or str(uuid.uuid4()),
        "device": device,
        "account": account,
        "created_at": rfc3339(NOW),
        "clock_offset": None,
        sample.words: text,
        "supersedes": supersedes,
        book.kind.files: [file.to_json() for file in files],
    }
    if book.kind is not NOTE:  # notes in schema 1 do not have these members
        body |= {"kind": book.kind.name, "round": None, "prev": None}
    if book.kind is INSPECTION:
        named = dict.fromkeys(file.sha256 for file in files)
        body["photos"] = [{"sha256": sha256, "shows": "other", "copy_of": None} for sha256 in named]
    body |= sample.own
    if book.kind.chained:
        return book.sign(body, **sample.beside)
    record = seal(book.kind, body)
    book.add(record, **sample.beside)
    return record
