"""Two windows write to one draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notes.content import Position
from services.notes.merging import merge, merge_texts
from services.notes.note import Draft
from services.records.files import Photo

BASE = Draft("1", datetime(2026, 11, 23, tzinfo=UTC), text="Tem mờ.")
HERE, THERE = Position(20.95, 107.08), Position(21.0, 107.0)


@pytest.mark.parametrize(
    ("base", "mine", "stored", "merged"),
    [
        ("a", "a", "b", "b"),
        ("a", "b", "a", "b"),
        ("a", "b", "b", "b"),
        ("", "mine", "theirs", "theirs\n\nmine"),
        ("ab", "Xab", "abY", "XabY"),
        ("ab", "abY", "Xab", "XabY"),
        ("a b c", "a c", "a b c d", "a c d"),
        ("a b c", "a b c d", "a c", "a c d"),
        ("abc", "aXc", "aYc", "aYc\n\naXc"),
        ("abc", "abcd", "abc\n\nxyz", "abcd\n\nxyz"),
        ("abc", "", "abcd", "d"),
    ],
)
def test_texts_keep_what_both_wrote(base: str, mine: str, stored: str, merged: str) -> None:
    assert merge_texts(base, mine, stored) == merged


@given(
    st.text("ab \n", max_size=8),
    st.text("XYZ", min_size=1, max_size=4),
    st.text("uvw", min_size=1, max_size=4),
    st.data(),
)
def test_nothing_that_either_put_in_is_lost(base: str, mine: str, theirs: str, data: st.DataObject) -> None:
    here, there = (data.draw(st.integers(0, len(base))) for _ in range(2))
    merged = merge_texts(base, base[:here] + mine + base[here:], base[:there] + theirs + base[there:])
    assert mine in merged
    assert theirs in merged
    assert len(merged) <= len(base) + len(mine) + len(theirs) + 2


def test_other_fields_are_merged_one_by_one() -> None:
    photo = Photo("0" * 64, 1, "image/jpeg")
    mine = replace(BASE, outcome="sold")
    stored = replace(BASE, place=HERE, photos=(photo,))
    assert merge(BASE, mine, stored) == replace(BASE, outcome="sold", place=HERE, photos=(photo,))
    both = merge(BASE, replace(BASE, place=THERE), replace(BASE, place=HERE))
    assert both.place == THERE, "chosen last"
