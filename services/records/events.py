"""Keeps what the office says of records, for the account it is said to. It is never changed or taken back."""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from services.records.kind import NOTE
from services.storage.store import Recovery, Store
from services.subscriptions import Subscriptions, Unsubscribe


@dataclass(frozen=True)
class Event:
    """EVENT of docs/api.md. `record` is the id of the record that it is about, among those of its `kind`.

    `state` is `received`, `reviewing`, `more_wanted`, `decided`, `closed`, or one that this version does not know.
    """

    id: str
    record: str
    at: datetime
    state: str
    text: str
    number: str | None
    kind: str = NOTE.name

    def to_json(self) -> dict[str, Any]:
        """The event as docs/api.md has it."""
        return vars(self) | {"at": self.at.isoformat()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Event:
        """Read EVENT. Raises KeyError, TypeError or ValueError for anything else.

        Servers, and this app, knew notes alone before an event named its kind.
        """
        at = datetime.fromisoformat(document["at"])
        names = ("id", "record", "state", "text")
        event_id, record, state, text = (document[name] for name in names)
        number, kind = document["number"], document.get("kind", NOTE.name)
        if not all(isinstance(said, str) for said in (event_id, record, state, text, kind)):
            raise TypeError("not an event")
        if not isinstance(number, str | None):
            raise TypeError("not an event")
        if at.tzinfo is None:
            raise ValueError("a time without its zone")
        return cls(str(uuid.UUID(event_id)), record, at, state, text, number, kind)


class EventBook:
    """The events of one device's accounts, and a cursor for each account and server.

    Events and cursor are written in one replace. Reading never waits for a write. Safe to use from several threads.
    """

    def __init__(self, folder: Path) -> None:
        """Open or begin the events in `folder`. The caller holds the FolderLock. Raises StoreError."""
        self._store = Store(folder / "events.json")
        self._lock = threading.Lock()
        self._changed = Subscriptions()
        self._of: dict[tuple[str, str], tuple[tuple[str, Event], ...]] = {}
        for row in self._store.table("events"):
            self._show(row["account"], Event.from_json(row["event"]))

    @property
    def recovered(self) -> Recovery | None:
        return self._store.recovered

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change, from the thread that made it."""
        return self._changed.add(callback)

    def of(
        self, record_id: str, sees: Callable[[str | None], bool] = lambda _account: True, *, kind: str = NOTE.name
    ) -> tuple[Event, ...]:
        """The events on this record of this kind, oldest first, of the accounts that the viewer may see."""
        return tuple(event for account, event in self._of.get((kind, record_id), ()) if sees(account))

    def every(self, sees: Callable[[str | None], bool]) -> list[Event]:
        """Every event of the accounts that the viewer may see."""
        return [event for said in list(self._of.values()) for account, event in said if sees(account)]

    def cursor(self, account: str, server: str) -> str | None:
        """The cursor for the account's next request to this server; None: from the beginning."""
        with self._lock:
            row = self._store.table("cursors").get(doc_id=_key(account, server))
            return row["cursor"] if row else None

    def keep(self, account: str, server: str, events: Sequence[Event], cursor: str) -> None:
        """Keep a page of events and the cursor of the next page. Raises StoreWriteError."""
        with self._lock:
            known = self._store.durable.read().get("events", {})
            new = {uuid.UUID(event.id).int: event for event in events}
            new = {key: event for key, event in new.items() if str(key) not in known}
            row = self._store.table("cursors").get(doc_id=_key(account, server))
            if not new and row and row["cursor"] == cursor:
                return
            self._store.commit(
                {
                    "cursors": {_key(account, server): {"account": account, "server": server, "cursor": cursor}},
                    "events": {key: {"account": account, "event": event.to_json()} for key, event in new.items()},
                }
            )
            for event in new.values():
                self._show(account, event)
        if new:
            self._changed.notify()

    def close(self) -> None:
        """Refuse every later change."""
        with self._lock:
            self._store.close()

    def _show(self, account: str, event: Event) -> None:
        of = event.kind, event.record
        said = (*self._of.get(of, ()), (account, event))
        self._of[of] = tuple(sorted(said, key=lambda each: each[1].at))


def _key(account: str, server: str) -> int:
    return int(hashlib.sha256(json.dumps([server, account]).encode()).hexdigest()[:16], 16)
