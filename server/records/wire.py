"""Records as they are sent: the members of every kind, the canonical form, the digest (docs/api.md, "Records")."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from abc import abstractmethod
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self

import rfc8785
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

MAX_RECORD_BYTES = 64 * 1024
MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_PART_BYTES = 512 * 1024
MIN_PART_BYTES, MOST_SMALL_PARTS = 1024, 64
"""Once a file has so many parts, each but its last has so many bytes: nobody makes millions of rows of one file."""
MAX_MULTIPART_BYTES = 2 * 1024 * 1024
"""A record and the small files that come along with it."""

UUID_FORM = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
SHA256_FORM = r"^[0-9a-f]{64}$"
_UTC_FORM = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$"
_DAY_FORM = r"^\d{4}-\d\d-\d\d$"
_FARTHEST_CLOCK = 10_000 * 366 * 86_400
"""Seconds between the earliest and the latest moment that can be written, which no clock can be off by."""
_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):")


class BadDigest(ValueError):
    """The digest is not that of the bytes, or a record is not canonical JSON."""


def _real_moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


def _real_day(text: str) -> str:
    date.fromisoformat(text)
    return text


Uuid = Annotated[str, Field(pattern=UUID_FORM)]
Moment = Annotated[str, Field(pattern=_UTC_FORM, examples=["2026-11-23T08:00:00Z"]), AfterValidator(_real_moment)]
Day = Annotated[str, Field(pattern=_DAY_FORM, examples=["2027-01-31"]), AfterValidator(_real_day)]
Sha256 = Annotated[str, Field(pattern=SHA256_FORM)]


class Strict(BaseModel):
    """A model with exactly the declared members, each of exactly its type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class NamedFile(Strict):
    """A file that belongs to a record; its bytes are sent separately."""

    sha256: Sha256
    size: int = Field(ge=1, le=MAX_FILE_BYTES)
    type: Literal["image/jpeg", "image/png"]


class Signed(Strict):
    """The members that records of every kind and form have, including notes of version 0.1.0."""

    schema_: int = Field(alias="schema")
    id: Uuid
    device: Uuid
    account: Annotated[str, Field(max_length=150)] | None
    created_at: Moment
    clock_offset: Annotated[float, Field(ge=-_FARTHEST_CLOCK, le=_FARTHEST_CLOCK)] | None
    supersedes: Uuid | None

    @field_validator("schema_", mode="before")
    @classmethod
    def _is_a_number(cls, schema: Any) -> Any:
        if type(schema) is not int:  # true is no 1
            raise ValueError("the schema is not a number")
        return schema

    @model_validator(mode="after")
    def _corrects_another(self) -> Self:
        if self.supersedes == self.id:
            raise ValueError("a record cannot supersede itself")
        return self

    @model_validator(mode="after")
    def _says_one_thing_of_a_file(self) -> Self:
        named: dict[str, NamedFile] = {}
        if any(named.setdefault(file.sha256, file) != file for file in self.named_files):
            raise ValueError("a file is named with two sizes or types")
        return self

    @property
    @abstractmethod
    def named_files(self) -> Sequence[NamedFile]:
        """The files that the record names, in its order; one may be named twice."""


class Record(Signed):
    """RECORD: the members of every kind, except notes in schema 1. A kind's form adds members, and fixes `kind`."""

    kind: str
    round: Uuid | None
    prev: Sha256 | None
    files: list[NamedFile] = Field(max_length=20)

    @property
    def named_files(self) -> Sequence[NamedFile]:
        """Its `files`."""
        return self.files


def by_servers_clock(written_at: datetime, clock_offset: float | None) -> datetime | None:
    """When a record was written by the server's clock; None where the device does not know it or claims nonsense."""
    if clock_offset is None:
        return None
    try:
        return written_at + timedelta(seconds=clock_offset)
    except OverflowError:
        return None


def check_digest(body: bytes, content_digest: str) -> str:
    """Return the SHA-256 of `body` in hex if the Content-Digest header (RFC 9530) says the same. Raises BadDigest."""
    found = _DIGEST.search(content_digest)
    if found is None:
        raise BadDigest("Content-Digest carries no sha-256.")
    digest = hashlib.sha256(body).digest()
    if base64.b64decode(found[1]) != digest:
        raise BadDigest("Content-Digest is not the SHA-256 of the body.")
    return digest.hex()


def check_canonical(body: bytes) -> Any:
    """Return the parsed body if it is in the one form that RFC 8785 allows. Raises BadDigest."""
    try:
        document = json.loads(body)
        canonical = rfc8785.dumps(document)
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or outside what RFC 8785 can express
        raise BadDigest("The body is not canonical JSON (RFC 8785).") from error
    if canonical != body:
        raise BadDigest("The body is not canonical JSON (RFC 8785).")
    return document
