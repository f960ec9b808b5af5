"""Draws the packs of products, each shape with a small label on it, as they stand on a shelf."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from printing.linear import trade_item

from pictures.drawing.canvas import Canvas, around, mix
from pictures.drawing.colours import STAR_ON_PAPER, Colours
from pictures.drawing.plants import WARES
from pictures.drawing.wares import DARK, WHITE

Said = dict[str, Any]
"""What the text says that a picture is drawn from."""


@dataclass(frozen=True)
class Field:
    """Where a pack's label is: the middle of what is written, its width, and the size of the name."""

    y: float
    room: float
    size: float
    x: float = 0


def draw_pack(c: Canvas, said: Said, colours: Colours) -> None:
    """Draw the pack in the middle of a picture of 1600 by 1200 units."""
    middle = c.at(800, 600)
    field = SHAPES[said["shape"]](middle, said, colours)
    _print(middle.at(field.x, 0), said, colours, field)


def _print(c: Canvas, said: Said, colours: Colours, field: Field) -> None:
    """The name in up to two lines, the line below it, and the stars."""
    size = field.size
    lines = c.wrapped(said["title"], size, field.room, bold=True)
    if len(lines) > 2:
        size *= 0.8
        lines = c.wrapped(said["title"], size, field.room, bold=True)[:3]
    small = field.size * 0.54
    details = said["detail"].split(" · ")
    top = field.y - (len(lines) * size * 1.15 + len(details) * small * 1.25 + field.size * 1.1) / 2
    for n, line in enumerate(lines):
        c.text(0, top + (n + 0.5) * size * 1.15, line, size, colours.deep, bold=True, room=field.room)
    below = top + len(lines) * size * 1.15
    for n, line in enumerate(details):
        c.text(0, below + (n + 0.65) * small * 1.25, line, small, colours.deep, room=field.room)
    c.stars(0, below + len(details) * small * 1.25 + field.size * 0.75, said["stars"], field.size * 0.36, STAR_ON_PAPER)


def _shadow(c: Canvas, colours: Colours, y: float, rx: float) -> None:
    c.oval(0, y, rx, 34, mix(colours.soft, DARK, 0.16))


def _window(c: Canvas, said: Said, colours: Colours, r: float) -> None:
    """What is in the pack, seen through a round window."""
    c.dot(0, 0, r, mix(colours.main, DARK, 0.2))
    c.dot(0, 0, r * 0.92, colours.soft)
    WARES[said["ware"]](c.at(0, 0, r * 0.66), colours)


def _code(c: Canvas, said: Said, left: float, top: float) -> None:
    c.box(left - 8, top - 8, left + 121 * 1.5 + 8 - 12, top + 70, WHITE, 6)
    symbol = trade_item(said["gtin"])
    for x, _, wide, _ in symbol.bars:
        c.box(left + x * 1.5, top, left + (x + wide) * 1.5 - 0.4, top + 60, DARK)


def _jar(c: Canvas, said: Said, colours: Colours) -> Field:
    _shadow(c, colours, 470, 330)
    c.blob(
        [
            (-210, -300),
            (-275, -210),
            (-285, 0),
            (-285, 330),
            (-235, 465),
            (235, 465),
            (285, 330),
            (285, 0),
            (275, -210),
            (210, -300),
        ],
        colours.main,
    )
    c.box(-205, -345, 205, -285, mix(colours.main, DARK, 0.12))
    c.box(-232, -480, 232, -330, colours.deep, 36)
    for x in range(-200, 201, 40):
        c.line([(x, -455), (x, -355)], mix(colours.deep, WHITE, 0.12), 6)
    c.box(-252, -210, -222, 300, mix(colours.main, WHITE, 0.4), 15)
    c.box(-285, -120, 285, 270, colours.paper)
    c.box(-285, -120, 285, -104, colours.deep)
    c.box(-285, 254, 285, 270, colours.deep)
    _window(c.at(0, 366), said, colours, 76)
    return Field(75, 500, 72)


