"""Remembers on the device which annex group a product belongs to, so that it is asked for once."""

from __future__ import annotations

import threading
from pathlib import Path

from services.storage.store import Recovery, Store

_ONLY = 1  # the one document of the table


class AnnexGroups:
    """Annex groups by GTIN (14 digits), as the person chose them. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._chosen: dict[str, str] = dict(store.table("annex_groups").get(doc_id=_ONLY) or {})

    @classmethod
    def open(cls, folder: Path) -> AnnexGroups:
        """Open or begin what is remembered in `folder`. The caller holds the FolderLock. Raises StoreError."""
        return cls(Store(folder / "annex_groups.json"))

    @property
    def recovered(self) -> Recovery | None:
        return self._store.recovered

    def of(self, gtin: str | None) -> str | None:
        """The group that was chosen for this product; None where it has not been asked for yet."""
        return self._chosen.get(gtin) if gtin else None

    def remember(self, gtin: str, group: str) -> None:
        """Keep the choice; durable on return. Raises StoreWriteError."""
        with self._lock:
            chosen = self._chosen | {gtin: group}
            self._store.commit({"annex_groups": {_ONLY: chosen}})
            self._chosen = chosen

    def close(self) -> None:
        with self._lock:
            self._store.close()
