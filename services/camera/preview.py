"""Maps points of a camera's frame onto the preview on the screen, and chooses which codes are outlined there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from services.decoding import Corners, Look, Read
from services.decoding.symbol import Point, overlap

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


@dataclass(frozen=True)
class Outline:
    """A code to be outlined, its corners in the frame's pixels; `read` is None unless the read is believed."""

    corners: Corners
    read: Read | None = None


def outlines(look: Look) -> tuple[Outline, ...]:
    """Outline each code of a frame once: the believed first, then those read but not yet believed, then the unread."""
    sure = {(symbol.symbology, symbol.text) for symbol in look.believed}
    found: list[Outline] = []
    for believed in (True, False):
        for read in _tightest(r for r in look.visible if ((r.symbology, r.text) in sure) is believed):
            if not _taken(read.corners, found):
                found.append(Outline(read.corners, read if believed else None))
    found += [Outline(bars.corners) for bars in look.unread if not _taken(bars.corners, found)]
    return tuple(found)


def _taken(corners: Corners, found: Iterable[Outline]) -> bool:
    return any(overlap(corners, other.corners) for other in found)


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