def _bag(c: Canvas, said: Said, colours: Colours) -> Field:
    _shadow(c, colours, 500, 340)
    c.polygon([(-295, -500), (295, -500), (285, -415), (-285, -415)], colours.light)
    c.blob(
        [
            (-282, -430),
            (-262, -200),
            (-285, 150),
            (-325, 470),
            (0, 505),
            (325, 470),
            (285, 150),
            (262, -200),
            (282, -430),
            (0, -425),
        ],
        colours.main,
    )
    c.polygon([(-295, -500), (295, -500), (284, -412), (-284, -412)], colours.light)
    for x in range(-270, 271, 36):
        c.line([(x, -392), (x + 14, -392)], mix(colours.main, WHITE, 0.5), 6)
    c.blob(
        [(-250, -340), (-232, -60), (-262, 330), (-235, 330), (-206, -60), (-222, -340)], mix(colours.main, WHITE, 0.18)
    )
    c.box(-205, -320, 215, 130, colours.paper, 26)
    _window(c.at(-125, 305), said, colours, 128)
    _code(c, said, 62, 300)
    return Field(-95, 385, 76)


def _sack(c: Canvas, said: Said, colours: Colours) -> Field:
    _shadow(c, colours, 490, 380)
    c.blob(
        [
            (-190, -400),
            (-330, -200),
            (-370, 150),
            (-345, 470),
            (0, 500),
            (345, 470),
            (370, 150),
            (330, -200),
            (190, -400),
        ],
        colours.main,
    )
    c.blob(
        [(-250, -500), (-150, -420), (-190, -370), (190, -370), (150, -420), (250, -500), (0, -450)],
        mix(colours.main, DARK, 0.25),
    )
    c.box(-205, -410, 205, -365, colours.deep, 20)
    for side in (-1, 1):
        c.string([(side * 300, -180), (side * 325, 100), (side * 308, 400)], mix(colours.main, DARK, 0.15), 10)
    c.box(-255, -230, 255, 190, colours.paper, 22)
    _window(c.at(0, 345), said, colours, 126)
    return Field(-18, 460, 78)


def _bottle(c: Canvas, said: Said, colours: Colours) -> Field:
    _shadow(c, colours, 520, 260)
    glass = colours.main
    c.box(-62, -480, 62, -250, glass, 18)
    c.box(-74, -540, 74, -430, "#d8b56a" if colours.deep != "#54390f" else "#c9a227", 16)
    c.box(-70, -405, 70, -385, mix(glass, DARK, 0.2), 8)
    c.blob(
        [
            (-62, -330),
            (-95, -230),
            (-205, -120),
            (-225, 20),
            (-225, 440),
            (-190, 515),
            (190, 515),
            (225, 440),
            (225, 20),
            (205, -120),
            (95, -230),
            (62, -330),
        ],
        glass,
    )
    c.box(-196, -40, -170, 440, mix(glass, WHITE, 0.35), 13)
    c.box(-44, -375, -26, -290, mix(glass, WHITE, 0.35), 9)
    c.box(-225, 10, 225, 430, colours.paper)
    c.box(-225, 10, 225, 24, colours.deep)
    c.box(-225, 416, 225, 430, colours.deep)
    WARES[said["ware"]](c.at(0, 86, 48), colours)
    return Field(272, 400, 58)


def _box(c: Canvas, said: Said, colours: Colours) -> Field:
    _shadow(c, colours, 450, 520)
    front, side, lid = colours.main, mix(colours.main, DARK, 0.28), mix(colours.main, WHITE, 0.3)
    c.polygon([(-430, -250), (-290, -380), (500, -380), (360, -250)], lid)
    c.polygon([(360, -250), (500, -380), (500, 310), (360, 450)], side)
    c.box(-430, -250, 360, 450, front)
    c.polygon([(-110, -250), (30, -380), (90, -380), (-50, -250)], colours.deep)
    c.box(-110, -250, -50, -130, colours.deep)
    c.box(-330, -150, 260, 240, colours.paper, 20)
    inner = c.at(-35, 0)
    _window(inner.at(-262, 340), said, colours, 92)
    _code(c, said, 130, 320)
    return Field(45, 545, 72, x=-35)


