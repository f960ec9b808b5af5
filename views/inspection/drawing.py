"""What is being drawn on a photo: the marks, undone and redone, and how they look on the screen meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import flet as ft
import flet.canvas as cv

from services.rounds.marking import (
    COLOUR,
    EDGE,
    Arrow,
    Circle,
    Cover,
    Mark,
    Point,
    Words,
    arrow_wings,
    cell_of,
    cells_below,
    line_width,
    shade,
    text_height,
)
from views.design import TEXT_FONT

_LEAST = 0.02
"""What is drawn shorter than this part of the photo was a tap by mistake, and no arrow or circle."""


class Tool(StrEnum):
    """What the finger draws."""

    ARROW = "arrow"
    CIRCLE = "circle"
    TEXT = "text"
    COVER = "cover"


class Drawing(ft.Observable):
    """The marks on one photo. `going` is the one under the finger; `agreed`: the original may be sent."""

    def __init__(self, marks: Sequence[Mark], *, agreed: bool) -> None:
        self.tool = Tool.ARROW
        self.marks: tuple[Mark, ...] = tuple(marks)
        self.undone: tuple[Mark, ...] = ()
        self.going: Mark | None = None
        self.agreed = agreed
        self._began: Point | None = None

    def begin(self, at: Point) -> None:
        """Put the finger down."""
        self._began = at
        self.going = Cover((at,)) if self.tool is Tool.COVER else None

    def move(self, to: Point) -> None:
        """Move it."""
        if self._began is None:
            return
        if self.tool is Tool.COVER:
            before = self.going.stroke if isinstance(self.going, Cover) else (self._began,)
            self.going = Cover((*before, to))
        elif self.tool is Tool.ARROW:
            self.going = Arrow(self._began, to)
        elif self.tool is Tool.CIRCLE:
            self.going = Circle(self._began, to)

    def end(self) -> None:
        """Lift it: what was drawn stays, if it is more than a tap."""
        going, self.going, self._began = self.going, None, None
        if going is not None and not _too_short(going):
            self.add(going)

    def add(self, mark: Mark) -> None:
        """Add a mark. What covers a part takes back that the original may be sent."""
        self.marks, self.undone = (*self.marks, mark), ()
        if isinstance(mark, Cover):
            self.agreed = False

    def undo(self) -> None:
        """Take the last mark back."""
        if self.marks:
            self.undone = (*self.undone, self.marks[-1])
            self.marks = self.marks[:-1]

    def redo(self) -> None:
        """Draw again what was taken back."""
        if self.undone:
            self.marks, self.undone = (*self.marks, self.undone[-1]), self.undone[:-1]

    @property
    def shown(self) -> tuple[Mark, ...]:
        return (*self.marks, self.going) if self.going else self.marks


@dataclass(frozen=True)
class Frame:
    """Where a photo of so many pixels lies in a box of the screen: whole, in its middle."""

    pixels: tuple[int, int]
    box: tuple[float, float]

    @property
    def scale(self) -> float:
        return min(self.box[0] / self.pixels[0], self.box[1] / self.pixels[1])

    @property
    def corner(self) -> Point:
        width, height = self.pixels
        return (self.box[0] - width * self.scale) / 2, (self.box[1] - height * self.scale) / 2

    def part(self, x: float, y: float) -> Point:
        """The place on the photo, as parts of its width and height, that lies here; the nearest where none does."""
        width, height = (side * self.scale for side in self.pixels)
        return (
            min(max((x - self.corner[0]) / width, 0.0), 1.0),
            min(max((y - self.corner[1]) / height, 0.0), 1.0),
        )

    def at(self, point: Point) -> Point:
        """Where a place on the photo lies in the box."""
        width, height = (side * self.scale for side in self.pixels)
        return self.corner[0] + point[0] * width, self.corner[1] + point[1] * height


def shapes(marks: Sequence[Mark], frame: Frame) -> list[cv.Shape]:
    """The marks as the copy will have them: covers first, the others over them."""
    found = _covered(marks, frame)
    width = line_width(frame.pixels) * frame.scale
    for mark in marks:
        if isinstance(mark, Arrow):
            found += _arrow(frame.at(mark.tail), frame.at(mark.head), width)
        elif isinstance(mark, Circle):
            found += _circle(frame.at(mark.one), frame.at(mark.other), width)
        elif isinstance(mark, Words):
            found += _words(mark, frame)
    return found


def _covered(marks: Sequence[Mark], frame: Frame) -> list[cv.Shape]:
    cell = cell_of(frame.pixels)
    found: list[cv.Shape] = []
    for column, row in sorted(cells_below([mark for mark in marks if isinstance(mark, Cover)], frame.pixels)):
        left, top = frame.at((column * cell / frame.pixels[0], row * cell / frame.pixels[1]))
        grey = min(255, round(128 * shade(column, row)))
        side = cell * frame.scale + 0.5
        found.append(cv.Rect(left, top, side, side, paint=ft.Paint(color=f"#{grey:02x}{grey:02x}{grey:02x}")))
    return found


def _paints(width: float) -> list[ft.Paint]:
    return [
        ft.Paint(
            color=colour,
            stroke_width=width * wider,
            style=ft.PaintingStyle.STROKE,
            stroke_cap=ft.StrokeCap.ROUND,
            stroke_join=ft.StrokeJoin.ROUND,
        )
        for colour, wider in ((EDGE, 2), (COLOUR, 1))
    ]


def _arrow(tail: Point, head: Point, width: float) -> list[cv.Shape]:
    wings = arrow_wings(tail, head, 5 * width)
    parts: list[cv.Path.PathElement] = []
    for end in (tail, *wings):
        parts += [cv.Path.MoveTo(*end), cv.Path.LineTo(*head)]
    return [cv.Path(parts, paint=paint) for paint in _paints(width)]


def _circle(one: Point, other: Point, width: float) -> list[cv.Shape]:
    left, top = min(one[0], other[0]), min(one[1], other[1])
    wide, high = abs(one[0] - other[0]), abs(one[1] - other[1])
    return [cv.Oval(left, top, wide, high, paint=paint) for paint in _paints(width)]


def _words(mark: Words, frame: Frame) -> list[cv.Shape]:
    size = text_height(frame.pixels) * frame.scale
    x, y = frame.at(mark.at)
    half = len(mark.text) * size * 0.3 + size * 0.7
    box = cv.Rect(
        x - half,
        y - size,
        2 * half,
        2 * size,
        border_radius=ft.BorderRadius.all(size / 3),
        paint=ft.Paint(color=COLOUR),
    )
    style = ft.TextStyle(size=size, color=EDGE, weight=ft.FontWeight.W_600, font_family=TEXT_FONT)
    return [box, cv.Text(x, y, mark.text, style=style, alignment=ft.Alignment.CENTER)]


def _too_short(mark: Mark) -> bool:
    if isinstance(mark, Arrow):
        one, other = mark.tail, mark.head
    elif isinstance(mark, Circle):
        one, other = mark.one, mark.other
    else:
        return False
    return max(abs(one[0] - other[0]), abs(one[1] - other[1])) < _LEAST
