"""The folder that holds a register's backups: what lies where, which are whole, and what each says of itself.

    FOLDER/ocop-backups.json      the form of the folder, and which register it belongs to
    FOLDER/files/photos/ab/...    every photo, picture and list that a kept backup names, once
    FOLDER/20261129T013000.000Z/  one backup: database, files.gz (the list of its files), keys.sealed, manifest.json

A backup is written aside and gets its name once all of it is on the disk and was read back.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import Field, TypeAdapter

from records.storage import sync_folder

FORMAT = 1
"""The form of the folder and of its backups. Raise it whenever an earlier program could not read them."""
ABOUT, FILES, LIST, KEYS, MANIFEST = "ocop-backups.json", "files", "files.gz", "keys.sealed", "manifest.json"
MAKING, REMOVING = ".making-", ".removing-"
_NAME = re.compile(r"\d{8}T\d{6}\.\d{3}Z")
_OF_NOBODY = frozenset(("lost+found", f".partial-{ABOUT}"))
"""What a new disk has of its own, and what is left where the first backup was ended while it began the folder."""


NOT_MADE = "No backup was made; the earlier ones stay."


class BackupRefused(Exception):
    """Something that has to be told to whoever runs the command: what it is, what was kept, what to do."""


@dataclass(frozen=True)
class Entry:
    """A file of a backup: its name in the storage, the SHA-256 of its bytes, and how many they are."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.

    `made_at` is the moment that all of it shows. `rows` are counted by table, `clocks` are the counters of cursors.
    `missing` are files that rows name and that were not in the store, or not with the bytes that were received.
    """

    format: int
    made_at: str
    register: str
    engine: Annotated[str, Field(pattern="^(sqlite|postgresql)$")]
    database: Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
    database_sha256: str
    list_sha256: str
    keys_sha256: str
    rows: Mapping[str, int]
    clocks: Mapping[str, int]
    migrations: tuple[str, ...]
    files: int
    file_bytes: int
    missing: tuple[str, ...]
    keys: tuple[str, ...]


_MANIFEST = TypeAdapter(Manifest)


@dataclass(frozen=True)
class Backup:
    """One whole backup in the folder."""

    path: Path
    manifest: Manifest

    def entries(self) -> list[Entry]:
        """The files that it names. Raises BackupRefused where the list is not the one that was written."""
        if digest(self.path / LIST) != self.manifest.list_sha256:
            raise BackupRefused(f"{self.path / LIST} is damaged. Take another backup.")
        try:
            with gzip.open(self.path / LIST, "rt", encoding="utf-8") as lines:
                parts = (line.rstrip("\n").split(" ", 2) for line in lines)
                found = [Entry(name, sha256, int(size)) for sha256, size, name in parts]
        except (OSError, ValueError, EOFError, zlib.error) as error:
            raise BackupRefused(f"{self.path / LIST} has another form. Take another backup.") from error
        if outside := next((entry.name for entry in found if not _lies_within(entry.name)), None):
            raise BackupRefused(f"{self.path / LIST} names {outside!r}, which lies outside the folder of files.")
        return found


def _lies_within(name: str) -> bool:
    """Whether a name leads to a file of the folder, and not above it: a backup may have been written by anybody."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in name


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes as they are on the disk, where the system lets its copy in memory be dropped.

    Empty where the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def open_folder(folder: Path) -> str:
    """Look at a folder of backups, and return the id of the register that it belongs to. Raises BackupRefused."""
    try:
        about = json.loads((folder / ABOUT).read_text("utf-8"))
        form, register = about["format"], about["register"]
    except FileNotFoundError:
        raise BackupRefused(f"{folder} holds no backups: there is no {ABOUT} in it.") from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BackupRefused(f"{folder / ABOUT} cannot be read ({type(error).__name__}).") from error
    if form != FORMAT:
        raise BackupRefused(
            f"{folder} holds backups of form {form}, and this version knows form {FORMAT} alone. Nothing was changed. "
            "Use the version of OCOP Verify that made them, or name another folder."
        )
    return str(register)


