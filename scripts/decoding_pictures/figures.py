"""Pictures for the documents: panels that show a picture or a curve, drawn on in its own coordinates, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Pixels = npt.NDArray[np.uint8]
Point = tuple[float, float]
Colour = tuple[int, int, int]

WIDTH = 900
INK: Colour = (28, 32, 30)
FAINT: Colour = (150, 156, 153)
GREEN: Colour = (20, 160, 90)
RED: Colour = (214, 40, 57)
BLUE: Colour = (32, 110, 220)
ORANGE: Colour = (240, 140, 20)
PURPLE: Colour = (140, 70, 200)
TURNS: tuple[Colour, ...] = (RED, ORANGE, (170, 150, 20), GREEN, (20, 160, 170), BLUE, PURPLE, (200, 60, 150))
"""A colour for each of eight directions."""

_FINE = 2  # all is drawn twice as large, then averaged
_GAP, _CAPTION = 14, 22
_COLOURS = 160


def font(weight: str, size: float) -> ImageFont.FreeTypeFont:
    """Load Inter (SIL Open Font License 1.1), which comes with django-unfold."""
    return ImageFont.truetype(str(files("unfold").joinpath(f"static/unfold/fonts/inter/Inter-{weight}.woff2")), size)


@dataclass(frozen=True)
class Panel:
    """A canvas whose coordinates are `x0` to `x1` from left to right and `y0` to `y1` from top to bottom."""

    canvas: Image.Image
    x0: float
    y0: float
    x1: float
    y1: float
    caption: str = ""

    def _at(self, points: Iterable[Sequence[float]]) -> list[Point]:
        across, down = self.canvas.width / (self.x1 - self.x0), self.canvas.height / (self.y1 - self.y0)
        return [((float(p[0]) - self.x0) * across, (float(p[1]) - self.y0) * down) for p in points]

    def line(self, points: Iterable[Sequence[float]], colour: Colour, width: float = 2) -> None:
        """Draw a polyline."""
        ImageDraw.Draw(self.canvas).line(self._at(points), colour, round(width * _FINE), joint="curve")

    def ring(self, points: Iterable[Sequence[float]], colour: Colour, width: float = 3) -> None:
        """Draw a closed polyline."""
        corners = list(points)
        self.line([*corners, corners[0], corners[1]], colour, width)

    def fill(self, points: Iterable[Sequence[float]], colour: Colour, share: float = 0.3) -> None:
        """Tint a polygon."""
        mask = Image.new("L", self.canvas.size)
        ImageDraw.Draw(mask).polygon(self._at(points), round(255 * share))
        self.canvas.paste(colour, (0, 0), mask)

    def block(self, start: Sequence[float], end: Sequence[float], colour: Colour) -> None:
        """Fill an upright rectangle."""
        ImageDraw.Draw(self.canvas).rectangle(self._at([start, end]), colour)

    def dots(self, points: Iterable[Sequence[float]], colour: Colour, radius: float = 2) -> None:
        """Draw discs of a radius on the page."""
        pen = ImageDraw.Draw(self.canvas)
        for x, y in self._at(points):
            r = radius * _FINE
            pen.ellipse((x - r, y - r, x + r, y + r), colour)

    def word(self, at: Sequence[float], text: str, colour: Colour = INK, size: float = 13, anchor: str = "mm") -> None:
        """Write a word, with a halo, so that it can be read on anything."""
        (point,) = self._at([at])
        face = font("SemiBold", size * _FINE)
        halo = (255, 255, 255) if sum(colour) < 500 else INK
        ImageDraw.Draw(self.canvas).text(
            point, text, colour, face, anchor=anchor, stroke_width=2 * _FINE, stroke_fill=halo
        )


def picture(image: Pixels, width: float, caption: str = "", *, smooth: bool = True, paler: float = 0.0) -> Panel:
    """A panel that shows a gray or BGR picture and is drawn on in its pixels; `paler` fades it to white."""
    colour = cv2.cvtColor(image, cv2.COLOR_GRAY2RGB if image.ndim == 2 else cv2.COLOR_BGR2RGB)
    size = (round(width * _FINE), round(width * _FINE * image.shape[0] / image.shape[1]))
    how = Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST
    canvas = Image.fromarray(np.asarray(colour, np.uint8)).resize(size, how)
    canvas = Image.blend(canvas, Image.new("RGB", size, "white"), paler)
    return Panel(canvas, -0.5, -0.5, image.shape[1] - 0.5, image.shape[0] - 0.5, caption)


def plot(across: tuple[float, float], up: tuple[float, float], width: float, height: float, caption: str = "") -> Panel:
    """An empty panel with x `across` and y `up`wards."""
    canvas = Image.new("RGB", (round(width * _FINE), round(height * _FINE)), (246, 248, 247))
    return Panel(canvas, across[0], up[1], across[1], up[0], caption)


def curve(values: npt.NDArray[np.floating], start: float = 0.0, step: float = 1.0) -> list[Point]:
    """The points of values that stand `step` apart."""
    return [(start + step * i, float(v)) for i, v in enumerate(values)]


def stacked(*panels: Panel) -> Panel:
    """Panels of one width below each other, each with its caption, as one that is not drawn on any more."""
    canvas = _column([(panel.canvas, panel.caption) for panel in panels[1:]], panels[0].canvas)
    return Panel(canvas, 0, 0, canvas.width, canvas.height, panels[0].caption)


def _column(parts: list[tuple[Image.Image, str]], top: Image.Image) -> Image.Image:
    gap, caption = _GAP * _FINE, _CAPTION * _FINE
    height = top.height + sum(gap + caption + canvas.height for canvas, _ in parts)
    column = Image.new("RGB", (top.width, height), "white")
    column.paste(top, (0, 0))
    y = top.height + gap
    for canvas, words in parts:
        ImageDraw.Draw(column).text((0, y), words, INK, font("Medium", 13 * _FINE))
        column.paste(canvas, (0, y + caption))
        y += caption + canvas.height + gap
    return column


def _palette() -> Image.Image:
    """Grays, and the colours drawn with as they are mixed with white, gray and black."""
    tones = [np.linspace(0, 255, 64)[:, None].repeat(3, 1)]
    for colour in TURNS:
        tones += [np.linspace(colour, end, 7)[:-1] for end in (255, 128)] + [np.linspace(colour, 0, 4)[1:-1]]
    palette = Image.new("P", (1, 1))
    palette.putpalette(np.concatenate(tones).round().astype(np.uint8)[:256].tobytes())
    return palette


def save(path: Path, *rows: Sequence[Panel], coloured: bool = False) -> None:
    """Lay rows of panels below each other, each with its caption above, and write a small PNG.

    Where the pictures are not gray but `coloured`, colours are chosen for them.
    """
    gap, caption = _GAP * _FINE, _CAPTION * _FINE
    heights = [max(p.canvas.height for p in row) + (caption if any(p.caption for p in row) else 0) for row in rows]
    width = max(sum(p.canvas.width for p in row) + gap * (len(row) - 1) for row in rows)
    page = Image.new("RGB", (width + 2 * gap, sum(heights) + gap * (len(rows) + 1)), "white")
    pen, face = ImageDraw.Draw(page), font("Medium", 13 * _FINE)
    y = gap
    for row, height in zip(rows, heights, strict=True):
        x, below = gap, caption if any(p.caption for p in row) else 0
        for panel in row:
            pen.text((x, y), panel.caption, INK, face)
            page.paste(panel.canvas, (x, y + below))
            x += panel.canvas.width + gap
        y += height + gap
    page = page.resize((page.width // _FINE, page.height // _FINE), Image.Resampling.LANCZOS)
    path.parent.mkdir(parents=True, exist_ok=True)
    page.quantize(palette=None if coloured else _palette(), colors=_COLOURS, dither=Image.Dither.NONE).save(
        path, optimize=True
    )
    print(f"{path}  {page.width} x {page.height}  {path.stat().st_size:,} bytes")
