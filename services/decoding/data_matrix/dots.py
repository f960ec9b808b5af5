"""Data Matrix symbols of dots that do not touch, as inkjet printers and lasers make them.

Dots hang together with nothing, so no solid side is found. They are grown until they meet; then a symbol looks like any
other.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import Gray, resized

_FEWEST = 24  # dots in a place; the smallest symbol has 27 modules in its border alone
_FEW, _MOST = 60, 160  # dots of a place that are compared, at first and if these are regular
_MOST_PLACES = 8
_CONTRAST = 24  # gray levels between a dot's middle and the lightest ground beside it
_CELL = 4  # pixels along the side of a cell; dots in cells next but one stand together
_NARROWEST, _WIDEST = 3.2, 9.0  # pixels from dot to dot
_EVEN, _REGULAR = 0.16, 0.75  # how far a distance may be off the median, and the share of dots of which this is true
_BEFORE = np.array([[1, 1, 1], [1, 0, 0], [0, 0, 0]], np.uint8)
_PITCH = 6.0  # pixels from dot to dot in the grown picture


@dataclass(frozen=True)
class Place:
    """Where dots stand together at one distance: left, top, right and bottom, and that distance, in pixels."""

    bounds: tuple[int, int, int, int]
    pitch: float


def places(ink: Gray, where: Gray) -> list[Place]:
    """Where dark dots stand together as regularly as modules, the most dots first. `where` is a mask to look within."""
    smooth = cv2.GaussianBlur(ink, (5, 5), 0)
    lowest = cv2.compare(smooth, cv2.erode(smooth, np.ones((5, 5), np.uint8)), cv2.CMP_EQ)
    lighter = cv2.subtract(cv2.dilate(smooth, np.ones((7, 7), np.uint8)), smooth)
    _, clear = cv2.threshold(lighter, _CONTRAST, 255, cv2.THRESH_BINARY)
    middles = cv2.bitwise_and(cv2.bitwise_and(lowest, clear), where)
    at = cv2.findNonZero(cv2.subtract(middles, cv2.dilate(middles, _BEFORE)))  # one pixel where several are as dark
    if at is None or len(at) < _FEWEST:
        return []
    points = at.reshape(-1, 2)
    cells = np.zeros((ink.shape[0] // _CELL + 1, ink.shape[1] // _CELL + 1), np.uint8)
    column, row = (points // _CELL).T
    cells[row, column] = 1
    _, labels = cv2.connectedComponents(cv2.dilate(cells, np.ones((3, 3), np.uint8)), connectivity=4, ltype=cv2.CV_32S)
    group = labels[row, column]
    counts = np.bincount(group)
    found = []
    for label in np.argsort(-counts)[:_MOST_PLACES].tolist():
        if counts[label] >= _FEWEST:
            theirs = points[group == label]
            near = theirs[:_MOST].astype(np.float32)
            pitch = _pitch(near) if _pitch(near[:_FEW]) else 0.0  # a few tell most print and texture
            if _NARROWEST <= pitch <= _WIDEST:
                room = int(4 * pitch)
                (left, top), (right, bottom) = np.maximum(theirs.min(axis=0) - room, 0), theirs.max(axis=0) + room
                found.append(Place((int(left), int(top), int(right), int(bottom)), pitch))
    return found


def _pitch(points: npt.NDArray[np.float32]) -> float:
    """The distance from each dot to the next, 0 if it is not the same for most."""
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    nearest = apart.min(axis=1)
    pitch = float(np.median(nearest))
    return pitch if (np.abs(nearest - pitch) <= _EVEN * pitch + 0.5).mean() >= _REGULAR else 0.0


def grown(ink: Gray, place: Place) -> tuple[Gray, float]:
    """The place with dots grown until they meet, and how many times as large it is now."""
    left, top, right, bottom = place.bounds
    scale = _PITCH / place.pitch
    part = resized(ink[top:bottom, left:right], scale)
    return np.asarray(cv2.erode(part, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))), np.uint8), scale
