"""Draws marks on a photo and covers parts of it. The result is a picture of its own; the original stays as it is."""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

LONGEST_WORDS = 60
"""The most characters of a text on a photo."""

COLOUR, EDGE = "#D01C1C", "#FFFFFF"
"""Of the marks: red with a white edge, seen on dark packs and on pale ones."""

_LINE, _TEXT, _CELL, _BRUSH = 0.013, 0.055, 0.035, 0.09
"""The width of lines, the height of texts, the side of a cover's cells and its least width, as parts of the photo's
shorter side."""

_QUALITIES = (90, 75, 50)
_MOST_BYTES = 8 * 1024 * 1024  # what the server takes (docs/api.md)

Point = tuple[float, float]
"""A place on a photo as parts of its width and of its height, from 0 to 1."""


@dataclass(frozen=True)
class Arrow:
    """An arrow to `head`."""

    tail: Point
    head: Point


@dataclass(frozen=True)
class Circle:
    """An ellipse in the box between two corners."""

    one: Point
    other: Point


@dataclass(frozen=True)
class Words:
    """A text, its middle at a place."""

    at: Point
    text: str


@dataclass(frozen=True)
class Cover:
    """A stroke of the finger; what lies below it is to be seen no more."""

    stroke: tuple[Point, ...]


Mark = Arrow | Circle | Words | Cover


def marks_to_json(marks: Sequence[Mark]) -> list[dict[str, Any]]:
    """The marks as a draft keeps them while they are drawn."""
    return [{"mark": type(mark).__name__.lower(), **vars(mark)} for mark in marks]


def marks_from_json(rows: Sequence[Mapping[str, Any]]) -> tuple[Mark, ...]:
    """Read what `marks_to_json` gave. Raises KeyError, TypeError or ValueError."""
    return tuple(_READERS[row["mark"]](row) for row in rows)


def _point(place: Sequence[float]) -> Point:
    x, y = place
    return x, y


_READERS: dict[str, Callable[[Mapping[str, Any]], Mark]] = {
    "arrow": lambda row: Arrow(_point(row["tail"]), _point(row["head"])),
    "circle": lambda row: Circle(_point(row["one"]), _point(row["other"])),
    "words": lambda row: Words(_point(row["at"]), row["text"]),
    "cover": lambda row: Cover(tuple(map(_point, row["stroke"]))),
}


def hides(marks: Sequence[Mark]) -> bool:
    """Whether something is covered, such as a face: then the original is nobody's business."""
    return any(isinstance(mark, Cover) for mark in marks)


def marked(picture: bytes, marks: Sequence[Mark], font: Path) -> bytes:
    """Give the photo with the marks on it, as a JPEG of the same size without metadata. `font` is that of texts.

    Covers come first, and the other marks lie over them. A cover's cells have shades of a colour that the pixels below
    had no part in, so that nothing can be had back: blurring, and mosaics of averages, can be undone for texts and
    number plates (Hill et al., On the (In)effectiveness of Mosaicing and Blurring, 2016). Raises OSError for what is
    no picture.
    """
    with Image.open(io.BytesIO(picture)) as opened:
        drawn = opened.convert("RGB")
    covered = cells_below([mark for mark in marks if isinstance(mark, Cover)], drawn.size)
    _cover(drawn, covered)
    for mark in marks:
        if isinstance(mark, Arrow):
            _arrow(drawn, mark)
        elif isinstance(mark, Circle):
            _circle(drawn, mark)
        elif isinstance(mark, Words):
            _words(drawn, mark, font)
    clean = Image.new("RGB", drawn.size)  # Pillow copies comments and profiles along in `info`
    clean.paste(drawn)
    for quality in _QUALITIES:
        target = io.BytesIO()
        clean.save(target, "JPEG", quality=quality, optimize=True)
        if target.tell() <= _MOST_BYTES:
            break
    return target.getvalue()


def cell_of(size: tuple[int, int]) -> int:
    """The side of a cover's cells on a photo of this size, in the same unit."""
    return max(2, round(_CELL * min(size)))


