"""Draws what packs hold, around the origin, about one unit to each side."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from pictures.drawing.canvas import Canvas, Point, around, mix
from pictures.drawing.colours import Colours

Drawing = Callable[[Canvas, Colours], None]
WHITE, DARK = "#ffffff", "#2b2118"


def _scattered(count: int, far: float, flat: float = 1.0) -> list[tuple[Point, float]]:
    """Places within a circle and a turn at each, always the same."""
    rng = random.Random(count)  # noqa: S311 - no secret
    places = []
    for _ in range(count):
        angle, radius = rng.uniform(0, 2 * math.pi), far * math.sqrt(rng.random())
        places.append(((radius * math.cos(angle), flat * radius * math.sin(angle)), rng.uniform(0, math.pi)))
    return sorted(places, key=lambda place: place[0][1])


def _turned(points: list[Point], angle: float, x: float, y: float) -> list[Point]:
    c, s = math.cos(angle), math.sin(angle)
    return [(x + px * c - py * s, y + px * s + py * c) for px, py in points]


def _grain(c: Canvas, at: Point, angle: float, long: float, thick: float, fill: str) -> None:
    c.blob(_turned([(-long, 0), (0, -thick), (long, 0), (0, thick)], angle, *at), fill)


def patties(c: Canvas, _: Colours) -> None:
    for x, y in ((-0.5, -0.42), (0.5, -0.42), (0, 0.08), (-0.62, 0.5), (0.62, 0.5)):
        c.dot(x, y, 0.41, "#a8451f")
        c.dot(x, y - 0.04, 0.38, "#c8592c")
        c.oval(x - 0.13, y - 0.18, 0.15, 0.1, "#e0926b")


def floss(c: Canvas, _: Colours) -> None:
    c.blob([(-0.95, 0.55), (-0.6, -0.2), (0, -0.62), (0.6, -0.2), (0.95, 0.55), (0, 0.75)], "#b5652a")
    for n, ((x, y), angle) in enumerate(_scattered(70, 0.72, 0.75)):
        c.string(
            _turned([(-0.17, 0.03), (0, -0.04), (0.17, 0.03)], angle, x, y + 0.1),
            ("#d98c4a", "#c67536", "#e6a866")[n % 3],
            0.05,
        )


def _shell(c: Canvas, x: float, y: float, r: float, fill: str, rib: str) -> None:
    fan = [(x + r * math.sin(a) * 1.05, y - r * math.cos(a)) for a in [n * 0.32 for n in range(-5, 6)]]
    c.blob([(x - 0.18 * r, y + 0.62 * r), *fan, (x + 0.18 * r, y + 0.62 * r)], fill)
    for px, py in fan[1:-1]:
        c.line([(x, y + 0.5 * r), (x + (px - x) * 0.85, y + (py - y) * 0.85)], rib, 0.05 * r)


def shells(c: Canvas, colours: Colours) -> None:
    tint = mix(colours.light, "#f3e7d3", 0.55)
    _shell(c, -0.48, -0.05, 0.5, tint, mix(tint, DARK, 0.25))
    _shell(c, 0.5, -0.12, 0.5, mix(tint, WHITE, 0.3), mix(tint, DARK, 0.2))
    _shell(c, 0.02, 0.4, 0.58, mix(tint, WHITE, 0.5), mix(tint, DARK, 0.25))


def strips(c: Canvas, _: Colours) -> None:
    for n, (x, y) in enumerate(((-0.55, 0.1), (-0.25, -0.15), (0.05, 0.12), (0.35, -0.12), (0.62, 0.12))):
        fill = ("#8a3f22", "#a5532e", "#743219")[n % 3]
        c.string([(x - 0.18, y - 0.7), (x + 0.08, y - 0.2), (x - 0.08, y + 0.25), (x + 0.15, y + 0.65)], fill, 0.22)
        c.string([(x - 0.14, y - 0.6), (x + 0.08, y - 0.15), (x - 0.05, y + 0.2)], mix(fill, WHITE, 0.25), 0.05)


def squid(c: Canvas, _: Colours) -> None:
    skin, shade = "#e9cdb2", "#c99c7a"
    for x in (-0.3, -0.15, 0, 0.15, 0.3):
        c.string([(x * 0.8, 0.3), (x * 1.2, 0.6), (x * 1.9 + 0.05, 0.8), (x * 2.1, 0.98)], shade, 0.09)
    c.blob([(0, -0.95), (-0.55, -0.6), (-0.3, -0.45)], shade)
    c.blob([(0, -0.95), (0.55, -0.6), (0.3, -0.45)], shade)
    c.blob([(0, -1.0), (-0.3, -0.5), (-0.33, 0.05), (-0.24, 0.42), (0.24, 0.42), (0.33, 0.05), (0.3, -0.5)], skin)
    c.dot(-0.14, 0.3, 0.055, DARK)
    c.dot(0.14, 0.3, 0.055, DARK)
    for x, y in ((-0.12, -0.45), (0.1, -0.25), (-0.06, -0.05), (0.13, -0.55)):
        c.dot(x, y, 0.03, shade)


def fish(c: Canvas, colours: Colours) -> None:
    body = mix(colours.main, "#8fb0bf", 0.55)
    c.polygon([(0.5, 0), (0.98, -0.38), (0.86, 0), (0.98, 0.38)], mix(body, DARK, 0.2))
    c.blob([(-0.15, -0.32), (0.12, -0.62), (0.32, -0.2)], mix(body, DARK, 0.2))
    c.blob([(-0.98, 0.02), (-0.5, -0.36), (0.1, -0.34), (0.62, 0), (0.1, 0.34), (-0.5, 0.36)], body)
    c.blob([(-0.95, 0.08), (-0.4, 0.12), (0.2, 0.1), (0.55, 0.04), (0.1, 0.33), (-0.5, 0.35)], mix(body, WHITE, 0.45))
    c.string([(-0.5, -0.28), (-0.42, 0), (-0.5, 0.28)], mix(body, DARK, 0.3), 0.04)
    c.dot(-0.7, -0.08, 0.08, WHITE)
    c.dot(-0.7, -0.08, 0.045, DARK)
    for x in (-0.2, 0.05, 0.3):
        c.string([(x, -0.14), (x + 0.07, -0.02), (x, 0.1)], mix(body, DARK, 0.18), 0.03)


def shrimp(c: Canvas, _: Colours) -> None:
    for shift in ((-0.5, -0.28, -0.06), (-0.55, -0.1, 0.1)):
        c.string([(-0.55, shift[2]), (-0.9, shift[1] - 0.35), (-0.98, shift[0] - 0.3)], "#c9512f", 0.035)
    c.polygon([(0.5, 0.62), (0.98, 0.55), (0.78, 0.78), (0.86, 0.98), (0.5, 0.86)], "#c9512f")
    turns = [math.pi * (1.02 + 0.17 * n) for n in range(8)]
    for n, turn in enumerate(reversed(turns)):
        x, y = 0.08 + 0.52 * math.cos(turn), 0.32 + 0.62 * math.sin(turn) * (1 if n > 1 else 0.9)
        c.dot(x, y, 0.2 + 0.022 * n, "#e8845c" if n % 2 else "#f09a74")
    c.string([(0.6, 0.45), (0.62, 0.62), (0.56, 0.74)], "#e8845c", 0.26)
    c.dot(-0.46, 0.16, 0.055, DARK)
    for x in (-0.2, 0, 0.2):
        c.line([(x, 0.05), (x - 0.05, 0.32)], "#c9512f", 0.05)


def crab(c: Canvas, _: Colours) -> None:
    shell, edge = "#d9532c", "#a83a1c"
    for side in (-1, 1):
        for y, far in ((-0.02, 0.95), (0.22, 0.92), (0.42, 0.8)):
            c.string([(side * 0.4, y), (side * far * 0.8, y + 0.05), (side * far, y + 0.34)], edge, 0.1)
        c.string([(side * 0.42, -0.15), (side * 0.72, -0.42), (side * 0.62, -0.62)], edge, 0.14)
        c.blob(
            [
                (side * 0.62, -0.5),
                (side * 0.36, -0.72),
                (side * 0.5, -1.0),
                (side * 0.56, -0.74),
                (side * 0.74, -0.98),
                (side * 0.84, -0.66),
            ],
            shell,
        )
        c.line([(side * 0.16, -0.3), (side * 0.2, -0.48)], edge, 0.05)
        c.dot(side * 0.2, -0.5, 0.075, DARK)
    c.blob([(-0.62, 0), (-0.36, -0.36), (0.36, -0.36), (0.62, 0), (0.38, 0.4), (-0.38, 0.4)], shell)
    c.string([(-0.3, 0.06), (0, 0.18), (0.3, 0.06)], edge, 0.05)


def noodles(c: Canvas, colours: Colours) -> None:
    tints = ["#f2e3bd", "#e6d09a", "#f7ecd0", mix(colours.light, "#f2e3bd", 0.5)]
    for n in range(13):
        x = (n - 6) * 0.12
        spread = x * 1.25
        c.string([(spread, -0.88), (x * 0.75, -0.4), (x * 0.42, 0), (x * 0.75, 0.4), (spread, 0.88)], tints[n % 4], 0.1)
    c.box(-0.42, -0.14, 0.42, 0.14, colours.deep, 0.06)
    c.box(-0.42, -0.03, 0.42, 0.03, "#c9a227")


def rolls(c: Canvas, colours: Colours) -> None:
    for x, y in ((-0.4, 0.42), (0.4, 0.42), (0, -0.12)):
        c.box(x - 0.42, y - 0.28, x + 0.3, y + 0.28, "#f4ead6", 0.26)
        c.oval(x + 0.3, y, 0.17, 0.28, "#fffaf0")
        c.oval(x + 0.3, y, 0.1, 0.18, mix(colours.light, "#f4ead6", 0.4))
        c.oval(x + 0.3, y, 0.05, 0.09, "#fffaf0")


def parcels(c: Canvas, _: Colours) -> None:
    for x, y, r in ((-0.45, 0.25, 0.52), (0.48, 0.28, 0.5), (0, -0.12, 0.62)):
        c.polygon([(x, y - r), (x - r, y + 0.72 * r), (x + r, y + 0.72 * r)], "#3f7034")
        c.polygon([(x, y - r), (x + 0.2 * r, y + 0.72 * r), (x + r, y + 0.72 * r)], "#5b8d48")
        c.line([(x - 0.62 * r, y + 0.1 * r), (x + 0.6 * r, y + 0.02 * r)], "#e4c98a", 0.05)
        c.line([(x - 0.3 * r, y + 0.7 * r), (x + 0.05 * r, y - 0.9 * r)], "#e4c98a", 0.05)


def grains(c: Canvas, _: Colours) -> None:
    c.blob([(-0.98, 0.6), (-0.5, -0.1), (0, -0.5), (0.5, -0.1), (0.98, 0.6), (0, 0.8)], "#d6c08a")
    for n, ((x, y), angle) in enumerate(_scattered(80, 0.8, 0.6)):
        if y > abs(x) * 1.05 - 0.55:
            _grain(c, (x, y + 0.15), angle, 0.12, 0.05, ("#fffaf0", "#f7eeda", "#f1e3c2")[n % 3])


def hen(c: Canvas, _: Colours) -> None:
    body, wing = "#c77b2e", "#a85f1e"
    for x in (-0.1, 0.2):
        c.line([(x, 0.5), (x, 0.86), (x - 0.14, 0.94)], "#e0a52c", 0.07)
    c.blob([(0.4, -0.1), (0.95, -0.72), (0.98, -0.2), (0.75, 0.25)], "#4a3a2a")
    c.blob(
        [(-0.55, -0.55), (-0.3, -0.2), (0.35, -0.12), (0.78, -0.1), (0.6, 0.45), (0, 0.66), (-0.5, 0.4), (-0.72, -0.1)],
        body,
    )
    for x in (-0.66, -0.54, -0.42):
        c.dot(x, -0.9, 0.1, "#c8321f")
    c.dot(-0.54, -0.64, 0.27, body)
    c.polygon([(-0.78, -0.7), (-1.0, -0.58), (-0.76, -0.54)], "#e0a52c")
    c.oval(-0.72, -0.4, 0.07, 0.12, "#c8321f")
    c.dot(-0.6, -0.68, 0.05, DARK)
    c.blob([(-0.15, 0), (0.4, 0), (0.62, 0.2), (0.2, 0.38), (-0.1, 0.26)], wing)


def eggs(c: Canvas, _: Colours) -> None:
    c.blob([(-0.98, 0.3), (0, 0.1), (0.98, 0.3), (0.6, 0.82), (-0.6, 0.82)], "#b58a4c")
    for x, y, fill in ((-0.45, 0.08, "#f3e2cd"), (0.46, 0.08, "#e8cda9"), (0, -0.14, "#fbf0e0")):
        c.blob([(x, y - 0.52), (x - 0.36, y + 0.05), (x, y + 0.4), (x + 0.36, y + 0.05)], fill)
        c.oval(x - 0.12, y - 0.14, 0.06, 0.11, WHITE)
    c.blob([(-0.98, 0.3), (-0.5, 0.42), (0, 0.46), (0.5, 0.42), (0.98, 0.3), (0.62, 0.84), (-0.62, 0.84)], "#9c733a")
    for n in range(-4, 5):
        c.string([(n * 0.2 - 0.08, 0.5), (n * 0.17, 0.64), (n * 0.14 + 0.08, 0.78)], "#c79d5e", 0.035)


def sausages(c: Canvas, _: Colours) -> None:
    for y, fill in ((-0.5, "#b5452f"), (0, "#9c3624"), (0.5, "#c2553c")):
        c.string([(-0.8, y + 0.12), (-0.3, y - 0.06), (0.3, y - 0.06), (0.8, y + 0.12)], fill, 0.36)
        c.string([(-0.6, y - 0.04), (-0.2, y - 0.16), (0.25, y - 0.16)], mix(fill, WHITE, 0.35), 0.05)
        for side in (-1, 1):
            c.line([(side * 0.97, y + 0.2), (side * 1.02, y + 0.24)], "#e9dcb9", 0.08)


def honey(c: Canvas, _: Colours) -> None:
    for row, count in ((-0.52, 2), (0, 3), (0.52, 2)):
        for n in range(count):
            x = (n - (count - 1) / 2) * 0.62
            c.polygon([(x + px, row + py) for px, py in around(6, 0.34)], "#b86f0c")
            c.polygon([(x + px, row + py) for px, py in around(6, 0.27)], "#f3b62f" if (n + count) % 2 else "#e79f1b")
    c.blob([(0.62, 0.1), (0.42, 0.56), (0.62, 0.86), (0.82, 0.56)], "#fcd25a")
    c.oval(0.56, 0.6, 0.05, 0.1, "#fff1c2")


def pills(c: Canvas, colours: Colours) -> None:
    for x, y, turn in ((-0.45, -0.35, 0.5), (0.45, -0.25, -0.6), (0, 0.35, 0.2), (-0.62, 0.5, -0.9), (0.66, 0.55, 0.9)):
        a, b, m = _turned([(-0.24, 0), (0.24, 0), (0, 0)], turn, x, y)
        c.line([a, b], "#f6efe2", 0.3)
        c.line([a, m], colours.main, 0.3)
        shine = _turned([(-0.2, -0.07), (0.2, -0.07)], turn, x, y)
        c.line(shine, WHITE, 0.04)


def pearls(c: Canvas, _: Colours) -> None:
    for n in range(15):
        angle = math.pi * (0.08 + 0.84 * n / 14)
        r = 0.09 + 0.055 * math.sin(angle)
        x, y = -0.88 * math.cos(angle), -0.7 + 1.35 * math.sin(angle)
        c.dot(x, y, r + 0.015, "#c9bfae")
        c.dot(x, y, r, "#f7f1e6")
        c.dot(x - r * 0.3, y - r * 0.3, r * 0.32, WHITE)


def stone(c: Canvas, _: Colours) -> None:
    c.polygon([(-0.7, 0.6), (-0.85, 0), (-0.3, -0.75), (0.35, -0.8), (0.85, -0.1), (0.7, 0.6)], "#23282b")
    c.polygon([(-0.85, 0), (-0.3, -0.75), (-0.1, -0.1)], "#454e53")
    c.polygon([(-0.3, -0.75), (0.35, -0.8), (-0.1, -0.1)], "#5f6a70")
    c.polygon([(0.35, -0.8), (0.85, -0.1), (0.25, 0.1), (-0.1, -0.1)], "#343c40")
    c.polygon([(-0.1, -0.1), (0.25, 0.1), (0.7, 0.6), (-0.2, 0.6)], "#2c3336")
    c.box(-0.9, 0.6, 0.9, 0.82, "#8a5a2b", 0.06)


def boat(c: Canvas, _: Colours) -> None:
    c.line([(0, 0.3), (0, -0.92)], "#6d4a22", 0.06)
    c.blob([(0.06, -0.88), (0.62, -0.4), (0.7, 0.18), (0.06, 0.18)], "#c8693a")
    for y in (-0.55, -0.3, -0.05):
        c.line([(0.06, y), (0.5 + (y + 0.55) * 0.3, y + 0.06)], "#8f4420", 0.03)
    c.polygon([(-0.06, -0.7), (-0.06, 0.15), (-0.5, 0.15)], "#e0905f")
    c.blob([(-0.98, 0.3), (0, 0.44), (0.98, 0.26), (0.66, 0.74), (-0.62, 0.74)], "#8a5a2b")
    c.string([(-0.86, 0.46), (0, 0.58), (0.86, 0.44)], "#b98446", 0.06)


def cloth(c: Canvas, colours: Colours) -> None:
    c.box(-0.85, -0.85, 0.85, 0.85, colours.deep, 0.08)
    c.box(-0.72, -0.72, 0.72, 0.72, "#f4e6cf")
    for row in range(3):
        for column in range(3):
            x, y = (column - 1) * 0.48, (row - 1) * 0.48
            fill = (colours.main, "#2f6f6a", "#d9962a")[(row + column) % 3]
            c.polygon([(x + px, y + py) for px, py in around(4, 0.23)], fill)
            c.polygon([(x + px, y + py) for px, py in around(4, 0.12)], "#f4e6cf")
            c.polygon([(x + px, y + py) for px, py in around(4, 0.055)], colours.deep)


def drops(c: Canvas, colours: Colours) -> None:
    for x, y, r in ((-0.52, 0.25, 0.3), (0.55, 0.3, 0.27), (0, -0.05, 0.5)):
        tint = mix(colours.light, WHITE, 0.2)
        c.blob([(x, y - 1.45 * r), (x - 0.8 * r, y + 0.1 * r), (x, y + r), (x + 0.8 * r, y + 0.1 * r)], tint)
        c.oval(x - 0.32 * r, y + 0.2 * r, 0.12 * r, 0.26 * r, WHITE)
