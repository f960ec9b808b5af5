"""Strips that no threshold reads are read, and none is read wrong."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from services.decoding.bars import find_bars
from services.decoding.linear import Match, read
from services.decoding.linear.matcher import looks
from services.decoding.linear.reading import unlike
from services.decoding.pixels import Gray
from services.decoding.symbol import Symbology
from tests.services.decoding.linear.strips import Strip, modules, strip

SYMBOLS = [
    ("9520007900017", "EAN13", "9520007900017", Symbology.EAN_13),
    ("0036000291452", "EAN13", "036000291452", Symbology.UPC_A),
    ("96385074", "EAN8", "96385074", Symbology.EAN_8),
    ("0496580", "UPCE", "04965802", Symbology.UPC_E),
    ("18901234567897", "ITF", "18901234567897", Symbology.ITF_14),
    ("OCOP-1043/b", "Code128", "OCOP-1043/b", Symbology.CODE_128),
]


def seen(
    picture: Strip, ends: tuple[float, float], *, reach: float = 4 / 95, deadline: float = math.inf
) -> Match | None:
    """The match that the looks end with, the symbol lying within `reach` of its width around `ends`."""
    return next((match for match in looks(picture, ends, reach, deadline) if match is not None), None)


@pytest.mark.parametrize(("drawn", "kind", "text", "symbology"), SYMBOLS)
@pytest.mark.parametrize(
    "camera",
    [
        {"pixels": 3.0, "blur": 0.35},
        {"pixels": 2.0, "blur": 0.75},
        {"pixels": 1.5, "blur": 0.8, "noise": 15.0},
        {"pixels": 2.0, "blur": 0.6, "bend": 2.5},
        {"pixels": 2.5, "blur": 0.5, "lean": 25.0},
    ],
    ids=["sharp", "blurred", "coarse", "bent", "leaning"],
)
def test_reads(drawn: str, kind: str, text: str, symbology: Symbology, camera: dict[str, float]) -> None:
    picture, (start, end) = strip(modules(drawn, kind), **camera)
    match = seen(picture, (start + 2, end - 2))
    assert match is not None
    assert (match.text, match.symbology, match.raw) == (text, symbology, text.encode())
    assert match.margin > 2
    if not camera.get("bend"):
        assert match.ends == pytest.approx((start, end), abs=camera["pixels"])


@pytest.mark.parametrize(("drawn", "kind", "text", "symbology"), SYMBOLS)
def test_reads_upside_down(drawn: str, kind: str, text: str, symbology: Symbology) -> None:
    picture, (start, end) = strip(modules(drawn, kind))
    match = seen(np.ascontiguousarray(picture[::-1, ::-1]), (start, end))
    assert match is not None
    assert (match.text, match.symbology) == (text, symbology)
    assert match.ends == pytest.approx((start, end), abs=2)


def test_gs1_128_says_so() -> None:
    picture, ends = strip(modules("(01)09520007900017(10)L1(21)7", "Code128", gs1=True))
    match = seen(picture, ends)
    assert match is not None
    assert match.gs1
    assert match.text == "010952000790001710L1\x1d217"


def test_halves_that_disagree_are_not_read() -> None:
    upper, ends = strip(modules("9520007900017", "EAN13"))
    lower, _ = strip(modules("9520007900024", "EAN13"))
    assert seen(np.vstack([upper[:20], lower[20:]]), ends) is None


def test_a_upc_e_within_an_ean_13_is_not_read() -> None:
    """This EAN-13's left half and half of its middle guard are the bars of UPC-E 1780441-9."""
    row = modules("9780441014989", "EAN13")
    picture, (start, _) = strip(row, pixels=4)
    half = seen(picture[:, : int(start + 70 * 4)], (start, start + 51 * 4))
    assert half is None or half.symbology is not Symbology.UPC_E


