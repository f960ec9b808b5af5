"""The durable store beneath everything the device keeps: TinyDB on a storage of our own, one writer a folder.

A file holds one line of header and the tables:

    {"format": "ocop-verify-store", "schema": 1, "length": 812, "sha256": "..."}
    {"notes": {"1": {...}}}

`length` and `sha256` are those of the bytes after the header line.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from filelock import FileLock, Timeout
from tinydb import TinyDB
from tinydb.storages import Storage

FORMAT = "ocop-verify-store"

Tables = dict[str, dict[str, Any]]
Migration = Callable[[Tables], Tables]
"""Turns the tables of one schema into those of the next; `migrations[0]` leads from schema 1 to schema 2."""


class StoreError(Exception):
    """The store in `path` cannot be used; nothing in it was changed."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path


class StoreTooNew(StoreError):
    """Written by a newer version of the app. The file is left as it is."""


class StoreReadError(StoreError):
    """The operating system would not let the file be read (which says nothing about what is in it)."""


class StoreWriteError(StoreError):
    """The write did not happen: the disk is full or read-only, or the store is closed. The old state stands."""


class FolderInUse(StoreError):
    """Another process is writing in this folder."""


@dataclass(frozen=True)
class Recovery:
    """What had to be done to open a store, for the person to be told.

    `reason` is `missing`, `empty`, `foreign`, `truncated` or `garbled`; `set_aside` is where the damaged file is now
    (None where there was none, or where the store was opened read-only); `previous_used` is False where no generation
    was left to go back to.
    """

    path: Path
    reason: str
    set_aside: Path | None
    previous_used: bool


