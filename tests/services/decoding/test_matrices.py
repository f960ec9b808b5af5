"""What both readers of matrix symbols have to do alike: no symbol, odd arrays, light on dark, deadlines."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from services.decoding import data_matrix, qr
from services.decoding.data_matrix import DataMatrix
from services.decoding.pixels import Gray
from services.decoding.qr import QrCode
from services.decoding.qr.versions import known
from tests.services.decoding.data_matrix import symbols as data_matrix_symbols
from tests.services.decoding.matrices import picture
from tests.services.decoding.qr import symbols as qr_symbols

TEXT = "https://id.gs1.org/01/09521234567899/10/L0427"
Reader = Callable[..., list[DataMatrix] | list[QrCode]]
EACH = pytest.mark.parametrize(
    ("read", "symbols"),
    [(data_matrix.read, data_matrix_symbols), (qr.read, qr_symbols)],
    ids=["Data Matrix", "QR Code"],
)


def texts(found: list[DataMatrix] | list[QrCode]) -> list[str]:
    return sorted(symbol.text for symbol in found)


def photograph(symbols: Any, text: str = TEXT, **conditions: float) -> Gray:
    view: Gray = symbols.photograph(symbols.modules(text), **conditions)
    return view


@EACH
def test_a_light_symbol_on_dark_ground_is_read(read: Reader, symbols: Any) -> None:
    assert texts(read(255 - photograph(symbols, degrees=15))) == [TEXT]


@EACH
def test_two_symbols_are_both_read(read: Reader, symbols: Any) -> None:
    one, two = (photograph(symbols, text, degrees=10) for text in ("một lô hàng có tên dài", "hai lô hàng có tên dài"))
    height = max(len(one), len(two))
    both = np.hstack([np.pad(view, ((0, height - len(view)), (0, 0)), mode="edge") for view in (one, two)])
    assert texts(read(both)) == ["hai lô hàng có tên dài", "một lô hàng có tên dài"]


@EACH
def test_a_symbol_without_quiet_zone_is_read_at_the_edge_of_the_picture(read: Reader, symbols: Any) -> None:
    assert texts(read(picture(symbols.modules(TEXT), 3, quiet=0))) == [TEXT]


@EACH
@pytest.mark.parametrize(
    "image",
    [
        np.zeros((0, 0), np.uint8),
        np.zeros((1, 1), np.uint8),
        np.zeros((8, 8), np.uint8),
        np.zeros((21, 21), np.uint8),
        np.full((9, 5000), 255, np.uint8),
        np.full((30, 5000), 255, np.uint8),
        np.zeros((30, 40_000), np.uint8),
        np.indices((300, 300)).sum(axis=0).astype(np.uint8) % 2 * 255,
        np.indices((300, 300)).sum(axis=0).astype(np.uint8) // 8 % 2 * 255,
        np.tile(np.repeat(np.array([0, 255], np.uint8), 6), (200, 20)),
        np.tile(np.kron(known(1)[1][:8, :8], np.full((4, 4), 255)), (8, 12)).astype(np.uint8),
        np.random.default_rng(0).integers(0, 256, (300, 300)).astype(np.uint8),
        np.kron(np.random.default_rng(0).integers(0, 2, (40, 40)), np.full((6, 6), 255)).astype(np.uint8),
        np.kron(np.random.default_rng(0).integers(0, 2, (60, 60)), np.full((6, 6), 255)).astype(np.uint8),
        np.zeros((40, 40, 3), np.uint8),
        np.zeros((80, 80))[::2, ::-1],
    ],
    ids=lambda image: "x".join(map(str, image.shape)) if isinstance(image, np.ndarray) else None,
)
def test_a_picture_without_a_symbol_gives_nothing(read: Reader, symbols: Any, image: Gray) -> None:
    del symbols
    assert read(image) == []


@EACH
def test_a_view_that_is_not_contiguous_is_read(read: Reader, symbols: Any) -> None:
    assert texts(read(np.asfortranarray(photograph(symbols)))) == [TEXT]
    assert texts(read(photograph(symbols)[::-1].copy()[::-1])) == [TEXT]


@EACH
def test_a_deadline_that_has_passed_ends_the_search(read: Reader, symbols: Any) -> None:
    assert read(photograph(symbols), deadline=time.monotonic() - 1) == []
    assert len(read(photograph(symbols), deadline=time.monotonic() + 60)) == 1
