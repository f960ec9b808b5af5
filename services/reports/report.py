"""A report of something suspicious. Only this module reads and writes its wire form (docs/api.md, REPORT)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.notes.merging import merge_texts
from services.records.files import Photo
from services.records.kind import REPORT, Kind
from services.records.record import Record, RecordInvalid, rfc3339, seal
from services.texts import normal

LONGEST_TEXT, LONGEST_PLACE, LONGEST_CONTACT = 5000, 500, 200
MOST_PHOTOS = 5
_LONGEST_CODE, _MOST_CODES, _MOST_CODE_BYTES = 8000, 20, 16 * 1024
"""How many characters of a scanned text and how many texts the server takes, and their bytes together: with them the
fullest report fits into a record."""


class Seen(StrEnum):
    """What somebody found suspicious; in the order in which it is offered."""

    SHOWS_STARS = "shows_stars"
    LOOKS_COPIED = "looks_copied"
    PAST_DATE = "past_date"
    OTHER = "other"


class ReportInvalid(Exception):
    """The server would refuse this report for good, or it says nothing.

    `reason` is `nothing_said`, `text_too_long`, `place_too_long`, `contact_too_long`, `too_many_report_photos`,
    `too_large` or `not_canonical`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Subject:
    """What a report is about, as the screen before it knows: a GTIN of 14 digits, and the texts that were scanned."""

    gtin: str | None = None
    scanned: tuple[str, ...] = ()

    @classmethod
    def of(cls, gtin: str | None, scanned: Iterable[str]) -> Subject:
        """Keep of these what a report can carry."""
        kept: list[str] = []
        room = _MOST_CODE_BYTES
        for text in scanned:
            text = text.encode(errors="replace").decode()
            size = len(json.dumps(text, ensure_ascii=False).encode())
            if text and len(text) <= _LONGEST_CODE and size <= room and len(kept) < _MOST_CODES:
                kept.append(text)
                room -= size
        digits = gtin if gtin and len(gtin) == 14 and gtin.isascii() and gtin.isdigit() else None
        return cls(digits, tuple(kept))


@dataclass(frozen=True)
class ReportDraft:
    """A report being written. `what` are values of Seen; `account` is as a note's draft has it."""

    id: str
    started_at: datetime
    subject: Subject = Subject()
    account: str | None = None
    what: tuple[str, ...] = ()
    text: str = ""
    place: str = ""
    contact: str = ""
    photos: tuple[Photo, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The draft as it is kept on the disk."""
        return vars(self) | {
            "started_at": self.started_at.isoformat(),
            "subject": {"gtin": self.subject.gtin, "scanned": list(self.subject.scanned)},
            "what": list(self.what),
            "photos": [photo.to_json() for photo in self.photos],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> ReportDraft:
        """Read what `to_json` gave."""
        plain = ("id", "account", "text", "place", "contact")
        return cls(
            started_at=datetime.fromisoformat(document["started_at"]),
            subject=Subject(document["subject"]["gtin"], tuple(document["subject"]["scanned"])),
            what=tuple(document["what"]),
            photos=tuple(map(Photo.from_json, document["photos"])),
            **{name: document[name] for name in plain},
        )

    @property
    def is_empty(self) -> bool:
        """Whether the person has said nothing yet."""
        return not (self.what or self.text or self.place or self.contact or self.photos)


@dataclass(frozen=True)
class Report(Record):
    """A signed report: its record, and typed access to what that says."""

    kind: Kind = REPORT

    @classmethod
    def of(cls, record: Record) -> Report:
        """Make a report of its record."""
        return cls(record.id, record.body, record.sha256, record.kind, record.owner_id)

    @property
    def written_at(self) -> datetime:
        """When it was sent off, by the device's clock."""
        return datetime.fromisoformat(self.body["created_at"])

    @property
    def subject(self) -> Subject:
        return Subject(self.body["gtin"], tuple(self.body["scanned"]))

    @property
    def what(self) -> tuple[str, ...]:
        return tuple(self.body["what"])

    @property
    def text(self) -> str:
        text: str = self.body["text"]
        return text

    @property
    def place(self) -> str:
        place: str = self.body["place"]
        return place

    @property
    def contact(self) -> str | None:
        contact: str | None = self.body["contact"]
        return contact


def merge(base: ReportDraft, mine: ReportDraft, stored: ReportDraft) -> ReportDraft:
    """Return `stored` with what `mine` changed since `base`; where both wrote, all that either wrote is kept."""
    return replace(
        stored,
        what=stored.what if mine.what == base.what else mine.what,
        text=_keepable(merge_texts(base.text, mine.text, stored.text)),
        place=_keepable(merge_texts(base.place, mine.place, stored.place)),
        contact=_keepable(merge_texts(base.contact, mine.contact, stored.contact)),
    )


def sign(
    draft: ReportDraft,
    secret: bytes,
    *,
    account: str | None,
    device: str,
    now: datetime,
    clock_offset: int | None,
    owner_id: str | None = None,
) -> Report:
    """Turn a draft into a report with the same id, which names its secret by hash alone. Raises ReportInvalid.

    `account` is the account's name, which the report carries, `owner_id` its id, by which the device knows it.
    """
    text, place, contact = (_keepable(said).strip() for said in (draft.text, draft.place, draft.contact))
    if not (draft.what or text or draft.photos):
        raise ReportInvalid("nothing_said")
    if len(text) > LONGEST_TEXT:
        raise ReportInvalid("text_too_long")
    if len(place) > LONGEST_PLACE:
        raise ReportInvalid("place_too_long")
    if len(contact) > LONGEST_CONTACT:
        raise ReportInvalid("contact_too_long")
    if len(draft.photos) > MOST_PHOTOS:
        raise ReportInvalid("too_many_report_photos")
    body: dict[str, Any] = {
        "schema": REPORT.schema,
        "kind": REPORT.name,
        "id": draft.id,
        "device": device,
        "account": account,
        "created_at": rfc3339(now),
        "clock_offset": clock_offset,
        "supersedes": None,
        "round": None,
        "prev": None,
        "files": [photo.to_json() for photo in draft.photos],
        "secret_hash": hashlib.sha256(secret).hexdigest(),
        "what": [seen.value for seen in Seen if seen in draft.what],
        "text": text,
        "place": place,
        "gtin": draft.subject.gtin,
        "scanned": list(draft.subject.scanned),
        "contact": contact or None,
    }
    try:
        return Report.of(seal(REPORT, body, owner_id))
    except RecordInvalid as invalid:
        raise ReportInvalid(invalid.reason) from invalid


def _keepable(text: str) -> str:
    return normal(text).encode(errors="replace").decode()  # half a surrogate pair is valid nowhere
