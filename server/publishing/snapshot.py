"""Makes the whole register into one compressed answer, once for each state of the register, and keeps it as a file.

After a change the answer is put together from the chunks of the one before, of which few are made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from publishing.chunks import BETWEEN, Chunk, chunks_of, renewed, text_of
from publishing.documents import product_documents, register_document
from publishing.gzip_pieces import gzip_of, piece_of
from publishing.kept_answers import Made, keep, kept, kept_in_use, made_before
from publishing.moment import one_moment
from register.clock import newest_marks
from register.cursors import UnknownCursor, cursor_value, with_mark
from register.models import ProductChange

_FORMAT = 7  # of the answer's form, and of what makes a chunk: raise it whenever one of them changes
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
    answer = kept(state.name)
    if answer is None:
        with _making, one_moment():
            # While this thread waited, another may have made the file.
            state = RegisterState.now()
            answer = kept(state.name) or _make(state)
    return state, answer


def earlier_snapshot(name: str) -> bytes | None:
    """The gzip answer for the state of this name, if it is still kept. It may be earlier than now.

    Somebody who has a part of it goes on with it, over a line that may take hours, while the register changes.
    """
    return kept_in_use(name)


def _make(state: RegisterState) -> bytes:
    """The answer's text has a line for each product, so that a device can split it without parsing it."""
    chunks = _chunks_since(state) or list(chunks_of(product_documents()))
    between = piece_of(BETWEEN)
    lines = [piece for chunk in chunks for piece in (between, chunk.piece)][1:]
    tail = f'\n],"next_cursor":"{state.cursor}","register":{text_of(state.register)}}}'.encode()
    answer, begins = gzip_of([piece_of(b'{"products":[\n' if chunks else b'{"products":['), *lines, piece_of(tail)])
    # Where the disk is full, the next request makes it again.
    with contextlib.suppress(OSError):
        keep(state.name, answer, Made(_FORMAT, state.cursor, str(state.last), tuple(chunks)), begins[1:-1:2])
    return answer


def _chunks_since(state: RegisterState) -> Sequence[Chunk] | None:
    """The chunks of the last kept answer of this register, brought to now by what has changed since, as devices are.

    None where there is no such answer, or too much has changed.
    """
    for made in made_before():
        with contextlib.suppress(UnknownCursor):  # of another register, as before a backup was restored
            value = cursor_value("register", made.cursor)
            if made.form != _FORMAT or value > state.clock or (value == state.clock and made.last != str(state.last)):
                continue
            changes = ProductChange.objects.filter(cursor__gt=value)
            chunks = renewed(made.chunks, set(changes.values_list("gtin", flat=True)))
            whole = chunks is not None and sum(chunk.count for chunk in chunks) == state.register["products"]
            return chunks if whole else None
    return None
