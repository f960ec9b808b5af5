"""The second look at what one engine read in one band, or on the whole picture alone."""

import time

import cv2
import numpy as np
import pytest

from services.decoding import DESKTOP, PHONE, Read, Symbology
from services.decoding.belief import Evidence
from services.decoding.cascade import Step
from services.decoding.picture import Picture
from services.decoding.pixels import Gray
from services.decoding.read_line import shows
from services.decoding.second_look import second_look
from services.decoding.symbol import LineRead
from tests.services.decoding.pictures import GTIN, drawn

OTHER = "9521234567882"
UPC_E, OTHER_UPC_E = "04965802", "01264904"


def is_believed(picture: Gray, text: str, symbology: Symbology, profile: tuple[Step, ...], region: str) -> bool:
    """Whether what one engine read is believed after a second look."""
    ink = np.argwhere(picture < 128)
    (top, left), (bottom, right) = ink.min(0).tolist(), ink.max(0).tolist()
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    read = Read(text, text.encode(), symbology, corners, "zxing", "bars: zxing", region)
    evidence = Evidence()
    evidence.add([read])
    evidence.add(second_look(Picture(picture), read, profile, time.monotonic() + 60))
    return [symbol.text for symbol in evidence.believed()] == [text]


def with_two_bands_of(picture: Gray, other: Gray) -> Gray:
    """The picture with the rows of the first and second of three bands taken from another one."""
    rows = np.flatnonzero((picture < 128).any(1))
    mixed = picture.copy()
    mixed[rows[0] : rows[0] + 2 * len(rows) // 3] = other[rows[0] : rows[0] + 2 * len(rows) // 3]
    return mixed


@pytest.mark.parametrize("profile", [DESKTOP, PHONE])
@pytest.mark.parametrize(("text", "symbology"), [(GTIN, Symbology.EAN_13), (UPC_E, Symbology.UPC_E)])
def test_bands_too_blurred_to_read_confirm_what_another_one_says(
    text: str, symbology: Symbology, profile: tuple[Step, ...]
) -> None:
    sharp = drawn(text, symbology, scale=3)
    blurred = np.asarray(cv2.GaussianBlur(sharp, (0, 1), 1.9, sigmaY=0.1), np.uint8)
    assert is_believed(with_two_bands_of(sharp, blurred), text, symbology, profile, "band 3")


@pytest.mark.parametrize("profile", [DESKTOP, PHONE])
@pytest.mark.parametrize(
    ("text", "other", "symbology"), [(GTIN, OTHER, Symbology.EAN_13), (UPC_E, OTHER_UPC_E, Symbology.UPC_E)]
)
def test_bands_that_show_something_else_confirm_nothing(
    text: str, other: str, symbology: Symbology, profile: tuple[Step, ...]
) -> None:
    mixed = with_two_bands_of(drawn(text, symbology), drawn(other, symbology))
    assert not is_believed(mixed, text, symbology, profile, "band 3")


@pytest.mark.parametrize("symbology", [Symbology.DATABAR_LIMITED, Symbology.CODE_128])
def test_a_line_does_not_show_what_cannot_be_drawn(symbology: Symbology) -> None:
    assert not shows(np.ones(800, np.float32), LineRead("95212345", b"95212345", symbology, 100, 700))
