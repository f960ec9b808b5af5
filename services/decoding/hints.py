"""Chooses what to tell the person who holds a code before the camera, by what the frames show."""

from __future__ import annotations

from collections import Counter, deque
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from services.decoding.symbol import Reason
from services.decoding.tracker import Look
from services.decoding.why import LEAST_MODULE

DARK = 64.0
"""Below this light a picture is dark: nine of ten pixels are under a quarter of the scale at full exposure."""
BRIGHT = 80.0
"""From this light on, a picture that was dark no longer is."""
SAY_AFTER = 0.7
"""For how many seconds frames must call for a hint before it is shown."""
KEEP = 1.5
"""The least seconds that a hint is shown, so that it can be read to its end."""
GIVE_UP = 2.5
"""For how many seconds a code must be in view unread before it is said to be at fault: holding still may yet help."""
GIVE_UP_FRAMES = 30
"""And for how many frames: the steps take turns, and a slow device has gone through few of them in that time."""
_AGREEMENT = 0.7
_BREAK = 2.0


class Hint(StrEnum):
    """The one piece of advice that helps most now."""

    AIM = "aim"
    DARK = "dark"
    CLOSER = "closer"
    STEADY = "steady"
    WHOLE = "whole"
    TILT = "tilt"
    DAMAGED = "damaged"
    NO_READER = "no_reader"


_HELP = {
    Reason.TOO_SMALL: Hint.CLOSER,
    Reason.TOO_BLURRED: Hint.STEADY,
    Reason.CUT_OFF: Hint.WHOLE,
    Reason.GLARE: Hint.TILT,
    Reason.TOO_DARK: Hint.DARK,
    Reason.DAMAGED: Hint.DAMAGED,
    Reason.NO_READER: Hint.NO_READER,
}
_AT_FAULT = (Hint.DAMAGED, Hint.NO_READER)


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
        self._unread_since: float | None = None
        self._unread_frames = 0

    def hint(self, look: Look, brightness: float, at: float) -> Hint:
        """The hint to show after a frame of this `light`, taken at `at` (monotonic seconds)."""
        if self._seen and at - self._seen[-1][0] > _BREAK:
            self._begin()
        self._dark = brightness < (BRIGHT if self._dark else DARK)
        self._seen.append((at, self._wanted(look, at)))
        if self._began is None:
            self._began = at
        while len(self._seen) > 3 and at - self._seen[0][0] > SAY_AFTER:
            self._seen.popleft()
        wanted, votes = Counter(hint for _at, hint in self._seen).most_common(1)[0]
        long_enough = at - self._began >= SAY_AFTER and at - self._said >= KEEP
        if wanted is not self._hint and long_enough and votes >= _AGREEMENT * len(self._seen):
            self._hint, self._said = wanted, at
        return self._hint

    def _wanted(self, look: Look, at: float) -> Hint:
        if look.visible or not (look.unread or any(hint is not Hint.AIM for _at, hint in self._seen)):
            self._unread_since, self._unread_frames = None, 0
        if look.visible:
            return Hint.AIM
        if self._dark:
            return Hint.DARK
        if not look.unread:
            return Hint.AIM
        if self._unread_since is None:
            self._unread_since = at
        self._unread_frames += 1
        code = max(look.unread, key=lambda code: code.module)
        if code.why is None:
            return Hint.CLOSER if code.module < LEAST_MODULE else Hint.STEADY
        hint = _HELP[code.why]
        soon = at - self._unread_since < GIVE_UP or self._unread_frames < GIVE_UP_FRAMES
        return Hint.STEADY if hint in _AT_FAULT and soon else hint
