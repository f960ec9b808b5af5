"""Every kind of symbol that packs carry is read from a picture of it, under its own name and in its place."""

import io
from collections.abc import Callable

import cv2
import numpy as np
import pytest
import segno
from PIL import Image

from services.codes import ProductCode, parse
from services.decoding import Symbol, Symbology
from tests.services.decoding.pictures import (
    GTIN,
    LINK,
    Gray,
    beside,
    desktop,
    drawn,
    ean13,
    lies_on_the_ink,
    phone,
    qr,
    turned,
)

PHONE_TOO = [
    (Symbology.EAN_13, GTIN),
    (Symbology.EAN_8, "95200002"),
    (Symbology.UPC_A, "036000291452"),
    (Symbology.UPC_E, "01234565"),
    (Symbology.ITF_14, "19521234567896"),
    (Symbology.CODE_128, "LO-427/B"),
    (Symbology.QR_CODE, LINK),
    (Symbology.QR_CODE, "Chè hoa vàng, xã Ba Chẽ, đặc khu Vân Đồn"),
]
BOTH = pytest.mark.parametrize("read", [desktop, phone], ids=["desktop", "phone"])
Decoder = Callable[[Gray], list[Symbol]]


def said(symbols: list[Symbol]) -> list[tuple[Symbology, str]]:
    return [(symbol.symbology, symbol.text) for symbol in symbols]


@BOTH
@pytest.mark.parametrize(("symbology", "text"), PHONE_TOO)
def test_a_symbol_is_read_under_its_own_name_and_where_it_is(read: Decoder, symbology: Symbology, text: str) -> None:
    image = drawn(text, symbology)
    (symbol,) = read(image)
    assert (symbol.symbology, symbol.text) == (symbology, text)
    assert lies_on_the_ink(symbol.corners, image)


def test_a_data_matrix_is_read_on_a_desktop() -> None:
    image = drawn("Ruốc Cô Tô", Symbology.DATA_MATRIX)
    (symbol,) = desktop(image)
    assert (symbol.symbology, symbol.text) == (Symbology.DATA_MATRIX, "Ruốc Cô Tô")
    assert lies_on_the_ink(symbol.corners, image)


def test_a_upc_a_is_not_called_an_ean13_with_a_zero_in_front() -> None:
    """The bars are the same (GS1 General Specifications 5.2.1.2), so the EAN-13 writer draws a UPC-A."""
    assert said(desktop(ean13("0036000291452"))) == [(Symbology.UPC_A, "036000291452")]


@pytest.mark.slow
@BOTH
def test_an_itf_of_14_digits_with_a_wrong_check_digit_is_not_read(read: Decoder) -> None:
    assert read(drawn("95212345678995", Symbology.ITF)) == []


@pytest.mark.parametrize("symbology", [Symbology.CODE_128, Symbology.QR_CODE, Symbology.DATA_MATRIX])
def test_a_gs1_symbol_says_so_whichever_engine_came_last(symbology: Symbology) -> None:
    (symbol,) = desktop(drawn("(01)09521234567899(10)123(17)301231", symbology, gs1=True))
    assert (symbol.symbology, symbol.gs1) == (symbology, True)
    assert symbol.text == "010952123456789910123\x1d17301231"


def test_a_plain_code_128_is_no_gs1_128() -> None:
    (symbol,) = desktop(drawn("LO-427", Symbology.CODE_128))
    assert not symbol.gs1


@BOTH
@pytest.mark.parametrize("lot", ["123", "L1b"])
def test_a_gs1_128_names_the_product_and_lot_with_either_set_of_engines(read: Decoder, lot: str) -> None:
    (symbol,) = read(drawn(f"(01)09521234567899(10){lot}(21)9", Symbology.CODE_128, gs1=True))
    code = parse(symbol.text, gs1=symbol.gs1)
    assert isinstance(code, ProductCode)
    assert (code.gtin, code.lot, code.serial) == ("09521234567899", lot, "9")


@BOTH
@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_symbols_are_read_sideways_and_upside_down(read: Decoder, quarters: int) -> None:
    for upright, text in ((ean13(), GTIN), (qr(), LINK)):
        image = np.ascontiguousarray(np.rot90(upright, quarters))
        (symbol,) = read(image)
        assert symbol.text == text
        assert lies_on_the_ink(symbol.corners, image)


