"""The note as it is sent, in schema 1 (docs/api.md, "Inspections")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from records.wire import Moment, NamedFile, Signed, Strict


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
    outcome: Literal["matches", "mislabelled", "expired", "suspected_copy", "sold", "other"]
    text: str = Field(max_length=5000)
    place: NotePlace | None
    photos: list[NamedFile] = Field(max_length=20)

    @property
    def named_files(self) -> Sequence[NamedFile]:
        """Its photos."""
        return self.photos
