"""Several symbols in one picture: all are read, soon, and what is seen and not read is told."""

import time
from typing import Any

import numpy as np
import pytest

from services.decoding.pixels import Gray
from services.decoding.qr import candidates, grouping, read
from services.decoding.qr.versions import known
from tests.services.decoding.matrices import picture
from tests.services.decoding.qr.symbols import modules, photograph, shelf


def packs(number: int) -> list[Gray]:
    """Symbols of several versions and sizes, turned and tilted; the nth says n."""
    return [
        photograph(
            modules(f"PACK {n}", version=1 + n % 5), pixels=2.5 + n % 4, degrees=70 * n, skew=0.02 * (n % 3), seed=n
        )
        for n in range(number)
    ]


def texts(image: Gray, **options: bool) -> list[str]:
    return sorted(code.text for code in read(image, deadline=time.monotonic() + 20, **options))


@pytest.mark.parametrize("number", [4, 12])
@pytest.mark.parametrize("quick", [True, False])
def test_every_symbol_in_view_is_read(number: int, quick: bool) -> None:
    assert texts(shelf(packs(number), 4), quick=quick) == sorted(f"PACK {n}" for n in range(number))


def sheet() -> Gray:
    return shelf([picture(modules(f"LOT {n}", version=1), 3) for n in range(140)], 14)


def test_a_sheet_of_140_labels_is_read_whole() -> None:
    image = sheet()
    assert texts(image) == sorted(f"LOT {n}" for n in range(140))


def test_the_patterns_compared_grow_with_the_symbols_and_not_with_their_threes(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []
    real = grouping._rhythms

    def counted(smooth: Gray, sides: Any, distance: Any, **options: bool) -> Any:
        compared.append(len(distance))
        return real(smooth, sides, distance, **options)

    monkeypatch.setattr(grouping, "_rhythms", counted)
    candidates(sheet())
    assert sum(compared) < 20 * 140  # of 12 million threes


def test_a_small_symbol_beside_a_large_one_is_read() -> None:
    large, small = picture(modules("LARGE"), 20), picture(modules("SMALL"), 2)
    assert texts(shelf([large, small], 2)) == ["LARGE", "SMALL"]
    assert texts(shelf([large, small], 2), quick=True) == ["LARGE", "SMALL"]


def test_a_light_symbol_beside_a_dark_one_is_read() -> None:
    assert texts(shelf([picture(modules("DARK"), 6), 255 - picture(modules("LIGHT"), 4)], 2)) == ["DARK", "LIGHT"]


def test_a_symbol_that_touches_the_first_column_is_read() -> None:
    image = photograph(modules("EDGE"), pixels=3)
    left = np.flatnonzero((image < 120).any(axis=0))[0]
    assert texts(image[:, left:], quick=True) == ["EDGE"]


def test_a_symbol_that_cannot_be_read_is_seen() -> None:
    random = np.random.default_rng(3)
    taken, dark = known(3)
    spoilt = picture(np.where(taken, dark, random.random(dark.shape) < 0.5), 5)
    image = np.full((720, 1280), 150, np.uint8)
    image[100 : 100 + len(spoilt), 700 : 700 + len(spoilt)] = spoilt
    assert read(image) == []
    for view in (image, image.copy()):  # searched before, and not
        ((corners, module),) = candidates(view)
        ends = np.array([[720, 120], [865, 120], [865, 265], [720, 265]])
        assert np.abs(np.array(corners) - ends).max() < 5
        assert module == pytest.approx(5, abs=0.2)


def test_what_was_read_is_seen_too_and_once() -> None:
    image = shelf(packs(4), 4)
    assert len(candidates(image)) == 4
    read(image)
    assert len(candidates(image)) == 4


def test_texture_is_no_symbol() -> None:
    random = np.random.default_rng(8)
    blocks = np.kron(random.random((90, 120)) < 0.5, np.ones((5, 5)))
    assert candidates(np.where(blocks, 200, 60).astype(np.uint8)) == []
    assert candidates(np.zeros((10, 10), np.uint8)) == []
    assert candidates(np.zeros((10, 10, 3), np.uint8)) == []
