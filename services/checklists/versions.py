"""Keeps every version of the checklists that this device has had, by the hash of its bytes.

    FOLDER/<sha256>.json    one version, as it came

Nothing is ever removed: an inspection names the version that it used, and a version is small and changes seldom.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from services.checklists.document import ChecklistRefused, Document, bundled, read
from services.register.about import NamedChecklist
from services.storage.store import write_whole

_HASH = re.compile("[0-9a-f]{64}")


class Versions:
    """Versions by their hash. Safe to share between threads.

    `refused` are those of the register that this version of the app cannot take, each with its reason.
    """

    def __init__(self, folder: Path) -> None:
        """Reads nothing yet. The version that comes with the app is always there."""
        self.folder = folder
        self.refused: dict[str, ChecklistRefused] = {}
        self._lock = threading.Lock()
        self._read: dict[str, Document] = {}

    @property
    def own(self) -> Document:
        """The version that comes with the app."""
        with self._lock:
            found = self._read.get("")
        if found is None:
            found = read(bundled())
            with self._lock:
                self._read[""] = self._read[found.sha256] = found
        return found

    def get(self, sha256: str) -> Document | None:
        """This version; None where the device has never had it, or where its file is damaged."""
        if sha256 == self.own.sha256:
            return self.own
        with self._lock:
            found = self._read.get(sha256)
        if found is None and _HASH.fullmatch(sha256):
            with contextlib.suppress(OSError, ChecklistRefused):
                found = _whole(sha256, self._path(sha256).read_bytes())
                with self._lock:
                    self._read[sha256] = found
        return found

    def keep(self, sha256: str, content: bytes) -> Document:
        """Keep a version; durable on return. Raises ChecklistRefused and StoreWriteError."""
        try:
            found = _whole(sha256, content)
        except ChecklistRefused as refused:
            self.refused[sha256] = refused
            raise
        write_whole(self._path(sha256), content)
        with self._lock:
            self._read[sha256] = found
        return found

    def missing(self, named: Sequence[NamedChecklist]) -> list[str]:
        """The versions that the register names and this device has not, and has not refused since it started."""
        return [each.sha256 for each in named if each.sha256 not in self.refused and self.get(each.sha256) is None]

    def in_force(self, named: Sequence[NamedChecklist], day: date) -> Document:
        """The version for a day: of those that the register names for it the youngest that is here, else the app's."""
        holding = [each for each in named if each.holds_on(day)]
        for each in sorted(holding, key=lambda one: one.valid_from, reverse=True):
            if found := self.get(each.sha256):
                return found
        return self.own

    def unread(self, named: Sequence[NamedChecklist], day: date) -> bool:
        """Whether the register has a version for this day that this version of the app cannot take."""
        return any(each.holds_on(day) and each.sha256 in self.refused for each in named)

    def _path(self, sha256: str) -> Path:
        return self.folder / f"{sha256}.json"


def _whole(sha256: str, content: bytes) -> Document:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ChecklistRefused("altered")
    return read(content)
