"""The record of a round as a PDF of A4 pages, laid out like minutes. The same content gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from printing.flow import (
    ACCENT,
    BOTTOM,
    GREY,
    INK,
    LEFT,
    SIZE,
    SMALL,
    TOP,
    WIDTH,
    Flow,
    height,
    write_lines,
)
from printing.marks import draw_mark
from printing.pages import PAGE, draw_symbol
from printing.qr import qr_code
from printing.record_content import (
    Block,
    Facts,
    Line,
    Pictures,
    Plate,
    RecordContent,
    Section,
    Signatures,
    Signed,
    Table,
    Words,
)
from printing.symbols import DrawnSymbol

if TYPE_CHECKING:
    from fpdf import FPDF

QR_ROOM, QR_LEAST = 44.0, 0.3
"""Millimetres of the QR code, and the least module that a phone's camera reads from paper."""

_GAP = 2.5
_WHOLE, _FEW_LINES = 120.0, 20.0
"""Millimetres of a table's row, and of sentences, that are not divided between pages."""
_PICTURES, _PICTURE_HEIGHT = 3, 52.0
_PLATE = 120.0
_SIGNATURES, _SIGNATURE = 3, (50.0, 20.0)

Step = Callable[[], None]


def record_pdf(content: RecordContent, fonts: Path, step: Step = lambda: None) -> bytes:
    """Draw the record; `fonts` is the folder with the weights of Be Vietnam Pro.

    `step` is called before each block and each photo, and may raise to end the drawing. Raises DoesNotFit where the
    link is too long for a code.
    """
    from fpdf import FPDF  # imported here, as in pages
    from fpdf.fonts import TTFFont

    code = qr_code(content.link, QR_ROOM, least=QR_LEAST) if content.link else None
    pdf = FPDF(format="A4")
    pdf.set_creation_date(content.made_at)
    pdf.set_title(content.title)
    pdf.set_lang(content.language)
    pdf.set_auto_page_break(False)
    pdf.c_margin = 0
    try:
        _draw(Flow(pdf, fonts), content, code, step)
        return bytes(pdf.output())
    finally:
        for font in pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.close()  # what was not written keeps its file open


def _draw(flow: Flow, content: RecordContent, code: DrawnSymbol | None, step: Step) -> None:
    pdf = flow.pdf
    flow.new_page()
    room = WIDTH
    if code:
        draw_symbol(pdf, code, LEFT + WIDTH - code.width * code.x + 4 * code.x, TOP - 4 * code.x)
        room -= QR_ROOM + 2
    _head(flow, content, room)
    flow.y = max(flow.y, TOP + QR_ROOM - 2) if code else flow.y
    flow.rule(flow.y + 1, 0.5, ACCENT)
    flow.y += 3.5
    for section in content.sections:
        _section(flow, section, step)
    _feet(flow, content)
    for attached in content.attachments:
        pdf.embed_file(
            bytes=attached.content,
            basename=attached.name,
            desc=attached.about,
            mime_type="application/json",
            creation_date=content.made_at,
            modification_date=content.made_at,
            compress=True,
        )
    step()


def _head(flow: Flow, content: RecordContent, room: float) -> None:
    _paragraph(flow, content.above, SIZE, ACCENT, room, "B")
    _paragraph(flow, content.title, 18, INK, room, "I")
    flow.y += 1
    _paragraph(flow, content.notice, SIZE, INK, room)
    flow.y += 1
    _paragraph(flow, content.link_words, SMALL, GREY, room)


def _paragraph(flow: Flow, text: str, size: float, colour: tuple[int, int, int], room: float, style: str = "") -> None:
    tall = height(size)
    for line in flow.broken(text, room, style, size) if text else ():
        flow.need(tall)
        flow.colour(colour)
        flow.line(line, LEFT, flow.y + tall * 0.72, style, size)
        flow.y += tall


def _section(flow: Flow, section: Section, step: Step) -> None:
    if section.title:
        flow.need(14 + sum(_beginning(flow, block) for block in section.blocks[:2]))
        flow.y += 3
        _paragraph(flow, section.title, 12, INK, WIDTH, "B")
        flow.y += 1
    for block in section.blocks:
        step()
        _block(flow, block, step)


def _beginning(flow: Flow, block: Block) -> float:
    """The height of a block's first part, which stands below its title and not alone on the next page."""
    if isinstance(block, Table) and block.rows:
        cells = zip(block.rows[0], _places(block), strict=True)
        return 18 + min(_WHOLE, max(_tall(flow.lines_of(cell, room)) for cell, (_left, room, _right) in cells))
    return _PICTURE_HEIGHT if isinstance(block, Pictures) else 10.0


