"""Makes the whole register into one compressed answer, once for each state of the register, and keeps it as a file."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings

from publishing.documents import product_documents, register_document
from publishing.moment import one_moment
from register.clock import newest_marks
from register.cursors import with_mark
from register.models import ProductChange

_FORMAT = 6  # of the answer's form: raise it whenever that changes
_LEVEL = 4  # of zlib: higher levels take longer than they save on the networks of our users
_GZIP = 31  # zlib's window bits for a gzip header
# For those who have a part, so many answers for earlier states are kept, until a day after their last use.
KEPT = 16
KEPT_SECONDS = 24 * 60 * 60
_text_of = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_making = threading.Lock()


@dataclass(frozen=True)
class RegisterState:
    """The state of the register at one moment: its cursor, its description, and its last change.

    The cursor's mark tells apart two registers at the same value, such as before and after a restored backup.
    """

    clock: int
    cursor: str
    register: dict[str, Any]
    last: tuple[str, datetime] | None

    @classmethod
    def now(cls) -> RegisterState:
        """Read the state of now."""
        clock, mark = newest_marks("register").values_list("value", "mark").first() or (0, "")
        last = ProductChange.objects.order_by("-cursor").values_list("gtin", "changed_at").first()
        return cls(clock, with_mark(clock, mark), register_document(), last)

    @property
    def name(self) -> str:
        """A name that is the same for the same state, also in other processes."""
        return hashlib.sha256(f"{_FORMAT} {self}".encode()).hexdigest()[:32]


def snapshot(state: RegisterState) -> tuple[RegisterState, bytes]:
    """The gzip answer for this state or a later one, and the state that it shows.

    The first request for a state makes the answer; later ones find its file, in any process of this machine.
    """
    answer = _kept(state)
    if answer is None:
        with _making, one_moment():
            # While this thread waited, another may have made the file.
            state = RegisterState.now()
            answer = _kept(state) or _make(state)
    return state, answer


def earlier_snapshot(name: str) -> bytes | None:
    """The gzip answer for the state of this name, if it is still kept. It may be earlier than now.

    Somebody who has a part of it goes on with it, over a line that may take hours, while the register changes.
    """
    path = _path(name)
    with contextlib.suppress(OSError):
        answer = path.read_bytes()
        os.utime(path)  # it is in use
        return answer
    return None


def _kept(state: RegisterState) -> bytes | None:
    with contextlib.suppress(OSError):
        return _path(state.name).read_bytes()
    return None


def _make(state: RegisterState) -> bytes:
    gzip = zlib.compressobj(_LEVEL, wbits=_GZIP)
    answer = b"".join([*map(gzip.compress, _pieces(state)), gzip.flush()])
    # Where the disk is full, the next request makes it again.
    with contextlib.suppress(OSError):
        _keep(_path(state.name), answer)
    return answer


def _pieces(state: RegisterState) -> Iterator[bytes]:
    """The answer's text, a line for each product, so that a device can split it without parsing it."""
    yield b'{"products":['
    between = "\n"
    for document in product_documents():
        yield f"{between}{_text_of(document)}".encode()
        between = ",\n"
    yield f'\n],"next_cursor":"{state.cursor}","register":{_text_of(state.register)}}}'.encode()


def _keep(path: Path, answer: bytes) -> None:
    """Put the answer into its file, and remove those files of earlier states that nobody has used for long."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    temporary = path.with_name(f"{uuid4().hex}.tmp")
    with temporary.open("wb") as file:
        file.write(answer)
        file.flush()
        os.fsync(file.fileno())  # otherwise a power cut may leave an empty file, which would be served from then on
    temporary.replace(path)
    others: list[tuple[float, Path]] = []
    for other in path.parent.glob("*.json.gz"):
        with contextlib.suppress(OSError):  # another process may have removed it
            others.append((other.stat().st_mtime, other))
    others.sort(reverse=True)
    for n, (used, other) in enumerate(others):
        if other != path and (n > KEPT or used < time.time() - KEPT_SECONDS):
            # Another process may be reading the file (Windows), or have removed it already.
            with contextlib.suppress(OSError):
                other.unlink()


def _path(name: str) -> Path:
    return Path(settings.DATA_DIR) / "snapshots" / f"{name}.json.gz"