@pytest.mark.slow
@pytest.mark.parametrize(("drawn", "kind", "text", "symbology"), SYMBOLS)
def test_no_symbol_is_found_in_a_part_of_another(drawn: str, kind: str, text: str, symbology: Symbology) -> None:
    picture, (start, end) = strip(modules(drawn, kind), pixels=3)
    for share in (0.5, 0.6, 0.75):
        part = (start, start + share * (end - start))
        match = seen(picture[:, : int(part[1] + 30)], part)
        assert match is None or match.text == text
    del symbology


@pytest.mark.parametrize("blur", [1.7, 2.5])
def test_says_nothing_where_the_bars_are_gone(blur: float) -> None:
    picture, ends = strip(modules("9520007900017", "EAN13"), blur=blur, noise=15)
    assert seen(picture, ends) is None


@pytest.mark.slow
def test_says_nothing_of_bars_that_are_no_code() -> None:
    rng = np.random.default_rng(1)
    for length in (51, 67, 95, 95, 120):
        picture, ends = strip((rng.integers(0, 2, length) * 255).astype(np.float32))
        assert seen(picture, ends) is None


@pytest.mark.parametrize("shape", [(40, 300), (2, 40), (1, 300), (40, 10)])
def test_says_nothing_of_noise_or_emptiness(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).uniform(0, 255, shape).astype(np.float32)
    for picture in (noise, np.zeros(shape, np.float32), np.full(shape, np.nan, np.float32)):
        assert seen(picture, (0.1 * shape[1], 0.9 * shape[1]), reach=0.1) is None


def test_ends_at_its_deadline() -> None:
    picture, ends = strip(modules("9520007900017", "EAN13"))
    assert seen(picture, ends, deadline=time.monotonic() - 1) is None


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.001, 0.004, 0.01, 0.02, 0.04])
def test_keeps_to_its_deadline(after: float, working_time: Callable[[], float]) -> None:
    """Bars that are no code take every look; of five overruns the least is free of what else the machine does."""
    picture, ends = strip((np.random.default_rng(1).integers(0, 2, 95) * 255).astype(np.float32))
    assert seen(picture, ends) is None  # templates are drawn once
    overruns = []
    for _ in range(5):
        deadline = working_time() + after
        assert seen(picture, ends, deadline=deadline) is None
        overruns.append(working_time() - deadline)
    assert min(overruns) < 0.015


def label() -> Gray:
    """An EAN-13 on a gray ground."""
    picture, _ = strip(modules("9520007900017", "EAN13"), pixels=4, blur=0.75)
    ground = np.full((480, 720), 120, np.uint8)
    high = cv2.resize(picture, (picture.shape[1], 240)).astype(np.uint8)
    ground[120:360, 120 : 120 + high.shape[1]] = high
    return ground


def test_reads_where_a_detector_sees_bars() -> None:
    shown = label()
    for turned in (shown, np.ascontiguousarray(shown[::-1, ::-1]), np.ascontiguousarray(np.rot90(shown))):
        quads = find_bars(turned)
        (sighting,) = read(turned, quads, time.monotonic() + 60)
        assert sighting.match.text == "9520007900017"
        assert read(turned, quads, time.monotonic() - 1) == []


def test_reads_a_place_once() -> None:
    (quad,) = find_bars(label())
    beside, elsewhere = quad + np.float32(3), quad + np.float32(40)
    assert len(read(label(), [quad, beside, quad], time.monotonic() + 60)) == 1
    assert [id(place) for place in unlike([quad, beside, elsewhere])] == [id(quad), id(elsewhere)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("left", "right"),
    [("8012188500342", "6421670143851"), ("2583075841658", "7121853248531"), ("0838291710038", "9246753902418")],
)
def test_a_symbol_whose_check_digit_is_wrong_is_not_read_as_another(left: str, right: str) -> None:
    """Left half of one, right half of another: the next code with a right check digit fits well, but not best."""
    bars = modules(left, "EAN13").copy()
    bars[47:] = modules(right, "EAN13")[47:]
    picture, (start, end) = strip(bars, pixels=1.7, blur=0.3)
    assert seen(picture, (start, end)) is None
