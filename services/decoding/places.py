"""Which symbols of one picture were read at the same place, found as the reads come in."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.symbol import Corners, Read, bounds

Boxes = npt.NDArray[np.float64]
"""Left, top, right, bottom: one row each."""
Box = tuple[float, float, float, float]

_SHARE = 1 / 3
"""The share of the smaller of two upright rectangles that both cover, from which on two barcodes may be one."""
_APART = 0.1
"""The same of the turned rectangles around them: less, and they are neighbours on a slanted label."""
_THIN = 0.1
"""The least height of a barcode's rectangle as a share of its length: some engines tell one line of it only."""
_SAME = 0.5
"""The share of the larger of two matrix symbols that both cover, from which on they are one. A small one printed within
a large one covers less."""
_NEARLY = 0.05
"""How far the sides of two boxes of one symbol may be apart, as a share of its size, to count as one place."""
_WITHIN = 0.7
"""The share of a barcode that lies within a matrix symbol, from which on it was read from its modules."""


class Places:
    """The places of the symbols that were read in one picture; each symbol has a number."""

    def __init__(self) -> None:
        self._reads: list[Read] = []
        self._numbers: list[int] = []
        self._boxes: Boxes = np.empty((0, 4))
        self._seen: dict[int, list[Box]] = {}
        self._rivals: dict[int, set[int]] = {}

    def rivals(self, number: int) -> set[int]:
        """The other symbols that were read where this one was."""
        return self._rivals.get(number, set())

    def add(self, reads: Iterable[Read], numbers: Iterable[int]) -> None:
        """Add reads, each with the number of its symbol."""
        new = [(read, number) for read, number in zip(reads, numbers, strict=True) if self._is_elsewhere(read, number)]
        if not new:
            return
        first = len(self._reads)
        self._reads += [read for read, _ in new]
        self._numbers += [number for _, number in new]
        boxes = np.array([bounds(read.corners) for read, _ in new], np.float64)
        boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + 1)  # as `overlap` has it
        self._boxes = np.concatenate([self._boxes, boxes])
        numbered = np.array(self._numbers)
        near = _touch(boxes, self._boxes) & (numbered[first:, None] != numbered[None])
        for row, old in np.argwhere(near):
            one, other = self._numbers[first + row], self._numbers[old]
            if other not in self.rivals(one) and _at_one_place(self._reads[first + row], self._reads[old]):
                self._rivals.setdefault(one, set()).add(other)
                self._rivals.setdefault(other, set()).add(one)

    def _is_elsewhere(self, read: Read, number: int) -> bool:
        """Whether the symbol has not been read at nearly this place yet: most steps read it where others did."""
        box = bounds(read.corners)
        slack = _NEARLY * max(box[2] - box[0], box[3] - box[1])
        seen = self._seen.setdefault(number, [])
        if any(all(abs(a - b) <= slack for a, b in zip(box, other, strict=True)) for other in seen):
            return False
        seen.append(box)
        return True


def _touch(some: Boxes, others: Boxes) -> npt.NDArray[np.bool_]:
    """Whether each of some boxes shares at least a third of the smaller with each of the others."""
    a, b = some[:, None], others[None]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    smaller = np.minimum(_area(a), _area(b))
    touch: npt.NDArray[np.bool_] = (sides > 0).all(-1) & (sides.prod(-1) >= smaller * _SHARE)
    return touch


def _area(boxes: Boxes) -> Boxes:
    return np.asarray((boxes[..., 2:] - boxes[..., :2]).prod(-1))


def _at_one_place(one: Read, other: Read) -> bool:
    matrix, matrix_too = one.symbology.is_matrix, other.symbology.is_matrix
    if matrix and matrix_too:
        a, b = _hull(one.corners), _hull(other.corners)
        return _shared(a, b) >= _SAME * max(cv2.contourArea(a), cv2.contourArea(b))
    if matrix or matrix_too:
        square, barcode = (one, other) if matrix else (other, one)
        place = _rectangle(barcode.corners)
        return _shared(place, _hull(square.corners)) >= _WITHIN * cv2.contourArea(place)
    a, b = _rectangle(one.corners), _rectangle(other.corners)
    return _shared(a, b) >= _APART * min(cv2.contourArea(a), cv2.contourArea(b))


def _hull(corners: Corners) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.convexHull(np.array(corners, np.float32)), np.float32)


def _rectangle(corners: Corners) -> npt.NDArray[np.float32]:
    """The turned rectangle around a barcode, at least as high as a barcode is."""
    middle, (width, height), degrees = cv2.minAreaRect(np.array(corners, np.float32))
    least = max(1.0, _THIN * max(width, height))
    return np.asarray(cv2.boxPoints((middle, (max(width, least), max(height, least)), degrees)), np.float32)


def _shared(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    return float(cv2.intersectConvexConvex(a, b)[0]) if min(len(a), len(b)) > 2 else 0.0
