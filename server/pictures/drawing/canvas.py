"""Draws flat shapes and texts in units of their own, with smooth edges, with Pillow alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from printing.symbols import DrawnSymbol

Point = tuple[float, float]
UNITS = 1600
"""The longest side of every picture in units, so that one drawing serves every width."""

_FONTS = Path(__file__).resolve().parent.parent / "fonts"
_LEAST = 0.6  # of a text's size: a longer text is cut
_STEPS = 12  # of a curve between two points


@dataclass(frozen=True)
class Canvas:
    """A picture that is being drawn. `scale` is in pixels a unit; (`x`, `y`) is where its origin is, in pixels.

    Shapes are drawn several times too large and then reduced, which smooths their edges.
    """

    draw: ImageDraw.ImageDraw
    image: Image.Image
    over: int
    scale: float
    x: float = 0
    y: float = 0

    @classmethod
    def new(cls, size: tuple[int, int], longest: int, background: str) -> Canvas:
        """Begin a picture of `size` units that will have `longest` pixels on its longest side."""
        over = 2 if longest > UNITS / 2 else 3
        scale = longest / UNITS * over
        image = Image.new(
            "RGB", (round(size[0] * longest / UNITS) * over, round(size[1] * longest / UNITS) * over), background
        )
        return cls(ImageDraw.Draw(image), image, over, scale)

    def finished(self) -> Image.Image:
        """The picture in its own size."""
        return self.image.reduce(self.over)

    def at(self, x: float, y: float, zoom: float = 1) -> Canvas:
        """The same picture with its origin at a point, and units `zoom` times as large."""
        return replace(self, x=self.x + x * self.scale, y=self.y + y * self.scale, scale=self.scale * zoom)

    def polygon(self, points: Iterable[Point], fill: str) -> None:
        """Fill a polygon."""
        self.draw.polygon([self._pixel(point) for point in points], fill=fill)

    def blob(self, points: Sequence[Point], fill: str) -> None:
        """Fill a closed curve through points."""
        self.polygon(_curve([points[-1], *points, *points[:2]]), fill)

    def line(self, points: Sequence[Point], fill: str, width: float) -> None:
        """Draw a line through points, with round ends and corners."""
        pixels = [self._pixel(point) for point in points]
        thick = max(1.0, width * self.scale)
        self.draw.line(pixels, fill=fill, width=round(thick), joint="curve")
        for x, y in (pixels[0], pixels[-1]):
            self.draw.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=fill)

    def string(self, points: Sequence[Point], fill: str, width: float) -> None:
        """Draw a curve through points."""
        self.line(_curve([points[0], *points, points[-1]]), fill, width)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str) -> None:
        """Fill an ellipse around a point."""
        self.draw.ellipse((*self._pixel((x - rx, y - ry)), *self._pixel((x + rx, y + ry))), fill=fill)

    def dot(self, x: float, y: float, r: float, fill: str) -> None:
        """Fill a circle around a point."""
        self.oval(x, y, r, r, fill)

    def ring(self, x: float, y: float, r: float, fill: str, width: float) -> None:
        """Draw a circle's line around a point."""
        box = (*self._pixel((x - r, y - r)), *self._pixel((x + r, y + r)))
        self.draw.ellipse(box, outline=fill, width=max(1, round(width * self.scale)))

    def box(self, left: float, top: float, right: float, bottom: float, fill: str, radius: float = 0) -> None:
        """Fill a rectangle, its corners rounded."""
        corners = (*self._pixel((left, top)), *self._pixel((right, bottom)))
        self.draw.rounded_rectangle(corners, radius * self.scale, fill=fill)

    def stars(self, x: float, y: float, count: int, r: float, fill: str) -> None:
        """Draw stars in a row around a point."""
        for n in range(count):
            middle = x + (n - (count - 1) / 2) * r * 2.3
            corners = [(a, r if i % 2 == 0 else r * 0.42) for i, a in enumerate(_angles(10))]
            self.polygon([(middle + far * math.cos(a), y + far * math.sin(a)) for a, far in corners], fill)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        fill: str,
        *,
        bold: bool = False,
        room: float = 0,
        anchor: str = "mm",
    ) -> None:
        """Write one line. Where it is wider than `room`, it is made smaller, and then cut."""
        while room and self.width(text, size * _LEAST, bold=bold) > room:
            text = text[:-2].rstrip() + "…"
        wide = self.width(text, size, bold=bold)
        size = size * min(1, room / wide) if room and wide else size
        self.draw.text(self._pixel((x, y)), text, fill=fill, font=_font(bold, size * self.scale), anchor=anchor)

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """How wide a text is, in units."""
        return _font(bold, 100).getlength(text) / 100 * size

    def wrapped(self, text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
        """Break a text into as few lines of at most `room` as possible, of much the same length."""
        lines = self._broken(text, size, room, bold)
        for narrower in (0.9, 0.8, 0.7, 0.6):
            closer = self._broken(text, size, room * narrower, bold)
            if len(closer) == len(lines) and max(self.width(line, size, bold=bold) for line in closer) <= room:
                lines = closer
        return lines

    def _broken(self, text: str, size: float, room: float, bold: bool) -> list[str]:
        lines: list[str] = []
        for word in text.split():
            if lines and self.width(f"{lines[-1]} {word}", size, bold=bold) <= room:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return lines

    def symbol(self, symbol: DrawnSymbol, left: float, top: float, module: float) -> None:
        """Draw a bar code with its quiet zones on white, `module` units a module, on whole pixels."""
        x, y = self._pixel((left, top))
        step = module * self.scale
        x, y = round(x), round(y)
        self.draw.rectangle((x, y, x + round(symbol.width * step), y + round(symbol.height * step)), fill="#ffffff")
        for bar_x, bar_y, wide, high in symbol.bars:
            edges = [bar_x, bar_y, bar_x + wide, bar_y + high]
            a, b, c, d = (round(edge * step) for edge in edges)
            self.draw.rectangle((x + a, y + b, x + c - 1, y + d - 1), fill="#000000")
        for digit in symbol.digits:
            at = (x + digit.middle * step, y + digit.baseline * step)
            self.draw.text(at, digit.text, fill="#000000", font=_font(False, digit.height * step * 1.12), anchor="ms")

    def _pixel(self, point: Point) -> Point:
        return self.x + point[0] * self.scale, self.y + point[1] * self.scale


def _angles(count: int) -> list[float]:
    return [2 * math.pi * n / count - math.pi / 2 for n in range(count)]


def around(count: int, far: float, start: float = 0) -> list[Point]:
    """Points in equal steps on a circle around the origin, the first one upwards, turned by `start` of a step."""
    return [
        (far * math.cos(a + start * 2 * math.pi / count), far * math.sin(a + start * 2 * math.pi / count))
        for a in _angles(count)
    ]


def mix(one: str, other: str, share: float) -> str:
    """A colour between two of the form #rrggbb: `share` of the other."""
    pairs = [(int(one[n : n + 2], 16), int(other[n : n + 2], 16)) for n in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _curve(points: Sequence[Point]) -> list[Point]:
    """A Catmull-Rom curve through all points but the first and the last."""
    made: list[Point] = []
    for (ax, ay), (bx, by), (cx, cy), (dx, dy) in zip(points, points[1:], points[2:], points[3:], strict=False):
        for step in range(_STEPS + 1):
            t = step / _STEPS
            weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3)
            xs, ys = (ax, bx, cx, dx), (ay, by, cy, dy)
            made.append(
                (
                    sum(w * x for w, x in zip(weights, xs, strict=True)) / 2,
                    sum(w * y for w, y in zip(weights, ys, strict=True)) / 2,
                )
            )
    return made


@lru_cache(maxsize=256)
def _font(bold: bool, size: float) -> ImageFont.FreeTypeFont:
    name = "BeVietnamPro-Bold.ttf" if bold else "BeVietnamPro-Medium.ttf"
    return ImageFont.truetype(_FONTS / name, max(1.0, size), layout_engine=ImageFont.Layout.BASIC)
