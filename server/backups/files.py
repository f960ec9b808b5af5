"""The files of a backup: which ones the rows name, copying those that are new, and giving them back.

They lie in one folder for all backups, under the names that they have in the storage. A file never changes, so what one
backup has copied the next one need not copy again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from backups.folder import FILES, NOT_MADE, BackupRefused, Entry, digest
from imports.models import ImportRun
from pictures.store import LARGEST, WIDTHS, name_of
from records.kinds import all_kinds
from records.storage import DurableStorage, PhotosUnavailable
from register.models import Picture

READ_AGAIN_DAYS = 7
"""Each night this share of what earlier backups have copied is read again, so that a week reads all of it."""


@dataclass(frozen=True)
class Named:
    """A file that a row names. Its hash is empty where the row does not tell that of these bytes.

    `may_lack`: it is made when it is first asked for, so it need not be there.
    """

    name: str
    sha256: str = ""
    size: int = 0
    may_lack: bool = False


@dataclass
class Copied:
    """What copying did: the list of the backup, what was copied, which of that was damaged, and what is missing."""

    entries: list[Entry] = field(default_factory=list)
    new: list[Entry] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    read_again: int = 0

    @property
    def new_bytes(self) -> int:
        return sum(entry.size for entry in self.new)


def named() -> Iterator[Named]:
    """Every file that a row names now, or at the moment that a transaction sees, once."""
    seen: set[str] = set()
    for kind in all_kinds().values():
        rows = kind.files.filter(erased_at=None).exclude(file="").order_by()
        for name, sha256, size in rows.values_list("file", "sha256", "size").iterator():
            if name not in seen:
                seen.add(name)
                yield Named(name, sha256, size)
    for sha256, drawn_from in Picture.objects.order_by().values_list("sha256", "drawn_from").distinct():
        for width in WIDTHS:
            # An uploaded picture is named by the hash of its largest copy, a drawn one by that of its text.
            told = sha256 if width == LARGEST and not drawn_from else ""
            if (name := name_of(sha256, width)) not in seen:
                seen.add(name)
                yield Named(name, told, may_lack=bool(drawn_from))
    runs = ImportRun.objects.filter(file_removed_at=None).order_by()
    for run in runs.only("sha256", "size"):
        if run.path not in seen:
            seen.add(run.path)
            yield Named(run.path, run.sha256, run.size)


def store_of(folder: Path) -> DurableStorage:
    """The files of all backups in a folder, written as durably as the server writes its own."""
    return DurableStorage(location=folder / FILES)


def copy(wanted: Iterable[Named], folder: Path, earlier: Mapping[str, Entry], today: date) -> Copied:
    """Copy what is new into the folder, and read it back from the disk.

    `earlier` is what the backups before have in the folder. Of that, a share is read again; what is not as it was
    copied is copied anew. Raises BackupRefused where the folder takes or gives back nothing right, and
    PhotosUnavailable where the storage cannot be read now.
    """
    copied, kept = Copied(), store_of(folder)
    for file in wanted:
        before = earlier.get(file.name)
        path = folder / FILES / file.name
        if before is not None and path.is_file() and path.stat().st_size == before.size:
            if not _is_due(before, today):
                copied.entries.append(before)
                continue
            copied.read_again += 1
            if digest(path) == before.sha256:
                copied.entries.append(before)
                continue
        content = _content(file)
        if content is None:
            if not file.may_lack:
                copied.missing.append(file.name)
            continue
        entry = Entry(file.name, hashlib.sha256(content).hexdigest(), len(content))
        try:
            kept.save(file.name, ContentFile(content))
        except PhotosUnavailable as error:
            raise BackupRefused(f"{path} could not be written ({error.__cause__}). {NOT_MADE}") from error
        copied.entries.append(entry)
        copied.new.append(entry)
        if before is not None:
            copied.mended.append(file.name)
    for entry in copied.new:
        if digest(folder / FILES / entry.name) != entry.sha256:
            raise BackupRefused(f"{folder / FILES / entry.name} was read back with other bytes. Is the disk well?")
    return copied


def needed(wanted: Iterable[Named], earlier: Collection[str]) -> int:
    """How many bytes copying will take, as far as rows tell."""
    return sum(file.size for file in wanted if file.name not in earlier)


def damaged(entries: Iterable[Entry], folder: Path, told: Callable[[int], object] = lambda _: None) -> list[str]:
    """Read files of a backup, and name those that are missing or have other bytes than were copied."""
    wrong = []
    for number, entry in enumerate(entries, start=1):
        if digest(folder / FILES / entry.name) != entry.sha256:
            wrong.append(entry.name)
        told(number)
    return wrong


def give_back(entries: Sequence[Entry], folder: Path) -> tuple[int, list[str]]:
    """Put files of a backup into the storage, and read them there; how many were put, and which could not be.

    What is there already with the right bytes stays. Raises PhotosUnavailable where the storage does not work.
    """
    put, failed = 0, []
    for entry in entries:
        if _stored(entry.name) == entry.sha256:
            continue
        content = _read(folder / FILES / entry.name)
        if content is None or hashlib.sha256(content).hexdigest() != entry.sha256:
            failed.append(entry.name)
            continue
        if default_storage.exists(entry.name):
            default_storage.delete(entry.name)  # a bucket writes no object twice
        default_storage.save(entry.name, ContentFile(content))
        if _stored(entry.name) != entry.sha256:
            failed.append(entry.name)
        else:
            put += 1
    return put, failed


def remove_unnamed(folder: Path, names: Collection[str]) -> int:
    """Remove the files that no backup names any more. Returns how many."""
    root, removed = folder / FILES, 0
    for path in sorted(root.rglob("*")) if root.exists() else ():
        if path.is_file() and path.relative_to(root).as_posix() not in names:
            path.unlink()
            removed += 1
    return removed


def _is_due(entry: Entry, today: date) -> bool:
    return int(entry.sha256[:4], 16) % READ_AGAIN_DAYS == today.toordinal() % READ_AGAIN_DAYS


def _content(file: Named) -> bytes | None:
    """The bytes of a file of the server; None where they are not there, or not those that were received."""
    try:
        with default_storage.open(file.name) as stored:
            content: bytes = stored.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PhotosUnavailable from error
    return content if not file.sha256 or hashlib.sha256(content).hexdigest() == file.sha256 else None


def _stored(name: str) -> str:
    """The hash of a file in the storage; empty where it is not there."""
    try:
        with default_storage.open(name) as stored:
            return hashlib.file_digest(stored, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
