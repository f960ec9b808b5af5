"""Keeps the copies of products' pictures in the storage of photos, under the hashes that name the pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

WIDTHS = (160, 640, 1600)
"""The longest sides of the copies, in pixels (docs/api.md)."""
LARGEST = WIDTHS[-1]
FOLDER = "pictures"
_FILE = re.compile(r"([0-9a-f]{64})-\d+\.webp")


def keep(sha256: str, copies: Mapping[int, bytes]) -> None:
    """Keep copies of a picture by their widths; they are durable then. Raises PhotosUnavailable."""
    for width, content in copies.items():
        default_storage.save(name_of(sha256, width), ContentFile(content))


def opened(sha256: str, width: int) -> File[Any] | None:
    """Open one copy to be read, or return None where it is not kept. Raises PhotosUnavailable."""
    try:
        return default_storage.open(name_of(sha256, width))
    except FileNotFoundError:
        return None


def is_kept(sha256: str) -> bool:
    """Whether all copies of a picture are here."""
    return all(default_storage.exists(name_of(sha256, width)) for width in WIDTHS)


def remove(sha256: str) -> None:
    """Remove all copies of a picture that are here."""
    for width in WIDTHS:
        default_storage.delete(name_of(sha256, width))


def kept_since() -> Iterator[tuple[str, datetime]]:
    """The hash of each picture of which a copy is here, and since when."""
    try:
        folders = default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:  # the first picture makes the folder
        return
    for folder in folders:
        files = default_storage.listdir(f"{FOLDER}/{folder}")[1]
        for sha256 in sorted({match[1] for file in files if (match := _FILE.fullmatch(file))}):
            first = next(file for file in files if file.startswith(sha256))
            yield sha256, default_storage.get_modified_time(f"{FOLDER}/{folder}/{first}")


def name_of(sha256: str, width: int) -> str:
    """The name of a copy in the storage."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}-{width}.webp"
