"""Pictures that are shrunk to be looked at as a whole: what is small in them is read in tiles."""

from typing import Any

import numpy as np
import pytest

from services.decoding import Symbol, Symbology, decode, decode_phone
from services.decoding.tiles import is_large, read_large
from tests.services.decoding.pictures import GTIN, LINK, ean13, lies_on_the_ink, qr

WIDTH, HEIGHT = 12_000, 500


@pytest.fixture(scope="module")
def panorama() -> Any:
    picture = np.full((HEIGHT, WIDTH), 220, np.uint8)
    for symbol, left, top in ((ean13(scale=2), 7000, 300), (qr(scale=3), 1500, 100)):
        picture[top : top + symbol.shape[0], left : left + symbol.shape[1]] = symbol
    return picture


@pytest.mark.parametrize("read", [decode, decode_phone])
def test_a_small_code_in_a_panorama_is_read_and_placed(read: Any, panorama: Any) -> None:
    symbols = {symbol.text: symbol for symbol in read(panorama, budget=30)}
    assert set(symbols) == {GTIN, LINK}
    bars = panorama.copy()
    bars[:, :3000] = 255
    assert lies_on_the_ink(symbols[GTIN].corners, bars, share=0.3, slack=20)


def symbol(text: str, kind: Symbology, left: float, top: float, size: float = 100) -> Symbol:
    corners = ((left, top), (left + size, top), (left + size, top + size), (left, top + size))
    return Symbol(text, b"", kind, corners, "", "", gs1=False, confidence="")


def test_only_the_whole_of_an_empty_picture_is_looked_at() -> None:
    shapes: list[tuple[int, ...]] = []

    def read(image: Any, seconds: float) -> list[Symbol]:
        assert seconds <= 1
        shapes.append(image.shape)
        return []

    noise = np.random.default_rng(1).integers(198, 203, (1500, 8000, 3), np.uint8)
    assert read_large(noise, 1, read) == []
    assert shapes == [noise.shape]


def test_no_tile_is_read_for_what_has_been_read(panorama: Any) -> None:
    looked: list[tuple[int, ...]] = []

    def read(image: Any, _: float) -> list[Symbol]:
        looked.append(image.shape)
        return [symbol(GTIN, Symbology.EAN_13, 7000, 300, 270), symbol(LINK, Symbology.QR_CODE, 1500, 100, 180)]

    assert len(read_large(panorama, 1, read)) == 2
    assert len(looked) == 1


def told(whole: list[Symbol], in_tile: list[Symbol], panorama: Any) -> list[str]:
    answers = [whole, in_tile]
    return [s.text for s in read_large(panorama, 5, lambda *_: answers.pop(0) if answers else [])]


def test_what_contradicts_is_not_said_and_a_part_of_a_barcode_is_none(panorama: Any) -> None:
    """The first tile is the leftmost with the greatest change: the corners are told in its pixels."""
    ean, other, short = Symbology.EAN_13, "9521234567882", "95212348"
    places: list[Any] = []
    read_large(panorama, 5, lambda image, _: places.append(image) or [])
    left = int((places[1].__array_interface__["data"][0] - panorama.__array_interface__["data"][0]) % WIDTH)
    inside, whole = symbol(other, ean, 300, 300), symbol(GTIN, ean, left + 300, 300)
    assert told([whole], [inside], panorama) == []
    assert told([whole], [symbol(GTIN, ean, 300, 300)], panorama) == [GTIN]
    assert told([whole], [symbol(short, Symbology.EAN_8, 300, 300)], panorama) == [GTIN]
    assert told([symbol(short, Symbology.EAN_8, left + 300, 300)], [inside], panorama) == [other]
    assert told([], [symbol(short, Symbology.EAN_8, 0, 300)], panorama) == []
    assert told([], [symbol(LINK, Symbology.QR_CODE, 0, 300)], panorama) == [LINK]


def test_ordinary_pictures_have_no_tiles() -> None:
    assert not is_large(np.zeros((3024, 4032, 3), np.uint8))
    assert not is_large(None)
