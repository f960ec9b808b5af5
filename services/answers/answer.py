"""An answer to a question of the office: while it is written, and signed (docs/api.md, ANSWER)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.notes.merging import merge_texts
from services.records.files import Photo
from services.records.kind import ANSWER, Kind
from services.records.record import Record, rfc3339
from services.texts import normal

LONGEST_TEXT = 5000
MOST_PHOTOS = 20


class AnswerInvalid(Exception):
    """The server would refuse this answer for good.

    `reason` is `no_text`, `text_too_long`, `too_many_photos`, `no_account`, `too_large` or `not_canonical`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class AnswerDraft:
    """An answer being written to the event `event`, on the record `record` of the kind `kind`.

    `account` is as a note's draft has it.
    """

    id: str
    started_at: datetime
    event: str
    kind: str
    record: str
    account: str | None
    text: str = ""
    photos: tuple[Photo, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.photos

    def to_json(self) -> dict[str, Any]:
        """The draft as it is kept on the disk."""
        return vars(self) | {
            "started_at": self.started_at.isoformat(),
            "photos": [photo.to_json() for photo in self.photos],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> AnswerDraft:
        """Read what `to_json` gave. Raises KeyError or ValueError."""
        plain = ("id", "event", "kind", "record", "account", "text")
        return cls(
            started_at=datetime.fromisoformat(document["started_at"]),
            photos=tuple(map(Photo.from_json, document["photos"])),
            **{name: document[name] for name in plain},
        )


def merge(base: AnswerDraft, mine: AnswerDraft, stored: AnswerDraft) -> AnswerDraft:
    """Return `stored` with what `mine` changed since `base`; where both wrote, all that either wrote is kept."""
    return replace(stored, text=merge_texts(base.text, mine.text, stored.text))


@dataclass(frozen=True)
class Answer(Record):
    """A signed answer: its record, and typed access to what that says."""

    kind: Kind = ANSWER

    @classmethod
    def of(cls, record: Record) -> Answer:
        """Make an answer of its record."""
        return cls(record.id, record.body, record.sha256, record.kind, record.owner_id)

    @property
    def signed_at(self) -> datetime:
        """When it was signed, by the device's clock."""
        return datetime.fromisoformat(self.body["created_at"])

    @property
    def event(self) -> str:
        """The id of the event that it answers."""
        event: str = self.body["event"]
        return event

    @property
    def text(self) -> str:
        text: str = self.body["text"]
        return text


def body_of(
    draft: AnswerDraft, *, account: str, device: str, now: datetime, clock_offset: int | None
) -> dict[str, Any]:
    """The body of the answer, to be sealed. Raises AnswerInvalid for what the server would refuse."""
    text = normal(draft.text).strip().encode(errors="replace").decode()  # half a surrogate pair is valid nowhere
    if not text:
        raise AnswerInvalid("no_text")
    if len(text) > LONGEST_TEXT:
        raise AnswerInvalid("text_too_long")
    if len(draft.photos) > MOST_PHOTOS:
        raise AnswerInvalid("too_many_photos")
    return {
        "schema": ANSWER.schema,
        "kind": ANSWER.name,
        "id": draft.id,
        "device": device,
        "account": account,
        "created_at": rfc3339(now),
        "clock_offset": clock_offset,
        "round": None,
        "supersedes": None,
        "prev": None,
        "files": [photo.to_json() for photo in draft.photos],
        "event": draft.event,
        "to": {"kind": draft.kind, "id": draft.record},
        "text": text,
    }
