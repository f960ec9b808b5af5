"""Clean labels that mislead single engines, drawn with the pitch and the ink that did: no wrong number is told."""

import time

import cv2
import numpy as np
import pytest

from benchmarks import fuzz_pictures
from services.decoding import DESKTOP, PHONE, FrameTracker, Read, Symbology
from services.decoding.belief import Evidence
from services.decoding.picture import Picture
from services.decoding.pixels import Gray
from services.decoding.second_look import compared
from services.decoding.symbol import Corners
from tests.services.decoding.pictures import desktop, phone

FINE = 16


def label(text: str, module: float, *, rows: int = 60, snapped: bool = False, thin: float = 0) -> Gray:
    """An EAN-13 with modules of `module` pixels; `snapped` to whole pixels as printers do; bars `thin` modules less."""
    dark = np.pad(np.repeat(fuzz_pictures.drawn(text, Symbology.EAN_13, 1)[4] < 128, FINE), 12 * FINE)
    if thin:
        dark = cv2.erode(dark.astype(np.uint8)[None], np.ones((1, int(thin * FINE) + 1), np.uint8))[0] > 0
    if snapped:
        width = int(dark.size / FINE * module)
        row = np.where(dark[((np.arange(width) + 0.5) / module).astype(int) * FINE + FINE // 2], 0, 255)[None]
    else:
        light = np.where(dark, 0, 255).astype(np.uint8)[None]
        row = cv2.resize(light, (round(dark.size / FINE * module), 1), interpolation=cv2.INTER_AREA)
    return np.pad(np.repeat(row.astype(np.uint8), rows, 0), ((20, 20), (0, 0)), constant_values=255)


@pytest.mark.parametrize(
    ("text", "module", "rows", "snapped"),
    [  # zxing-cpp 3.1.1 adds a second EAN-13 with a right check digit to each of these
        ("8938980317738", 3.898, 20, False),
        ("8931618795250", 3.9, 150, True),
        ("8930517856802", 3.9, 60, False),
        ("8930964546523", 3.898, 150, False),
    ],
)
def test_a_clean_label_at_300_dots_per_inch_has_one_number(text: str, module: float, rows: int, snapped: bool) -> None:
    image = label(text, module, rows=rows, snapped=snapped)
    assert [symbol.text for symbol in desktop(image)] == [text]
    assert [symbol.text for symbol in phone(image)] == [text]
    tracker = FrameTracker(tuple(step for step in DESKTOP if step.name == "zxing"))
    told = {symbol.text for frame in range(3) for symbol in tracker.look(image, frame / 10, budget=30).new}
    assert told <= {text}


THIN = [  # pyzbar 0.1.9 with zbar 0.23.92 misreads each
    ("9528012717088", "9588072777088", 3.3, 0.6),
    ("9521821280804", "9527281280804", 2.5, 0.6),
    ("9522818708172", "9528278708172", 3.3, 0.5),
]


def thin_label(text: str, module: float, thin: float) -> Gray:
    pale = 75 + label(text, module, thin=thin) * (180 / 255)
    return np.asarray(cv2.GaussianBlur(pale.astype(np.uint8), (0, 0), 0.8), np.uint8)


@pytest.mark.parametrize(("text", "wrong", "module", "thin"), THIN)
def test_thin_bars_mislead_no_engine_into_a_belief(text: str, wrong: str, module: float, thin: float) -> None:
    image = thin_label(text, module, thin)
    assert [symbol.text for symbol in phone(image)] == [text]
    tracker = FrameTracker(tuple(step for step in PHONE if step.name == "zbar"))
    told = {symbol.text for frame in range(4) for symbol in tracker.look(image, frame / 10, budget=30).new}
    assert wrong not in told, "a steady hand makes one engine's mistake last for frames"


@pytest.mark.parametrize(("text", "wrong", "module", "thin"), THIN)
def test_engines_that_agree_on_whole_pictures_are_refuted_by_a_drawing(
    text: str, wrong: str, module: float, thin: float
) -> None:
    image = thin_label(text, module, thin)
    height, width = image.shape
    place: Corners = ((0, 0), (width, 0), (width, height), (0, height))

    def read(said: str, family: str) -> Read:
        return Read(said, said.encode(), Symbology.EAN_13, place, family, "whole")

    for said, right in ((text, True), (wrong, False)):
        evidence = Evidence()
        evidence.add([read(said, "zxing"), read(said, "zbar")])
        for each in evidence.uncompared():
            evidence.add(compared(Picture(image), each, time.monotonic() + 30))
        assert bool(evidence.believed()) == right, said


def test_a_picture_without_bars_refutes_nothing() -> None:
    text = THIN[0][0]
    nowhere: Corners = ((300, 300), (340, 300), (340, 320), (300, 320))
    read = Read(text, text.encode(), Symbology.EAN_13, nowhere, "zbar", "whole")
    assert compared(Picture(np.full((400, 400), 200, np.uint8)), read, time.monotonic() + 30) == []
