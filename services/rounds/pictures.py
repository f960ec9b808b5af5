"""Keeps the photos of inspections, and beside each a small copy for printing."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

from PIL import Image

from services.records.files import Photo, PhotoFolder

PRINT_SIDE = 1000
"""The longest side of a print copy, in pixels."""


class InspectionPhotos(PhotoFolder):
    """Photos on the disk with their print copies, in a folder of their own: `prints/<hash of the photo>.jpg`.

    A print copy is made as the photo is kept, so that a paper of forty photos need not read forty large files. It can
    be made again from its photo at any time, so a lost or broken one is not missed.
    """

    def keep(self, jpeg: bytes) -> Photo:
        """Store the bytes and the print copy; the photo is on the disk when this returns. Raises StoreWriteError."""
        photo = super().keep(jpeg)
        with contextlib.suppress(OSError):
            self._make_print(photo.sha256, jpeg)
        return photo

    def print_copy(self, sha256: str) -> bytes:
        """The photo as a JPEG of at most 1,000 pixels a side. Raises PhotoLost where there is no photo either."""
        with contextlib.suppress(OSError):
            content = self._print_path(sha256).read_bytes()
            if content.startswith(b"\xff\xd8") and content.endswith(b"\xff\xd9"):
                return content
        jpeg = self.read(sha256)
        try:
            return self._make_print(sha256, jpeg)
        except OSError:
            return _small(jpeg)

    def remove(self, sha256: str) -> None:
        super().remove(sha256)
        with contextlib.suppress(OSError):
            self._print_path(sha256).unlink()

    def _print_path(self, sha256: str) -> Path:
        return self.folder / "prints" / self.path(sha256).name

    def _make_print(self, sha256: str, jpeg: bytes) -> bytes:
        path, small = self._print_path(sha256), _small(jpeg)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        # Not synced: after a power cut it is made again.
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(small)
        temporary.replace(path)
        return small


def _small(jpeg: bytes) -> bytes:
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
        picture.draft("RGB", (PRINT_SIDE, PRINT_SIDE))
        small = picture.convert("RGB")
        small.thumbnail((PRINT_SIDE, PRINT_SIDE), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    small.save(target, "JPEG", quality=80, optimize=True)
    return target.getvalue()
