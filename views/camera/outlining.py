"""Draws outlines around codes, over a live picture or a photo: how far each has been read is told by line and sign."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import flet as ft
import flet.canvas as cv

from services.camera.preview import Outline, Size, tapped
from services.decoding import Corners, Read, Symbol
from services.decoding.symbol import bounds
from views.design import ON_OVER_READ, OVER_DOUBTFUL, OVER_READ, OVER_TONES, OVER_UNREAD, PLATE, TEXT_FONT, VEIL, Tone
from views.parts.shell import Shell

_DASHES: list[float] = [10, 8]
# The plate with the words, in logical pixels: its height, the space for the tick, the size and the width of letters.
_PLATE, _TICK, _TEXT, _LETTER, _SIGN = 28.0, 28.0, 14, 7.9, 15
_WORDS_FOR = 3
"""Beside so many codes read there is room for the words of each; beside more there are ticks alone."""

MANY = 24
"""More codes than this are too small for plates, and take long to draw: each gets a plain line and a tick."""


def shapes(
    codes: Sequence[Outline],
    places: Sequence[Corners],
    box: Size,
    numbers: Sequence[int | None],
    checked: Sequence[bool],
    tones: Sequence[Tone | None],
) -> list[cv.Shape]:
    """What is drawn for codes whose outlines are at these places of a box.

    A firm line with a tick is a code that has been read, a dashed one what only one witness has read, and a dashed one
    of another colour with a question mark what could not be read. Where the person chooses, a code bears the number of
    its pack, and a second tick where that has been `checked`. Its line then tells the verdict's tone by colour and
    width.
    """
    many = len(codes) > MANY
    drawn: list[cv.Shape] = []
    room = sum(code.read is not None for code in codes) <= _WORDS_FOR
    for code, corners, number, again, tone in zip(codes, places, numbers, checked, tones, strict=True):
        if code.read is None:
            drawn += _not_yet(corners, box, sign=not code.doubtful)
            continue
        if many:
            drawn += _plain(corners, box, ticks=2 if again else 1)
            continue
        colour, width = OVER_TONES[tone] if tone else (OVER_READ, 4)
        drawn += [_ring(corners, ft.Paint(color=VEIL, stroke_width=width + 4)), _ring(corners, _line(colour, width))]
        if number is None and room:
            drawn += _label(corners, code.read, box)
        else:
            drawn += _badge(corners, box, "" if number is None else str(number), checked=again)
    return drawn


def on_tap(
    shell: Shell, places: Callable[[], Sequence[Corners]], choose: Callable[[int], object], content: ft.Control
) -> ft.Control:
    """Hear taps on content that outlines are drawn over, and tell which of them each means.

    Screen readers and the keyboard have a list of buttons beside it.
    """

    def tap(event: ft.TapEvent[ft.GestureDetector]) -> object:
        at = event.local_position
        number = tapped((at.x, at.y), places()) if at else None
        return None if number is None else choose(number)

    return ft.GestureDetector(content, on_tap_up=shell.guard(tap), exclude_from_semantics=True, expand=True)


def _plain(corners: Corners, box: Size, *, ticks: int) -> list[cv.Shape]:
    x, y = _middle(corners, box)
    lines: list[list[ft.Offset | tuple[float, float]]] = [[*corners, corners[0]]]
    lines += [[(x + n - 6, y), (x + n - 2, y + 4), (x + n + 5, y - 5)] for n in (0, 6)[:ticks]]
    return [cv.Points(line, cv.PointMode.POLYGON, _line(OVER_READ, 3)) for line in lines]


def _not_yet(corners: Corners, box: Size, *, sign: bool) -> list[cv.Shape]:
    colour = OVER_UNREAD if sign else OVER_DOUBTFUL
    line = _line(colour, 3)
    line.stroke_dash_pattern = _DASHES
    ring = [_ring(corners, ft.Paint(color=VEIL, stroke_width=6)), _ring(corners, line)]
    if not sign:
        return ring
    x, y = _middle(corners, box)
    style = ft.TextStyle(size=_SIGN, color=colour, weight=ft.FontWeight.W_700, font_family=TEXT_FONT)
    return [
        *ring,
        cv.Circle(x, y, 11, paint=ft.Paint(color=PLATE)),
        cv.Text(x, y, "?", style, alignment=ft.Alignment.CENTER),
    ]


def _line(colour: str, width: float) -> ft.Paint:
    return ft.Paint(color=colour, stroke_width=width)


def _ring(corners: Corners, paint: ft.Paint) -> cv.Shape:
    paint.style = ft.PaintingStyle.STROKE
    paint.stroke_join = ft.StrokeJoin.ROUND
    (x, y), *others = corners
    ring = [cv.Path.MoveTo(x, y), *(cv.Path.LineTo(*point) for point in others), cv.Path.Close()]
    return cv.Path(ring, paint=paint)


def _label(corners: Corners, read: Read | Symbol, box: Size) -> list[cv.Shape]:
    """A plate with a tick and the words above the code, or below it where there is no room above."""
    left, top, right, bottom = bounds(corners)
    room = (box[0] - _TICK - 10) / _LETTER
    full = f"{read.symbology} {read.text}" if read.text.isdigit() else read.symbology.value  # not an address
    words = next(w for w in (full, read.symbology.value, "") if len(w) <= max(room, 0))
    width = _TICK + (_LETTER * len(words) + 10 if words else 4)
    x = min(max((left + right - width) / 2, 0), box[0] - width)
    y = top - _PLATE - 8 if top >= _PLATE + 8 else min(bottom + 8, box[1] - _PLATE)
    return _plate(x, y, width, words, checked=False)


def _badge(corners: Corners, box: Size, words: str, *, checked: bool) -> list[cv.Shape]:
    """A plate in the middle of a code, with its number and one tick, or two."""
    x, y = _middle(corners, box)
    width = _TICK + (8 if checked else 0) + (_LETTER * 1.3 * len(words) + 8 if words else 4)
    return _plate(x - width / 2, y - _PLATE / 2, width, words, checked=checked)


def _plate(x: float, y: float, width: float, words: str, *, checked: bool) -> list[cv.Shape]:
    ground, colour = (OVER_READ, ON_OVER_READ) if checked else (PLATE, ft.Colors.WHITE)
    stroke = ft.Paint(color=ON_OVER_READ if checked else OVER_READ, stroke_width=3, style=ft.PaintingStyle.STROKE)
    drawn: list[cv.Shape] = [cv.Rect(x, y, width, _PLATE, border_radius=8, paint=ft.Paint(color=ground))]
    for shift in (0, 8) if checked else (0,):
        begin = x + shift
        tick = [
            cv.Path.MoveTo(begin + 8, y + 13),
            cv.Path.LineTo(begin + 13, y + 18),
            cv.Path.LineTo(begin + 22, y + 8),
        ]
        drawn.append(cv.Path(tick, stroke))
    if words:
        style = ft.TextStyle(size=_TEXT, color=colour, weight=ft.FontWeight.W_600, font_family=TEXT_FONT)
        left = x + _TICK + (8 if checked else 0) + 2
        drawn.append(cv.Text(left, y + _PLATE / 2, words, style, alignment=ft.Alignment.CENTER_LEFT))
    return drawn


def _middle(corners: Corners, box: Size) -> tuple[float, float]:
    """The middle of what is seen of a code; where nothing is, its own."""
    left, top, right, bottom = bounds(corners)

    def middle(low: float, high: float, end: float) -> float:
        seen = (max(low, 0), min(high, end))
        return sum(seen if seen[0] < seen[1] else (low, high)) / 2

    return middle(left, right, box[0]), middle(top, bottom, box[1])