class _Damaged(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DurableStorage(Storage):
    """A TinyDB storage that keeps what it confirmed.

    What it promises:

    - When `write` or `commit` returns, the new state is on the disk (fsync of the file and of its folder, where the
      platform can). When it raises `StoreWriteError`, memory and disk hold the state before it.
    - A process killed at any point of a write leaves the state before or the state after it, never a mixture.
    - At every moment a verified generation is on the disk: `name.json`, and the one before it as `name.prev.json`.
    - On opening, a file that does not verify is renamed to `name.damaged-TIME-N.json`, never deleted, and the
      previous generation is used; `recovered` says so. A file of a newer schema raises `StoreTooNew` and is left
      untouched.
    - After opening, `read` returns the parsed state and touches no file.

    One writer at a time: whoever opens it for writing holds the `FolderLock`. With `read_only` nothing is locked,
    repaired or written; a writer elsewhere is no trouble, since files are replaced whole.
    """

    def __init__(self, path: Path, *, migrations: Sequence[Migration] = (), read_only: bool = False) -> None:
        """Open or begin the store `path` (`.../name.json`). Raises StoreTooNew, StoreReadError or StoreWriteError."""
        self.path = Path(path)
        self.schema = 1 + len(migrations)
        self.recovered: Recovery | None = None
        self._migrations = migrations
        self._read_only = read_only
        self._closed = False
        self._previous = self.path.with_suffix(".prev.json")
        self._temporary = self.path.with_suffix(".tmp.json")
        if not read_only:
            make_folder(self.path.parent)
        self._state = self._open()

    def read(self) -> Tables:
        """The tables in memory. The caller may put other tables into the answer, but not change a document in place."""
        return dict(self._state)

    def write(self, data: Tables) -> None:
        """Replace every table. Raises StoreWriteError; also TypeError and ValueError for what JSON cannot hold."""
        try:
            self._publish(_encode(data, self.schema))
        except BaseException:
            # TinyDB's Table.update changes documents in place before it calls us: only the file still has the old.
            self._state = self._load(self.path)[0] if self.path.exists() else {}
            raise
        self._state = dict(data)

    def commit(self, changes: Mapping[str, Mapping[int, Mapping[str, Any] | None]]) -> None:
        """Put or (None) remove documents of any number of tables in one replace. Raises like `write`."""
        state = dict(self._state)
        for name, documents in changes.items():
            table = dict(state.get(name, {}))
            for doc_id, document in documents.items():
                if document is None:
                    table.pop(str(doc_id), None)
                else:
                    table[str(doc_id)] = document
            state[name] = table
        self._publish(_encode(state, self.schema))
        self._state = state

    def close(self) -> None:
        """Refuse every later write, so that nothing is written after the folder's lock was given back."""
        self._closed = True

    def _open(self) -> Tables:
        try:
            return self._load(self.path)[0]
        except FileNotFoundError:
            if not self._previous.exists():
                return {}
            reason = "missing"
        except _Damaged as damage:
            reason = damage.reason
        tables: Tables = {}
        blob = b""
        # Looked at before anything is renamed: a previous generation of a newer schema must leave the folder untouched.
        with contextlib.suppress(FileNotFoundError, _Damaged):
            tables, blob = self._load(self._previous)
        set_aside = None
        if not self._read_only:
            if reason != "missing":
                set_aside = self._set_aside()
            if blob:
                # Where the disk is full this fails, and the next opening starts from the previous generation again.
                with contextlib.suppress(StoreWriteError):
                    self._publish(blob)
        self.recovered = Recovery(self.path, reason, set_aside, previous_used=bool(blob))
        return tables

    def _load(self, path: Path) -> tuple[Tables, bytes]:
        try:
            blob = path.read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise StoreReadError(path, error.strerror or str(error)) from error
        if not blob:
            raise _Damaged("empty")
        line, _, payload = blob.partition(b"\n")
        try:
            header = json.loads(line)
            ours = header["format"] == FORMAT
            schema, length, digest = int(header["schema"]), int(header["length"]), str(header["sha256"])
        except (ValueError, TypeError, KeyError):
            raise _Damaged("foreign") from None
        if not ours:
            raise _Damaged("foreign")
        if schema > self.schema:
            raise StoreTooNew(path, f"schema {schema}, this version knows {self.schema}")
        if len(payload) < length:
            raise _Damaged("truncated")
        if len(payload) != length or hashlib.sha256(payload).hexdigest() != digest:
            raise _Damaged("garbled")
        with _without_gc():
            tables: Tables = json.loads(payload)
        for migrate in self._migrations[schema - 1 :]:
            tables = migrate(tables)
        return tables, blob

    def _set_aside(self) -> Path:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        for n in range(1, 10_000):
            target = self.path.with_suffix(f".damaged-{stamp}-{n}.json")
            if not target.exists():
                break
        try:
            self.path.rename(target)
        except OSError as error:
            raise StoreWriteError(self.path, error.strerror or str(error)) from error
        return target

    def _publish(self, blob: bytes) -> None:
        if self._read_only or self._closed:
            raise StoreWriteError(self.path, "opened read-only" if self._read_only else "closed")
        try:
            write_synced(self._temporary, blob)
            self._keep_previous()
            self._temporary.replace(self.path)
            sync_folder(self.path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                self._temporary.unlink()
            raise StoreWriteError(self.path, error.strerror or str(error)) from error

    def _keep_previous(self) -> None:
        link = self._previous.with_suffix(".tmp.json")
        with contextlib.suppress(FileNotFoundError):
            link.unlink()
        try:
            # A second name for the same file: `name.json` is there all the time.
            link.hardlink_to(self.path)
            link.replace(self._previous)
        except FileNotFoundError:
            return
        except OSError:
            # No hard links here (FAT): for a moment only `name.prev.json` is there, from which opening recovers.
            self.path.replace(self._previous)


class Store(TinyDB):
    """TinyDB on a `DurableStorage`: read through its tables, write with `commit`."""

    def __init__(self, path: Path, *, migrations: Sequence[Migration] = (), read_only: bool = False) -> None:
        super().__init__(path, storage=DurableStorage, migrations=migrations, read_only=read_only)

    @property
    def durable(self) -> DurableStorage:
        assert isinstance(self.storage, DurableStorage)  # noqa: S101 - tells the type checker what __init__ made
        return self.storage

    @property
    def recovered(self) -> Recovery | None:
        return self.durable.recovered

    def commit(self, changes: Mapping[str, Mapping[int, Mapping[str, Any] | None]]) -> None:
        """See `DurableStorage.commit`."""
        self.durable.commit(changes)
        for table in self._tables.values():
            table.clear_cache()


class FolderLock:
    """Held by the one process that writes in `folder`; the operating system gives it back when that process dies."""

    def __init__(self, folder: Path) -> None:
        """Take the lock or raise FolderInUse, which names the folder."""
        try:
            make_folder(folder)
            self._lock = FileLock(folder / ".lock", timeout=0)
            self._lock.acquire()
        except Timeout:
            raise FolderInUse(folder, "in use by another running copy of the app") from None
        except OSError as error:
            raise StoreWriteError(folder, error.strerror or str(error)) from error

    def release(self) -> None:
        self._lock.release()

    def __enter__(self) -> FolderLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def make_folder(folder: Path) -> None:
    """Create `folder` for its owner alone. Raises StoreWriteError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreWriteError(folder, error.strerror or str(error)) from error


def write_synced(path: Path, blob: bytes) -> None:
    """Write a file that only its owner may read, and return when the disk has it. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        view = memoryview(blob)
        while view:
            view = view[file.write(view) :]
        _sync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable; Windows cannot open a folder, and NTFS journals its names. Raises OSError."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)


def _sync(descriptor: int) -> None:
    try:
        import fcntl

        # On Apple's systems fsync leaves the data in the drive's cache (fsync(2) there).
        fcntl.fcntl(descriptor, getattr(fcntl, "F_FULLFSYNC"))  # noqa: B009 - known to type checkers on macOS only
    except (ImportError, AttributeError, OSError):
        os.fsync(descriptor)


def _encode(tables: Tables, schema: int) -> bytes:
    payload = json.dumps(tables, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    header = {
        "format": FORMAT,
        "schema": schema,
        "length": len(payload),
        "sha256": hashlib.sha256(payload).hexdigest(),
    }
    return json.dumps(header, separators=(",", ":")).encode() + b"\n" + payload


@contextlib.contextmanager
def _without_gc() -> Iterator[None]:
    """Parsing makes only live objects: the collector, walking them again and again, would double the time it takes."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