@BOTH
@pytest.mark.parametrize("degrees", [10, 30, 45])
def test_a_barcode_held_at_a_slant_is_read(read: Decoder, degrees: int) -> None:
    image = turned(ean13(), degrees)
    (symbol,) = read(image)
    assert (symbol.symbology, symbol.text) == (Symbology.EAN_13, GTIN)
    assert lies_on_the_ink(symbol.corners, image, share=0.3, slack=40)  # OpenCV draws a wide box


def test_a_light_qr_on_a_dark_ground_is_read_on_a_desktop() -> None:
    assert said(desktop(255 - qr())) == [(Symbology.QR_CODE, LINK)]


@BOTH
def test_light_bars_on_a_dark_ground_are_read(read: Decoder) -> None:
    assert said(read(255 - ean13())) == [(Symbology.EAN_13, GTIN)]


@BOTH
def test_modules_of_little_more_than_a_pixel_are_read(read: Decoder) -> None:
    small = np.asarray(cv2.resize(ean13(scale=2), None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA), np.uint8)
    assert said(read(small)) == [(Symbology.EAN_13, GTIN)]


@BOTH
def test_a_slight_blur_and_noise_do_no_harm(read: Decoder) -> None:
    noise = np.random.default_rng(7).normal(0, 12, (600, 600))
    for image, text in ((ean13(), GTIN), (qr(scale=5), LINK)):
        blurred = cv2.GaussianBlur(image, (0, 0), 1.2).astype(float)
        noisy = np.clip(blurred + noise[: image.shape[0], : image.shape[1]], 0, 255).astype(np.uint8)
        assert [symbol.text for symbol in read(noisy)] == [text]


@BOTH
def test_both_codes_of_a_label_are_found_each_in_its_place(read: Decoder) -> None:
    barcode, square = ean13(), qr()
    found = {symbol.symbology: symbol for symbol in read(beside(barcode, square))}
    assert {s: symbol.text for s, symbol in found.items()} == {Symbology.EAN_13: GTIN, Symbology.QR_CODE: LINK}
    edge = barcode.shape[1]
    assert all(x < edge for x, _ in found[Symbology.EAN_13].corners)
    assert all(x > edge for x, _ in found[Symbology.QR_CODE].corners)


@BOTH
def test_two_barcodes_side_by_side_do_not_contradict_each_other(read: Decoder) -> None:
    other = "9520000000011"
    assert sorted(symbol.text for symbol in read(beside(ean13(), ean13(other)))) == [other, GTIN]


def test_a_phone_reads_data_matrix_with_our_own_reader() -> None:
    (symbol,) = phone(drawn("(01)09521234567899(10)L1", Symbology.DATA_MATRIX, gs1=True))
    assert (symbol.text, symbol.symbology, symbol.gs1) == ("010952123456789910L1", Symbology.DATA_MATRIX, True)


def parts(text: str, count: int) -> list[Gray]:
    """The symbols of a structured append."""
    drawn_parts = []
    for symbol in segno.make_sequence(text, symbol_count=count, error="m"):
        file = io.BytesIO()
        symbol.save(file, kind="png", scale=6, border=6)
        drawn_parts.append(np.asarray(Image.open(file).convert("L"), np.uint8))
    return drawn_parts


@BOTH
def test_a_part_of_a_message_says_nothing_and_all_parts_say_it(read: Decoder) -> None:
    text = "https://id.example/01/09521234567899/10/LOT-42"
    first, second = parts(text, 2)
    assert read(first) == []
    assert [symbol.text for symbol in read(beside(second, first))] == [text]


@BOTH
@pytest.mark.parametrize("scale", [2, 6, 14])
def test_a_qr_is_read_in_a_frame_whether_small_or_filling_it(read: Decoder, scale: int) -> None:
    frame = np.full((720, 1280), 225, np.uint8)
    label = qr(scale=scale)
    frame[60 : 60 + label.shape[0], 300 : 300 + label.shape[1]] = label[:660]
    assert [symbol.text for symbol in read(frame)] == [LINK]
