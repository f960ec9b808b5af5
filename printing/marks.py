"""The shapes of verdicts on paper: each is known by its outline and its inside, also where everything is grey."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from printing.record_content import Mark

if TYPE_CHECKING:
    from fpdf import FPDF

_COLOURS = {
    Mark.FINE: (23, 112, 58),
    Mark.ATTENTION: (133, 87, 0),
    Mark.STOP: (140, 0, 0),
    Mark.UNKNOWN: (72, 84, 106),
}


def draw_mark(pdf: FPDF, mark: Mark, left: float, top: float, side: float) -> None:
    """Draw a mark into a square of `side` millimetres."""
    pdf.set_fill_color(*_COLOURS[mark])
    x, y, r = left + side / 2, top + side / 2, side / 2
    if mark is Mark.FINE:
        pdf.polygon(_around(x, y, [r, r * 0.8], 16), style="F")
    elif mark is Mark.STOP:
        pdf.polygon(_around(x, y, [r], 8, turn=math.pi / 8), style="F")
    elif mark is Mark.ATTENTION:
        pdf.polygon([(x, top), (left + side, top + side * 0.92), (left, top + side * 0.92)], style="F")
    else:
        pdf.rect(left + side * 0.06, top + side * 0.06, side * 0.88, side * 0.88, style="F")
    pdf.set_draw_color(255, 255, 255)
    pdf.set_line_width(side * 0.11)
    if mark is Mark.FINE:
        pdf.polyline([(x - r * 0.42, y), (x - r * 0.1, y + r * 0.32), (x + r * 0.45, y - r * 0.32)])
    elif mark is Mark.STOP:
        pdf.line(x - r * 0.38, y - r * 0.38, x + r * 0.38, y + r * 0.38)
        pdf.line(x - r * 0.38, y + r * 0.38, x + r * 0.38, y - r * 0.38)
    elif mark is Mark.ATTENTION:
        pdf.line(x, top + side * 0.34, x, top + side * 0.62)
        pdf.line(x, top + side * 0.72, x, top + side * 0.82)
    else:  # a bar: what can be said of it is nothing
        pdf.line(x - r * 0.45, y, x + r * 0.45, y)


def _around(x: float, y: float, radii: list[float], points: int, turn: float = 0.0) -> list[tuple[float, float]]:
    angles = [turn + 2 * math.pi * n / points for n in range(points)]
    return [
        (x + radii[n % len(radii)] * math.sin(angle), y - radii[n % len(radii)] * math.cos(angle))
        for n, angle in enumerate(angles)
    ]
