"""Where in the preview on the screen a place in a camera's frame is, and what of a frame is outlined there."""

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
    """As small as fills the box; what overlaps is cut off evenly on both sides."""
    CONTAIN = "contain"
    """As large as fits into the box, in its middle."""
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

    def place(self, corners: Corners, frame: Size, box: Size) -> Corners:
        """The place in the box, in its units, that shows `corners` of a frame; it may reach beyond the box."""
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
    (Display.getRotation, the other way round than the phone itself was turned), both in degrees. What looks at the
    person is shown as in a mirror.
    """
    turn = (sensor + device if front else sensor - device) % 360
    return View(Fit.FILL, turn, mirrored=front)


@dataclass(frozen=True)
class Outline:
    """A code to be outlined, its corners in the frame's pixels; `read` only where the read is believed."""

    corners: Corners
    read: Read | None = None


def outlines(look: Look) -> tuple[Outline, ...]:
    """Each code of a frame once: those believed first, then those read but not yet believed, then the unread."""
    sure = {(symbol.symbology, symbol.text) for symbol in look.believed}
    found: list[Outline] = []
    for believed in (True, False):
        for read in _tightest(r for r in look.visible if ((r.symbology, r.text) in sure) is believed):
            if not _taken(read.corners, found):
                found.append(Outline(read.corners, read if believed else None))
    found += [Outline(place.corners) for place in look.unread if not _taken(place.corners, found)]
    return tuple(found)


def _taken(corners: Corners, found: Iterable[Outline]) -> bool:
    return any(overlap(corners, other.corners) for other in found)


def _tightest(reads: Iterable[Read]) -> list[Read]:
    """For each place the read that lies closest around its code.

    Engines give an upright rectangle around a tilted code, or a few rows of its bars only: so not the largest place,
    and no place that is a small part of another.
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
