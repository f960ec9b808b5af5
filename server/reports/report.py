"""The report as it is sent, in schema 1 (docs/api.md, "Reports")."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from records.wire import Record, Sha256


class Seen(StrEnum):
    """What somebody found suspicious, with its name in the back office."""

    label: str

    def __new__(cls, value: str, label: str) -> Seen:
        seen = str.__new__(cls, value)
        seen._value_ = value
        seen.label = label
        return seen

    SHOWS_STARS = "shows_stars", "Vẫn in sao OCOP"
    LOOKS_COPIED = "looks_copied", "Giống hàng nhái"
    PAST_DATE = "past_date", "Quá hạn dùng"
    OTHER = "other", "Điều khác"


class Report(Record):
    """What somebody saw, where, and how the office may ask back.

    `secret_hash` is the SHA-256 of the 128-bit secret with which the sender asks what became of the report. The secret
    itself never comes here with a record.
    """

    schema_: Literal[1] = Field(alias="schema")
    kind: Literal["report"]
    secret_hash: Sha256
    what: list[Annotated[Seen, Field(strict=False)]] = Field(max_length=len(Seen))
    text: str = Field(max_length=5000)
    place: str = Field(max_length=500)
    gtin: Annotated[str, Field(pattern=r"^[0-9]{14}$")] | None
    scanned: list[Annotated[str, Field(max_length=8000)]] = Field(max_length=20)
    contact: Annotated[str, Field(max_length=200)] | None

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> Self:
        if len(set(self.what)) != len(self.what):
            raise ValueError("one thing is said twice")
        return self
