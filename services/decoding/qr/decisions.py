"""Decides which modules are dark: by a threshold, or by an equaliser that undoes blur between modules."""

from __future__ import annotations

import numpy as np

from services.decoding.qr.grid import MARGIN, Floats
from services.decoding.qr.versions import dimension, known


def plain(modules: Floats) -> Floats:
    """The brightness of the symbol's own modules, without the margin."""
    return modules[MARGIN:-MARGIN, MARGIN:-MARGIN]


def equalised(modules: Floats, version: int, guess: Floats | None = None) -> Floats:
    """About -1 for a dark and 1 for a light module, from its own brightness and its neighbours'.

    The weights are fitted to the known modules (least squares), so they follow the blur's strength and direction. With
    `guess`, an earlier result, the more certain of the other modules count as known too.
    """
    side = dimension(version)
    taken, dark = known(version)
    wanted = np.where(dark, -1.0, 1.0)
    weights = taken.astype(np.float64)
    if guess is not None:
        wanted = np.where(taken, wanted, np.sign(guess))
        weights = np.where(taken, 1.0, np.clip(np.abs(guess) - 0.2, 0, 1))
    around = [
        modules[MARGIN + down : MARGIN + down + side, MARGIN + across : MARGIN + across + side]
        for down in (-1, 0, 1)
        for across in (-1, 0, 1)
    ]
    design = np.stack([*around, np.ones((side, side), np.float32)], axis=-1).reshape(-1, 10).astype(np.float64)
    weighted = design * weights.reshape(-1, 1)
    normal = weighted.T @ design
    normal[np.diag_indices(9)] += 0.02 * np.trace(normal) / 10
    solved = np.linalg.solve(normal, weighted.T @ wanted.reshape(-1))
    return np.asarray((design @ solved).reshape(side, side), np.float32)
