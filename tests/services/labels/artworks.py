"""Artworks of labels, good ones and ones with planted faults, drawn as a printer with many dots would."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from fpdf import FPDF
from PIL import Image

from printing.linear import trade_item
from printing.pages import draw_symbol
from printing.symbols import DrawnSymbol, dark_runs

DPI = 385
"""Five dots for a module of 0.33 mm."""
GTIN, OTHER = "09521234567899", "09520007900017"
Colour = tuple[int, int, int]
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


@dataclass(frozen=True)
class Put:
    """A symbol, and the millimetres of its upper left corner, quiet zones included."""

    symbol: DrawnSymbol
    x: float = 4.0
    y: float = 4.0
    ink: Colour = BLACK


def ean(gtin: str = GTIN, *, x: float | None = None) -> DrawnSymbol:
    symbol = trade_item(gtin)
    return replace(symbol, x=x) if x else symbol


def wrong_check_digit(gtin: str = GTIN) -> DrawnSymbol:
    """The bars of an EAN-13 whose last digit is not its check digit."""
    other = {"A": "0001101", "digit": str((int(gtin[-1]) + 3) % 10)}
    sets = [
        "0001101",
        "0011001",
        "0010011",
        "0111101",
        "0100011",
        "0110001",
        "0101111",
        "0111011",
        "0110111",
        "0001011",
    ]
    last = sets[int(other["digit"])].translate(str.maketrans("01", "10"))
    good = trade_item(gtin)
    start = 11 + 95 - 3 - 7
    bars = [bar for bar in good.bars if not start <= bar[0] < start + 7]
    bars += [(start + at, 0.0, wide, good.bars[20][3]) for at, wide in dark_runs([int(bit) for bit in last])]
    return replace(good, bars=tuple(sorted(bars)))


def mirrored(symbol: DrawnSymbol) -> DrawnSymbol:
    bars = tuple((symbol.width - x - wide, y, wide, tall) for x, y, wide, tall in symbol.bars)
    return replace(symbol, bars=bars, digits=())


def drawn(puts: Sequence[Put], size: tuple[float, float] = (60, 40), dpi: float = DPI, paper: Colour = WHITE) -> Any:
    """The pixels of a label, every edge on a whole dot."""
    dot = dpi / 25.4
    page: npt.NDArray[np.uint8] = np.full((round(size[1] * dot), round(size[0] * dot), 3), paper, np.uint8)
    for put in puts:
        for x, y, wide, tall in put.symbol.bars:
            left, top = put.x + x * put.symbol.x, put.y + y * put.symbol.x
            right, bottom = left + wide * put.symbol.x, top + tall * put.symbol.x
            page[round(top * dot) : round(bottom * dot), round(left * dot) : round(right * dot)] = put.ink
    return page


def png(page: Any, dpi: float | None = DPI) -> bytes:
    content = io.BytesIO()
    Image.fromarray(page).save(content, "PNG", dpi=(dpi, dpi) if dpi else None, compress_level=1)
    return content.getvalue()


def label(*puts: Put, size: tuple[float, float] = (60, 40), dpi: float = DPI, paper: Colour = WHITE) -> bytes:
    return png(drawn(puts, size, dpi, paper), dpi)


def pdf(*puts: Put, size: tuple[float, float] = (60, 40), pages: int = 1) -> bytes:
    """The same as vectors, in black."""
    document = FPDF(unit="mm", format=size)
    document.set_auto_page_break(False)
    document.set_font("Helvetica", size=8)
    for _page in range(pages):
        document.add_page()
        for put in puts:
            draw_symbol(document, replace(put.symbol, digits=()), put.x, put.y)
    return bytes(document.output())
