"""The durable store of everything the device keeps: TinyDB on a storage of our own, with one writer per folder.

A file holds one line of header and the tables:

    {"format": "ocop-verify-store", "schema": 1, "length": 812, "sha256": "..."}
    {"notes": {"1": {...}}}

`length` and `sha256` describe the bytes after the header line. The documents of one table may stand on a line each:
that table is kept as text (services.storage.rows).
"""

from __future__ import annotations

import contextlib
import errno
import gc
import hashlib
import itertools
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

from services.storage.rows import Rows, read_tables, write_tables

FORMAT = "ocop-verify-store"

Tables = dict[str, Any]
"""Documents by table and by key, the key a number in decimal digits."""
Migration = Callable[[Tables], Tables]
"""Turns the tables of one schema into those of the next; `migrations[0]` leads from schema 1 to schema 2."""


class StoreError(Exception):
    """The store at `path` cannot be used; nothing in it was changed."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path


class StoreTooNew(StoreError):
    """The file was written by a newer version of the app. It is not changed."""


class StoreNotMigrated(StoreError):
    """Migrating the file of an older version failed: a fault of this version. The file is not changed."""


class StoreReadError(StoreError):
    """The operating system refused to read the file, which says nothing about its content."""


class StoreWriteError(StoreError):
    """Nothing was written: the disk is full or read-only, or the store is closed. The old state remains."""


class FolderInUse(StoreError):
    """Another process is writing in this folder."""


@dataclass(frozen=True)
class Recovery:
    """What had to be done to open a store, for the person to be told.

    `reason` is `missing`, `empty`, `foreign`, `truncated` or `garbled`; `set_aside` is the damaged file's new path
    (None where there was no file, or where the store was opened read-only); `previous_used` is False where there was no
    earlier generation to use.
    """

    path: Path
    reason: str
    set_aside: Path | None
    previous_used: bool


class _Damaged(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class _Generation:
    path: Path
    tables: Tables
    blob: bytes


class DurableStorage(Storage):
    """A TinyDB storage that keeps what it confirmed.

    Its guarantees:

    - When `write` or `commit` returns, the new state is on the disk (fsync of the file, of its folder, and of the
      folders above that were made for it, where the platform can). When it raises `StoreWriteError`, memory and disk
      hold the state before it; where even the old file cannot be put back, the disk may hold the new state.
    - A kill or a power cut at any point of a write leaves the state before it or the state after it, never a mixture.
    - After two writes, two verified generations are on the disk: `name.json`, and the one before it as
      `name.prev.json` (during a write, as `name.prev.tmp.json`).
    - On opening, a file that does not verify is renamed to `name.damaged-TIME-N.json`, never deleted, and the
      previous generation is used; `recovered` says so. A file of a newer schema raises `StoreTooNew`, one that cannot
      be migrated `StoreNotMigrated`, and both are left untouched.
    - After opening, `read` returns the state in memory and touches no file.

    There is one writer at a time: whoever opens it for writing holds the `FolderLock`. With `read_only` nothing is
    locked, repaired or written; another process may write meanwhile, since files are replaced whole.
    """

    def __init__(
        self,
        path: Path,
        *,
        migrations: Sequence[Migration] = (),
        read_only: bool = False,
        text_table: str | None = None,
    ) -> None:
        """Open or begin the store `path` (`.../name.json`). Raises StoreTooNew, StoreReadError or StoreWriteError.

        The documents of `text_table` are kept as text (`Rows`) and parsed each time they are asked for.
        """
        self.path = Path(path)
        self.schema = 1 + len(migrations)
        self.recovered: Recovery | None = None
        self._migrations = migrations
        self._read_only = read_only
        self._text_table = text_table
        self._closed = False
        self._previous = self.path.with_suffix(".prev.json")
        self._temporary = self.path.with_suffix(".tmp.json")
        self._beside = self.path.with_suffix(".prev.tmp.json")
        if not read_only:
            make_folder(self.path.parent)
        self._state = self._open()

    def read(self) -> Tables:
        """The tables in memory. The caller may replace tables in the result, but not change a document in place."""
        return dict(self._state)

    def write(self, data: Tables) -> None:
        """Replace every table. Raises StoreWriteError; also TypeError and ValueError for what JSON cannot hold."""
        try:
            data = self._as_kept(data)
            self._publish(_encode(data, self.schema))
        except BaseException:
            # TinyDB's Table.update changes documents in place before it calls us, so only the file has the old state.
            try:
                self._state = self._load(self.path)[0] if self.path.exists() else {}
            except (StoreError, _Damaged, OSError):
                self._closed = True  # half a change may be in memory, and must not reach the disk with a later one
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
        state = self._as_kept(state)
        self._publish(_encode(state, self.schema))
        self._state = state

    def remove_earlier(self) -> None:
        """Remove every generation but the present one, for what a person wants deleted. Raises StoreWriteError."""
        self._unlink(self._previous, self._beside, self._temporary)

    def remove(self) -> None:
        """Remove the file with its earlier generations; nothing is written afterwards. Raises StoreWriteError."""
        # The present generation goes last, and after the others have gone for good: found without it, an earlier one
        # would count as the good one.
        self.remove_earlier()
        self._unlink(self.path)
        self._closed, self._state = True, {}

    def close(self) -> None:
        """Refuse every later write, so that nothing is written after the folder's lock is released."""
        self._closed = True

    def _open(self) -> Tables:
        try:
            return self._load(self.path)[0]
        except FileNotFoundError:
            reason = "missing"
        except _Damaged as damage:
            reason = damage.reason
        # Read before anything is renamed: where it has a newer schema, the folder must not be touched.
        other = self._other_generation()
        if reason == "missing" and other is None and not self._previous.exists():
            return {}  # nothing was written yet
        if reason == "missing" and other is not None and other.path == self._temporary:
            # A write was interrupted between its two renames. Its file is complete, so finish the write.
            if not self._read_only:
                with contextlib.suppress(OSError):
                    self._temporary.replace(self.path)
                    sync_folder(self.path.parent)
            return other.tables
        set_aside = None
        if not self._read_only:
            if other is None and self._previous.exists():
                # Otherwise the next write but one would replace it; damaged files are evidence.
                set_aside = self._set_aside(self._previous)
            if reason != "missing":
                set_aside = self._set_aside(self.path)
            if other is not None:
                # On a full disk this fails, and the next opening starts from the other generation again.
                with contextlib.suppress(StoreWriteError):
                    self._publish(other.blob)
        self.recovered = Recovery(self.path, reason, set_aside, previous_used=other is not None)
        return {} if other is None else other.tables

    def _other_generation(self) -> _Generation | None:
        """The newest verified generation beside `name.json`: of an unfinished write, or the one before."""
        for path in (self._temporary, self._beside, self._previous):
            with contextlib.suppress(FileNotFoundError, _Damaged):
                return _Generation(path, *self._load(path))
        return None

    def _load(self, path: Path) -> tuple[Tables, bytes]:
        try:
            blob = path.read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise StoreReadError(path, error.strerror or str(error)) from error
        if not blob:
            raise _Damaged("empty")
        begin = blob.find(b"\n") + 1 or len(blob)
        payload = memoryview(blob)[begin:]
        try:
            header = json.loads(blob[:begin])
            ours = header["format"] == FORMAT
            schema, length, digest = int(header["schema"]), int(header["length"]), str(header["sha256"])
        except (ValueError, TypeError, KeyError):
            raise _Damaged("foreign") from None
        if not ours:
            raise _Damaged("foreign")
        if schema < 1:
            raise _Damaged("garbled")
        if schema > self.schema:
            raise StoreTooNew(path, f"schema {schema}, this version knows {self.schema}")
        if len(payload) < length:
            raise _Damaged("truncated")
        if len(payload) != length or hashlib.sha256(payload).hexdigest() != digest:
            raise _Damaged("garbled")
        with _without_gc():
            tables = read_tables(blob, begin, self._text_table) if self._text_table else json.loads(blob[begin:])
        for step, migrate in enumerate(self._migrations[schema - 1 :], schema):
            try:
                tables = migrate(tables)
            except Exception as error:
                raise StoreNotMigrated(path, f"from schema {step} to {step + 1}: {error!r}") from error
        return self._as_kept(tables), blob

    def _as_kept(self, tables: Tables) -> Tables:
        name = self._text_table
        return {**tables, name: Rows.of(tables[name])} if name in tables else tables

    def _set_aside(self, path: Path) -> Path:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        names = (path.with_suffix(f".damaged-{stamp}-{n}.json") for n in itertools.count(1))
        target = next(name for name in names if not name.exists())
        try:
            path.rename(target)
        except OSError as error:
            raise StoreWriteError(path, error.strerror or str(error)) from error
        return target

    def _publish(self, blob: bytes) -> None:
        if self._read_only or self._closed:
            raise StoreWriteError(self.path, "opened read-only" if self._read_only else "closed")
        try:
            write_synced(self._temporary, blob)
            self._swap()
        except OSError as error:
            with contextlib.suppress(OSError):
                self._temporary.unlink()
            raise StoreWriteError(self.path, error.strerror or str(error)) from error

    def _swap(self) -> None:
        """Replace the old file by the temporary one, durably, or else leave the old one there."""
        keep = self.path.exists()
        if keep:
            self._keep_beside()
        try:
            self._temporary.replace(self.path)
            sync_folder(self.path.parent)
        except OSError:
            with contextlib.suppress(OSError):
                if keep:
                    self._beside.replace(self.path)
                else:
                    self.path.unlink()
            raise
        if keep:
            # The write is done. Should this fail, opening finds the old generation under either name.
            with contextlib.suppress(OSError):
                self._beside.replace(self._previous)

    def _unlink(self, *paths: Path) -> None:
        if self._read_only or self._closed:
            raise StoreWriteError(self.path, "opened read-only" if self._read_only else "closed")
        try:
            for path in paths:
                path.unlink(missing_ok=True)
            sync_folder(self.path.parent)
        except OSError as error:
            raise StoreWriteError(self.path, error.strerror or str(error)) from error

    def _keep_beside(self) -> None:
        """Give the old generation another name; the one before it stays until the new one is on the disk."""
        self._beside.unlink(missing_ok=True)
        try:
            self._beside.hardlink_to(self.path)
        except OSError:
            # No hard links here (FAT, Android): for a moment there is no `name.json`, and opening takes the temporary
            # file, whose name must therefore be durable first.
            sync_folder(self.path.parent)
            self.path.replace(self._beside)


