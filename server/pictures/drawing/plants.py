"""Draws plants, and places to go, around the origin, about one unit to each side."""

from __future__ import annotations

import math

from pictures.drawing import wares
from pictures.drawing.canvas import Canvas, Point, around, mix
from pictures.drawing.colours import Colours
from pictures.drawing.wares import DARK, WHITE, Drawing

LEAF, LEAF_DARK = "#5f9450", "#3c6e34"


def _leaf(c: Canvas, x: float, y: float, long: float, angle: float, fill: str = LEAF) -> None:
    """A leaf that grows from a point, `angle` turned to the right from upwards."""

    def at(along: float, across: float) -> Point:
        return (
            x + long * (along * math.sin(angle) + across * math.cos(angle)),
            y + long * (across * math.sin(angle) - along * math.cos(angle)),
        )

    c.blob([at(0, 0), at(0.45, -0.24), at(1, 0), at(0.45, 0.24)], fill)
    c.line([at(0.05, 0), at(0.85, 0)], mix(fill, DARK, 0.25), 0.035 * long)


def _flower(c: Canvas, x: float, y: float, r: float, petal: str, heart: str) -> None:
    for px, py in around(5, 0.58 * r):
        c.dot(x + px, y + py, 0.46 * r, petal)
    for px, py in around(5, 0.5 * r):
        c.line([(x, y), (x + px, y + py)], mix(petal, heart, 0.35), 0.06 * r)
    c.dot(x, y, 0.26 * r, heart)


def roots(c: Canvas, colours: Colours) -> None:
    tint = mix(colours.main, "#b5773a", 0.5)
    for x, y, turn, fill in (
        (-0.45, 0.05, -0.35, tint),
        (0.48, 0, 0.4, mix(tint, DARK, 0.12)),
        (0.02, 0.1, 0.02, mix(tint, WHITE, 0.15)),
    ):
        points: list[Point] = [(0, -0.75), (0.27, -0.3), (0.23, 0.3), (0.02, 0.85), (-0.23, 0.3), (-0.27, -0.3)]
        s, k = math.sin(turn), math.cos(turn)
        c.blob([(x + px * k - py * s, y + px * s + py * k) for px, py in points], fill)
        for py in (-0.35, -0.05, 0.25):
            c.string(
                [
                    (x - 0.12 * k - py * s, y - 0.12 * s + py * k),
                    (x - py * s, y + 0.04 + py * k),
                    (x + 0.12 * k - py * s, y + 0.12 * s + py * k),
                ],
                mix(fill, DARK, 0.22),
                0.03,
            )


def shoots(c: Canvas, _: Colours) -> None:
    for x, y, r in ((-0.5, 0.2, 0.75), (0.52, 0.25, 0.7), (0, 0, 1.0)):
        c.blob(
            [
                (x, y - 0.9 * r),
                (x - 0.2 * r, y - 0.3 * r),
                (x - 0.36 * r, y + 0.72 * r),
                (x + 0.36 * r, y + 0.72 * r),
                (x + 0.2 * r, y - 0.3 * r),
            ],
            "#c9a25c",
        )
        for n, up in enumerate((0.5, 0.12, -0.24)):
            wide = 0.34 - 0.08 * n
            c.blob(
                [
                    (x - wide * r, y + (up + 0.2) * r),
                    (x - 0.05 * r, y + (up - 0.42) * r),
                    (x + wide * 0.5 * r, y + (up + 0.2) * r),
                ],
                ("#8f9b52", "#7a8a44", "#a2ab63")[n],
            )
        c.blob([(x, y - 0.98 * r), (x - 0.1 * r, y - 0.6 * r), (x + 0.1 * r, y - 0.6 * r)], LEAF_DARK)


def mushrooms(c: Canvas, _: Colours) -> None:
    for x, y, r, fill in ((-0.5, 0.2, 0.62, "#a06a3c"), (0.52, 0.25, 0.56, "#8a5730"), (0, -0.05, 0.8, "#b57c4a")):
        c.blob(
            [(x - 0.16 * r, y), (x + 0.16 * r, y), (x + 0.2 * r, y + 0.8 * r), (x - 0.2 * r, y + 0.8 * r)], "#f3e6d0"
        )
        c.blob(
            [
                (x - 0.72 * r, y + 0.06 * r),
                (x - 0.5 * r, y - 0.5 * r),
                (x, y - 0.78 * r),
                (x + 0.5 * r, y - 0.5 * r),
                (x + 0.72 * r, y + 0.06 * r),
                (x, y + 0.14 * r),
            ],
            fill,
        )
        for px, py in ((-0.3, -0.25), (0.05, -0.5), (0.34, -0.2)):
            c.oval(x + px * r, y + py * r, 0.1 * r, 0.07 * r, mix(fill, WHITE, 0.45))


def fruit(c: Canvas, colours: Colours) -> None:
    tint = colours.main
    for x, y, fill in ((-0.48, 0.3, mix(tint, DARK, 0.1)), (0.5, 0.3, mix(tint, WHITE, 0.12)), (0, -0.12, tint)):
        _leaf(c, x, y - 0.42, 0.42, 0.9, LEAF)
        c.dot(x, y, 0.46, fill)
        c.oval(x - 0.15, y - 0.16, 0.12, 0.09, mix(fill, WHITE, 0.5))
        c.line([(x, y - 0.42), (x + 0.04, y - 0.56)], "#5b4422", 0.06)


