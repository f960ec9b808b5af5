"""Reads a video: gathers reads over the last frames, and tells which codes are new and where they are now."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from services.decoding.belief import Evidence
from services.decoding.cascade import DESKTOP, QUICK_DATA_MATRIX, Step, looks_along_bars, run
from services.decoding.held import Held, follow, hold
from services.decoding.images import to_gray
from services.decoding.picture import Picture
from services.decoding.pixels import Gray
from services.decoding.second_look import compared
from services.decoding.symbol import CodeKind, Corners, Read, Symbol, Unread, bounds, overlap, scaled
from services.decoding.unread import PARTS, apart, explained, part_of_search

_SHARE = 0.6
"""The most of the steps' time for one of them in frames where they take turns in being the first: small codes are found
by a long look only, but unreadable bars must not take all the time."""
_ASKED = 2
"""Of how many unread codes it is asked why where others are read: each takes a millisecond or two."""
_FOR_STEPS, _BESIDE_LOOK = 0.85, 0.82
"""The share of a frame's time for the steps: of the first frame's, which is for what is read at once, and of all where
nothing is looked for, and of those where a part of the search for unread codes comes after them."""
_READ_AGAIN, _AT_A_TIME, _FORGOTTEN = 8, 2, 24
"""After how many frames a symbol that is still in its place is read again, how many at a time, and after how many it is
held no more if it cannot be."""

QUIET = 3.0
"""For how many seconds a code must be out of sight before it is new again."""

LOOK_EVERY = 3
"""The search for codes that could not be read takes about as long as a step, so it has three parts, and each frame does
one of them. Where nothing is in view, one of so many frames does."""


@dataclass(frozen=True)
class Look:
    """What one frame showed, all corners in its pixels.

    `new` are the symbols to act upon. For the overlay: `visible` is everything that an engine read, a QR code or Data
    Matrix once, `believed` the symbols of it that may be believed, `unread` the codes that no engine could read, where
    one of the last PARTS frames showed them, or of LOOK_EVERY times as many where nothing had been in view. Where
    others are read, why is told of a few only.
    """

    new: tuple[Symbol, ...]
    visible: tuple[Read, ...]
    believed: tuple[Symbol, ...] = ()
    unread: tuple[Unread, ...] = ()


class FrameTracker:
    """Gathers reads over frames: a second frame that agrees is a second witness; a code that stays in view is new once.

    `window` is for how many frames a read counts as a witness; `quiet` is used instead of QUIET.
    """

    def __init__(self, profile: tuple[Step, ...] = DESKTOP, *, window: int = 8, quiet: float = QUIET) -> None:
        self._profile = self._in_crowds = profile
        if QUICK_DATA_MATRIX not in profile and any(step.engine == QUICK_DATA_MATRIX.engine for step in profile):
            self._in_crowds = (*profile, QUICK_DATA_MATRIX)
        self._window = window
        self._quiet = quiet
        self._evidence = Evidence()
        self._frame = 0
        self._unread: tuple[Unread, ...] = ()
        self._parts: list[tuple[Unread, ...]] = [()] * PARTS
        self._looks = 0
        self._last_seen: dict[tuple[str, str], float] = {}
        self._muted: dict[tuple[str, str], float] = {}
        self._held: list[Held] = []

    def look(self, image: npt.NDArray[np.uint8], at: float, *, budget: float = 0.1) -> Look:
        """Read one frame (BGR or gray, any size) taken at `at` (monotonic seconds) within `budget` seconds."""
        gray = to_gray(image)
        if gray is None:
            return Look((), ())
        self._frame += 1
        looks = bool(self._unread or self._held) or self._frame % LOOK_EVERY == 1
        late = looks and self._frame > 1  # the first frame's time is for what is read at once
        deadline = time.monotonic() + (_BESIDE_LOOK if late else _FOR_STEPS) * budget
        picture = Picture(gray, turn=self._frame)
        kept = self._kept(gray) if budget > 0 else []
        picture.cover(held.read for held in kept)
        visible: list[Read] = []

        def enough() -> bool:
            seen = [*visible, *(held.read for held in kept)]
            return bool(seen) and not apart(self._unread, [read.corners for read in seen])

        seen = {code.kind for code in self._unread}
        turns = bool(kept) or (self._frame % 2 == 0 and seen != {CodeKind.BARCODE})
        share = _SHARE if kept or (turns and CodeKind.QR_CODE not in seen) else 1.0
        for reads in run(picture, self._in_turn(turns=turns, crowd=bool(kept)), deadline, enough, share=share):
            self._evidence.add(reads, self._frame)
            visible += [read for read in reads if not _is_shown(read, visible)]
        self._evidence.forget_before(self._frame - self._window + 1)
        keys = {(read.symbology, read.text) for read in visible}
        for read in self._evidence.uncompared():
            if (read.symbology, read.text) in keys:
                self._evidence.add(compared(picture, read, deadline), self._frame)
        known = [symbol.corners for symbol in self._evidence.believed()]  # a moment ago, if not now
        believed = [symbol for symbol in self._evidence.believed() if (symbol.symbology, symbol.text) in keys]
        self._hold(believed, visible, gray)
        kept = [held for held in kept if (held.symbol.symbology, held.symbol.text) not in keys]
        visible += [held.read for held in kept]
        believed += [held.symbol for held in kept]
        known += [read.corners for read in visible]
        if budget > 0 and looks:
            self._search(picture, known, alone=not visible)
            while self._frame == 1 and self._looks < PARTS and time.monotonic() < deadline:
                self._search(picture, known, alone=not visible)
        missed = tuple(apart(self._unread, known)) if budget > 0 else ()
        shrunk = max(image.shape[:2]) / max(gray.shape)
        told = tuple(replace(symbol, corners=scaled(symbol.corners, shrunk)) for symbol in believed)
        return Look(
            tuple(symbol for symbol in told if self._is_new(symbol, at)),
            tuple(replace(read, corners=scaled(read.corners, shrunk)) for read in visible),
            told,
            tuple(replace(code, corners=scaled(code.corners, shrunk), module=code.module * shrunk) for code in missed),
        )

    def _search(self, picture: Picture, known: list[Corners], *, alone: bool) -> None:
        """Do the next part of the search for unread codes. Why is asked of all only where nothing is read."""
        number = self._looks % PARTS
        self._looks += 1
        found = apart(part_of_search(picture, number), known)
        self._parts[number] = tuple(explained(picture, found) if alone or len(found) <= _ASKED else found)
        self._unread = tuple(apart((code for part in reversed(self._parts) for code in part), ()))

    def _kept(self, gray: Gray) -> list[Held]:
        """The symbols of the last frame that are still seen where they were, apart from those to be read again.

        Each is read again from time to time, since another code may have come to its place that looks much like it.
        """
        followed = [now for held in self._held if (now := follow(held, gray)) is not None]
        followed.sort(key=lambda held: held.read_in)
        again = sum(held.read_in <= self._frame - _READ_AGAIN for held in followed[:_AT_A_TIME])
        self._held = [held for held in followed if held.read_in > self._frame - _FORGOTTEN]
        return followed[again:]

    def _hold(self, believed: list[Symbol], visible: list[Read], gray: Gray) -> None:
        """Keep what was read and believed in this frame, at each of its places."""
        symbols = {(symbol.symbology, symbol.text): symbol for symbol in believed}
        places: list[Held] = []
        for read in sorted(visible, key=lambda read: -_area(read)):
            symbol = symbols.get((read.symbology, read.text))
            if symbol is None or any(overlap(read.corners, held.read.corners) for held in places):
                continue
            held = hold(replace(symbol, corners=read.corners), read, gray, self._frame)
            places += [held] if held is not None else []
        old = [held for held in self._held if not any(overlap(held.read.corners, new.read.corners) for new in places)]
        self._held = [*old, *places]

    def _is_new(self, symbol: Symbol, at: float) -> bool:
        """Whether a symbol seen `at` this time is new; it then counts as seen."""
        key = (symbol.symbology, symbol.text)
        if at < self._muted.get(key, float("-inf")):
            return False
        last_seen = self._last_seen.get(key, float("-inf"))
        self._last_seen[key] = at
        return at - last_seen > self._quiet

    def _in_turn(self, *, turns: bool, crowd: bool) -> list[Step]:
        """The steps of every frame and one of the others in turn, so that a code that stays in view meets them all.

        With `turns`, matrix codes come before bars, or in a `crowd`, where some codes are read, another of the steps of
        every frame is the first each time. There every second frame gives its turn to a step for every picture: it
        reads the most. What seeks a kind of code is left out in two of three frames where the last look saw none.
        """
        seen = {code.kind for code in self._unread}
        profile = self._in_crowds if crowd else self._profile
        first = [s for s in profile if s.always and (self._frame % 3 == 2 or not s.seeks or seen & {*s.seeks})]
        if turns and crowd and first:
            start = self._frame // 2 % len(first)
            first = [*first[start:], *first[:start]]
        elif turns:
            first.sort(key=lambda step: 2 if step.seeks else int(looks_along_bars(step)))
        others = [step for step in self._profile if not step.always]
        if crowd and self._frame % 2:
            others = [step for step in others if step.picture] or others
        turn = (self._frame // 2 if crowd else self._frame) % len(others) if others else 0
        return [*first, *others[turn : turn + 1]]

    def resume(self, at: float) -> None:
        """Start afresh, as when the person has come back to the camera at `at`.

        Codes seen before are not new for the quiet time, so that the code still in view does not lead away again at
        once.
        """
        self._muted = dict.fromkeys([*self._muted, *self._last_seen], at + self._quiet)
        self._evidence = Evidence()
        self._held = []
        self._unread = ()
        self._parts = [()] * PARTS
        self._last_seen.clear()


def _area(read: Read) -> float:
    x0, y0, x1, y1 = bounds(read.corners)
    return (x1 - x0) * (y1 - y0)


def _is_shown(read: Read, visible: list[Read]) -> bool:
    """Whether a QR code or Data Matrix was read before in the same frame: one outline is enough for two engines."""
    return read.symbology.is_matrix and any(
        (read.symbology, read.text) == (other.symbology, other.text) and overlap(read.corners, other.corners)
        for other in visible
    )
