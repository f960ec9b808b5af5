"""Keeps the codes of a video in view for a moment, since not every frame of a code can be read."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Sequence
from math import dist

from services.camera.preview import Outline, taken
from services.decoding import Corners
from services.decoding.symbol import Point, bounds

KEEP, KEEP_FRAMES, KEEP_AT_MOST = 0.7, 4, 2.0
"""A code stays in view for so many seconds after a frame has shown it, so that nothing flickers.

Where frames come slowly it stays for so many frames, and for no more than so many seconds.
"""

_Held = tuple[Outline, float]
"""A code in view, and when a frame has shown it."""

_ALIKE = 3.0
"""By what factor the codes of packs that lie beside each other differ in size at most."""


class InView:
    """The codes in view, from frame to frame.

    A code that a frame does not show stays for a moment where it was. It is told from one that has moved by what it
    says, and where several say the same, or nothing, by the nearest.

    `awaits_another`: the last frame shows a code, not read yet, that must be on another pack than the one that is read.
    """

    def __init__(self) -> None:
        self._held: list[_Held] = []
        self._frames: deque[float] = deque(maxlen=KEEP_FRAMES)
        self.awaits_another = False

    def see(self, outlines: Sequence[Outline], at: float) -> tuple[Outline, ...]:
        """What is in view with the outlines of a frame taken `at` (monotonic seconds): the read, then the others."""
        some_frames_ago = self._frames[0] if len(self._frames) == KEEP_FRAMES else float("-inf")
        since = max(at - KEEP_AT_MOST, min(at - KEEP, some_frames_ago))
        self._frames.append(at)
        held = [(outline, seen) for outline, seen in self._held if seen >= since]
        now_read = _now_read(outlines, [outline for outline, _seen in held])
        fresh = [outline for outline in outlines if outline not in now_read]
        self.awaits_another = awaits_another(fresh)
        missed = [(outline, seen) for outline, seen in _without(held, fresh) if outline not in now_read]
        read = [(outline, at) for outline in fresh if outline.read]
        read += [(o, seen) for o, seen in missed if o.read and not taken(o.corners, (other for other, _at in read))]
        known = [outline for outline, _at in read]
        rest = [(outline, at) for outline in fresh if not outline.read and not taken(outline.corners, known)]
        known += [outline for outline, _at in rest]
        rest += [(outline, seen) for outline, seen in missed if not outline.read and not taken(outline.corners, known)]
        self._held = [*read, *rest]
        return tuple(outline for outline, _at in self._held)

    def clear(self) -> None:
        """Forget all, as after a break."""
        self._held = []
        self._frames.clear()


def _without(held: Iterable[_Held], fresh: Sequence[Outline]) -> list[_Held]:
    """What is held, without what the fresh outlines show: of those that say the same, the nearest."""
    places: dict[Hashable, list[Point]] = defaultdict(list)
    for outline in fresh:
        places[_says(outline)].append(_middle(outline.corners))
    by_words: dict[Hashable, list[_Held]] = defaultdict(list)
    for outline, seen in held:
        by_words[_says(outline)].append((outline, seen))
    missed: list[_Held] = []
    for words, before in by_words.items():
        pairs = sorted(
            (dist(_middle(before[n][0].corners), place), n, m)
            for n in range(len(before))
            for m, place in enumerate(places[words])
        )
        found: set[int] = set()
        used: set[int] = set()
        for _far, n, m in pairs:
            if n not in found and m not in used:
                found.add(n)
                used.add(m)
        missed += [entry for n, entry in enumerate(before) if n not in found]
    return missed


def _now_read(fresh: Iterable[Outline], held: Sequence[Outline]) -> set[Outline]:
    """The unread codes held that are read now, somewhere else: the nearest to each code that was not read before.

    A frame may repeat them where they were, since unread codes are not looked for in each.
    """
    before = {_says(outline) for outline in held}
    unread = [outline for outline in held if not outline.read]
    found: set[Outline] = set()
    for outline in fresh:
        if outline.read and _says(outline) not in before and unread:
            place = _middle(outline.corners)
            nearest = min(unread, key=lambda other: dist(_middle(other.corners), place))
            if dist(_middle(nearest.corners), place) <= 2 * _width(outline.corners):
                unread.remove(nearest)
                found.add(nearest)
    return found


def _says(outline: Outline) -> Hashable:
    return (outline.read.symbology, outline.read.text) if outline.read else None


def _middle(corners: Corners) -> Point:
    left, top, right, bottom = bounds(corners)
    return (left + right) / 2, (top + bottom) / 2


def awaits_another(codes: Sequence[Outline]) -> bool:
    """Whether a frame shows a code, not read yet, that must be another pack's than the one that has been read.

    A single pack seldom bears two barcodes or two QR codes of one size, or more than two codes.
    """
    read = [code for code in codes if code.read]
    alike = [
        (code.matrix is other.matrix)
        for code in codes
        if not code.read
        for other in read[:1]
        if 1 / _ALIKE < _width(code.corners) / _width(other.corners) < _ALIKE
    ]
    return len(alike) > 1 or any(alike)


def _width(corners: Corners) -> float:
    left, top, right, bottom = bounds(corners)
    return max(right - left, bottom - top, 1.0)
