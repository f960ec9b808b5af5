"""Keeps the part of the whole register that has come, so that a cut or a restart does not begin it anew.

`snapshot.part` is one line of JSON, which says whose bytes follow, and the bytes as the server sent them (gzip, whose
checksum tells at the end whether they belong together). They are no copy of the register before the last has come.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from services.storage.store import StoreWriteError


@dataclass(frozen=True)
class Whose:
    """Which answer of which server is arriving: its ETag, its length in bytes, and the server's time when it began."""

    source: str
    etag: str
    length: int
    as_of: str

    @property
    def date(self) -> datetime:
        """`as_of` as a time."""
        return datetime.fromisoformat(self.as_of).astimezone(UTC)


class Arriving:
    """What has come of one answer. Used by one thread. Methods that write raise StoreWriteError."""

    def __init__(self, path: Path) -> None:
        """Open what came earlier, if anything; a file that cannot be understood counts as nothing."""
        self._path = path
        self._begin = 0
        self.whose: Whose | None = None
        self.size = 0
        with contextlib.suppress(OSError, ValueError, TypeError):
            with path.open("rb") as file:
                line = file.readline(4096)
                size = os.fstat(file.fileno()).st_size - len(line)
            whose = Whose(**json.loads(line))
            if whose.date and 0 <= size <= whose.length:
                self.whose, self._begin, self.size = whose, len(line), size

    @property
    def is_whole(self) -> bool:
        """Whether every byte has come."""
        return self.whose is not None and self.size == self.whose.length

    def begin(self, whose: Whose) -> None:
        """Keep the bytes of another answer from now on."""
        line = json.dumps(asdict(whose)).encode() + b"\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with open(self._path, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(line)
        except OSError as error:
            raise StoreWriteError(self._path, error.strerror or str(error)) from error
        self.whose, self._begin, self.size = whose, len(line), 0

    def add(self, piece: bytes) -> None:
        """Keep the next bytes."""
        try:
            with self._path.open("r+b") as file:
                file.seek(self._begin + self.size)
                file.write(piece)
                file.truncate()
        except OSError as error:
            raise StoreWriteError(self._path, error.strerror or str(error)) from error
        self.size += len(piece)

    def content(self) -> bytes:
        """What has come. Raises StoreWriteError where it cannot be read."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._begin)
                return file.read()
        except OSError as error:
            raise StoreWriteError(self._path, error.strerror or str(error)) from error

    def drop(self) -> None:
        """Forget it. Where the file cannot be removed, the next answer replaces it."""
        self.whose, self.size = None, 0
        with contextlib.suppress(OSError):
            self._path.unlink()
