"""Keeps the photographs that records name as files, each named by its SHA-256."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.storage.store import write_whole


class PhotoLost(Exception):
    """There is no photo to be had: `photo_missing`, `photo_damaged`, or for now alone `photo_unreadable`."""

    def __init__(self, sha256: str, reason: str) -> None:
        super().__init__(f"{reason}: {sha256}")
        self.reason = reason


class PhotoUnreadable(PhotoLost):
    """The system does not give the file now: too many are open, a fault of the disk, no permission. It may later."""

    def __init__(self, sha256: str) -> None:
        super().__init__(sha256, "photo_unreadable")


@dataclass(frozen=True)
class Photo:
    """A kept photo: the SHA-256 of its bytes in hex, their number, and their media type."""

    sha256: str
    size: int
    type: str = "image/jpeg"

    def to_json(self) -> dict[str, Any]:
        return {"sha256": self.sha256, "size": self.size, "type": self.type}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Photo:
        """Read what `to_json` gave. Raises KeyError."""
        return cls(document["sha256"], document["size"], document["type"])


class PhotoFolder:
    """Photos on the disk, each named by the SHA-256 of its bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, jpeg: bytes) -> Photo:
        """Store the bytes; they are on the disk when this returns. Raises StoreWriteError."""
        photo = Photo(hashlib.sha256(jpeg).hexdigest(), len(jpeg))
        write_whole(self.path(photo.sha256), jpeg)
        return photo

    def read(self, sha256: str) -> bytes:
        """Read the photo's bytes, and check them against its name. Raises PhotoLost, or PhotoUnreadable for now."""
        try:
            jpeg = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise PhotoLost(sha256, "photo_missing") from None
        except OSError as error:
            raise PhotoUnreadable(sha256) from error
        if hashlib.sha256(jpeg).hexdigest() != sha256:
            raise PhotoLost(sha256, "photo_damaged")
        return jpeg

    def path(self, sha256: str) -> Path:
        """The photo's path, for showing it. Raises ValueError for what is not a SHA-256 in hex."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256 in hex")
        return self.folder / f"{sha256}.jpg"

    def remove(self, sha256: str) -> None:
        """Remove a photo that nothing names any more. Where that fails, the file stays and does no harm."""
        with contextlib.suppress(OSError):
            self.path(sha256).unlink()
