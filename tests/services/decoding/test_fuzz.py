"""A small part of benchmarks/decoding_fuzz.py: pictures changed by chance give their own text, none, or BadImage."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from benchmarks.fuzz_pictures import Fuzzed, fuzzed, key
from services.decoding import BadImage, decode, decode_phone, load

pytestmark = pytest.mark.slow

SEED = 20261123
SLICE = 25


def read(picture: Fuzzed, number: int) -> Any:
    """What a profile, in turn, reads in it; the time is enough for the quick steps and none of it is asserted."""
    try:
        image = load(picture.what) if isinstance(picture.what, bytes) else picture.what
    except BadImage:
        return []
    return (decode, decode_phone)[number // 4 % 2](image, budget=0.05)


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("first", range(0, 300, SLICE))
def test_a_picture_changed_by_chance_gives_no_text_but_its_own(first: int) -> None:
    for number in range(first, first + SLICE):
        picture = fuzzed(SEED, number)
        assert picture.codes is not None
        texts = {key((symbol.text, symbol.symbology)) for symbol in read(picture, number)}
        assert texts <= {key(code) for code in picture.codes}, (number, picture.changes)


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")
def test_the_changes_leave_something_to_read() -> None:
    """A fuzzer whose pictures all were ruined, or all left alone, would find nothing."""
    outcomes = Counter(bool(read(fuzzed(SEED, number), number)) for number in range(0, 160, 2))
    assert 8 <= outcomes[True] <= 60


def test_a_picture_of_the_same_number_is_the_same() -> None:
    for number in range(40):
        first, second = fuzzed(SEED, number), fuzzed(SEED, number)
        assert (first.changes, first.codes, type(first.what)) == (second.changes, second.codes, type(second.what))
        np.testing.assert_array_equal(first.what, second.what)
    assert len({fuzzed(SEED, number).changes for number in range(40)}) > 20
