"""Keeps the secrets by which people ask what became of their reports, in a file that only its owner may read."""

from __future__ import annotations

import secrets
import threading
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from services.storage.store import Recovery, Store

_BYTES = 16


@dataclass(frozen=True)
class Secret:
    """A report's secret in hex, and the address of the server that it is for (None: no server is known yet).

    The secret is no part of the record, and is sent to nobody but that server. It is not shown when this is printed.
    """

    value: str = field(repr=False)
    site: str | None

    @property
    def content(self) -> bytes:
        """The secret's bytes, of which the record names the hash."""
        return bytes.fromhex(self.value)


class SecretFile:
    """The secrets of one device, by report. Safe to use from several threads. Changes may raise StoreWriteError."""

    def __init__(self, folder: Path) -> None:
        """Open or begin the file in `folder`. The caller holds the FolderLock. Raises StoreError."""
        self._store = Store(folder / "report_secrets.json")
        self._lock = threading.Lock()
        self._of = {row["id"]: Secret(row["secret"], row["site"]) for row in self._store.table("secrets")}

    @property
    def recovered(self) -> Recovery | None:
        return self._store.recovered

    def get(self, report_id: str) -> Secret | None:
        """The report's secret, where this device has it."""
        return self._of.get(report_id)

    def make(self, report_id: str, site: str | None) -> Secret:
        """Draw a report's secret; it is on the disk when this returns. A report keeps the first that was drawn."""
        secret = self._of.get(report_id) or Secret(secrets.token_hex(_BYTES), site)
        self.keep(report_id, secret)
        return secret

    def keep(self, report_id: str, secret: Secret) -> None:
        """Keep a secret for this report."""
        with self._lock:
            if self._of.get(report_id) != secret:
                row = {"id": report_id, "secret": secret.value, "site": secret.site}
                self._store.commit({"secrets": {uuid.UUID(report_id).int: row}})
                self._of[report_id] = secret

    def address_to(self, site: str, report_ids: Collection[str]) -> None:
        """Take note that these reports go to the server at this address."""
        for report_id in report_ids:
            if (secret := self._of.get(report_id)) is not None:
                self.keep(report_id, Secret(secret.value, site))

    def close(self) -> None:
        """Refuse every later change."""
        with self._lock:
            self._store.close()
