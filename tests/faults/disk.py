"""A disk that does not give the photos of a device for a moment, though they are there."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

MOMENT = 0.03
"""Seconds."""


def disturb(root: Path, seconds: float = MOMENT) -> None:
    """Let opening any photo below `root` fail with ELOOP for so long. At no time is a name missing."""
    names = [path for path in root.rglob("photos/*.jpg") if not path.is_symlink()]
    for path in names:
        with contextlib.suppress(OSError):
            os.link(path, _away(path))
            loop = path.with_suffix(".loop")
            loop.symlink_to(path.name)
            loop.replace(path)
    timer = threading.Timer(seconds, _restore, [names])
    timer.daemon = True
    timer.start()


def restore(root: Path) -> None:
    """Give every photo below `root` back that is still disturbed."""
    _restore([path.with_suffix(".jpg") for path in root.rglob("photos/*.away")])


def _restore(names: list[Path]) -> None:
    for path in names:
        with contextlib.suppress(OSError):
            if path.is_symlink():
                _away(path).replace(path)
            else:  # written anew meanwhile
                _away(path).unlink()


def _away(path: Path) -> Path:
    return path.with_suffix(".away")
