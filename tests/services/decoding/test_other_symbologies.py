"""Symbologies that are seldom on packs: told as what they are, and never read short or where there are none."""

import time
from dataclasses import replace

import numpy as np
import pytest
import zxingcpp

from benchmarks import fuzz_pictures
from services.decoding import DESKTOP, Read, Symbology
from services.decoding.belief import Evidence
from services.decoding.cascade import run
from services.decoding.picture import Picture
from services.decoding.pixels import Gray
from services.decoding.scan_lines import Line
from services.decoding.two_widths import drawings
from services.decoding.widths import read_line
from tests.services.decoding.pictures import GROUND, GTIN, LINK, beside, desktop, drawn, ean13, turned
from tests.services.decoding.test_symbologies import BOTH, Decoder, said

ELEMENTS = "(01)09521234567899(10)L1(17)270131"


@BOTH
@pytest.mark.parametrize(
    ("symbology", "text"),
    [
        (Symbology.ITF, "070429"),
        (Symbology.ITF, "1952123456789600"),
        (Symbology.CODE_39, "LOT-42"),
        (Symbology.CODABAR, "A40156B"),
    ],
)
def test_a_barcode_without_a_product_number_is_read_at_any_angle(
    read: Decoder, symbology: Symbology, text: str
) -> None:
    image = drawn(text, symbology)
    assert said(read(image)) == said(read(turned(image, 25))) == [(symbology, text)]


@pytest.mark.parametrize(
    ("symbology", "text"),
    [
        (Symbology.CODE_93, "LOT-42"),
        (Symbology.DATABAR, "0109521234567899"),
        (Symbology.DATABAR_LIMITED, "0109521234567899"),
        (Symbology.PDF417, LINK),
        (Symbology.MICRO_PDF417, LINK),
        (Symbology.AZTEC, LINK),
        (Symbology.MICRO_QR, "LOT-42"),
        (Symbology.RMQR, LINK),
    ],
)
def test_what_only_zxing_cpp_reads_is_read_on_a_desktop(symbology: Symbology, text: str) -> None:
    (symbol,) = desktop(drawn(text, symbology))
    assert (symbol.symbology, symbol.text) == (symbology, text)
    assert symbol.gs1 == symbology.value.startswith("GS1")


@pytest.mark.parametrize("kind", ["DataBarExp", "DataBarExpStk", "DataBarStkOmni"])
def test_a_databar_in_one_row_or_stacked_names_its_product(kind: str) -> None:
    text, says = (
        (ELEMENTS, "010952123456789910L1\x1d17270131") if "Exp" in kind else (ELEMENTS[4:18], "0109521234567899")
    )
    symbol = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(kind))
    image = np.pad(np.array(symbol.to_image(scale=3)), GROUND, constant_values=255)
    assert [(s.text, s.gs1) for s in desktop(image)] == [(says, True)]


def test_a_code_39_beside_an_ean_13_leaves_both_to_be_told() -> None:
    image = beside(ean13(), drawn("LOT-42", Symbology.CODE_39))
    assert said(desktop(image)) == [(Symbology.EAN_13, GTIN), (Symbology.CODE_39, "LOT-42")]


LONG = "17940172748906415597"
BARS = [step for step in DESKTOP if step.name.startswith("bars: ")]


def read_in_bands(image: Gray) -> set[str]:
    return {read.text for reads in run(Picture(image), BARS, time.monotonic() + 30, lambda: False) for read in reads}


def with_a_gap(wide: int) -> Gray:
    """An ITF with a white stripe behind its first ten digits, where the bars look like a stop pattern."""
    image = drawn(LONG, Symbology.ITF)
    start = int(np.flatnonzero(image[len(image) // 2] < 128)[0]) + 300
    image[:, start : start + wide] = 255
    return image


def test_an_itf_whose_bars_go_on_behind_a_gap_is_not_read_short() -> None:
    assert read_in_bands(with_a_gap(0)) == {LONG}
    assert LONG[:10] in {read.text for line in lines(with_a_gap(60)) for read in read_line(line)}
    assert read_in_bands(with_a_gap(60)) == set()
    assert read_in_bands(255 - with_a_gap(60)) == set()


def test_an_itf_that_the_picture_cuts_off_is_not_read_short() -> None:
    whole = with_a_gap(9999)
    last = int(np.flatnonzero((whole < 128).any(0))[-1])
    assert read_in_bands(whole) == {LONG[:10]}
    assert read_in_bands(whole[:, : last + 4]) == set()  # its edge pixels go on as white


def lines(image: Gray) -> list[Line]:
    picture = Picture(image)
    return [line for region in picture.coarse for line in picture.scan_lines(region).lines]


ALPHABETS = {
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%": Symbology.CODE_39,
    "A0123456789-$:/.+B": Symbology.CODABAR,
    "C123456D": Symbology.CODABAR,
    "0123456789": Symbology.ITF,
}


@pytest.mark.parametrize("text", ALPHABETS)
def test_every_character_is_drawn_as_another_program_draws_it(text: str) -> None:
    symbology = ALPHABETS[text]
    row = fuzz_pictures.drawn(text, symbology, 1)[5]
    edges = np.flatnonzero(np.diff(row.astype(int)))
    assert np.diff(edges).tolist() in drawings(text, symbology)


@pytest.mark.parametrize("weak", [Symbology.ITF, Symbology.CODE_39, Symbology.CODE_93, Symbology.CODABAR])
def test_a_weak_symbol_needs_two_bands_and_is_not_believed_against_another_at_its_place(weak: Symbology) -> None:
    def gathered(*reads: Read) -> list[str]:
        evidence = Evidence()
        evidence.add(reads)
        return [symbol.text for symbol in evidence.believed()]

    def read(text: str, family: str, region: str, symbology: Symbology = weak) -> Read:
        return Read(text, b"", symbology, ((0, 0), (90, 0), (90, 40), (0, 40)), family, "step", region)

    bands = [read("123456", "zxing", f"band {number}") for number in (1, 2, 3)]
    assert gathered(read("123456", "zxing", "whole"), read("123456", "zbar", "whole")) == []
    assert gathered(bands[0]) == []
    other_cut = replace(bands[2], region="row band 3", step="second look")  # of the same pixels, perhaps
    assert gathered(bands[2], other_cut) == []
    assert gathered(*bands) == ["123456"]
    assert gathered(*bands, read(GTIN, "zbar", "whole", Symbology.EAN_13)) == []


@BOTH
def test_a_lots_code_does_not_hide_the_products_number_that_stands_askew_below_it(read: Decoder) -> None:
    lot, number = drawn("LOT2024-17", Symbology.CODE_39), turned(ean13("9520007900017", scale=2), 30)
    scene = np.full((720, 1280), 120, np.uint8)
    for label, middle in ((lot, 180), (number, 480)):
        height, width = label.shape
        top, left = middle - height // 2, 640 - width // 2
        scene[max(top, 0) : top + height, left : left + width] = label[max(-top, 0) : 720 - top]
    assert "9520007900017" in [symbol.text for symbol in read(scene)]
