"""What a person found: the note while it is written, the signed note that never changes, and the server's receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import rfc8785

from services.notes.photos import Photo

OUTCOMES = ("matches", "mislabelled", "expired", "suspected_copy", "sold", "other")
LONGEST_TEXT = 5000
MOST_PHOTOS = 20
MOST_BYTES = 64 * 1024


class NoteInvalid(Exception):
    """The server would refuse this note for good.

    `reason` is `text_too_long`, `too_many_photos`, `no_outcome`, `too_large` or `not_canonical` (NaN, or no Unicode).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DraftClosed(Exception):
    """There is no such draft any more: it was signed (a correction is a new note that supersedes it) or discarded."""


class NoteState(Enum):
    """How far a note has got; `WAITING` is "on this device", `REFUSED` is set aside: something of it was not taken."""

    DRAFT = "draft"
    WAITING = "waiting"
    SENDING = "sending"
    RECEIVED = "received"
    REFUSED = "refused"


@dataclass(frozen=True)
class Draft:
    """A note being written. `code`, `verdict` and `place` have the shape they have in docs/api.md.

    `account` is who was signed in when it was begun. Drafts of earlier versions have none.
    """

    id: str
    started_at: datetime
    code: dict[str, Any] | None = None
    verdict: dict[str, Any] | None = None
    product_name: str | None = None
    outcome: str = "other"
    text: str = ""
    place: dict[str, Any] | None = None
    photos: tuple[Photo, ...] = ()
    supersedes: str | None = None
    account: str | None = None

    def to_json(self) -> dict[str, Any]:
        return vars(self) | {
            "started_at": self.started_at.isoformat(),
            "photos": [photo.to_json() for photo in self.photos],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Draft:
        started_at = datetime.fromisoformat(document["started_at"])
        kept = tuple(Photo(**photo) for photo in document["photos"])
        return cls(**{**document, "started_at": started_at, "photos": kept})


@dataclass(frozen=True)
class Inspection:
    """A signed note. `body` is as docs/api.md has it; `sha256` is the hex hash of its canonical form (RFC 8785)."""

    id: str
    body: dict[str, Any]
    sha256: str
    product_name: str | None = None

    def canonical(self) -> bytes:
        """The bytes that are sent, the same every time."""
        return rfc8785.dumps(self.body)

    @property
    def account(self) -> str | None:
        """The username it was signed under; None: as nobody."""
        account: str | None = self.body["account"]
        return account

    @property
    def photos(self) -> tuple[Photo, ...]:
        return tuple(Photo(**photo) for photo in self.body["photos"])


@dataclass(frozen=True)
class Note:
    """A row of the list of notes: a draft or a signed note, and where it stands.

    `reason` is the server's code where it was refused, or why it waits; `detail` is the server's sentence. A note that
    is received, or refused, or waits may have a signed correction, `corrected_by`, or one begun, `correction_draft`.
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

    @property
    def corrects(self) -> str | None:
        """The id of the note that this one corrects."""
        if self.inspection:
            supersedes: str | None = self.inspection.body["supersedes"]
            return supersedes
        return self.draft.supersedes if self.draft else None

    @property
    def product_name(self) -> str | None:
        note = self.draft or self.inspection
        return note.product_name if note else None


def correction(inspection: Inspection, photos: tuple[Photo, ...]) -> dict[str, Any]:
    """The fields of a draft that corrects this note: all that it says, with these of its photos."""
    copied = {name: inspection.body[name] for name in ("code", "verdict", "outcome", "text", "place")}
    return copied | {"product_name": inspection.product_name, "photos": photos, "supersedes": inspection.id}


def sign(draft: Draft, *, account: str | None, device: str, now: datetime, clock_offset: int | None) -> Inspection:
    """The note a draft becomes, with the id it had as a draft. Raises NoteInvalid for what the server would refuse."""
    # NUL is valid in JSON and in no database; half a surrogate pair is not valid anywhere.
    text = draft.text.replace("\0", "").encode(errors="replace").decode()
    if len(text) > LONGEST_TEXT:
        raise NoteInvalid("text_too_long")
    if len(draft.photos) > MOST_PHOTOS:
        raise NoteInvalid("too_many_photos")
    if draft.outcome not in OUTCOMES:
        raise NoteInvalid("no_outcome")
    body: dict[str, Any] = {
        "schema": 1,
        "id": draft.id,
        "device": device,
        "account": account,
        "created_at": rfc3339(now),
        "clock_offset": clock_offset,
        "code": draft.code,
        "verdict": draft.verdict,
        "outcome": draft.outcome,
        "text": text,
        "place": draft.place,
        "photos": [photo.to_json() for photo in draft.photos],
        "supersedes": draft.supersedes,
    }
    try:
        canonical = rfc8785.dumps(body)
    except rfc8785.CanonicalizationError as error:
        raise NoteInvalid("not_canonical") from error
    if len(canonical) > MOST_BYTES:
        raise NoteInvalid("too_large")
    return Inspection(draft.id, body, hashlib.sha256(canonical).hexdigest(), draft.product_name)


def rfc3339(moment: datetime) -> str:
    """A moment as docs/api.md writes it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
