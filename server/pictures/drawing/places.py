"""Draws what a product is without its pack, and the land that it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from pictures.drawing.canvas import Canvas, Point, mix
from pictures.drawing.colours import Colours
from pictures.drawing.plants import WARES
from pictures.drawing.wares import DARK, WHITE

_NOT_EATEN = frozenset({"pearls", "stone", "boat", "cloth", "blossoms", "pills"})
_SKIES = (("#dcebdd", "#f8d77a"), ("#f9e6cd", "#f2a65a"), ("#d8e8f2", "#fbe7a8"))


def draw_ware(c: Canvas, ware: str, colours: Colours) -> None:
    """Draw a ware on a plate, or on a cloth where it is not eaten, in a picture of 1600 by 1200 units."""
    middle = c.at(800, 600)
    if ware in _NOT_EATEN:
        middle.box(-520, -470, 520, 490, mix(colours.soft, DARK, 0.1), 60)
        middle.box(-520, -480, 520, 480, colours.paper, 60)
    else:
        middle.dot(12, 26, 520, mix(colours.soft, DARK, 0.14))
        middle.dot(0, 0, 520, "#fdfcf9")
        middle.dot(0, 0, 410, "#f1efe8")
        middle.dot(0, 6, 400, "#fbfaf6")
        middle.ring(0, 0, 492, colours.light, 10)
    WARES[ware](middle.at(0, 0, 320), colours)


def draw_place(c: Canvas, scene: str, variant: int) -> None:
    """Draw the sea or the hills in a picture of 1600 by 1200 units; variants differ in their light and their ridges."""
    sky, sun = _SKIES[variant % len(_SKIES)]
    c.box(0, 0, 1600, 1200, sky)
    c.dot(380 + 330 * (variant % 3), 300, 120, sun)
    (_sea if scene == "sea" else _hills)(c, 130 * (variant % 3), sky)


def _ridge(c: Canvas, heights: Sequence[float], shift: float, fill: str) -> None:
    points: list[Point] = [(-300 + n * 260 - shift, y) for n, y in enumerate(heights)]
    c.blob([(-420, 1400), *points, (2100, 1400)], fill)


def _hills(c: Canvas, shift: float, sky: str) -> None:
    _ridge(c, (620, 470, 600, 420, 610, 500, 640, 520, 640), shift, mix("#6fa07a", sky, 0.5))
    _ridge(c, (760, 640, 560, 700, 760, 620, 560, 720, 700), shift / 2, "#8db884")
    _ridge(c, (860, 900, 820, 760, 860, 900, 840, 780, 860), shift, "#5f9461")
    for row, y in enumerate((960, 1050, 1150)):
        c.string(
            [(-60, y + 30), (400, y - 25), (900, y + 15), (1660, y - 30)],
            mix("#3f7346", "#5f9461", row / 5),
            58 + row * 12,
        )
        for n in range(13):
            x = -40 + n * 135 + row * 60
            c.dot(x, y - 12, 44 + row * 6, "#4c8350")
            c.dot(x - 14, y - 30, 16, "#7fae6d")
            if (n + row) % 3 == 0:
                c.dot(x + 16, y - 22, 11, "#f2cf5b")


def _sea(c: Canvas, shift: float, sky: str) -> None:
    far, near = mix("#6f93a0", sky, 0.45), "#4f7f7d"
    for start, high, wide in ((140, 300, 190), (520, 200, 150), (1010, 340, 210), (1400, 240, 180)):
        x = (start + shift * 2) % 1600
        c.blob(
            [
                (x - wide, 720),
                (x - wide * 0.7, 720 - high * 0.7),
                (x - wide * 0.1, 720 - high),
                (x + wide * 0.6, 720 - high * 0.75),
                (x + wide, 720),
                (x, 760),
            ],
            far,
        )
    c.box(0, 700, 1600, 1200, "#6fb0b5")
    c.box(0, 700, 1600, 760, mix("#6fb0b5", WHITE, 0.3))
    x = 1180.0 - shift * 2
    c.blob([(x - 260, 850), (x - 215, 520), (x - 40, 390), (x + 120, 460), (x + 230, 850), (x, 880)], near)
    c.blob([(x - 120, 850), (x - 90, 610), (x + 30, 540), (x + 160, 640), (x + 226, 850)], mix(near, "#7fae6d", 0.5))
    for n, y in enumerate((830, 930, 1030, 1120)):
        for step in range(5):
            left = step * 380 + n * 150 - 120
            c.string(
                [(left, y), (left + 60, y - 12), (left + 120, y), (left + 180, y - 12)], mix("#6fb0b5", WHITE, 0.45), 8
            )
    boat = c.at(430 + shift, 900)
    boat.line([(0, 60), (0, -190)], "#5b4422", 12)
    boat.blob([(10, -185), (130, -90), (140, 20), (10, 20)], "#c8693a")
    boat.polygon([(-12, -140), (-12, 20), (-100, 20)], "#e0905f")
    boat.blob([(-190, 40), (0, 66), (190, 32), (130, 125), (-120, 125)], "#7d4f2a")
