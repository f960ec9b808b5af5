"""The pauses of what lasts: a round, an audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.records.record import rfc3339

MOST_PAUSES = 200


@dataclass(frozen=True)
class Pause:
    """A pause, by the device's clock; one that lasts still has no end."""

    since: datetime
    until: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        return {"from": rfc3339(self.since), "to": rfc3339(self.until) if self.until else None}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Pause:
        """Read the wire form. Raises KeyError or ValueError."""
        until = document["to"]
        return cls(datetime.fromisoformat(document["from"]), datetime.fromisoformat(until) if until else None)
