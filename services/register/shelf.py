"""Keeps pictures as files in one folder, within a bound of bytes: what was used least recently goes first."""

from __future__ import annotations

import contextlib
import os
import re
import threading
import zlib
from collections.abc import Collection
from pathlib import Path

from services.storage.store import StoreWriteError, make_folder, write_synced

Key = tuple[str, int]
"""A picture's SHA-256 in hex, and the width that was asked for."""

_FILE = re.compile(r"([0-9a-f]{64})-(\d{1,4})-([0-9a-f]{8})\.webp")


class Shelf:
    """Pictures by key. Safe to share between threads.

    A file's name bears the checksum of its bytes (CRC-32), so one that was damaged is noticed, removed, and fetched
    again. Its time of change is when it was last used. The folder is looked through once, when it is first needed.
    """

    def __init__(self, folder: Path, most: int, *, makes_room: bool = True) -> None:
        """`most` is the bound in bytes. Without `makes_room` nothing goes: what does not fit is not kept."""
        self.folder = folder
        self.most = most
        self._makes_room = makes_room
        self._lock = threading.Lock()
        self._size = 0
        self._found: dict[Key, tuple[str, int]] | None = None  # file name and size, what was used last at the end

    def __contains__(self, key: Key) -> bool:
        with self._lock:
            return key in self._files()

    def __len__(self) -> int:
        with self._lock:
            return len(self._files())

    @property
    def size(self) -> int:
        """The bytes of all files together."""
        with self._lock:
            self._files()
            return self._size

    def read(self, key: Key) -> bytes | None:
        """The picture; None where there is none, or where its file is damaged, which is then removed."""
        with self._lock:
            files = self._files()
            if key not in files:
                return None
            name, _size = files[key] = files.pop(key)
        path = self.folder / name
        try:
            content = path.read_bytes()
            if f"{zlib.crc32(content):08x}" == _checksum(name):
                os.utime(path)
                return content
        except OSError:
            pass
        with self._lock:
            if self._files().get(key, ("", 0))[0] == name:
                self._remove(key)
        return None

    def keep(self, key: Key, content: bytes) -> bool:
        """Keep a picture, and let others go where the bound asks for it; False where it does not fit.

        Raises StoreWriteError.
        """
        name = f"{key[0]}-{key[1]}-{zlib.crc32(content):08x}.webp"
        path = self.folder / name
        with self._lock:
            held = self._files().get(key, ("", 0))[1]
            if self._size - held + len(content) > self.most and (not self._makes_room or len(content) > self.most):
                return False
        make_folder(self.folder)
        unfinished = path.with_suffix(f".{threading.get_ident()}.tmp")
        try:
            write_synced(unfinished, content)
            unfinished.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                unfinished.unlink()
            raise StoreWriteError(path, error.strerror or str(error)) from error
        with self._lock:
            files = self._files()
            if files.get(key, (name, 0))[0] != name:
                self._remove(key)
            self._size += len(content) - files.pop(key, (name, 0))[1]
            files[key] = name, len(content)
            self._make_room()
        return True

    def limit(self, most: int) -> None:
        """Set the bound; what is beyond it goes at once."""
        with self._lock:
            self.most = most
            self._files()
            self._make_room()

    def remove(self, key: Key) -> None:
        """Remove a picture, if it is there."""
        with self._lock:
            if key in self._files():
                self._remove(key)

    def clear(self) -> None:
        """Remove every picture."""
        self.keep_only(())

    def keep_only(self, named: Collection[str]) -> None:
        """Remove every picture whose SHA-256 is not among these."""
        with self._lock:
            for key in [key for key in self._files() if key[0] not in named]:
                self._remove(key)

    def _make_room(self) -> None:
        if self._makes_room and self._found:
            while self._size > self.most:
                self._remove(next(iter(self._found)))

    def _remove(self, key: Key) -> None:
        name, size = self._files().pop(key)
        self._size -= size
        with contextlib.suppress(OSError):  # a file that stays is found again at the next start
            (self.folder / name).unlink()

    def _files(self) -> dict[Key, tuple[str, int]]:
        if self._found is None:
            self._found = {}
            for name, size in self._look_through():
                sha256, width, _checksum = _FILE.fullmatch(name).groups()  # type: ignore[union-attr]  # only such names
                self._found[sha256, int(width)] = name, size
            self._size = sum(size for _name, size in self._found.values())
        return self._found

    def _look_through(self) -> list[tuple[str, int]]:
        """Names and sizes, least recently used first; what an interrupted write left is removed."""
        found = []
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if _FILE.fullmatch(entry.name):
                        state = entry.stat()
                        found.append((state.st_mtime_ns, entry.name, state.st_size))
                    elif entry.name.endswith(".tmp"):
                        Path(entry).unlink()
        return [(name, size) for _used, name, size in sorted(found)]


def _checksum(name: str) -> str:
    return name.removesuffix(".webp")[-8:]