def cells_below(covers: Sequence[Cover], size: tuple[int, int]) -> set[tuple[int, int]]:
    """The cells, by column and row, that strokes touch on a picture of this size; each is covered whole.

    The screen draws the same cells while the finger moves, so that what is seen there is what is covered.
    """
    width, height = size
    cell, reach = cell_of(size), _BRUSH * min(size) / 2
    found: set[tuple[int, int]] = set()
    for cover in covers:
        for x, y in _along([(x * width, y * height) for x, y in cover.stroke], cell / 2):
            columns = range(max(0, int((x - reach) // cell)), min((width - 1) // cell, int((x + reach) // cell)) + 1)
            rows = range(max(0, int((y - reach) // cell)), min((height - 1) // cell, int((y + reach) // cell)) + 1)
            found.update((column, row) for column in columns for row in rows)
    return found


def shade(column: int, row: int) -> float:
    """How light a cell of a cover is, about 1: by its place alone."""
    return 0.7 + 0.6 * ((column * 7919 + row * 104729) % 13) / 12


def _along(points: Sequence[Point], step: float) -> list[Point]:
    """The points of a stroke, and those between them, so that none is farther from the next than a step."""
    if len(points) == 1:
        return [*points]
    found: list[Point] = []
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        parts = max(1, math.ceil(math.dist((x, y), (to_x, to_y)) / step))
        found += [(x + (to_x - x) * n / parts, y + (to_y - y) * n / parts) for n in range(parts + 1)]
    return found


def _cover(picture: Image.Image, cells: set[tuple[int, int]]) -> None:
    if not cells:
        return
    side = cell_of(picture.size)
    draw = ImageDraw.Draw(picture)
    boxes = {(column, row): (column * side, row * side) for column, row in cells}
    seen = Image.new("L", picture.size, 255)
    mask = ImageDraw.Draw(seen)
    for x, y in boxes.values():
        mask.rectangle((x, y, x + side - 1, y + side - 1), fill=0)
    colour = _mean(picture, seen)
    for (column, row), (x, y) in boxes.items():
        light = shade(column, row)
        fill = tuple(min(255, round(part * light)) for part in colour)
        draw.rectangle((x, y, x + side - 1, y + side - 1), fill=fill)


def _mean(picture: Image.Image, seen: Image.Image) -> tuple[float, ...]:
    """The mean colour of what is not covered; grey where all is."""
    bands = [band.histogram(seen) for band in picture.split()]
    if not sum(bands[0]):
        return (128.0, 128.0, 128.0)
    return tuple(sum(value * count for value, count in enumerate(band)) / sum(band) for band in bands)


def _at(point: Point, size: tuple[int, int]) -> Point:
    return point[0] * size[0], point[1] * size[1]


def line_width(size: tuple[int, int]) -> int:
    """How wide lines are on a photo of this size, in the same unit."""
    return max(2, round(_LINE * min(size)))


def arrow_wings(tail: Point, head: Point, length: float) -> tuple[Point, Point]:
    """The ends of the two short lines at an arrow's head, so long."""
    angle = math.atan2(tail[1] - head[1], tail[0] - head[0])
    one, other = (angle + turn for turn in (-math.pi / 6, math.pi / 6))
    return (
        (head[0] + length * math.cos(one), head[1] + length * math.sin(one)),
        (head[0] + length * math.cos(other), head[1] + length * math.sin(other)),
    )


def text_height(size: tuple[int, int]) -> int:
    """How high texts are on a photo of this size, in the same unit."""
    return max(12, round(_TEXT * min(size)))


def _arrow(picture: Image.Image, mark: Arrow) -> None:
    draw, width = ImageDraw.Draw(picture), line_width(picture.size)
    tail, head = _at(mark.tail, picture.size), _at(mark.head, picture.size)
    wings = arrow_wings(tail, head, 5 * width)
    for colour, wide in ((EDGE, width * 2), (COLOUR, width)):
        for end in (tail, *wings):
            draw.line((*end, *head), fill=colour, width=wide)
        for x, y in (tail, head, *wings):
            draw.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), fill=colour)


def _circle(picture: Image.Image, mark: Circle) -> None:
    draw, width = ImageDraw.Draw(picture), line_width(picture.size)
    (x, y), (to_x, to_y) = _at(mark.one, picture.size), _at(mark.other, picture.size)
    box = min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)
    for colour, out, wide in ((EDGE, width / 2, width * 2), (COLOUR, 0, width)):
        draw.ellipse((box[0] - out, box[1] - out, box[2] + out, box[3] + out), outline=colour, width=wide)


def _words(picture: Image.Image, mark: Words, font: Path) -> None:
    draw, size = ImageDraw.Draw(picture), text_height(picture.size)
    x, y = _at(mark.at, picture.size)
    words = mark.text[:LONGEST_WORDS]
    letters = ImageFont.truetype(str(font), size)
    # As wide as the photo at most, and not beyond its edges.
    if (wide := draw.textlength(words, font=letters) + 2 * size) > picture.width:
        letters = ImageFont.truetype(str(font), max(8, int(size * picture.width / wide)))
    half = draw.textlength(words, font=letters) / 2 + letters.size * 0.7
    high = letters.size * 0.95  # a capital with two marks reaches 1.17 em above the line
    x = min(max(x, half), picture.width - half)
    y = min(max(y, high), picture.height - high)
    box = x - half, y - high, x + half, y + high
    draw.rounded_rectangle(box, radius=letters.size / 3, fill=COLOUR, outline=EDGE, width=max(1, int(size / 12)))
    draw.text((x, y), words, font=letters, fill=EDGE, anchor="mm")
