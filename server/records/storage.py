"""Keeps the bytes of photos and of the register's pictures on this machine's disk; `bucket` keeps them elsewhere.

Names are content hashes, so the same name always means the same bytes.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from observing.unavailable import Unavailable, What


class PhotosUnavailable(Unavailable):
    """The bytes cannot be kept or read now; the same may be tried again."""

    what: What = "photos"


PARTIAL = ".partial-"
"""How the name of bytes begins that are written aside, until all of them are there."""
BEING_WRITTEN = timedelta(hours=2)
"""Bytes that came later, and that nothing names, may belong to something that is still written."""


class DurableStorage(FileSystemStorage):
    """Files that are complete once their name exists, and survive a power cut once `save` has returned.

    Saving under an existing name writes the same bytes again, since an earlier server may have left half a file.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002 - Django's signature
        """Return the name itself: the same name means the same content."""
        return name

    def check(self) -> None:
        """Check that a file can be written, and remove it. Raises PhotosUnavailable."""
        try:
            folder = Path(self.path("photos"))
            self._make_folder(folder)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"health")
        except OSError as error:
            raise PhotosUnavailable from error

    def remove_partial(self, folder: str) -> int:
        """Remove what killed processes have left half written in a folder. Returns how many files."""
        before, removed = (timezone.now() - BEING_WRITTEN).timestamp(), 0
        for path in Path(self.path(folder)).glob(f"{PARTIAL}*"):
            with suppress(FileNotFoundError):  # whole by now, and under its name
                if path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
        return removed

    def _save(self, name: str, content: File[bytes]) -> str:
        try:
            self._write(Path(self.path(name)), content)
        except OSError as error:
            raise PhotosUnavailable from error
        return name

    def _write(self, target: Path, content: File[bytes]) -> None:
        self._make_folder(target.parent)
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=PARTIAL)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        sync_folder(target.parent)

    def _make_folder(self, folder: Path) -> None:
        if not folder.exists():
            self._make_folder(folder.parent)
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut. Raises OSError."""
    if os.name == "nt":  # Windows cannot open folders; NTFS journals names
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
