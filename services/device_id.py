"""The UUID by which the server knows a device, and whether its folder is a copy of another device's."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from services.storage.store import Recovery, Store, StoreWriteError, make_folder, sync_folder, write_synced

_ONLY = 1  # the one document of the table


class DeviceId:
    """Gives a device its id once, and a new one where its folder was copied. The caller serialises the calls.

    Beside the id stands what tells the folder from a copy of it: the inode and the change time of a file that is
    written once. No program can set either, and a copied file has others. Both must differ, because some file systems
    renumber inodes, and a change of rights changes the time. A restored or moved folder cannot be told from a copy and
    gets a new id too. A copied disk is not noticed.
    """

    def __init__(self, folder: Path) -> None:
        """Open or begin the id in `folder`. The caller holds the FolderLock. Raises StoreError."""
        self._store = Store(folder / "device.json")
        self._mark = folder / "device.mark"

    @property
    def recovered(self) -> Recovery | None:
        """What had to be recovered on opening."""
        return self._store.recovered

    @property
    def id(self) -> str:
        """The id, made where there is none yet. Raises StoreWriteError."""
        return str((self._row() or self._give({}))["id"])

    @property
    def key_name(self) -> str:
        """The name of the device's key in the platform's key store. A copy opens the key that it was sealed with."""
        row = self._row()
        return str((row or {}).get("key_name") or self.id)

    def renew_where_copied(self, before: Callable[[], object]) -> bool:
        """Give a copied folder a new id, after `before` has run; tell whether it was a copy.

        What was signed before keeps the id that it bears. A full disk does not keep the device from opening: the next
        opening tries again.
        """
        row = self._row()
        if row is None:
            return False
        with contextlib.suppress(StoreWriteError):
            if "mark" not in row:  # of an earlier version, which could not tell a copy
                self._write(dict(row) | {"mark": self._marked()})
                return False
            (inode, changed), now = row["mark"], _stat(self._mark)
            if now is not None and (now[0] == inode or now[1] == changed):
                return False
            before()
            self._give({"key_name": row.get("key_name") or row["id"]})
            return True
        return False

    def close(self) -> None:
        """Refuse every later change."""
        self._store.close()

    def _row(self) -> Mapping[str, Any] | None:
        return self._store.table("device").get(doc_id=_ONLY)

    def _give(self, kept: dict[str, Any]) -> dict[str, Any]:
        row = {"id": str(uuid.uuid4()), "mark": self._marked(), **kept}
        self._write(row)
        return row

    def _write(self, row: dict[str, Any]) -> None:
        self._store.commit({"device": {_ONLY: row}})

    def _marked(self) -> list[int]:
        found = _stat(self._mark)
        if found is None:
            make_folder(self._mark.parent)
            try:
                write_synced(self._mark, b"")
                sync_folder(self._mark.parent)
                found = _stat(self._mark)
            except OSError as error:
                raise StoreWriteError(self._mark, error.strerror or str(error)) from error
        if found is None:
            raise StoreWriteError(self._mark, "it is not there")
        return found


def _stat(path: Path) -> list[int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_ino, found.st_ctime_ns]