class Store(TinyDB):
    """TinyDB on a `DurableStorage`: read through its tables, write with `commit`."""

    def __init__(
        self,
        path: Path,
        *,
        migrations: Sequence[Migration] = (),
        read_only: bool = False,
        text_table: str | None = None,
    ) -> None:
        super().__init__(
            path, storage=DurableStorage, migrations=migrations, read_only=read_only, text_table=text_table
        )

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
    """The lock of the one process that writes in `folder`; the operating system releases it when that process dies."""

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
    """Create `folder` and its parents, accessible to their owner alone; durable on return. Raises StoreWriteError."""
    try:
        missing = list(itertools.takewhile(lambda path: not path.exists(), (folder, *folder.parents)))
        for new in reversed(missing):
            new.mkdir(mode=0o700, exist_ok=True)
            # Otherwise a power cut could remove the folder with everything that was confirmed in it.
            with contextlib.suppress(PermissionError):  # we may be allowed to enter a parent folder but not to read it
                sync_folder(new.parent)
        folder.mkdir(exist_ok=True)  # raises where there is a file of this name
    except OSError as error:
        raise StoreWriteError(folder, error.strerror or str(error)) from error


def write_synced(path: Path, blob: bytes) -> None:
    """Write a file that only its owner may read; it is on the disk on return. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        view = memoryview(blob)
        while view:
            view = view[file.write(view) :]
        _sync(file.fileno())


def write_whole(path: Path, blob: bytes) -> None:
    """Write a file beside its place and put it there, durable on return. Raises StoreWriteError, and leaves no part."""
    make_folder(path.parent)
    temporary = path.with_suffix(".tmp")
    try:
        write_synced(temporary, blob)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise StoreWriteError(path, error.strerror or str(error)) from error


def sync_folder(folder: Path) -> None:
    """Make new names in `folder` durable; Windows cannot open a folder, and NTFS journals its names. Raises OSError."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _sync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # fsync(2) gives EINVAL where the file system cannot do it
            raise
    finally:
        os.close(descriptor)


def _sync(descriptor: int) -> None:
    try:
        import fcntl

        # On Apple's systems fsync leaves the data in the drive's cache (their fsync(2)).
        fcntl.fcntl(descriptor, getattr(fcntl, "F_FULLFSYNC"))  # noqa: B009 - known to type checkers on macOS only
    except (ImportError, AttributeError, OSError):
        os.fsync(descriptor)


def _encode(tables: Tables, schema: int) -> bytes:
    payload = write_tables(tables)
    header = {
        "format": FORMAT,
        "schema": schema,
        "length": len(payload),
        "sha256": hashlib.sha256(payload).hexdigest(),
    }
    return json.dumps(header, separators=(",", ":")).encode() + b"\n" + payload


@contextlib.contextmanager
def _without_gc() -> Iterator[None]:
    """Switch the garbage collector off: parsing makes only live objects, and the collector would double its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
