"""Keeps snapshots as files that all processes of a machine share, each with a list of the chunks in it."""

from __future__ import annotations

import contextlib
import json
import os
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings

from publishing.chunks import Chunk
from publishing.gzip_pieces import Piece

# For those who have a part, so many answers for earlier states are kept, until a day after their last use.
KEPT = 16
KEPT_SECONDS = 24 * 60 * 60
_ANSWER, _LIST, _PART = ".json.gz", ".chunks.json", ".tmp"


@dataclass(frozen=True)
class Made:
    """What an answer was made of: the form, the register's cursor and last change, and the chunks."""

    form: int
    cursor: str
    last: str
    chunks: tuple[Chunk, ...]


def kept(name: str) -> bytes | None:
    """The answer of this name, where it is kept. One that is damaged counts as none: it is made again."""
    found = _read(name)
    return found[0] if found else None


def kept_in_use(name: str) -> bytes | None:
    """The answer of this name, where it is kept, which from now on counts as used."""
    answer = kept(name)
    if answer is not None:
        with contextlib.suppress(OSError):
            os.utime(_path(name, _ANSWER))
    return answer


def made_before() -> Iterator[Made]:
    """What kept answers were made of, the latest first. One that is damaged is left out."""
    lists: list[tuple[float, Path]] = []
    for path in _folder().glob(f"*{_LIST}"):
        with contextlib.suppress(OSError):  # another process may have removed it
            lists.append((path.stat().st_mtime, path))
    for _, path in sorted(lists, reverse=True):
        if found := _read(path.name.removesuffix(_LIST)):
            answer, told = found
            chunks = tuple(
                Chunk(first, count, Piece(answer[begin : begin + length], crc, size))
                for first, count, begin, length, crc, size in told["chunks"]
            )
            yield Made(told["form"], told["cursor"], told["last"], chunks)


def _read(name: str) -> tuple[bytes, dict[str, Any]] | None:
    """An answer and its list, where both are as they were written, which a checksum over both tells."""
    with contextlib.suppress(OSError, ValueError):
        answer = _path(name, _ANSWER).read_bytes()
        checksum, told = _path(name, _LIST).read_bytes().split(b"\n")
        if zlib.crc32(told, zlib.crc32(answer)) == int(checksum, 16):
            return answer, json.loads(told)
    return None


def keep(name: str, answer: bytes, made: Made, begins: Sequence[int]) -> None:
    """Put an answer into its file, and remove those of earlier states that nobody has used for long.

    `begins` says where in the answer each chunk begins. Raises OSError, for example where the disk is full.
    """
    chunks = [
        (chunk.first, chunk.count, begin, len(chunk.piece.deflated), chunk.piece.crc, chunk.piece.size)
        for chunk, begin in zip(made.chunks, begins, strict=True)
    ]
    told = json.dumps({"form": made.form, "cursor": made.cursor, "last": made.last, "chunks": chunks}).encode()
    _write(_path(name, _ANSWER), answer)
    _write(_path(name, _LIST), b"%08x\n%b" % (zlib.crc32(told, zlib.crc32(answer)), told))
    _remove_old(name)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    temporary = path.with_name(f"{uuid4().hex}{_PART}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # otherwise a power cut may leave an empty file
        temporary.replace(path)
    except OSError:  # a full disk, of which a part would take what is left
        temporary.unlink(missing_ok=True)
        raise


def _remove_old(name: str) -> None:
    for part in _folder().glob(f"*{_PART}"):  # of a process that was killed
        with contextlib.suppress(OSError):
            if part.stat().st_mtime < time.time() - KEPT_SECONDS:
                part.unlink()
    others: list[tuple[float, Path]] = []
    for other in _folder().glob(f"*{_ANSWER}"):
        with contextlib.suppress(OSError):
            others.append((other.stat().st_mtime, other))
    others.sort(reverse=True)
    for n, (used, other) in enumerate(others):
        if other != _path(name, _ANSWER) and (n > KEPT or used < time.time() - KEPT_SECONDS):
            for path in (other, _path(other.name.removesuffix(_ANSWER), _LIST)):
                # Another process may be reading the file (Windows), or have removed it already.
                with contextlib.suppress(OSError):
                    path.unlink()


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "snapshots"


def _path(name: str, ending: str) -> Path:
    return _folder() / f"{name}{ending}"