def _block(flow: Flow, block: Block, step: Step) -> None:
    match block:
        case Facts(pairs):
            _facts(flow, pairs)
        case Table():
            _table(flow, block)
        case Words(lines):
            _row(flow, [(lines, 0.0, WIDTH, False)], 1, whole=_FEW_LINES)
        case Pictures():
            _pictures(flow, block, step)
        case Plate():
            _plate(flow, block)
        case Signatures(fields):
            _signatures(flow, fields)


def _facts(flow: Flow, pairs: Sequence[tuple[str, str]]) -> None:
    """Label and value beside each other; two such pairs share a line where both values are short."""
    half, label = WIDTH / 2, 34.0
    short = [flow.width(value, "B", SIZE) <= half - label - 2 for _name, value in pairs]
    at = 0
    while at < len(pairs):
        beside = short[at] and at + 1 < len(pairs) and short[at + 1]
        cells = []
        for column, (name, value) in enumerate(pairs[at : at + 2] if beside else pairs[at : at + 1]):
            left = half * column
            room = (half if beside else WIDTH) - label - 2
            cells += [((Line(name, small=True),), left, label - 2, False), ((Line(value),), left + label, room, False)]
        _row(flow, cells, 0.5)
        at += 2 if beside else 1


def _row(
    flow: Flow, cells: Sequence[tuple[Sequence[Line], float, float, bool]], gap: float, *, whole: float = _WHOLE
) -> None:
    """Write cells beside each other; a row that is higher than `whole` goes on on the next page."""
    written = [(flow.lines_of(cell, room), left, room, right) for cell, left, room, right in cells]
    flow.need(min(max(map(_tall, (lines for lines, *_rest in written)), default=0), whole))
    while any(lines for lines, *_rest in written):
        end, rest = flow.y, []
        for lines, left, room, right in written:
            fits, y = 0, flow.y
            while fits < len(lines) and (y + height(_size(lines[fits][0])) <= BOTTOM or not fits):
                y += height(_size(lines[fits][0]))
                fits += 1
            end = max(end, _write(flow, lines[:fits], LEFT + left, room, right=right))
            rest.append((lines[fits:], left, room, right))
        flow.y, written = end, rest
        if any(lines for lines, *_rest in written):
            flow.new_page()
    flow.y += gap


def _tall(lines: Sequence[tuple[Line, str, bool]]) -> float:
    return sum(height(_size(line)) for line, _text, _first in lines)


def _size(line: Line) -> float:
    return SMALL if line.small else SIZE


def _write(flow: Flow, lines: Sequence[tuple[Line, str, bool]], x: float, room: float, *, right: bool) -> float:
    def mark(line: Line, left: float, top: float, side: float) -> None:
        if line.mark:
            draw_mark(flow.pdf, line.mark, left, top, side)

    return write_lines(flow, lines, x, flow.y, room, right=right, draw_mark=mark)


def _table(flow: Flow, table: Table) -> None:
    places = _places(table)
    for number, row in enumerate(table.rows):
        cells = [(cell, *place) for cell, place in zip(row, places, strict=True)]
        tall = max(_tall(flow.lines_of(cell, room)) for cell, _left, room, _right in cells)
        if flow.need(min(tall, _WHOLE) + (3 if number else 18)) or not number:
            _table_head(flow, table, places)
        flow.y += 1
        _row(flow, cells, 1)
        flow.rule(flow.y)


def _places(table: Table) -> list[tuple[float, float, bool]]:
    """Where each column begins, how wide it is, and whether it is set to the right."""
    places, left = [], 0.0
    whole = sum(column.share for column in table.columns)
    for column in table.columns:
        room = WIDTH * column.share / whole
        places.append((left, room - _GAP if left + room < WIDTH - 0.1 else room, column.right))
        left += room
    return places


def _table_head(flow: Flow, table: Table, places: Sequence[tuple[float, float, bool]]) -> None:
    heads = [((Line(column.head, bold=True),), *place) for column, place in zip(table.columns, places, strict=True)]
    _row(flow, heads, 1)
    flow.rule(flow.y, 0.3, INK)
    flow.y += 0.3


def _pictures(flow: Flow, block: Pictures, step: Step) -> None:
    room = (WIDTH - (_PICTURES - 1) * 4) / _PICTURES
    for at in range(0, len(block.pictures), _PICTURES):
        row = block.pictures[at : at + _PICTURES]
        sizes = [_fitted(picture.jpeg, room) for picture in row]
        tallest = max(tall for _wide, tall in sizes)
        words = [flow.lines_of(picture.lines, room) for picture in row]
        below = max(map(_tall, words))
        flow.need(tallest + below + 5)
        for number, (picture, (wide, tall)) in enumerate(zip(row, sizes, strict=True)):
            step()
            x = LEFT + number * (room + 4)
            if picture.jpeg is not None:
                flow.pdf.image(io.BytesIO(picture.jpeg), x, flow.y, wide, tall)
            else:
                flow.pdf.set_draw_color(*GREY)
                flow.pdf.set_line_width(0.2)
                flow.pdf.rect(x, flow.y, wide, tall)
                flow.colour(GREY)
                for line_number, line in enumerate(flow.broken(block.absent, wide - 4, "", SMALL)):
                    flow.line(line, x + 2, flow.y + 5 + line_number * height(SMALL), "", SMALL)
        flow.y += tallest + 1
        top = flow.y
        for number, lines in enumerate(words):
            flow.y = top
            _write(flow, lines, LEFT + number * (room + 4), room, right=False)
        flow.y = top + below + 3