def _tin(c: Canvas, said: Said, colours: Colours) -> Field:
    _shadow(c, colours, 490, 400)
    c.box(-310, -380, 310, 420, colours.main)
    c.oval(0, 420, 310, 82, colours.main)
    c.box(232, -270, 268, 440, mix(colours.main, WHITE, 0.35))
    c.box(-310, -170, 310, 260, colours.paper)
    c.oval(0, 260, 310, 82, colours.paper)
    c.oval(0, -170, 310, 82, colours.main)
    c.box(232, -250, 268, -100, mix(colours.main, WHITE, 0.35))
    c.box(-310, -430, 310, -380, colours.deep)
    c.oval(0, -380, 310, 82, colours.deep)
    c.oval(0, -430, 310, 82, colours.deep)
    c.oval(0, -440, 268, 64, mix(colours.deep, WHITE, 0.25))
    WARES[said["ware"]](c.at(0, -38, 48), colours)
    return Field(178, 540, 70)


def _tray(c: Canvas, said: Said, colours: Colours) -> Field:
    _shadow(c, colours, 400, 520)
    edge = mix(colours.light, WHITE, 0.15)
    c.box(-560, -360, 560, 380, edge, 90)
    c.box(-515, -315, 515, 335, mix(edge, WHITE, 0.55), 66)
    WARES[said["ware"]](c.at(-255, 130, 200), colours)
    WARES[said["ware"]](c.at(255, 130, 200), colours)
    c.box(-330, -450, 330, -55, colours.deep, 26)
    c.box(-312, -432, 312, -73, colours.paper, 18)
    c.line([(-480, 290), (-330, 140)], WHITE, 14)
    c.line([(-430, 300), (-340, 210)], WHITE, 8)
    return Field(-252, 570, 74)


def _bowl(c: Canvas, said: Said, colours: Colours) -> Field:
    _shadow(c, colours, 440, 420)
    white = "#fbfaf6"
    c.oval(0, -210, 520, 110, mix(white, DARK, 0.12))
    c.blob(
        [(-520, -210), (-480, 40), (-330, 300), (-190, 395), (190, 395), (330, 300), (480, 40), (520, -210), (0, -130)],
        white,
    )
    c.oval(0, -210, 520, 110, white)
    c.oval(0, -206, 470, 88, mix(colours.light, white, 0.45))
    c.box(-200, 380, 200, 440, mix(white, DARK, 0.14), 16)
    for x in (-340, 340):
        WARES[said["ware"]](c.at(x, 40, 95), colours)
    c.line([(0, -120), (0, -70)], colours.deep, 6)
    c.box(-220, -75, 220, 255, colours.paper, 22)
    c.box(-220, -75, 220, -57, colours.deep, 8)
    return Field(95, 400, 60)


def _pot(c: Canvas, said: Said, colours: Colours) -> Field:
    _shadow(c, colours, 500, 330)
    for x, y, zoom in ((-160, -230, 215), (170, -260, 225), (10, -370, 190)):
        WARES[said["ware"]](c.at(x, y, zoom), colours)
    clay = "#b5623a"
    c.polygon([(-250, 20), (250, 20), (190, 500), (-190, 500)], clay)
    c.box(-285, -40, 285, 70, mix(clay, WHITE, 0.12), 16)
    c.box(-200, 110, 200, 420, colours.paper, 22)
    return Field(265, 370, 54)


def _ticket(c: Canvas, said: Said, colours: Colours) -> Field:
    _shadow(c, colours, 460, 420)
    for x in (-330, 330):
        c.box(x - 22, -100, x + 22, 460, "#7d5a34", 10)
    c.box(-520, -420, 520, 260, "#8f6a3e", 26)
    c.box(-490, -390, 490, 230, colours.paper, 16)
    c.box(-490, -390, -190, 230, colours.light, 16)
    WARES[said["ware"]](c.at(-340, -80, 125), colours)
    for right, down in around(4, 1):
        c.dot(right * 498, down * 318 - 80, 7, "#5b4422")
    return Field(-80, 570, 66, x=152)


SHAPES: dict[str, Callable[[Canvas, Said, Colours], Field]] = {
    "jar": _jar, "bag": _bag, "sack": _sack, "bottle": _bottle, "box": _box, "tin": _tin, "tray": _tray, "bowl": _bowl,
    "pot": _pot, "ticket": _ticket,
}  # fmt: skip