def greens(c: Canvas, _: Colours) -> None:
    for n, angle in enumerate((-0.95, 0.95, -0.55, 0.55, 0)):
        c.line([(0, 0.85), (0.62 * math.sin(angle), 0.5 - 0.45 * math.cos(angle))], "#cfe0b4", 0.1)
        _leaf(c, 0.3 * math.sin(angle), 0.45 - 0.1 * math.cos(angle), 1.3, angle, (LEAF_DARK, "#4f8544", LEAF)[n // 2])
    c.box(-0.24, 0.5, 0.24, 0.66, "#d9a441", 0.05)


def anise(c: Canvas, _: Colours) -> None:
    for (px, py), angle in zip(around(8, 0.5), [n * math.pi / 4 for n in range(8)], strict=True):
        _leaf(c, 0, 0, 0.95, angle, "#8a4f22")
        c.oval(px, py, 0.09, 0.09, "#d98c3f")
    c.dot(0, 0, 0.16, "#6b3a17")


def buds(c: Canvas, _: Colours) -> None:
    for x, y in ((-0.72, 0.1), (-0.36, -0.12), (0, -0.2), (0.36, -0.12), (0.72, 0.1)):
        c.line([(x, y), (x, y + 0.75)], "#6f7a2b", 0.05)
        _leaf(c, x, y + 0.68, 0.34, 0.8 if x <= 0 else -0.8, LEAF)
        c.blob([(x, y - 0.5), (x - 0.19, y - 0.1), (x, y + 0.22), (x + 0.19, y - 0.1)], "#dfb63a")
        c.blob([(x, y - 0.5), (x - 0.03, y - 0.1), (x, y + 0.22), (x + 0.19, y - 0.1)], "#f0cf62")


def leaves(c: Canvas, _: Colours) -> None:
    for angle, long, fill in (
        (-1.15, 0.95, LEAF_DARK),
        (1.15, 0.95, LEAF_DARK),
        (-0.55, 1.2, "#4f8544"),
        (0.55, 1.2, "#4f8544"),
        (0, 1.55, LEAF),
    ):
        _leaf(c, 0, 0.62, long, angle, fill)
    c.line([(0, 0.55), (0, 0.95)], "#5b4422", 0.07)


def berries(c: Canvas, colours: Colours) -> None:
    for angle in (-0.9, 0.1, 1.0):
        _leaf(c, 0, -0.25, 0.8, angle, LEAF)
    tint = mix(colours.main, "#6a2a5a", 0.35) if colours.main != "#db951a" else "#e0a832"
    for x, y in ((-0.5, 0), (0, -0.1), (0.5, 0), (-0.26, 0.36), (0.26, 0.36), (0, 0.72)):
        c.dot(x, y, 0.29, mix(tint, DARK, 0.2))
        c.dot(x, y - 0.02, 0.27, tint)
        c.dot(x - 0.09, y - 0.11, 0.07, mix(tint, WHITE, 0.55))


def blossoms(c: Canvas, colours: Colours) -> None:
    petal = mix(colours.main, WHITE, 0.35)
    c.string([(-0.8, 0.85), (-0.3, 0.25), (0.1, -0.1), (0.7, -0.8)], "#6d4a2a", 0.09)
    c.string([(-0.3, 0.25), (-0.55, -0.2), (-0.6, -0.6)], "#6d4a2a", 0.06)
    c.string([(0.05, -0.05), (0.4, 0.2), (0.72, 0.3)], "#6d4a2a", 0.06)
    _leaf(c, 0.35, -0.4, 0.4, 1.6)
    _leaf(c, -0.45, 0.42, 0.4, -1.4)
    for x, y, r in ((-0.6, -0.6, 0.36), (0.7, -0.75, 0.32), (0.1, -0.2, 0.4), (0.72, 0.3, 0.34), (-0.35, 0.15, 0.3)):
        _flower(c, x, y, r, petal, "#e9b531")


def houses(c: Canvas, _: Colours) -> None:
    for x in (-0.55, -0.18, 0.18, 0.55):
        c.line([(x, 0.35), (x, 0.85)], "#6d4a2a", 0.08)
    c.box(-0.68, -0.1, 0.68, 0.4, "#b98446")
    c.box(-0.12, 0, 0.14, 0.4, "#6d4a2a")
    for x in (-0.5, 0.34):
        c.box(x, 0.02, x + 0.2, 0.22, "#fbe7b2")
    c.polygon([(-0.95, -0.02), (-0.55, -0.75), (0.55, -0.75), (0.95, -0.02)], "#7d5a34")
    for y in (-0.5, -0.26):
        c.line([(-0.6 + y * 0.4, y), (0.6 - y * 0.4, y)], "#96713f", 0.03)


def trees(c: Canvas, _: Colours) -> None:
    for x, y, r in ((-0.55, 0.1, 0.42), (0.56, 0.12, 0.4), (0, -0.2, 0.55)):
        c.line([(x, y), (x, 0.85)], "#6d4a2a", 0.1)
        c.dot(x, y, r, LEAF_DARK)
        c.dot(x - 0.1 * r, y - 0.12 * r, 0.8 * r, "#4f8544")
        c.dot(x - 0.22 * r, y - 0.28 * r, 0.45 * r, LEAF)
    c.string([(-0.95, 0.86), (0, 0.8), (0.95, 0.86)], LEAF, 0.12)


WARES: dict[str, Drawing] = {
    drawing.__name__: drawing
    for drawing in (
        wares.patties, wares.floss, wares.shells, wares.strips, wares.squid, wares.fish, wares.shrimp, wares.crab,
        wares.noodles, wares.rolls, wares.parcels, wares.grains, wares.hen, wares.eggs, wares.sausages, wares.honey,
        wares.pills, wares.pearls, wares.stone, wares.boat, wares.cloth, wares.drops, roots, shoots, mushrooms, fruit,
        greens, anise, buds, leaves, berries, blossoms, houses, trees,
    )
}  # fmt: skip
"""By the names that the sample register uses."""
