"""Sheets of labels: a PDF of A4 pages to print and cut. The same labels give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from printing.data_matrix import data_matrix
from printing.linear import trade_item
from printing.pages import GRAY, PAGE, RED, document, draw_symbol, write
from printing.qr import qr_code
from printing.symbols import DrawnSymbol

if TYPE_CHECKING:
    from fpdf import FPDF

CELL = (95.0, 67.5)
COLUMNS, ROWS = 2, 4
LEFT, TOP = (PAGE[0] - COLUMNS * CELL[0]) / 2, (PAGE[1] - ROWS * CELL[1]) / 2
QR_ROOM = 46.0

_EDGE = 4.0

Cell = tuple[int, int, int]
"""Page, column and row from 0."""


@dataclass(frozen=True)
class Label:
    """A product's label: `link` is what its QR code says, `elements` what its Data Matrix says.

    `signed` tells that the link carries the register's signed statement.
    """

    name: str
    producer: str
    gtin: str
    link: str
    elements: tuple[tuple[str, str], ...]
    signed: bool = False


def cells(labels: Sequence[Label]) -> Iterator[Cell]:
    """The cell of each label, down one column and then the next. A carton's label, whose code is wide, has 2 rows."""
    column = row = 0
    for label in labels:
        rows = _rows(label)
        if row + rows > ROWS:
            column, row = column + 1, 0
        yield column // COLUMNS, column % COLUMNS, row
        row += rows


def sheet(
    labels: Sequence[Label], *, register: str, sample: bool, tell: Callable[[int], None] = lambda _: None
) -> bytes:
    """Draw the PDF; `register` is the register's name, `sample` tells whether it is no real one.

    `tell` hears of how many labels the codes are drawn, which takes most of the time. Raises DoesNotFit, ValueError.
    """
    # Everything that may raise comes before the document.
    drawn = []
    for label in labels:
        drawn.append((qr_code(label.link, QR_ROOM), trade_item(label.gtin), data_matrix(label.elements)))
        tell(len(drawn))
    pdf = document(f"OCOP Verify: {register}")
    placed = list(zip(cells(labels), labels, drawn, strict=True))
    pages = placed[-1][0][0] + 1 if placed else 0
    for page in range(pages):
        pdf.add_page()
        _cut_marks(pdf)
        middle = PAGE[0] / 2
        write(pdf, "In đúng cỡ 100 % · Print at actual size (100 %)", middle, 6, 8, colour=GRAY, align="C")
        write(pdf, f"{register} · {page + 1}/{pages}", middle, PAGE[1] - 4, 8, colour=GRAY, align="C")
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
    write(pdf, label.name, left + _EDGE, top + 8, 12, room=room, bold=True)
    write(pdf, label.producer, left + _EDGE, top + 12.3, 8.5, room=room)
    space = (QR_ROOM - qr.width * qr.x) / 2
    draw_symbol(pdf, qr, left + 3 + space, top + 14 + space)
    what = "QR: giấy chứng nhận có chữ ký số" if label.signed else "QR: GS1 Digital Link"
    write(pdf, what, left + 3 + QR_ROOM / 2, top + 63, 7, room=QR_ROOM, colour=GRAY, align="C")
    beside = top + 16
    if _rows(label) == 1:
        draw_symbol(pdf, linear, column, top + 14)
        beside = top + 42.5
    else:
        draw_symbol(pdf, linear, left + (CELL[0] - linear.width * linear.x) / 2, top + CELL[1] + 8)
    draw_symbol(pdf, matrix, column, beside)
    text_left = column + matrix.width * matrix.x
    for line, (ai, value) in enumerate(label.elements):
        write(pdf, f"({ai}){value}", text_left, beside + 3.5 + line * 3, 7, room=left + CELL[0] - 3 - text_left)
    if sample:
        bottom = top + _rows(label) * CELL[1]
        write(pdf, "MẪU / SAMPLE", left + CELL[0] - 3, bottom - 2, 9, bold=True, colour=RED, align="R")


def _cut_marks(pdf: FPDF) -> None:
    """Short lines in the margins, and crosses where four labels meet."""
    pdf.set_draw_color(*GRAY)
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
