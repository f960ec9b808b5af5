"""Keeps the copies of products' pictures in the storage of photos, under the hashes that name the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

WIDTHS = (160, 640, 1600)
"""The longest sides of the copies, in pixels (docs/api.md)."""
LARGEST = WIDTHS[-1]
FOLDER = "pictures"


def keep(sha256: str, copies: Mapping[int, bytes]) -> None:
    """Keep copies of a picture by their widths; they are durable then. Raises PhotosUnavailable."""
    for width, content in copies.items():
        default_storage.save(_name(sha256, width), ContentFile(content))


def opened(sha256: str, width: int) -> File[Any] | None:
    """Open one copy to be read, or return None where it is not kept. Raises PhotosUnavailable."""
    try:
        return default_storage.open(_name(sha256, width))
    except FileNotFoundError:
        return None


def is_kept(sha256: str) -> bool:
    """Whether all copies of a picture are here."""
    return all(default_storage.exists(_name(sha256, width)) for width in WIDTHS)


def remove(sha256: str) -> None:
    """Remove all copies of a picture that are here."""
    for width in WIDTHS:
        default_storage.delete(_name(sha256, width))


def _name(sha256: str, width: int) -> str:
    return f"{FOLDER}/{sha256[:2]}/{sha256}-{width}.webp"
