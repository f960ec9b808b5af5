"""The inspection as it is sent, in schema 1 (docs/api.md, "Rounds")."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from inspections.note import LONGEST_AI, NoteCode, NoteVerdict
from records.wire import Day, Moment, Record, Sha256, Strict, Uuid
from rounds.place import Place
from rounds.words import Answered, AnsweredBy, Finding, Sale, Seal, Shows

MAX_INSPECTION_BYTES = 256 * 1024
"""A long checklist with a reason for each answer does not fit into 64 KiB."""
MOST = 1_000_000_000_000
"""The highest amount and price, which no inspection comes near."""

Gtin = Annotated[str, Field(pattern=r"^[0-9]{14}$")]
Amount = Annotated[float, Field(ge=0, le=MOST)]
Unit = Annotated[str, Field(max_length=40)]
Named = Annotated[str, Field(min_length=1, max_length=80)]
"""The id of an annex group, a law or an item of a checklist."""


class Shown(Strict):
    """The product as the register's copy named it."""

    name: str = Field(max_length=500)
    producer: Annotated[str, Field(max_length=500)] | None


class Quantity(Strict):
    """How much, as people write it."""

    amount: Amount
    unit: Unit


class Sealed(Quantity):
    """Goods under a seal: a sample, or what is held."""

    seal_number: Annotated[str, Field(max_length=60)] | None


class Lot(Strict):
    """What the code says, and what the person reads on the label."""

    code: Annotated[str, Field(max_length=LONGEST_AI)] | None
    label: Annotated[str, Field(max_length=LONGEST_AI)] | None


class ComparedDay(Strict):
    """The same for a day."""

    code: Day | None
    label: Day | None


class ItemAnswer(Strict):
    """The answer to one item of the checklist."""

    item: Named
    answer: Annotated[Answered, Field(strict=False)]
    by: Annotated[AnsweredBy, Field(strict=False)]
    reason: str = Field(max_length=500)
    photo: Sha256 | None


class FilledChecklist(Strict):
    """The answers, the version and the group they are for, and the law that was chosen for the day."""

    version: Sha256
    group: Named
    law: Named
    day: Day
    answers: list[ItemAnswer] = Field(max_length=300)

    @model_validator(mode="after")
    def _answers_each_item_once(self) -> Self:
        if len({answer.item for answer in self.answers}) != len(self.answers):
            raise ValueError("an item is answered twice")
        return self


class Photo(Strict):
    """What a photo shows; `copy_of` is the hash of the original that was marked or covered."""

    sha256: Sha256
    shows: Annotated[Shows, Field(strict=False)]
    copy_of: Sha256 | None


class Inspection(Record):
    """What was found at one product in a round."""

    schema_: Literal[1] = Field(alias="schema")
    kind: Literal["inspection"]
    round: Uuid
    place: Place
    gtin: Gtin | None
    product: Shown | None
    codes: list[NoteCode] = Field(max_length=20)
    verdict: NoteVerdict | None
    copy_as_of: Moment | None
    quantity: Quantity | None
    price: Annotated[int, Field(ge=0, le=MOST)] | None
    lot: Lot
    produced: ComparedDay
    expiry: ComparedDay
    seal: Annotated[Seal, Field(strict=False)] | None
    sale: Annotated[Sale, Field(strict=False)] | None
    seller_said: str = Field(max_length=2000)
    findings: list[Annotated[Finding, Field(strict=False)]] = Field(max_length=len(Finding))
    samples: list[Sealed] = Field(max_length=10)
    held: Sealed | None
    checklist: FilledChecklist | None
    photos: list[Photo] = Field(max_length=40)
    text: str = Field(max_length=5000)

    @model_validator(mode="after")
    def _finds_each_thing_once(self) -> Self:
        if len(set(self.findings)) != len(self.findings):
            raise ValueError("one thing is found twice")
        if Finding.MATCHES in self.findings and len(self.findings) > 1:
            raise ValueError("matches stands alone")
        return self

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        answered = self.checklist is not None and self.checklist.answers
        if not (self.findings or self.text or self.photos or answered):
            raise ValueError("there is neither a finding, a text, a photo nor an answered checklist")
        return self

    @model_validator(mode="after")
    def _says_what_its_photos_show(self) -> Self:
        """Each file is a photo. A photo without its file is the original of a copy, which stayed on the device."""
        said = {photo.sha256 for photo in self.photos}
        originals = {photo.copy_of for photo in self.photos}
        files = {file.sha256 for file in self.files}
        if len(said) != len(self.photos):
            raise ValueError("a photo is said twice")
        if any(photo.sha256 == photo.copy_of for photo in self.photos):
            raise ValueError("a photo is a copy of itself")
        if not files <= said | originals:
            raise ValueError("a file is no photo")
        if not said - files <= originals:
            raise ValueError("a photo is neither a file nor the original of a copy")
        shown = {answer.photo for answer in self.checklist.answers} if self.checklist else set()
        if not shown - {None} <= said | originals:
            raise ValueError("the photo of an answer is none of the photos")
        return self
