"""Remembers which events each account has seen on this device."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from services.records.events import Event
from services.storage.store import Recovery, Store
from services.subscriptions import Subscriptions, Unsubscribe

OLD = timedelta(days=30)
"""What the office said longer ago is no news, on a device too that hears of it for the first time."""


class SeenEvents:
    """The events that are no news, by account. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open or begin it in `folder`. The caller holds the FolderLock. Raises StoreError."""
        self._store = Store(folder / "seen_events.json")
        self._lock = threading.Lock()
        self._changed = Subscriptions()
        self._of: dict[str, dict[str, str]] = {row["account"]: row["seen"] for row in self._store.table("seen")}

    @property
    def recovered(self) -> Recovery | None:
        return self._store.recovered

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change, from the thread that made it."""
        return self._changed.add(callback)

    def is_new(self, account: str | None, event: Event, now: datetime) -> bool:
        """Whether the account has yet to see this event."""
        return account is not None and now - event.at < OLD and event.id not in self._of.get(account, {})

    def see(self, account: str, events: Iterable[Event], now: datetime) -> None:
        """Remember that the account has seen these. Raises StoreWriteError."""
        with self._lock:
            before = self._of.get(account, {})
            new = {event.id: event.at.isoformat() for event in events if self.is_new(account, event, now)}
            if not new:
                return
            recent = {id_: at for id_, at in before.items() if now - datetime.fromisoformat(at) < OLD}
            seen = recent | new
            key = uuid.uuid5(uuid.NAMESPACE_OID, account).int >> 64
            self._store.commit({"seen": {key: {"account": account, "seen": seen}}})
            self._of[account] = seen
        self._changed.notify()

    def close(self) -> None:
        """Refuse every later change."""
        with self._lock:
            self._store.close()
