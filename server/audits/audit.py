"""The shelf audit as it is sent, in schema 1 (docs/api.md, "Audits")."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from inspections.note import NoteVerdict
from records.wire import Day, Moment, NamedFile, Record, Strict
from records.words import Word
from rounds.inspection import Gtin, Shown
from rounds.round import Pause

MAX_AUDIT_BYTES = 2 * 1024 * 1024
"""Two thousand lines of up to a thousand bytes."""
MOST_LINES = 2000
MOST_OF_ONE = 999_999
"""The highest quantity of a line, and number of scans."""
MOST_DONG = 1_000_000_000_000

Place = Annotated[str, Field(max_length=100)]


class Input(StrEnum):
    """By what a code came in."""

    CAMERA = "camera"
    SCANNER = "scanner"
    TYPED = "typed"
    FILE = "file"


class What(Word):
    """What somebody did about a line."""

    TAKEN_DOWN = "taken_down", "đã cất khỏi kệ"
    CHECKED = "checked", "đã xem lại"
    ASKED = "asked", "đã hỏi nhà cung cấp"


class ExpiryBy(StrEnum):
    """Who says when a pack's date is."""

    CODE = "code"
    PERSON = "person"


class Done(Strict):
    """What was done about a line, and when."""

    what: Annotated[What, Field(strict=False)]
    at: Moment


class Line(Strict):
    """One product on one shelf, with one lot and one date."""

    n: int = Field(ge=1, le=MOST_OF_ONE)
    at: Moment
    last_at: Moment
    shelf: Place
    text: str = Field(max_length=500)
    symbology: str = Field(max_length=40)
    input: Annotated[Input, Field(strict=False)]
    gtin: Gtin | None
    product: Shown | None
    own_name: Annotated[str, Field(max_length=200)] | None
    verdict: NoteVerdict | None
    quantity: int = Field(ge=1, le=MOST_OF_ONE)
    times: int = Field(ge=1, le=MOST_OF_ONE)
    lot: Annotated[str, Field(max_length=100)] | None
    expiry: Day | None
    expiry_by: Annotated[ExpiryBy, Field(strict=False)] | None
    price: Annotated[int, Field(ge=0, le=MOST_DONG)] | None
    stars_label: Annotated[int, Field(ge=1, le=5)] | None
    shows_mark: bool | None
    done: Done | None

    @model_validator(mode="after")
    def _says_whose_date(self) -> Self:
        if (self.expiry is None) != (self.expiry_by is None):
            raise ValueError("a date says who read it, and nobody read one that is not there")
        return self


class Audit(Record):
    """What one till looked at in one go."""

    schema_: Literal[1] = Field(alias="schema")
    kind: Literal["audit"]
    round: None
    shop: str = Field(max_length=200)
    opened_at: Moment
    closed_at: Moment
    pauses: list[Pause] = Field(max_length=200)
    office: bool
    remarks: str = Field(max_length=5000)
    copy_as_of: Moment | None
    lines: list[Line] = Field(min_length=1, max_length=MOST_LINES)
    files: list[NamedFile] = Field(max_length=0)

    @model_validator(mode="after")
    def _has_each_line_once(self) -> Self:
        if len({line.n for line in self.lines}) != len(self.lines):
            raise ValueError("two lines have one number")
        return self
