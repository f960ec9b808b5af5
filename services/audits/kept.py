"""Closed audits that stay on the device: those without an account, and what was ticked off after the closing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from services.audits.audit import Audit, Done, Line, with_ticks
from services.records.book import Entry, RecordState
from services.records.kind import AUDIT
from services.storage.segments import Segments
from services.storage.store import Recovery, Store


@dataclass(frozen=True)
class KeptAudit:
    """A closed audit. `entry` says where its record stands; None without an account, and where it is `elsewhere`.

    `received_at` is when the server got it. `ticks` were made on this device after it was closed, by line.
    """

    audit: Audit
    entry: Entry | None = None
    elsewhere: bool = False
    received_at: datetime | None = None
    ticks: Mapping[int, Done | None] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.audit.id

    @property
    def state(self) -> RecordState | None:
        """Where its record stands; None without an account: it is on this device alone, and never sent."""
        if self.elsewhere:
            return RecordState.RECEIVED
        return self.entry.state if self.entry else None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its lines with what has been ticked off since; read anew each time, which may take 50 ms."""
        return with_ticks(self.audit.lines, self.ticks)


class AuditFiles:
    """The files of audits beside those of their records. Not locked; what writes is durable on return.

    `changes` are those of running audits (services/audits/running.py). Methods that write raise StoreWriteError.
    """

    def __init__(self, folder: Path) -> None:
        """Open or begin them. Raises StoreError."""
        self.changes = Segments(folder / "running_audits", table="changes")
        self._closed = Segments(folder / "audits_without_account", table="audits", rows=AUDIT.in_a_file)
        self._ticks = Store(folder / "audit_ticks.json")

    @property
    def recovered(self) -> list[Recovery]:
        return [*self.changes.recovered, *self._closed.recovered, *filter(None, [self._ticks.recovered])]

    def __contains__(self, audit_id: str) -> bool:
        try:
            return _key(audit_id) in self._closed
        except ValueError:
            return False

    def __iter__(self) -> Iterator[Audit]:
        """The closed audits without an account, oldest first."""
        return (self._audit(key) for key in self._closed)

    def audit(self, audit_id: str) -> Audit:
        """The closed audit without an account. Raises KeyError."""
        return self._audit(_key(audit_id))

    def keep(self, audit: Audit) -> None:
        """Keep a closed audit without an account."""
        self._closed.put(_key(audit.id), {"id": audit.id, "sha256": audit.sha256, "body": audit.body})

    def forget(self, audit_id: str) -> None:
        """Remove it, in earlier generations too."""
        if _key(audit_id) in self._closed:
            self._closed.erase([_key(audit_id)])

    def ticks(self, audit_id: str) -> dict[int, Done | None]:
        """What was ticked off of a closed audit since, by line; None where a tick was taken back."""
        row = self._ticks.table("ticks").get(doc_id=_key(audit_id))
        return {int(n): Done.from_json(done) if done else None for n, done in row["ticks"].items()} if row else {}

    def tick(self, audit_id: str, ticks: Mapping[int, Done | None]) -> None:
        """Keep what was ticked off; nothing: forget it."""
        row = {"ticks": {str(n): done and done.to_json() for n, done in ticks.items()}} if ticks else None
        self._ticks.commit({"ticks": {_key(audit_id): row}})

    def close(self) -> None:
        """Refuse every later change."""
        self.changes.close()
        self._closed.close()
        self._ticks.close()

    def _audit(self, key: int) -> Audit:
        row: Mapping[str, Any] = self._closed.get(key)
        return Audit(row["id"], row["body"], row["sha256"], AUDIT)


def _key(audit_id: str) -> int:
    return uuid.UUID(audit_id).int
