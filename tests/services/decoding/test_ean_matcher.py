"""The matcher reads what is too blurred for a threshold, and says nothing where no code stands out."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from services.codes import check_digit
from services.decoding import decode, ean_matcher
from services.decoding.ean_model import best_code, brightness, likeliest_code
from services.decoding.engines import Engine, find

CODE = "9520007900017"


def photograph(code: str = CODE, *, module: int = 4, blur: float = 0.0, noise: float = 4.0) -> np.ndarray:
    """A label with an EAN-13 of `module` pixels a module, out of focus by `blur` modules, on a gray table."""
    symbol = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.EAN13)
    bars = np.asarray(zxingcpp.write_barcode_to_image(symbol, scale=module, add_hrt=False, add_quiet_zones=True))
    label = np.full((bars.shape[0] + 80, bars.shape[1] + 80), 255, np.uint8)
    label[40:-40, 40:-40] = bars
    picture = np.full((480, 720), 120, np.uint8)
    top, left = (480 - label.shape[0]) // 2, (720 - label.shape[1]) // 2
    picture[top : top + label.shape[0], left : left + label.shape[1]] = label
    soft = cv2.GaussianBlur(picture, (0, 0), blur * module) if blur else picture
    grain = np.random.default_rng(952).normal(0, noise, soft.shape)
    return np.clip(soft * 0.7 + 30 + grain, 0, 255).astype(np.uint8)


def matches(picture: np.ndarray) -> list[str]:
    found = ean_matcher.read(picture, cv2.barcode.BarcodeDetector(), time.monotonic() + 60)
    return [match.digits for match in found]


def engine(name: str) -> Engine:
    found = find(name)
    assert isinstance(found, Engine)
    return found


@pytest.mark.parametrize("blur", [0.3, 0.6, 0.75])
def test_reads_through_blur(blur: float) -> None:
    assert matches(photograph(blur=blur)) == [CODE]


def test_reads_what_the_other_engines_do_not() -> None:
    picture = photograph(blur=0.75)
    assert not engine("zxing-cpp").read(picture)
    assert not engine("pyzbar").read(picture)
    (symbol,) = decode(picture, budget=60)
    assert (symbol.text, symbol.symbology) == (CODE, "EAN-13")
    assert "matcher" in symbol.confidence


def test_reads_upside_down_and_standing() -> None:
    picture = photograph(blur=0.6)
    assert matches(np.ascontiguousarray(picture[::-1, ::-1])) == [CODE]
    assert matches(np.ascontiguousarray(np.rot90(picture))) == [CODE]


def test_a_upc_a_is_called_by_its_name() -> None:
    (symbol,) = decode(photograph("0036000291452", blur=0.6), budget=60)
    assert (symbol.text, symbol.symbology) == ("036000291452", "UPC-A")


@pytest.mark.parametrize("blur", [1.6, 2.5])
def test_says_nothing_where_the_bars_are_gone(blur: float) -> None:
    assert matches(photograph(blur=blur, noise=8)) == []


def test_says_nothing_of_bars_that_are_no_code() -> None:
    rng = np.random.default_rng(1)
    for _ in range(5):
        bars = np.repeat(rng.integers(0, 2, 95) * 255, 4).astype(np.uint8)
        picture = np.full((300, 560), 255, np.uint8)
        picture[60:240, 90:470] = bars
        assert matches(cv2.GaussianBlur(picture, (0, 0), 2)) == []


def test_says_nothing_where_the_halves_disagree() -> None:
    upper, lower = photograph(blur=0.6), photograph("9520007900024", blur=0.6)
    mixed = np.vstack([upper[:240], lower[240:]])
    assert matches(mixed) == []


def test_ends_at_its_deadline() -> None:
    detector = cv2.barcode.BarcodeDetector()
    assert ean_matcher.read(photograph(), detector, time.monotonic() - 1) == []


@settings(max_examples=30, deadline=None)
@given(st.text("0123456789", min_size=12, max_size=12), st.sampled_from([0.3, 0.75, 1.1]))
def test_the_model_finds_the_code_it_drew(payload: str, blur: float) -> None:
    code = payload + str(check_digit(payload))
    line = brightness(code, blur, 0.0)
    fit = best_code(line, blur, 0.0)
    assert fit.digits == code == likeliest_code(line, blur, 0.0)
    assert fit.margin > 2
