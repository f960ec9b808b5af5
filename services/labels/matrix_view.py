"""How a matrix symbol is looked at: its fixed modules, and brightness at places that are counted in its modules."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.data_matrix.sizes import Size
from services.decoding.pixels import Gray

Values = npt.NDArray[np.float64]
Modules = npt.NDArray[np.bool_]

FINE = 9
"""Samples along a module's side."""
AROUND = 6
"""Modules around the symbol that are looked at, more than any quiet zone."""


@dataclass(frozen=True, eq=False)
class Kind:
    """A size of a symbol: which modules are fixed, which of them are dark, and the groups that are graded apart."""

    fixed: Modules
    dark: Modules
    size: Size | int


def at(picture: Gray, points: Values) -> Values:
    """The brightness at points (n, m, 2) whose whole numbers are pixels' upper left corners; white beside the page."""
    x, y = (np.ascontiguousarray(points[..., axis] - 0.5, np.float32) for axis in (0, 1))
    return np.asarray(
        cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255), np.float64
    )


def points_of(corners: Values, u: Values, v: Values) -> Values:
    """Points of the parallelogram: `u` along its top side and `v` down its left one, in shares; (v, u, 2)."""
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    return np.asarray(corners[0] + u[None, :, None] * across + v[:, None, None] * down)


def sampled(picture: Gray, corners: Values, rows: int, columns: int, fine: int) -> Values:
    """The mean brightness of each module, `fine` samples a side over its middle half."""
    inside = (np.arange(fine) + 0.5) / fine * 0.5 + 0.25 if fine > 1 else np.array([0.5])
    u = ((np.arange(columns)[:, None] + inside) / columns).ravel()
    v = ((np.arange(rows)[:, None] + inside) / rows).ravel()
    seen = at(picture, points_of(corners, u, v))
    return np.asarray(seen.reshape(rows, fine, columns, fine).mean((1, 3)))
