"""A note on what a person found: as a draft while it is written, and signed, when it never changes again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from services.notes.content import NotedCode, NotedVerdict, Outcome, Position
from services.records.book import RecordState
from services.records.events import Event
from services.records.files import Photo
from services.records.kind import NOTE, Kind
from services.records.record import Record, RecordInvalid, rfc3339, seal
from services.texts import normal

T = TypeVar("T")

LONGEST_TEXT = 5000
MOST_PHOTOS = 20


class NoteInvalid(Exception):
    """The server would refuse this note for good.

    `reason` is `text_too_long`, `too_many_photos`, `no_outcome`, `too_large` or `not_canonical` (NaN, or no Unicode).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DraftClosed(Exception):
    """There is no such draft any more: it was signed (corrections are new notes) or discarded."""


class NoteState(Enum):
    """How far a note has got: a draft, or where its record stands."""

    DRAFT = "draft"
    WAITING = RecordState.WAITING.value
    SENDING = RecordState.SENDING.value
    RECEIVED = RecordState.RECEIVED.value
    REFUSED = RecordState.REFUSED.value


@dataclass(frozen=True)
class Draft:
    """A note being written. `outcome` is one of Outcome.

    `account` is the account signed in when it was begun, as `Viewer.account` has it; the first drafts have none.
    """

    id: str
    started_at: datetime
    code: NotedCode | None = None
    verdict: NotedVerdict | None = None
    product_name: str | None = None
    outcome: str = Outcome.OTHER
    text: str = ""
    place: Position | None = None
    photos: tuple[Photo, ...] = ()
    supersedes: str | None = None
    account: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The draft as it is kept on the disk; code, verdict, place and photos are as docs/api.md has them."""
        return vars(self) | _written(self) | {"started_at": self.started_at.isoformat()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Draft:
        """Read a draft kept by this version or an earlier one; fields that are not known here are left out."""
        plain = ("id", "product_name", "outcome", "text", "supersedes", "account")
        return cls(
            started_at=datetime.fromisoformat(document["started_at"]),
            code=_read(document.get("code"), NotedCode.from_json),
            verdict=_read(document.get("verdict"), NotedVerdict.from_json),
            place=_read(document.get("place"), Position.from_json),
            photos=tuple(Photo(**photo) for photo in document["photos"]),
            **{name: document[name] for name in plain if name in document},
        )


@dataclass(frozen=True)
class Inspection(Record):
    """A signed note: its record, typed access to what that says, and the product's name, which is not sent."""

    kind: Kind = NOTE
    product_name: str | None = None

    @classmethod
    def of(cls, record: Record, product_name: str | None) -> Inspection:
        """Make a signed note of its record and what is kept beside it, the product's name."""
        return cls(record.id, record.body, record.sha256, record.kind, record.owner_id, product_name)

    @property
    def photos(self) -> tuple[Photo, ...]:
        return self.files

    @property
    def signed_at(self) -> datetime:
        """When it was signed, by the device's clock."""
        return datetime.fromisoformat(self.body["created_at"])

    @property
    def code(self) -> NotedCode | None:
        return _read(self.body["code"], NotedCode.from_json)

    @property
    def verdict(self) -> NotedVerdict | None:
        return _read(self.body["verdict"], NotedVerdict.from_json)

    @property
    def outcome(self) -> str:
        outcome: str = self.body["outcome"]
        return outcome

    @property
    def text(self) -> str:
        text: str = self.body["text"]
        return text

    @property
    def place(self) -> Position | None:
        return _read(self.body["place"], Position.from_json)


@dataclass(frozen=True)
class Note:
    """A row of the list of notes: a draft or a signed note, and its state.

    `reason` is the server's code for a refusal, or why the note waits; `detail` is the server's sentence.
    `corrected_by` is the id of a signed correction, `correction_draft` that of one that has been begun. `events` are
    what the office has said of the note, oldest first.
    """

    id: str
    state: NoteState
    draft: Draft | None = None
    inspection: Inspection | None = None
    reason: str | None = None
    detail: str | None = None
    photos_sent: int = 0
    received_at: datetime | None = None
    corrected_by: str | None = None
    correction_draft: str | None = None
    events: tuple[Event, ...] = ()

    @property
    def corrects(self) -> str | None:
        """The id of the note that this one corrects."""
        if self.inspection:
            return self.inspection.supersedes
        return self.draft.supersedes if self.draft else None

    @property
    def product_name(self) -> str | None:
        note = self.draft or self.inspection
        return note.product_name if note else None

    @property
    def photos(self) -> tuple[Photo, ...]:
        note = self.draft or self.inspection
        return note.photos if note else ()


def correction(inspection: Inspection, photos: tuple[Photo, ...]) -> dict[str, Any]:
    """The fields of a draft that corrects this note: everything the note says, with these photos of it."""
    copied = {name: getattr(inspection, name) for name in ("code", "verdict", "outcome", "text", "place")}
    return copied | {"product_name": inspection.product_name, "photos": photos, "supersedes": inspection.id}


def sign(
    draft: Draft,
    *,
    account: str | None,
    device: str,
    now: datetime,
    clock_offset: int | None,
    owner_id: str | None = None,
) -> Inspection:
    """Turn a draft into a signed note with the same id. Raises NoteInvalid for what the server would refuse.

    `account` is the account's name, which the note carries, `owner_id` its id, by which the device knows it.
    """
    text = normal(draft.text).encode(errors="replace").decode()  # half a surrogate pair is valid nowhere
    if len(text) > LONGEST_TEXT:
        raise NoteInvalid("text_too_long")
    if len(draft.photos) > MOST_PHOTOS:
        raise NoteInvalid("too_many_photos")
    if draft.outcome not in set(Outcome):
        raise NoteInvalid("no_outcome")
    body: dict[str, Any] = {
        "schema": NOTE.schema,
        "id": draft.id,
        "device": device,
        "account": account,
        "created_at": rfc3339(now),
        "clock_offset": clock_offset,
        "outcome": str(draft.outcome),
        "text": text,
        "supersedes": draft.supersedes,
        **_written(draft),
    }
    try:
        return Inspection.of(seal(NOTE, body, owner_id), draft.product_name)
    except RecordInvalid as invalid:
        raise NoteInvalid(invalid.reason) from invalid


def _written(draft: Draft) -> dict[str, Any]:
    """The typed parts of a note in their wire form."""
    return {
        "code": draft.code.to_json() if draft.code else None,
        "verdict": draft.verdict.to_json() if draft.verdict else None,
        "place": draft.place.to_json() if draft.place else None,
        "photos": [photo.to_json() for photo in draft.photos],
    }


def _read(document: Mapping[str, Any] | None, read: Callable[[Mapping[str, Any]], T]) -> T | None:
    return None if document is None else read(document)