def prepare_folder(folder: Path, register: str, *, may_begin: bool = True) -> None:
    """Make a folder of backups of this register, where there is none yet. Raises BackupRefused for any other folder.

    Without `may_begin` an empty folder is refused too.
    """
    try:
        is_new = not folder.exists() or all(path.name in _OF_NOBODY for path in folder.iterdir())
        if is_new and not may_begin:
            raise BackupRefused(
                f"{folder} is empty, and backups were made before. Is the disk mounted? Nothing was written. To begin "
                f"a new folder: back_up {folder}"
            )
        if is_new:
            folder.mkdir(mode=0o700, exist_ok=True)
            write_durably(folder / ABOUT, json.dumps({"format": FORMAT, "register": register}).encode())
            sync_folder(folder.parent)
    except FileNotFoundError:
        raise BackupRefused(f"{folder.parent} is not there. Make it, or mount the disk that it is on.") from None
    except OSError as error:
        raise BackupRefused(f"{folder} cannot be written ({error.strerror}). Nothing was changed.") from error
    if not is_new and not (folder / ABOUT).exists():
        raise BackupRefused(
            f"{folder} is not empty and holds no backups of OCOP Verify. Nothing was changed. Name an empty folder."
        )
    if (other := open_folder(folder)) != register:
        raise BackupRefused(
            f"{folder} holds backups of another register ({other}). Nothing was changed. Name another folder."
        )


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one command at a time write into the folder. Raises BackupRefused.

    It is SQLite's lock of an empty file, which every system has and no crash leaves behind.
    """
    with contextlib.ExitStack() as stack:
        try:
            lock = sqlite3.connect(folder / ".lock", timeout=0, isolation_level=None)
            stack.enter_context(contextlib.closing(lock)).execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise BackupRefused(
                f"{folder} is in use by another backup, or cannot be written. Nothing was changed."
            ) from error
        yield


def backups(folder: Path) -> list[Path]:
    """The whole backups in a folder, the newest first."""
    return sorted((path for path in folder.iterdir() if _NAME.fullmatch(path.name)), reverse=True)


def chosen(folder: Path, name: str | None) -> Backup:
    """The backup of this name, or the newest. Raises BackupRefused."""
    open_folder(folder)
    names = [path.name for path in backups(folder)]
    if not names:
        raise BackupRefused(f"There is no whole backup in {folder}.")
    if name is not None and name not in names:
        raise BackupRefused(f"There is no backup {name} in {folder}. There are: {', '.join(names)}")
    return read_backup(folder / (name or names[0]))


def name_at(moment: datetime) -> str:
    """The name of a backup of this moment (UTC), to the millisecond. Names stand in the order of time."""
    return f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03}Z"


def read_backup(path: Path) -> Backup:
    """The backup at a path. Raises BackupRefused for what is damaged or of another form."""
    return Backup(path, read_manifest(path))


def write_manifest(backup: Path, manifest: Manifest) -> None:
    """Write what a backup says of itself, with its own checksum. Raises OSError."""
    told = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    sealed = {"sha256": hashlib.sha256(told.encode()).hexdigest(), "manifest": told}
    write_durably(backup / MANIFEST, json.dumps(sealed, ensure_ascii=False).encode())


def read_manifest(backup: Path) -> Manifest:
    """What a backup says of itself. Raises BackupRefused for what is damaged or of another form."""
    try:
        sealed = json.loads((backup / MANIFEST).read_text("utf-8"))
        told = sealed["manifest"]
        is_whole = hashlib.sha256(told.encode()).hexdigest() == sealed["sha256"]
        manifest = _MANIFEST.validate_json(told, strict=True) if is_whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        manifest = None
    if manifest is None:
        raise BackupRefused(f"{backup / MANIFEST} is missing or damaged. Take another backup.")
    if manifest.format != FORMAT:
        raise BackupRefused(f"{backup} has form {manifest.format}, and this version knows form {FORMAT} alone.")
    return manifest


def write_list(path: Path, entries: Iterable[Entry]) -> None:
    """Write the list of a backup's files. Raises OSError."""
    text = "".join(f"{entry.sha256} {entry.size} {entry.name}\n" for entry in entries)
    write_durably(path, gzip.compress(text.encode(), 6, mtime=0))


def write_durably(path: Path, content: bytes) -> None:
    """Write a small file whole and in a way that survives a power cut. Raises OSError."""
    aside = path.with_name(f".partial-{path.name}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make a file that another program has written survive a power cut. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
