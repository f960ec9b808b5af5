"""Keeps a read-only copy of what an account has sent from its other devices."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from services.records.kind import ANSWER, AUDIT, INSPECTION, NOTE, ROUND
from services.storage.store import Recovery, Store
from services.subscriptions import Subscriptions, Unsubscribe

MOST = 2000
"""So many records of each account are kept, the latest received. All are on the server."""

MOST_LINES = 20_000
"""So many lines the audits among them have together: about 12 MB. Again the latest received are kept."""

KINDS = frozenset(kind.name for kind in (NOTE, INSPECTION, ROUND, ANSWER, AUDIT))


@dataclass(frozen=True)
class Removed:
    """What the register has removed from a record (ERASED of docs/api.md). Its hash stays that of what was sent."""

    what: str
    at: datetime
    ground: str


@dataclass(frozen=True)
class Distant:
    """A record of another device: its body as the register has it, and which of its files arrived there.

    The body is as it was sent but for what was `removed`, so it may have another hash than `sha256`.
    """

    kind: str
    id: str
    sha256: str
    received_at: datetime
    body: Mapping[str, Any]
    files_stored: frozenset[str]
    removed: tuple[Removed, ...] = ()


class Elsewhere:
    """Records of one device's accounts that other devices sent, and a cursor for each account and server.

    The cursor is written after the records, in a file of its own, since it moves more often than they come: a page that
    is asked for again changes nothing. Safe to use from several threads.
    """

    def __init__(self, folder: Path) -> None:
        """Open or begin the copy in `folder`. The caller holds the FolderLock. Raises StoreError."""
        self._store = Store(folder / "elsewhere.json")
        self._cursors = Store(folder / "elsewhere_cursors.json")
        self._lock = threading.Lock()
        self._changed = Subscriptions()
        self._of: dict[str, dict[str, Distant]] = {}
        for row in self._store.table("records"):
            self._show(row["account"], row)

    @property
    def recovered(self) -> Recovery | None:
        return self._store.recovered or self._cursors.recovered

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change, from the thread that made it."""
        return self._changed.add(callback)

    def of(self, owns: Callable[[str | None], bool]) -> list[Distant]:
        """The records of these accounts."""
        with self._lock:
            return [record for account, records in self._of.items() if owns(account) for record in records.values()]

    def cursor(self, account: str, server: str) -> str | None:
        """The cursor for the account's next request to this server; None: from the beginning."""
        with self._lock:
            row = self._cursors.table("cursors").get(doc_id=_key(account, server))
            return row["cursor"] if row else None

    def keep(
        self, account: str, server: str, rows: Sequence[Mapping[str, Any]], cursor: str | None, own: Container[str]
    ) -> None:
        """Keep a page of `GET /records` and the cursor of the next; what this device signed (`own` ids) is left out.

        A row that cannot be read is left out. With `cursor` None the earlier one stays. Raises StoreWriteError.
        """
        new: dict[int, dict[str, Any] | None] = {}
        with self._lock:
            records = self._of.setdefault(account, {})
            for row in rows:
                if row.get("kind") in KINDS and row.get("id") not in own:
                    with contextlib.suppress(KeyError, TypeError, ValueError):
                        kept = {name: row[name] for name in ("kind", "id", "sha256", "received_at", "files", "body")}
                        kept["erased"] = row.get("erased", [])  # earlier servers do not tell
                        if self._show(account, kept):
                            new[_key(account, row["kind"], row["id"])] = kept | {"account": account}
            for gone in _too_many(records):
                new[_key(account, *gone.split("/"))] = None
                del records[gone]
            if new:
                self._store.commit({"records": new})
            at = {"account": account, "server": server, "cursor": cursor}
            if cursor is not None and self._cursors.table("cursors").get(doc_id=_key(account, server)) != at:
                self._cursors.commit({"cursors": {_key(account, server): at}})
        if new:
            self._changed.notify()

    def close(self) -> None:
        """Refuse every later change."""
        with self._lock:
            self._store.close()
            self._cursors.close()

    def _show(self, account: str, row: Mapping[str, Any]) -> bool:
        """Take a row into memory; False where it says what is known. Raises KeyError, TypeError or ValueError."""
        body, received_at = row["body"], datetime.fromisoformat(row["received_at"])
        if not isinstance(body, dict) or received_at.tzinfo is None:
            raise TypeError("not a record")
        stored = frozenset(file["sha256"] for file in row["files"] if file["stored"])
        removed = tuple(
            Removed(str(one["what"]), datetime.fromisoformat(one["at"]), str(one["ground"]))
            for one in row.get("erased", [])
        )
        record = Distant(row["kind"], str(row["id"]), str(row["sha256"]), received_at, body, stored, removed)
        records = self._of.setdefault(account, {})
        key = f"{record.kind}/{record.id}"
        if records.get(key) == record:
            return False
        records[key] = record
        return True


def _too_many(records: Mapping[str, Distant]) -> list[str]:
    """The names of those that are not kept, since later ones take their room."""
    newest_first = sorted(records, key=lambda one: records[one].received_at, reverse=True)
    gone, lines = newest_first[MOST:], 0
    for name in newest_first[:MOST]:
        if records[name].kind == AUDIT.name:
            lines += len(records[name].body.get("lines", ()))
            if lines > MOST_LINES:
                gone.append(name)
    return gone


def _key(*parts: str) -> int:
    return int(hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16], 16)
