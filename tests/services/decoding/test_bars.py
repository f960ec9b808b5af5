"""Bars in a picture: found at any angle, straightened, read by their widths, and drawn anew to be compared."""

import cv2
import numpy as np
import pytest

from services.codes.gtin import check_digit
from services.decoding import Symbology
from services.decoding.locate import regions
from services.decoding.redraw import ALIKE, likeness
from services.decoding.scan_lines import Line, is_quiet_around, scan_lines
from services.decoding.symbol import corners_of, overlap
from services.decoding.widths import read_line
from tests.services.decoding.pictures import GTIN, Gray, blank, drawn, ean13, lies_on_the_ink, turned

TEXTS = {
    Symbology.EAN_13: GTIN,
    Symbology.EAN_8: "95200002",
    Symbology.UPC_A: "042100005264",
    Symbology.UPC_E: "04252614",
    Symbology.ITF_14: "19521234567896",
    Symbology.CODE_128: "LOT-42 of 7",
}


def softened(image: Gray, blur: float, noise: float = 0.0, seed: int = 1) -> Gray:
    soft = cv2.GaussianBlur(image, (0, 0), blur).astype(np.float32)
    soft += np.random.default_rng(seed).normal(0, noise, soft.shape)
    return np.clip(soft, 0, 255).astype(np.uint8)


def first_lines(image: Gray) -> tuple[Line, ...]:
    return scan_lines(image, regions(image)[0]).lines


@pytest.mark.parametrize("degrees", [0, 7, 33, 90, 118, 180, 245])
def test_bars_are_found_where_they_are_at_any_angle(degrees: int) -> None:
    image = turned(ean13(scale=4), degrees)
    place = regions(image)[0]
    assert lies_on_the_ink(corners_of(place.quad), image, share=0.55, slack=45)
    length, height = (float(np.linalg.norm(place.quad[i] - place.quad[j])) for i, j in ((1, 0), (2, 1)))
    assert 0.85 * 95 * 4 < length < 1.25 * 95 * 4, "the first side runs across the bars"
    assert height < length


def test_a_fan_of_bars_is_straightened() -> None:
    image = ean13(scale=4)
    height, width = image.shape
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    tilted = np.array([[60, 30], [width - 30, 0], [width, height], [0, height - 40]], np.float32)
    change = cv2.getPerspectiveTransform(source, tilted)
    seen = np.asarray(cv2.warpPerspective(image, change, (width, height), borderValue=255), np.uint8)
    first, _, last = first_lines(seen)
    assert np.corrcoef(first, last)[0, 1] > 0.8


def test_plain_ground_noise_and_a_single_edge_are_no_bars() -> None:
    assert regions(blank()) == []
    assert regions(np.random.default_rng(2).integers(0, 256, (300, 400), dtype=np.uint8)) == []
    assert regions(np.zeros((3, 500), np.uint8)) == []


@pytest.mark.parametrize("symbology", TEXTS)
@pytest.mark.parametrize("scale", [2, 5])
def test_every_linear_symbol_is_read_by_its_widths(symbology: Symbology, scale: int) -> None:
    image = softened(drawn(TEXTS[symbology], symbology, scale=scale), 0.25 * scale, noise=6)
    for line in first_lines(image):
        (found,) = read_line(line)
        assert (found.text, found.symbology) == (TEXTS[symbology], symbology)
        (back,) = read_line(np.ascontiguousarray(line[::-1]))
        assert back.text == found.text
        assert back.start == pytest.approx(len(line) - 1 - found.start, abs=0.01)


def test_an_element_string_keeps_its_separators_and_says_gs1() -> None:
    image = drawn("(10)A1(17)271231", Symbology.CODE_128, gs1=True)
    (found,) = read_line(first_lines(image)[0])
    assert (found.text, found.gs1) == ("10A1\x1d17271231", True)


def test_ink_that_has_spread_is_taken_into_account() -> None:
    spread = np.asarray(cv2.erode(ean13(scale=5), np.ones((1, 3), np.uint8)), np.uint8)
    assert [found.text for found in read_line(first_lines(spread)[0])] == [GTIN]


