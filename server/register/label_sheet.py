"""Labels to a PDF of A4 pages that can be printed and cut: vectors only, the same bytes for the same labels.

The app draws the same sheet with code of its own; a test compares them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.drawing import PaintedPath, Rectangle
from fpdf.drawing_primitives import Point, Transform

from register.label_symbols import DrawnSymbol, data_matrix, qr_code, trade_item
from register.labels import Label

PAGE = (210.0, 297.0)
CELL = (95.0, 67.5)
COLUMNS, ROWS = 2, 4
LEFT, TOP = (PAGE[0] - COLUMNS * CELL[0]) / 2, (PAGE[1] - ROWS * CELL[1]) / 2
QR_ROOM = 46.0

_EDGE = 4.0
_FACE = "DejaVuSansCondensed"
_MM = 72 / 25.4  # points
_DIGIT_HEIGHT = 0.729  # of the font's size
_RED, _BLACK, _GRAY = (176, 28, 28), (0, 0, 0), (90, 90, 90)
_A_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # the same bytes tomorrow

Cell = tuple[int, int, int]
"""Page, column and row from 0."""


def cells(labels: Sequence[Label]) -> Iterator[Cell]:
    """Where each label goes, down one column and then the next. A carton's, whose code is wide, takes two rows."""
    column = row = 0
    for label in labels:
        rows = _rows(label)
        if row + rows > ROWS:
            column, row = column + 1, 0
        yield column // COLUMNS, column % COLUMNS, row
        row += rows


def sheet(labels: Sequence[Label], fonts: Path, *, register: str, sample: bool) -> bytes:
    """The PDF. `fonts` is the folder of its fonts, `register` the register's name, `sample` whether it is no real one.

    Raises DoesNotFit, ValueError.
    """
    # All that may be refused comes first: an unfinished PDF would leave the files of its fonts open.
    drawn = [(qr_code(label.link, QR_ROOM), trade_item(label.gtin), data_matrix(label.elements)) for label in labels]
    pdf = FPDF(format="A4")
    pdf.set_creation_date(_A_DAY)
    pdf.set_title(f"OCOP Verify: {register}")
    pdf.set_auto_page_break(False)
    pdf.add_font(_FACE, "", fonts / f"{_FACE}.ttf")
    pdf.add_font(_FACE, "B", fonts / f"{_FACE}-Bold.ttf")
    placed = list(zip(cells(labels), labels, drawn, strict=True))
    pages = placed[-1][0][0] + 1 if placed else 0
    for page in range(pages):
        pdf.add_page()
        _cut_marks(pdf)
        middle = PAGE[0] / 2
        _write(pdf, "In đúng cỡ 100 % · Print at actual size (100 %)", middle, 6, 8, colour=_GRAY, align="C")
        _write(pdf, f"{register} · {page + 1}/{pages}", middle, PAGE[1] - 4, 8, colour=_GRAY, align="C")
        for (its_page, column, row), label, symbols in placed:
            if its_page == page:
                _draw_label(pdf, label, symbols, LEFT + column * CELL[0], TOP + row * CELL[1], sample=sample)
    return bytes(pdf.output())


def _rows(label: Label) -> int:
    return 2 if label.gtin[0] != "0" else 1


def _draw_label(
    pdf: FPDF,
    label: Label,
    symbols: tuple[DrawnSymbol, DrawnSymbol, DrawnSymbol],
    left: float,
    top: float,
    *,
    sample: bool,
) -> None:
    room, column = CELL[0] - 2 * _EDGE, left + 53
    qr, linear, matrix = symbols
    _write(pdf, label.name, left + _EDGE, top + 8, 12, room=room, bold=True)
    _write(pdf, label.producer, left + _EDGE, top + 12.3, 8.5, room=room)
    space = (QR_ROOM - qr.width * qr.x) / 2
    _draw_symbol(pdf, qr, left + 3 + space, top + 14 + space)
    what = "QR: giấy chứng nhận có chữ ký số" if label.signed else "QR: GS1 Digital Link"
    _write(pdf, what, left + 3 + QR_ROOM / 2, top + 63, 7, room=QR_ROOM, colour=_GRAY, align="C")
    beside = top + 16
    if _rows(label) == 1:
        _draw_symbol(pdf, linear, column, top + 14)
        beside = top + 42.5
    else:
        _draw_symbol(pdf, linear, left + (CELL[0] - linear.width * linear.x) / 2, top + CELL[1] + 8)
    _draw_symbol(pdf, matrix, column, beside)
    text_left = column + matrix.width * matrix.x
    for line, (ai, value) in enumerate(label.elements):
        _write(pdf, f"({ai}){value}", text_left, beside + 3.5 + line * 3, 7, room=left + CELL[0] - 3 - text_left)
    if sample:
        bottom = top + _rows(label) * CELL[1]
        _write(pdf, "MẪU / SAMPLE", left + CELL[0] - 3, bottom - 2, 9, bold=True, colour=_RED, align="R")


def _draw_symbol(pdf: FPDF, symbol: DrawnSymbol, left: float, top: float) -> None:
    """All bars as one filled path, so that no renderer leaves a seam between those that touch."""
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
        _write(pdf, digits.text, middle, baseline, size, align="C")


def _write(
    pdf: FPDF,
    text: str,
    x: float,
    baseline: float,
    size: float,
    *,
    room: float | None = None,
    bold: bool = False,
    colour: tuple[int, int, int] = _BLACK,
    align: str = "L",
) -> None:
    """One line, made smaller down to two thirds of `size` points where it is wider than `room`, and then cut short."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    pdf.set_font(_FACE, "B" if bold else "", size)
    width = pdf.get_string_width(text)
    if room is not None and width > room:
        pdf.set_font_size(max(size * room / width * 0.999, size * 2 / 3))
        while text and (width := pdf.get_string_width(text)) > room:
            text = text[:-2].rstrip() + "…"
    pdf.set_text_color(*colour)
    pdf.text(x - {"L": 0.0, "C": width / 2, "R": width}[align], baseline, text)


def _cut_marks(pdf: FPDF) -> None:
    """Short lines in the margins, and crosses where four labels meet."""
    pdf.set_draw_color(*_GRAY)
    pdf.set_line_width(0.1)
    right, bottom = LEFT + COLUMNS * CELL[0], TOP + ROWS * CELL[1]
    xs = [LEFT + column * CELL[0] for column in range(COLUMNS + 1)]
    ys = [TOP + row * CELL[1] for row in range(ROWS + 1)]
    for x in xs:
        pdf.line(x, TOP - 4, x, TOP - 1)
        pdf.line(x, bottom + 1, x, bottom + 4)
    for y in ys:
        pdf.line(LEFT - 4, y, LEFT - 1, y)
        pdf.line(right + 1, y, right + 4, y)
    for x in xs[1:-1]:
        for y in ys[1:-1]:
            pdf.line(x - 1, y, x + 1, y)
            pdf.line(x, y - 1, x, y + 1)
