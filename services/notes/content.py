"""What a note says of a code, a verdict and a position. Only this module reads and writes their wire form."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from services.codes import ProductCode
from services.records.record import rfc3339
from services.verification.check import CheckedCode


class Outcome(StrEnum):
    """What the person found; in the order in which it is offered."""

    MATCHES = "matches"
    MISLABELLED = "mislabelled"
    EXPIRED = "expired"
    SUSPECTED_COPY = "suspected_copy"
    SOLD = "sold"
    OTHER = "other"


@dataclass(frozen=True)
class NotedCode:
    """The code that was scanned or typed; `symbology` is a Symbology's value or `typed`, `gtin` has 14 digits."""

    text: str
    symbology: str
    gtin: str | None = None
    lot: str | None = None
    serial: str | None = None
    expiry: date | None = None

    @classmethod
    def of(cls, checked: CheckedCode) -> NotedCode:
        """Take over a code that was checked."""
        code = checked.code if isinstance(checked.code, ProductCode) else None
        return cls(
            text=checked.text,
            symbology=checked.symbology,
            gtin=checked.gtin,
            lot=code.lot if code else None,
            serial=code.serial if code else None,
            expiry=code.expiry if code else None,
        )

    def to_json(self) -> dict[str, Any]:
        """The code as docs/api.md has it (NOTE)."""
        return vars(self) | {"expiry": self.expiry.isoformat() if self.expiry else None}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> NotedCode:
        """Read the wire form. What is not known here is left out."""
        expiry = None
        with contextlib.suppress(KeyError, TypeError, ValueError):
            expiry = date.fromisoformat(document["expiry"])
        named = {name: document.get(name) for name in ("gtin", "lot", "serial")}
        return cls(text=document.get("text", ""), symbology=document.get("symbology", ""), expiry=expiry, **named)


@dataclass(frozen=True)
class NotedVerdict:
    """The verdict at the time: a Status's value, the reasons' codes, and the date of the register's copy."""

    status: str
    reasons: tuple[str, ...] = ()
    as_of: datetime | None = None

    @classmethod
    def of(cls, checked: CheckedCode) -> NotedVerdict:
        """Take over the verdict on a code that was checked."""
        verdict = checked.verdict
        # Whole seconds, as in the wire form, so that reading it back gives the same value.
        as_of = verdict.as_of.astimezone(UTC).replace(microsecond=0) if verdict.as_of else None
        return cls(verdict.status.value, tuple(verdict.codes), as_of)

    def to_json(self) -> dict[str, Any]:
        """The verdict as docs/api.md has it (NOTE)."""
        as_of = rfc3339(self.as_of) if self.as_of else None
        return {"status": self.status, "reasons": list(self.reasons), "as_of": as_of}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> NotedVerdict:
        """Read the wire form. What is not known here is left out."""
        as_of = None
        with contextlib.suppress(KeyError, TypeError, ValueError):
            as_of = datetime.fromisoformat(document["as_of"])
        return cls(document.get("status", ""), tuple(document.get("reasons", ())), as_of)


@dataclass(frozen=True)
class Position:
    """A point in degrees (WGS 84); `accuracy` in metres, None where the device does not say how good it is."""

    lat: float
    lon: float
    accuracy: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The point as docs/api.md has it (NOTE)."""
        return dict(vars(self))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Position:
        """Read the wire form. What is not known here is left out."""
        return cls(document["lat"], document["lon"], document.get("accuracy"))

    def __str__(self) -> str:
        return f"{self.lat:.5f}, {self.lon:.5f}"
