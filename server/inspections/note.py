"""The note as it is sent, in schema 1 (docs/api.md, "Inspections")."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from records.wire import Moment, NamedFile, Signed, Strict


class Outcome(StrEnum):
    """What the sender found, with its name in the back office."""

    label: str

    def __new__(cls, value: str, label: str) -> Outcome:
        outcome = str.__new__(cls, value)
        outcome._value_ = value
        outcome.label = label
        return outcome

    MATCHES = "matches", "Đúng với mã"
    MISLABELLED = "mislabelled", "Sai nhãn"
    EXPIRED = "expired", "Hết hạn"
    SUSPECTED_COPY = "suspected_copy", "Nghi mã bị sao chép"
    SOLD = "sold", "Đã bán"
    OTHER = "other", "Khác"


class NoteCode(Strict):
    """What was scanned or typed."""

    text: str = Field(max_length=8000)
    symbology: str = Field(max_length=40)
    gtin: Annotated[str, Field(pattern=r"^[0-9]{14}$")] | None
    lot: str | None
    serial: str | None
    expiry: str | None


class NoteVerdict(Strict):
    """What the app said of the code, and the date of its copy of the register."""

    status: str = Field(pattern=r"^[a-z_]{1,64}$")
    reasons: list[str] = Field(max_length=50)
    as_of: Moment | None


class NotePlace(Strict):
    """Where the device was: degrees (WGS 84), accuracy in metres, None where the device does not say."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    accuracy: Annotated[float, Field(ge=0)] | None


class Note(Signed):
    """A signed-off note."""

    schema_: Literal[1] = Field(alias="schema")
    code: NoteCode | None
    verdict: NoteVerdict | None
    outcome: Annotated[Outcome, Field(strict=False)]
    text: str = Field(max_length=5000)
    place: NotePlace | None
    photos: list[NamedFile] = Field(max_length=20)

    @property
    def named_files(self) -> Sequence[NamedFile]:
        """Its photos."""
        return self.photos
