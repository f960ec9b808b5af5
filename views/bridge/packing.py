"""Keeps files packed for the browser, as Brotli and gzip, in a folder of this computer's cache.

A file is packed well enough at once when it is asked for first. Brotli at its best takes half a minute for the two
largest files and saves a visitor a seventh of them. That is done later and once, by a thread that gives way to others.
What the folder does not take, as on a full disk or a read-only system, stays in memory while this process runs.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import logging
import os
import queue
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import brotli

QUICK, BEST = 5, 11
"""Brotli's qualities: at once, and in the background."""

_WINDOW = 24
"""The largest window that browsers take, as a power of two."""

_OLD = 30 * 24 * 3600
"""Seconds after which a packed file that belongs to no file any more is removed."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Packed:
    """A packed file: at `path`, or `content` where the folder did not take it."""

    path: Path
    content: bytes | None = None


class Packer:
    """Packed files by the hash of what they hold; without `thorough`, Brotli is never at its best."""

    def __init__(self, folder: Path, *, thorough: bool = True) -> None:
        self._folder = folder
        self._thorough = thorough
        self._waiting: queue.SimpleQueue[tuple[Path, str, Path]] = queue.SimpleQueue()
        self._asked: set[Path] = set()
        self._in_memory: dict[Path, Packed] = {}
        self._lock = threading.Lock()

    def packed(self, file: Path, sha256: str, encoding: str) -> Packed | None:
        """The file packed as `br` or `gzip`, packing it first where nobody asked before.

        None where the file holds something else by now.
        """
        best = self._folder / f"{sha256}.{encoding}"
        first = best if encoding == "gzip" else best.with_suffix(".quick")
        found = self._find(best) or self._find(first)
        if not found:
            held = _held(file, sha256)
            if held is None:
                return None
            found = self._keep(first, gzip.compress(held, 9, mtime=0) if encoding == "gzip" else _brotli(held, QUICK))
        if found.path != best:
            self._improve(file, sha256, best)
        return found

    def forget_others(self, current: Collection[str]) -> None:
        """Remove what was packed long ago and belongs to none of these hashes, and what was packed better since."""
        for path in self._folder.glob("*.*"):
            with contextlib.suppress(OSError):  # another process may use it, or have removed it
                surpassed = path.suffix == ".quick" and path.with_suffix(".br").exists()
                if surpassed or (path.stem not in current and time.time() - path.stat().st_mtime > _OLD):
                    path.unlink()

    def _find(self, path: Path) -> Packed | None:
        return self._in_memory.get(path) or (Packed(path) if path.exists() else None)

    def _keep(self, path: Path, packed: bytes) -> Packed:
        if _kept(path, packed):
            return Packed(path)
        found = self._in_memory[path] = Packed(path, packed)
        return found

    def _improve(self, file: Path, sha256: str, best: Path) -> None:
        with self._lock:
            if not self._thorough or best in self._asked:
                return
            if not self._asked:
                threading.Thread(target=self._work, name="packing", daemon=True).start()
            self._asked.add(best)
        self._waiting.put((file, sha256, best))

    def _work(self) -> None:
        with contextlib.suppress(OSError, AttributeError):  # of this thread alone, where the system can do that
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        while True:
            file, sha256, best = self._waiting.get()
            held = _held(file, sha256)
            if held is not None:
                self._keep(best, _brotli(held, BEST))


def _held(file: Path, sha256: str) -> bytes | None:
    """What a file holds; None where it is gone or holds something else than its hash says."""
    try:
        held = file.read_bytes()
    except OSError:
        return None
    return held if hashlib.sha256(held).hexdigest() == sha256 else None


def _brotli(held: bytes, quality: int) -> bytes:
    return bytes(brotli.compress(held, quality=quality, lgwin=_WINDOW))


def _kept(path: Path, packed: bytes) -> bool:
    """Write a file whole or not at all, also in a power cut; False where the disk is full or takes nothing."""
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(packed)
            os.fsync(file.fileno())  # browsers would keep what a power cut leaves of it
        part.replace(path)
    except OSError as error:
        log.warning("a packed file stays in memory: %s", error)
        with contextlib.suppress(OSError):
            part.unlink()
        return False
    return True
