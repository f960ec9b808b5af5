"""Maps points of a camera's frame onto the preview on the screen, and chooses which codes are outlined there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import hypot

from services.decoding import Corners, Look, Read, Symbol
from services.decoding.symbol import CodeKind, Point, bounds, overlap

Size = tuple[float, float]
"""Width and height."""


class Fit(StrEnum):
    """How a picture of one shape is shown in a box of another."""

    COVER = "cover"
    """The smallest size that fills the box; what reaches beyond it is cut off evenly on both sides."""
    CONTAIN = "contain"
    """The largest size that fits into the box, in its middle."""
    FILL = "fill"
    """Stretched to the box: for a box that has the picture's shape."""


@dataclass(frozen=True)
class View:
    """How the preview shows the camera's frames.

    A frame is turned clockwise by `turn` degrees (0, 90, 180 or 270), then mirrored left to right where `mirrored`,
    then fitted into the preview's box.
    """

    fit: Fit = Fit.COVER
    turn: int = 0
    mirrored: bool = False

    def in_box(self, corners: Corners, frame: Size, box: Size) -> Corners:
        """Where `corners` of a frame are shown, in units of the box; they may lie beyond the box."""
        width, height = frame if self.turn % 180 == 0 else frame[::-1]
        across, down = box[0] / width, box[1] / height
        if self.fit is Fit.COVER:
            across = down = max(across, down)
        elif self.fit is Fit.CONTAIN:
            across = down = min(across, down)
        left, top = (box[0] - width * across) / 2, (box[1] - height * down) / 2

        def shown(point: Point) -> Point:
            x, y = _turned(point, frame, self.turn)
            if self.mirrored:
                x = width - x
            return left + x * across, top + y * down

        return tuple(shown(point) for point in corners)  # type: ignore[return-value]


def _turned(point: Point, frame: Size, turn: int) -> Point:
    (x, y), (width, height) = point, frame
    return {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[turn]


def sensor_view(sensor: int, device: int, *, front: bool) -> View:
    """How an Android phone shows frames that come as the sensor stands.

    `sensor` is the camera's SENSOR_ORIENTATION, `device` how far the screen's content is turned against the phone
    (Display.getRotation: the opposite of how the phone was turned), both in degrees. A `front` camera is shown as a
    mirror shows it.
    """
    turn = (sensor + device if front else sensor - device) % 360
    return View(Fit.FILL, turn, mirrored=front)


def in_reading_order(outlines: Iterable[Outline], view: View, frame: Size) -> list[Outline]:
    """Sort outlines as the preview shows them: from row to row, and from left to right in each."""

    def place(outline: Outline) -> tuple[int, float]:
        left, top, _right, bottom = bounds(view.in_box(outline.corners, frame, frame))
        return round(_ROWS * (top + bottom) / 2 / frame[1]), left

    return sorted(outlines, key=place)


_ROWS = 6


@dataclass(frozen=True)
class Outline:
    """A code to be outlined, its corners in the frame's pixels.

    `read` is None unless the read is believed; `doubtful`: one witness has read it, which is not yet believed. `matrix`
    tells a QR code or the like from a barcode.
    """

    corners: Corners
    read: Read | Symbol | None = None
    doubtful: bool = False
    matrix: bool = False


def outlines(look: Look) -> tuple[Outline, ...]:
    """Outline each code of a frame once: the believed first, then those read but not yet believed, then the unread."""
    sure = {(symbol.symbology, symbol.text): symbol for symbol in look.believed}
    found: list[Outline] = []
    for believed in (True, False):
        for read in _tightest(r for r in look.visible if ((r.symbology, r.text) in sure) is believed):
            if not taken(read.corners, found):
                symbol = sure.get((read.symbology, read.text))
                known = replace(read, gs1=symbol.gs1) if symbol else None
                found.append(Outline(read.corners, known, doubtful=not believed, matrix=read.symbology.is_matrix))
    for code in look.unread:
        if not taken(code.corners, found):
            found.append(Outline(code.corners, matrix=code.kind is not CodeKind.BARCODE))
    return tuple(found)


def taken(corners: Corners, found: Iterable[Outline]) -> bool:
    """Whether one of the outlines is at this place."""
    return any(overlap(corners, other.corners) for other in found)


REACH = 28.0
"""How far beside an outline a finger may be, in the preview's pixels: so any target is at least 56 of them wide.

WCAG 2.2 (2.5.5) asks for 44 CSS pixels, Android for 48.
"""


def tapped(point: Point, shown: Iterable[Corners]) -> int | None:
    """Which of the outlines shown a tap means: the nearest within reach, by its middle where several are."""

    def far(corners: Corners) -> tuple[float, float]:
        left, top, right, bottom = bounds(corners)
        beside = max(left - point[0], 0.0, point[0] - right), max(top - point[1], 0.0, point[1] - bottom)
        return hypot(*beside), hypot((left + right) / 2 - point[0], (top + bottom) / 2 - point[1])

    distances = [(*far(corners), number) for number, corners in enumerate(shown)]
    nearest = min(distances, default=None)
    return nearest[2] if nearest and nearest[0] <= REACH else None


def _tightest(reads: Iterable[Read]) -> list[Read]:
    """Of the reads that overlap, keep the one that fits its code most closely.

    Some engines give an upright rectangle around a tilted code, others only a few rows of its bars. So neither the
    largest outline is right, nor one that is a small part of another.
    """
    kept: list[Read] = []
    for read in sorted(reads, key=lambda r: -_area(r.corners)):
        larger = next((n for n, other in enumerate(kept) if overlap(read.corners, other.corners)), None)
        if larger is None:
            kept.append(read)
        elif _area(read.corners) > 0.4 * _area(kept[larger].corners):
            kept[larger] = read
    return kept


def _area(corners: Corners) -> float:
    """The area within the corners (Gauss's area formula)."""
    ring = zip(corners, (*corners[1:], corners[0]), strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in ring)) / 2
