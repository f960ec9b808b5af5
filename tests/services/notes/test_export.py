"""Notes divided for export: in order, below a size, and in a time that grows with their number."""

from __future__ import annotations

import hashlib
import itertools
import time
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.notes.export import divide
from services.notes.note import Draft, Note, NoteState
from services.records.files import Photo


def note(*photos: tuple[int, int]) -> Note:
    """A note with photos, each a number and a size."""
    named = tuple(Photo(hashlib.sha256(str(n).encode()).hexdigest(), size, "image/jpeg") for n, size in photos)
    return Note("id", NoteState.DRAFT, draft=Draft(id="id", started_at=datetime.now(UTC), photos=named))


def size(notes: list[Note]) -> int:
    return sum({photo.sha256: photo.size for each in notes if each.draft for photo in each.draft.photos}.values())


@given(st.lists(st.lists(st.integers(0, 20), max_size=4), min_size=1, max_size=30))
def test_every_part_is_as_long_as_it_may_be(numbers: list[list[int]]) -> None:
    notes = [note(*((n, 10 + n) for n in some)) for some in numbers]
    parts = [list(part) for part in divide(notes, 60)]
    assert [each for part in parts for each in part] == notes
    assert all(size(part) <= 60 or len(part) == 1 for part in parts)
    for part, following in itertools.pairwise(parts):
        assert size([*part, following[0]]) > 60


def test_five_thousand_notes_are_divided_at_once() -> None:
    notes = [note((2 * n, 100), (2 * n + 1, 100)) for n in range(5000)]
    began = time.process_time()
    assert len(divide(notes, 10**9)) == 1
    assert time.process_time() - began < 0.5  # some 0.01 s; 3 s where each note is added up with all before it
