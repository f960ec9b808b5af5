"""Notices an ITF that was read short: bars go on beyond what was read, or the picture ends there.

Half of an ITF is an ITF as well, where glare or a fold leaves a gap in its bars that looks like a quiet zone.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import Gray, widened
from services.decoding.symbol import Corners

Bands = npt.NDArray[np.float64]

_BEYOND = 40
"""How far beyond either end bars are looked for, in modules."""
_WITHIN = 4
"""How many modules beyond the middle of either end must be in the picture."""
_FINENESS, _ROWS, _BANDS = 3, 24, 3
_FEWEST_BARS = 3
"""As many bars that run through all bands are no text, and no frame around the symbol."""


def is_cut_short(gray: Gray, corners: Corners, modules: float) -> bool:
    """Whether a symbol of so many modules, read between `corners` (bars upright between the first two), may go on."""
    quad = np.array(corners, np.float32)
    left_top, right_top, right_bottom, left_bottom = widened(quad, _WITHIN / modules)
    ends = np.array([left_top + left_bottom, right_top + right_bottom]) / 2
    if (ends < -1).any() or (ends > np.array(gray.shape[::-1])).any():
        return True
    samples = round((modules + 2 * _BEYOND) * _FINENESS)
    target = np.array([[0, 0], [samples, 0], [samples, _ROWS], [0, _ROWS]], np.float32)
    change = cv2.getPerspectiveTransform(widened(quad, _BEYOND / modules), target)
    cut = cv2.warpPerspective(gray, change, (samples, _ROWS), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    bands = cut.reshape(_BANDS, -1, samples).mean(1)
    reach = _BEYOND * _FINENESS
    inside = bands[:, reach:-reach]
    contrast = inside.max(1) - inside.min(1)
    return any(_has_bars(side, contrast) for side in (bands[:, :reach][:, ::-1], bands[:, -reach:]))


def _has_bars(side: Bands, contrast: Bands) -> bool:
    """Whether bars cross all bands of a stretch that begins with a quiet zone, dark on light or light on dark."""
    quiet = np.median(side[:, _FINENESS : _WITHIN * _FINENESS], axis=1)
    bars = np.all(np.abs(side - quiet[:, None]) > 0.4 * contrast[:, None], axis=0)
    return bool(np.count_nonzero(np.diff(bars.astype(int)) > 0) >= _FEWEST_BARS)