def _plate(flow: Flow, block: Plate) -> None:
    wide, tall = _fitted(block.jpeg, WIDTH, _PLATE)
    words = flow.lines_of(block.lines, WIDTH)
    flow.need(tall + _tall(words) + 3)
    flow.pdf.image(io.BytesIO(block.jpeg), LEFT, flow.y, wide, tall)
    flow.pdf.set_draw_color(*GREY)
    flow.pdf.set_line_width(0.15)
    flow.pdf.rect(LEFT, flow.y, wide, tall)
    flow.y += tall + 1
    flow.y = _write(flow, words, LEFT, WIDTH, right=False) + 2


def _fitted(jpeg: bytes | None, room: float, most: float = _PICTURE_HEIGHT) -> tuple[float, float]:
    """Width and height of a picture in `room`, at most as high as `most`."""
    if jpeg is None:
        return room, 30.0
    from PIL import Image

    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as opened:
        wide, tall = opened.size
    scale = min(room / wide, most / tall)
    return wide * scale, tall * scale


def _signatures(flow: Flow, fields: Sequence[Signed]) -> None:
    room = (WIDTH - (_SIGNATURES - 1) * 6) / _SIGNATURES
    for at in range(0, len(fields), _SIGNATURES):
        row = fields[at : at + _SIGNATURES]
        heads = [flow.broken(field.head, room, "B", SIZE) for field in row]
        inside = [flow.broken(field.instead, room, "", SIZE) if not field.strokes else [] for field in row]
        below = [flow.broken(field.below, room, "", SIZE) for field in row]
        tall = height(SIZE)
        # Below a reason there is room to sign by hand.
        field_height = max(_SIGNATURE[1], *(len(lines) * tall + (14 if lines else 0) for lines in inside))
        head, foot = (tall * max(map(len, lines)) for lines in (heads, below))
        flow.need(head + field_height + foot + 5)
        for number in range(len(row)):
            middle = LEFT + number * (room + 6) + room / 2
            flow.colour(INK)
            _centred(flow, heads[number], middle, flow.y, "B")
            top = flow.y + head + 1
            _strokes(flow.pdf, row[number], middle - _SIGNATURE[0] / 2, top)
            _centred(flow, inside[number], middle, top + 2, "")
            _centred(flow, below[number], middle, top + field_height + 1, "")
        flow.y += head + field_height + foot + 5


def _centred(flow: Flow, lines: Sequence[str], middle: float, top: float, style: str) -> None:
    for number, line in enumerate(lines):
        flow.line(line, middle, top + (number + 0.72) * height(SIZE), style, SIZE, "C")


def _strokes(pdf: FPDF, field: Signed, left: float, top: float) -> None:
    """Draw the strokes as lines with round ends."""
    if not field.strokes:
        return
    scale = _SIGNATURE[0] / 1000
    pdf.set_draw_color(*INK)
    pdf.set_line_width(0.45)
    with pdf.local_context():
        pdf._out("1 J 1 j")
        for stroke in field.strokes:
            points = [(left + x * scale, top + y * scale) for x, y in stroke]
            if len(points) == 1:  # a dot
                points.append(points[0])
            if points:
                pdf.polyline(points)


def _feet(flow: Flow, content: RecordContent) -> None:
    """The foot of each page, once it is known how many there are."""
    pages = flow.pdf.pages_count
    for page in range(1, pages + 1):
        flow.pdf.page = page
        flow.pdf.current_font_is_set_on_page = False
        # What a page takes over from the one before was set on the last one: set it here again.
        flow.pdf.set_text_color(0, 0, 0)
        flow.pdf.set_draw_color(0, 0, 0)
        top = PAGE[1] - 18
        flow.rule(top)
        flow.colour(GREY)
        for number, words in enumerate(content.foot):
            baseline = top + 4 + number * height(SMALL)
            room = WIDTH - 30
            for line in flow.broken(words, room, "", SMALL)[:1]:
                flow.line(line, LEFT, baseline, "", SMALL)
        flow.line(content.page.format(page=page, pages=pages), LEFT + WIDTH, top + 4, "", SMALL, "R")
