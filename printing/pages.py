"""Pages of a PDF with text and symbols, in millimetres. Vectors only; the same calls give the same bytes."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from printing.symbols import DrawnSymbol

if TYPE_CHECKING:
    from fpdf import FPDF

PAGE = (210.0, 297.0)
"""Width and height of A4."""
RED, BLACK, GRAY = (176, 28, 28), (0, 0, 0), (90, 90, 90)
FONTS = Path(__file__).resolve().parent / "fonts"

_FACE = "DejaVuSansCondensed"
_MM = 72 / 25.4  # points
_DIGIT_HEIGHT = 0.729  # of the font's size
_A_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # a fixed date, so that the bytes are the same tomorrow


def document(title: str) -> FPDF:
    """Begin a PDF without pages, in a font that has every Vietnamese letter.

    Its font files stay open until its `output`, so do everything that may raise before.
    """
    from fpdf import FPDF  # imported here: it takes long, and most starts of the app and the server print nothing

    pdf = FPDF(format="A4")
    pdf.set_creation_date(_A_DAY)
    pdf.set_title(title)
    pdf.set_auto_page_break(False)
    pdf.add_font(_FACE, "", FONTS / f"{_FACE}.ttf")
    pdf.add_font(_FACE, "B", FONTS / f"{_FACE}-Bold.ttf")
    return pdf


def draw_symbol(pdf: FPDF, symbol: DrawnSymbol, left: float, top: float) -> None:
    """Draw a symbol with its upper left corner at this point.

    All bars are one filled path, so that no renderer leaves a seam between touching bars.
    """
    from fpdf.drawing import PaintedPath, Rectangle
    from fpdf.drawing_primitives import Point, Transform

    path = PaintedPath()
    path.style.fill_color = "#000000"
    path.style.stroke_color = None
    path.transform = Transform.scaling(symbol.x, symbol.x).translate(left, top)
    for x, y, width, height in symbol.bars:
        path.add_path_element(Rectangle(Point(x, y), Point(width, height)), clone=False)
    with pdf.drawing_context() as drawing:
        drawing.add_item(path, clone=False)
    for digits in symbol.digits:
        size = digits.height * symbol.x / _DIGIT_HEIGHT * _MM
        middle, baseline = left + digits.middle * symbol.x, top + digits.baseline * symbol.x
        write(pdf, digits.text, middle, baseline, size, align="C")


def write(
    pdf: FPDF,
    text: str,
    x: float,
    baseline: float,
    size: float,
    *,
    room: float | None = None,
    bold: bool = False,
    colour: tuple[int, int, int] = BLACK,
    align: str = "L",
) -> None:
    """Write one line.

    Where it is wider than `room`, it is made smaller, down to two thirds of `size` points, and then cut short.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    pdf.set_font(_FACE, "B" if bold else "", size)
    width = pdf.get_string_width(text)
    if room is not None and width > room:
        pdf.set_font_size(max(size * room / width * 0.999, size * 2 / 3))
        while text and (width := pdf.get_string_width(text)) > room:
            text = text[:-2].rstrip() + "…"
    pdf.set_text_color(*colour)
    pdf.text(x - {"L": 0.0, "C": width / 2, "R": width}[align], baseline, text)
