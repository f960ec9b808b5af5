"""The note as it is sent: shape, canonical form, digest (docs/api.md, "Inspections")."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import rfc8785
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

MAX_NOTE_BYTES = 64 * 1024
MAX_PHOTO_BYTES = 8 * 1024 * 1024

UUID_FORM = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
SHA256_FORM = r"^[0-9a-f]{64}$"
_UTC_FORM = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$"
_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):")


class BadDigest(ValueError):
    """The digest is not that of the body, or the body is not canonical JSON."""


def _real_moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


Uuid = Annotated[str, Field(pattern=UUID_FORM)]
Moment = Annotated[str, Field(pattern=_UTC_FORM, examples=["2026-11-23T08:00:00Z"]), AfterValidator(_real_moment)]
Sha256 = Annotated[str, Field(pattern=SHA256_FORM)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NoteCode(_Strict):
    """What was scanned or typed."""

    text: str = Field(max_length=8000)
    symbology: str = Field(max_length=40)
    gtin: Annotated[str, Field(pattern=r"^[0-9]{14}$")] | None
    lot: str | None
    serial: str | None
    expiry: str | None


class NoteVerdict(_Strict):
    """What the app said of it, and of when its copy of the register was."""

    status: str = Field(pattern=r"^[a-z_]{1,64}$")
    reasons: list[str] = Field(max_length=50)
    as_of: Moment | None


class NotePlace(_Strict):
    """Where the device was: degrees (WGS 84), accuracy in metres, None where the device does not say."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    accuracy: Annotated[float, Field(ge=0)] | None


class NotePhoto(_Strict):
    """A photo that belongs to the note; its bytes follow by themselves."""

    sha256: Sha256
    size: int = Field(ge=1, le=MAX_PHOTO_BYTES)
    type: Literal["image/jpeg", "image/png"]


class Note(_Strict):
    """A signed-off note."""

    schema_: Literal[1] = Field(alias="schema")
    id: Uuid
    device: Uuid
    account: str | None
    created_at: Moment
    clock_offset: float | None
    code: NoteCode | None
    verdict: NoteVerdict | None
    outcome: Literal["matches", "mislabelled", "expired", "suspected_copy", "sold", "other"]
    text: str = Field(max_length=5000)
    place: NotePlace | None
    photos: list[NotePhoto] = Field(max_length=20)
    supersedes: Uuid | None

    @model_validator(mode="after")
    def _corrects_another(self) -> Note:
        if self.supersedes == self.id:
            raise ValueError("a note cannot supersede itself")
        return self


def by_servers_clock(written_at: datetime, clock_offset: float | None) -> datetime | None:
    """When a note was written by the server's clock, None where the device has never seen it, or says nonsense."""
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
