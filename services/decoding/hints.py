"""Chooses what to tell the person who holds a code before the camera, by what the frames show."""

from __future__ import annotations

from collections import Counter, deque
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from services.decoding.tracker import Look

DARK = 64.0
"""Below this light a picture is dark: nine of ten pixels are under a quarter of the scale at full exposure."""
BRIGHT = 80.0
"""From this light on, a picture that was dark no longer is."""
LEAST_MODULE = 1.5
"""The narrowest module, in frame pixels, below which bars run into one another and only coming closer helps."""
SAY_AFTER = 0.7
"""For how many seconds frames must call for a hint before it is shown."""
KEEP = 1.5
"""The least seconds that a hint is shown, so that it can be read to its end."""
_AGREEMENT = 0.7
_BREAK = 2.0


class Hint(StrEnum):
    """The one piece of advice that helps most now."""

    AIM = "aim"
    DARK = "dark"
    CLOSER = "closer"
    STEADY = "steady"


def light(image: npt.NDArray[np.uint8]) -> float:
    """How light a picture is, 0 to 255: nine tenths of its pixels are no lighter.

    The mean would mislead: a black pack in the sun is no dark picture, and a lamp in a dark hall makes no light one.
    """
    return float(np.percentile(image[::8, ::8], 90))


class HintKeeper:
    """Chooses the hint from frame to frame, without flickering.

    The hint changes once most frames of SAY_AFTER seconds call for another, and no sooner than KEEP seconds after the
    last change. After a pause of the frames it starts afresh.
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._hint = Hint.AIM
        self._said = float("-inf")
        self._began: float | None = None
        self._seen: deque[tuple[float, Hint]] = deque()
        self._dark = False

    def hint(self, look: Look, brightness: float, at: float) -> Hint:
        """The hint to show after a frame of this `light`, taken at `at` (monotonic seconds)."""
        if self._seen and at - self._seen[-1][0] > _BREAK:
            self._begin()
        self._dark = brightness < (BRIGHT if self._dark else DARK)
        self._seen.append((at, self._wanted(look)))
        if self._began is None:
            self._began = at
        while len(self._seen) > 3 and at - self._seen[0][0] > SAY_AFTER:
            self._seen.popleft()
        wanted, votes = Counter(hint for _at, hint in self._seen).most_common(1)[0]
        long_enough = at - self._began >= SAY_AFTER and at - self._said >= KEEP
        if wanted is not self._hint and long_enough and votes >= _AGREEMENT * len(self._seen):
            self._hint, self._said = wanted, at
        return self._hint

    def _wanted(self, look: Look) -> Hint:
        if look.visible:
            return Hint.AIM
        if self._dark:
            return Hint.DARK
        if look.unread:
            largest = max(bars.module for bars in look.unread)
            return Hint.CLOSER if largest < LEAST_MODULE else Hint.STEADY
        return Hint.AIM
