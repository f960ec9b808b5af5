"""Text that flows down pages of a PDF: broken into lines, in Be Vietnam Pro, with a new page where one is full."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from printing.pages import PAGE
from printing.record_content import Line

if TYPE_CHECKING:
    from fpdf import FPDF

LEFT, TOP, BOTTOM = 16.0, 15.0, PAGE[1] - 23.0
WIDTH = PAGE[0] - 2 * LEFT
INK, GREY, ACCENT = (16, 32, 31), (63, 78, 75), (11, 85, 99)
SIZE, SMALL, LEADING = 9.5, 8.0, 1.45
"""Points. Vietnamese capitals bear two marks, so lines are no closer than 1.42 of the size."""

_FACE = "BeVietnamPro"
_FILES = {"": "BeVietnamPro-Regular.ttf", "B": "BeVietnamPro-SemiBold.ttf", "I": "BeVietnamPro-Bold.ttf"}
"""The weights by fpdf2's names of styles; the third, which has no slant here, is that of the title."""
_MM = 25.4 / 72
_LONGEST = 20_000  # characters of one text that are drawn


class Flow:
    """A PDF, and how far down its page is written: `y` in millimetres. `fonts` is a folder with the text's weights."""

    def __init__(self, pdf: FPDF, fonts: Path) -> None:
        self.pdf = pdf
        self.y = TOP
        for style, file in _FILES.items():
            pdf.add_font(_FACE, style, fonts / file)
        self._widths: dict[tuple[str, str], float] = {}

    def new_page(self) -> None:
        self.pdf.add_page()
        self.y = TOP

    def need(self, height: float) -> bool:
        """Begin a new page where less than `height` is left, and tell whether that was so."""
        if self.y + height <= BOTTOM or self.y <= TOP:
            return False
        self.new_page()
        return True

    def width(self, text: str, style: str, size: float) -> float:
        """The width of a text in millimetres."""
        known = self._widths.get((text, style))
        if known is None:
            self.pdf.set_font(_FACE, style, 100)
            known = self._widths[text, style] = self.pdf.get_string_width(text) / 100
        return known * size

    def broken(self, text: str, room: float, style: str, size: float) -> list[str]:
        """The lines of a text, at most `room` wide; words that are wider are broken anywhere."""
        lines: list[str] = []
        space = self.width(" ", style, size)
        for paragraph in unicodedata.normalize("NFC", text[:_LONGEST]).split("\n"):
            line, used = "", 0.0
            for word in paragraph.split():
                for part in self._parts(word, room, style, size):
                    wide = self.width(part, style, size)
                    if line and used + space + wide > room:
                        lines.append(line)
                        line, used = part, wide
                    else:
                        line, used = (f"{line} {part}", used + space + wide) if line else (part, wide)
            lines.append(line)
        return lines or [""]

    def line(self, text: str, x: float, baseline: float, style: str = "", size: float = SIZE, align: str = "L") -> None:
        """Write one line with its feet on `baseline`; `x` is its left end, its middle (C) or its right end (R)."""
        shift = {"L": 0.0, "C": 0.5, "R": 1.0}[align]
        left = x - shift * self.width(text, style, size) if shift else x
        self.pdf.set_font(_FACE, style, size)
        self.pdf.text(left, baseline, text)

    def colour(self, colour: tuple[int, int, int]) -> None:
        self.pdf.set_text_color(*colour)

    def rule(self, y: float, width: float = 0.15, colour: tuple[int, int, int] = (170, 182, 178)) -> None:
        """Draw a line across the page."""
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(width)
        self.pdf.line(LEFT, y, LEFT + WIDTH, y)

    def lines_of(self, cell: Sequence[Line], room: float) -> list[tuple[Line, str, bool]]:
        """A cell's lines as they are written: each with the paragraph that it is of, and whether it is its first."""
        found = []
        for line in cell:
            style, size = style_of(line)
            inside = room - (mark_room(size) if line.mark else 0)
            for number, text in enumerate(self.broken(line.text, inside, style, size)):
                found.append((line, text, number == 0))
        return found

    def _parts(self, word: str, room: float, style: str, size: float) -> list[str]:
        if self.width(word, style, size) <= room:
            return [word]
        parts, part = [], ""
        for character in word:
            if part and self.width(part, style, size) + self.width(character, style, size) > room:
                parts.append(part)
                part = ""
            part += character
        return [*parts, part]


def style_of(line: Line) -> tuple[str, float]:
    """The style and the size of a cell's paragraph."""
    return ("B" if line.bold else ""), (SMALL if line.small else SIZE)


def mark_room(size: float) -> float:
    """The width of a mark and the space behind it."""
    return size * _MM * 1.35


def height(size: float) -> float:
    """The height of a line in millimetres."""
    return size * LEADING * _MM


def write_lines(
    flow: Flow,
    lines: Sequence[tuple[Line, str, bool]],
    x: float,
    top: float,
    room: float,
    *,
    right: bool,
    draw_mark: Callable[[Line, float, float, float], None],
) -> float:
    """Write a cell's lines from `top` and return where they end."""
    y = top
    for line, text, first in lines:
        style, size = style_of(line)
        tall = height(size)
        baseline = y + tall * 0.72
        left = x
        if line.mark:
            side = size * _MM
            if first:
                draw_mark(line, x, baseline - side * 0.86, side)
            left += mark_room(size)
        flow.colour(GREY if line.small else INK)
        flow.line(text, x + room if right else left, baseline, style, size, "R" if right else "L")
        y += tall
    return y