@pytest.mark.parametrize("text", ["12345670", "123456789012345678"])
def test_an_itf_of_another_length_is_read_whole_and_no_part_of_it(text: str) -> None:
    image = drawn(text, Symbology.ITF, scale=3)
    found = {(read.text, read.symbology) for line in first_lines(image) for read in read_line(line)}
    assert found == {(text, Symbology.ITF)}


def test_an_itf_14_is_read_though_its_start_is_further_away_than_its_end() -> None:
    line = first_lines(drawn("18932691649093", Symbology.ITF_14, scale=3))[0]
    share = np.linspace(0, 1, len(line))
    there = (share + 0.35 * share * (1 - share)) * (len(line) - 1)
    found = {read.text for read in read_line(np.interp(there, np.arange(len(line)), line).astype(np.float32))}
    assert found == {"18932691649093"}


def test_no_short_symbol_is_found_in_half_of_a_long_one() -> None:
    """The left half of an EAN-13 up to its middle guard has the very bars of a UPC-E where the parity is right."""
    read = set()
    for first in range(10):
        for rest in ("482727771628", "000093517935", "036602301467"):
            text = str(first) + rest[:11]
            image = ean13(text + str(check_digit(text)), scale=4)
            for part in (image, image[:, : image.shape[1] // 2 + 12]):
                for place in regions(part):
                    read |= {(f.symbology, f.text) for line in scan_lines(part, place).lines for f in read_line(line)}
    assert {symbology for symbology, _ in read} <= {Symbology.EAN_13, Symbology.UPC_A}


@pytest.mark.parametrize("symbology", [s for s in TEXTS if s is not Symbology.CODE_128])
def test_a_right_read_is_like_its_drawing(symbology: Symbology) -> None:
    image = softened(drawn(TEXTS[symbology], symbology, scale=3), 1.4, noise=10)
    line = first_lines(image)[1]
    (found,) = read_line(line)
    assert likeness(line, found.start, found.end, found.text, symbology) > ALIKE
    assert likeness(line, found.end, found.start, found.text, symbology) > ALIKE, "whichever way it runs"


def test_a_code_that_differs_in_one_digit_is_not_like_the_picture() -> None:
    line = first_lines(softened(ean13(scale=3), 1.4, noise=10))[1]
    (found,) = read_line(line)
    for place in range(1, 12):
        for digit in "0123456789".replace(GTIN[place], ""):
            other = GTIN[:place] + digit + GTIN[place + 1 : 12]
            wrong = other + str(check_digit(other))
            assert likeness(line, found.start, found.end, wrong, Symbology.EAN_13) < ALIKE, wrong


def test_a_curved_label_is_still_like_its_drawing() -> None:
    image = ean13(scale=4)
    width = image.shape[1]
    across = np.linspace(-1, 1, width)
    curved = ((np.arcsin(across * np.sin(0.9)) / 0.9 + 1) / 2 * (width - 1)).astype(np.float32)
    where = np.repeat(curved[None], image.shape[0], axis=0)
    rows = np.repeat(np.arange(image.shape[0], dtype=np.float32)[:, None], width, axis=1)
    line = first_lines(np.asarray(cv2.remap(image, where, rows, cv2.INTER_LINEAR), np.uint8))[1]
    (found,) = read_line(line)
    assert found.text == GTIN
    assert likeness(line, found.start, found.end, GTIN, Symbology.EAN_13) > ALIKE


def test_a_quiet_zone_must_be_in_sight() -> None:
    line = np.ones(200, np.float32)
    line[60:140] = 0
    assert is_quiet_around(line, 60, 140, 40)
    assert is_quiet_around(line, 140, 60, 40), "whichever way the symbol runs"
    assert not is_quiet_around(line, 70, 140, 40)
    assert not is_quiet_around(line, 60, 140, 70), "the line ends too soon to tell"


def test_a_symbols_corners_lead_back_to_the_picture() -> None:
    image = turned(ean13(scale=4), 20)
    cut = scan_lines(image, regions(image)[0])
    (found,) = read_line(cut.lines[1])
    corners = cut.corners(found.start, found.end)
    assert overlap(corners, corners_of(regions(image)[0].quad))
    length = np.hypot(corners[1][0] - corners[0][0], corners[1][1] - corners[0][1])
    assert length == pytest.approx(95 * 4, rel=0.02)
