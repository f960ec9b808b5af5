"""Who writes a record, and what every record says of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.accounts.viewer import Viewer
from services.records.kind import Kind
from services.records.record import rfc3339


@dataclass(frozen=True)
class Author:
    """Who writes on which device: account's name, device's id, viewer, and the clock's offset in seconds."""

    account: str | None
    device: str
    viewer: Viewer
    clock_offset: int | None = None

    @property
    def owner_id(self) -> str | None:
        """The account's id, where the device knows it."""
        return None if self.viewer.account == self.account else self.viewer.account


def common(kind: Kind, record_id: str, author: Author, now: datetime) -> dict[str, Any]:
    """The members that records of all kinds begin with (docs/api.md, RECORD)."""
    return {
        "schema": kind.schema,
        "kind": kind.name,
        "id": record_id,
        "device": author.device,
        "account": author.account,
        "created_at": rfc3339(now),
        "clock_offset": author.clock_offset,
    }
