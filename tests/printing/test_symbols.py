"""Symbols to print: how large they are, and that they are read back as what they say."""

from __future__ import annotations

import random
from typing import Any

import pytest
import zxingcpp

from printing.data_matrix import data_matrix
from printing.linear import trade_item
from printing.qr import qr_code
from printing.sheet import QR_ROOM, Label
from printing.symbols import MATRIX_X, DoesNotFit, DrawnSymbol
from tests.printing.label_pixels import EVERY_LENGTH, by_the_app, by_zxing, gtin, pixels, says

KINDS = pytest.mark.parametrize("kind", EVERY_LENGTH)
READERS = pytest.mark.parametrize("read", [by_the_app, by_zxing], ids=["the app", "zxing-cpp"])


@KINDS
@READERS
def test_each_length_of_gtin_has_its_own_symbol(kind: str, read: Any) -> None:
    label = Label("Chè", "HTX", EVERY_LENGTH[kind], "", ())
    picture = pixels(trade_item(label.gtin))
    (code,) = zxingcpp.read_barcodes(picture)
    assert str(code.format) == {"UPC-A": "EAN-13", "ITF-14": "ITF"}.get(kind, kind)  # a UPC-A is an EAN-13 with a 0
    assert says(read(picture, "linear"), label, "linear")


@pytest.mark.parametrize(
    ("form", "length"),
    [
        (zxingcpp.BarcodeFormat.EAN8, 8),
        (zxingcpp.BarcodeFormat.UPCA, 12),
        (zxingcpp.BarcodeFormat.EAN13, 13),
        (zxingcpp.BarcodeFormat.ITF, 14),
    ],
)
def test_bars_are_those_that_zxing_draws(form: zxingcpp.BarcodeFormat, length: int) -> None:
    chosen = random.Random(length)
    for first in "123456789" * 20:
        number = gtin(first + "".join(chosen.choices("0123456789", k=length - 2)))
        theirs = memoryview(zxingcpp.create_barcode(number[-length:], form).to_image(scale=1, add_quiet_zones=False))
        rows = theirs.tolist()
        ours = [bar for bar in trade_item(number).bars if bar[2] < len(rows[0])]  # without bearer bars
        left, longest = min(bar[0] for bar in ours), max(bar[3] for bar in ours)
        for row, bars in ((rows[0], ours), (rows[-1], [bar for bar in ours if bar[3] == longest])):
            dark = {int(start - left) + i for start, _top, width, _height in bars for i in range(int(width))}
            assert dark == {i for i, value in enumerate(row) if value == 0}, number


@pytest.mark.parametrize("wrong", ["09521234567890", "9521234567899", "0952123456789a", "٠٩٥٢١٢٣٤٥٦٧٨٩٩", ""])
def test_what_is_no_gtin_has_no_symbol(wrong: str) -> None:
    with pytest.raises(ValueError, match="is no GTIN"):
        trade_item(wrong)


# GS1 General Specifications, symbol specification tables 1 (5.12.3.1) and 2 (5.12.3.2): X, bar height, quiet zones.
@pytest.mark.parametrize(
    ("kind", "x", "height", "left", "right", "modules"),
    [
        ("EAN-8", (0.264, 0.660), 18.23, 7, 7, 67),
        ("UPC-A", (0.264, 0.660), 22.85, 9, 9, 95),
        ("EAN-13", (0.264, 0.660), 22.85, 11, 7, 95),
        ("ITF-14", (0.495, 1.016), 31.75, 10, 10, 135),
    ],
)
def test_linear_symbols_have_the_sizes_of_the_specification(
    kind: str, x: tuple[float, float], height: float, left: int, right: int, modules: int
) -> None:
    symbol = trade_item(EVERY_LENGTH[kind])
    bars = [bar for bar in symbol.bars if bar[2] < symbol.width]  # without bearer bars
    assert x[0] <= symbol.x <= x[1]
    assert min(bar[3] for bar in bars) * symbol.x == pytest.approx(height)
    assert min(bar[0] for bar in bars) == left
    assert max(bar[0] + bar[2] for bar in bars) == left + modules == symbol.width - right
    shown = "".join(digits.text for digits in sorted(symbol.digits, key=lambda digits: digits.middle))
    assert shown.replace(" ", "").zfill(14) == EVERY_LENGTH[kind]


def quiet_of(symbol: DrawnSymbol) -> set[float]:
    lefts, tops, widths, heights = zip(*symbol.bars, strict=True)
    rights = [left + width for left, width in zip(lefts, widths, strict=True)]
    bottoms = [top + height for top, height in zip(tops, heights, strict=True)]
    return {min(lefts), min(tops), symbol.width - max(rights), symbol.height - max(bottoms)}


@pytest.mark.parametrize("length", [20, 100, 300, 450, 700])
def test_qr_codes_have_the_sizes_of_the_specification_and_fit(length: int) -> None:
    symbol = qr_code("https://registry.example/01/".ljust(length, "x"), QR_ROOM)
    assert MATRIX_X[0] <= symbol.x <= MATRIX_X[2]
    assert symbol.x * symbol.width <= QR_ROOM + 1e-9
    assert quiet_of(symbol) == {4}


@pytest.mark.parametrize("length", [1200, 4000])
def test_a_text_that_would_make_the_modules_too_small_is_refused(length: int) -> None:
    with pytest.raises(DoesNotFit):
        qr_code("x" * length, QR_ROOM)


def test_a_data_matrix_is_a_gs1_data_matrix_with_separators_only_where_they_belong() -> None:
    elements = (("01", EVERY_LENGTH["EAN-13"]), ("17", "271231"), ("10", "L1"), ("21", "S1"))
    symbol = data_matrix(elements)
    assert symbol.x == MATRIX_X[1]
    assert quiet_of(symbol) == {2}
    (code,) = zxingcpp.read_barcodes(pixels(symbol))
    assert (code.symbology_identifier, code.content_type) == ("]d2", zxingcpp.ContentType.GS1)
    assert code.bytes == b"01" + EVERY_LENGTH["EAN-13"].encode() + b"1727123110L1\x1d21S1"
