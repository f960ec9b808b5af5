"""A round: while it is open, and as the record that is written when it is closed (docs/api.md, ROUND)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import rfc8785

from services.records.kind import ROUND, Kind
from services.records.pauses import Pause
from services.records.record import Record, rfc3339
from services.rounds.place import Place

MOST_LOOKS = 200
"""So many products that were looked at without an inspection are named in the record, the newest."""

_NOT_SIGNED = ("signatures", "prev", "created_at", "clock_offset")

Point = tuple[int, int]
Stroke = tuple[Point, ...]


class Role(StrEnum):
    """As what somebody takes part in a round, or signs."""

    INSPECTOR = "inspector"
    SELLER = "seller"
    WITNESS = "witness"
    OTHER = "other"


@dataclass(frozen=True)
class Inspected:
    """The one who is inspected: name, business registration number, and whether they are present."""

    name: str
    registration: str | None = None
    present: bool = True

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Inspected:
        """Read the wire form. Raises KeyError."""
        return cls(document["name"], document["registration"], document["present"])


@dataclass(frozen=True)
class Person:
    """Somebody who takes part: name, a Role's value, and what they are ("Đội trưởng")."""

    name: str
    role: str
    title: str = ""

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Person:
        """Read the wire form. Raises KeyError."""
        return cls(document["name"], document["role"], document["title"])


@dataclass(frozen=True)
class LookedAt:
    """A product that was looked at without an inspection: its code's text, its GTIN, the verdict's status, and when."""

    text: str
    gtin: str | None
    status: str
    at: datetime

    def to_json(self) -> dict[str, Any]:
        return vars(self) | {"at": rfc3339(self.at)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> LookedAt:
        """Read the wire form. Raises KeyError or ValueError."""
        at = datetime.fromisoformat(document["at"])
        return cls(document["text"], document["gtin"], document["status"], at)


@dataclass(frozen=True)
class Signature:
    """What somebody signed on the screen, or why they did not.

    `content` is the hash of what they signed (content_hash). A point of a stroke is in thousandths of the field's
    width, both ways: x from 0 to 1000, y from 0 to 400. Either there are strokes, or `refused` holds the reason.
    """

    role: str
    name: str
    at: datetime
    content: str
    strokes: tuple[Stroke, ...] = ()
    refused: str | None = None

    def to_json(self) -> dict[str, Any]:
        strokes = [[list(point) for point in stroke] for stroke in self.strokes]
        return vars(self) | {"at": rfc3339(self.at), "strokes": strokes or None}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Signature:
        """Read the wire form. Raises KeyError, TypeError or ValueError."""
        strokes = tuple(tuple((x, y) for x, y in stroke) for stroke in document["strokes"] or ())
        at = datetime.fromisoformat(document["at"])
        return cls(document["role"], document["name"], at, document["content"], strokes, document["refused"])


@dataclass(frozen=True)
class OpenRound:
    """A round that is not closed yet. `account` is as a note's draft has it; `closed_at` is set once closing began."""

    id: str
    opened_at: datetime
    place: Place
    inspected: Inspected | None = None
    people: tuple[Person, ...] = ()
    case_number: str | None = None
    remarks: str = ""
    pauses: tuple[Pause, ...] = ()
    looked_at: tuple[LookedAt, ...] = ()
    signatures: tuple[Signature, ...] = ()
    closed_at: datetime | None = None
    account: str | None = None

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None

    def to_json(self) -> dict[str, Any]:
        """The round as it is kept on the disk; its parts are as in the record."""
        return {
            "id": self.id,
            "account": self.account,
            "opened_at": rfc3339(self.opened_at),
            "closed_at": rfc3339(self.closed_at) if self.closed_at else None,
            "place": self.place.to_json(),
            "inspected": self.inspected.to_json() if self.inspected else None,
            "people": [person.to_json() for person in self.people],
            "case_number": self.case_number,
            "remarks": self.remarks,
            "pauses": [pause.to_json() for pause in self.pauses],
            "looked_at": [look.to_json() for look in self.looked_at],
            "signatures": [signature.to_json() for signature in self.signatures],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> OpenRound:
        """Read what `to_json` gave. Raises KeyError, TypeError or ValueError."""
        inspected, closed_at = document["inspected"], document["closed_at"]
        return cls(
            id=document["id"],
            opened_at=datetime.fromisoformat(document["opened_at"]),
            place=Place.from_json(document["place"]),
            inspected=Inspected.from_json(inspected) if inspected else None,
            people=tuple(map(Person.from_json, document["people"])),
            case_number=document["case_number"],
            remarks=document["remarks"],
            pauses=tuple(map(Pause.from_json, document["pauses"])),
            looked_at=tuple(map(LookedAt.from_json, document["looked_at"])),
            signatures=tuple(map(Signature.from_json, document["signatures"])),
            closed_at=datetime.fromisoformat(closed_at) if closed_at else None,
            account=document["account"],
        )


@dataclass(frozen=True)
class Round(Record):
    """A closed round: its record, and typed access to what that says."""

    kind: Kind = ROUND

    @classmethod
    def of(cls, record: Record) -> Round:
        """Make a round of its record."""
        return cls(record.id, record.body, record.sha256, record.kind, record.owner_id)

    @property
    def said(self) -> OpenRound:
        """What the round says, in the form that it had when it was closed."""
        return OpenRound.from_json(self.body)

    @property
    def inspections(self) -> tuple[tuple[str, str], ...]:
        """The ids and hashes of its inspections, in order."""
        return tuple((each["id"], each["sha256"]) for each in self.body["inspections"])


def content_hash(body: Mapping[str, Any]) -> str:
    """The hash of what people sign: a round's body without signatures and what is known only when it is sealed."""
    content = {name: value for name, value in body.items() if name not in _NOT_SIGNED}
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()
