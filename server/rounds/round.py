"""The round as it is sent, in schema 1 (docs/api.md, "Rounds"), and the hash of what people sign of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

import rfc8785
from pydantic import Field, model_validator

from records.wire import Moment, Record, Sha256, Strict, Uuid
from rounds.inspection import Gtin
from rounds.place import Place
from rounds.words import PersonRole, Signer

MAX_ROUND_BYTES = 256 * 1024
"""A round names hundreds of inspections and looks, and holds signatures."""
_NOT_SIGNED = ("signatures", "prev", "created_at", "clock_offset")

PersonsName = Annotated[str, Field(max_length=200)]


class Inspected(Strict):
    """Who is inspected: name, business registration number, and whether they are present."""

    name: PersonsName
    registration: Annotated[str, Field(max_length=60)] | None
    present: bool


class Person(Strict):
    """Somebody who takes part."""

    name: PersonsName
    role: Annotated[PersonRole, Field(strict=False)]
    title: str = Field(max_length=200)


class Pause(Strict):
    """From when to when; without an end where the round was closed in it."""

    from_: Moment = Field(alias="from")
    to: Moment | None


class NamedInspection(Strict):
    """An inspection of the round. It may arrive before or after the round."""

    id: Uuid
    sha256: Sha256


class LookedAt(Strict):
    """A product that was looked at without an inspection."""

    gtin: Gtin | None
    text: str = Field(max_length=8000)
    status: str = Field(pattern=r"^[a-z_]{1,64}$")
    at: Moment


Point = Annotated[list[Annotated[int, Field(ge=0, le=1000)]], Field(min_length=2, max_length=2)]


class Signature(Strict):
    """What somebody signed on the screen, or why they did not. `content` is the hash of what they signed.

    A point of a stroke is in thousandths of the field's width, both ways; the field is 400 high.
    """

    role: Annotated[Signer, Field(strict=False)]
    name: PersonsName
    at: Moment
    content: Sha256
    strokes: list[Annotated[list[Point], Field(min_length=1, max_length=5000)]] | None = Field(max_length=500)
    refused: Annotated[str, Field(min_length=1, max_length=500)] | None

    @model_validator(mode="after")
    def _signs_or_refuses(self) -> Self:
        if bool(self.strokes) == bool(self.refused):
            raise ValueError("there are either strokes, or the reason why there are none")
        if any(y > 400 for stroke in self.strokes or () for _, y in stroke):
            raise ValueError("a stroke leaves its field")
        return self


class Round(Record):
    """A round that was closed: where, with whom, which inspections, and who signed it."""

    schema_: Literal[1] = Field(alias="schema")
    kind: Literal["round"]
    round: None
    place: Place
    inspected: Inspected | None
    people: list[Person] = Field(max_length=50)
    case_number: Annotated[str, Field(max_length=100)] | None
    opened_at: Moment
    closed_at: Moment
    pauses: list[Pause] = Field(max_length=200)
    remarks: str = Field(max_length=5000)
    inspections: list[NamedInspection] = Field(max_length=500)
    looked_at: list[LookedAt] = Field(max_length=200)
    signatures: list[Signature] = Field(max_length=20)

    @model_validator(mode="after")
    def _names_each_inspection_once(self) -> Self:
        if len({inspection.id for inspection in self.inspections}) != len(self.inspections):
            raise ValueError("an inspection is named twice")
        return self


def content_hash(body: Mapping[str, Any]) -> str:
    """The hash of what people sign: a round's body without signatures and what is known only when it is sealed."""
    content = {name: value for name, value in body.items() if name not in _NOT_SIGNED}
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()
