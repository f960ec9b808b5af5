"""Decides when the codes in view lead to a verdict by themselves, and when the person chooses between packs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from services.decoding.tracker import QUIET

Code = tuple[str, str]
"""A code's text and its symbology's name."""

SETTLE, SETTLE_FRAMES = 0.4, 3
"""How long a code waits where it is not sure yet whether its pack is the only one in view: so many seconds, and so many
frames, since a slow device has few of them."""

PATIENCE = 2.0
"""How long a code that names no product waits for the pack's own number while something unread is in view (seconds).

It is limited, since what is seen there may be something that nobody can read.
"""

GONE_FRAMES = 8
"""So many frames without its codes show that a recorded pack has left: a slow device reads few of those in QUIET."""


@dataclass(frozen=True)
class Numbered:
    """One of several packs in view: its number on the screen, which it keeps, and its codes."""

    number: int
    codes: tuple[Code, ...]


class Handled:
    """The packs that were recorded, each while it stays in view: they do not lead to their verdict again by themselves.

    A pack stays in view until the camera has shown none of its codes for QUIET seconds and GONE_FRAMES frames. Time
    without pictures does not count, since nobody knows what was before the camera then.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[Code, ...], tuple[float, int]] = {}
        """When a frame has shown each last, or after the opening the first frame came, and how many have not since."""

    def add(self, codes: Iterable[Code]) -> None:
        """Note a pack by its codes."""
        self._seen[tuple(codes)] = (inf, 0)

    def take_back(self, codes: Iterable[Code]) -> None:
        """Forget a pack that was noted by these codes."""
        self._seen.pop(tuple(codes), None)

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes of all these packs."""
        return tuple(code for pack in self._seen for code in pack)

    def resume(self) -> None:
        """Begin with a camera that has been opened, and has not given a picture yet."""
        self._seen = dict.fromkeys(self._seen, (inf, 0))

    def see(self, codes: Sequence[Code], at: float, same: Callable[[Code, Code], bool]) -> set[Code]:
        """Those of a frame's codes that are on such a pack; `same` tells whether two codes may be on one pack."""
        found: set[Code] = set()
        for pack, (last, missed) in list(self._seen.items()):
            if at - last > QUIET and missed >= GONE_FRAMES:
                del self._seen[pack]
                continue
            own = {code for code in codes if any(same(code, other) for other in pack)}
            self._seen[pack] = (at, 0) if own else (min(last, at), missed + 1)
            found |= own
        return found


class Chooser:
    """Follows the codes in view; `group` tells codes apart by the packs that they may be on.

    `names_product` tells a product's number from a code that says nothing of any, such as a lot's or a page's address.
    `handled` are the packs that are left alone. A chooser begins with a camera that has been opened.

    The codes of one pack lead to their verdict at once. Where several packs are in view together, none does: the person
    chooses. That lasts until all but one have been out of sight for QUIET seconds, and the one that is left then leads
    to its verdict, as it does where somebody goes close to it. A pack that takes another's place, or beside which
    another is seen that has not been read yet, waits for a moment. So do codes that name no product: the number may
    be on the same pack, and is what the person wants to know of.
    """

    def __init__(
        self,
        group: Callable[[Sequence[Code]], Sequence[Sequence[Code]]],
        names_product: Callable[[Code], bool],
        handled: Handled | None = None,
    ) -> None:
        self._group, self._names_product = group, names_product
        self._handled = handled or Handled()
        self._handled.resume()
        self._left_alone: set[Code] = set()
        self._sights: dict[Code, tuple[float, float]] = {}  # of each code in view, the first and the last
        self._waiting: dict[Code, float] = {}
        self._frames: deque[float] = deque(maxlen=SETTLE_FRAMES)
        self._numbers: dict[Code, int] = {}
        self._packs: Sequence[Sequence[Code]] = ()
        self._chooses = False

    def see(
        self, seen: Iterable[Code], new: Sequence[Code], at: float, *, awaits_another: bool, unread: bool = False
    ) -> list[Code]:
        """The codes whose verdict is due after a frame taken `at` (monotonic seconds): those waiting of the only pack.

        `seen` are the codes that the frame shows, `new` those of them to act upon. `awaits_another`: the frame shows
        one, not read yet, that must be on another pack; `unread`: it shows any that is not read yet.
        """
        seen = (*seen, *new)
        left_alone = self._handled.see(seen, at, self._on_one_pack)
        for code in seen:
            self._sights[code] = (self._sights.get(code, (at, at))[0], at)
        settled = min(at - SETTLE, self._frames[0] if len(self._frames) == SETTLE_FRAMES else float("-inf"))
        since = at - QUIET if self._chooses else max(at - QUIET, settled)
        self._sights = {code: sights for code, sights in self._sights.items() if sights[1] >= since}
        self._frames.append(at)
        self._left_alone = (self._left_alone - {*seen} | left_alone) & self._sights.keys()
        for code in new:
            if code not in left_alone:
                self._waiting.setdefault(code, at)
        self._packs = self._group(tuple(self._sights))
        if len(self._packs) < 2:
            self._chooses = False
            self._numbers.clear()
        due = [code for code in self._waiting if code in self._sights]
        last = max((self._waiting[code] for code in due), default=float("-inf"))
        nameless = not any(self._names_product(code) for code in self._sights)
        if nameless and last > (min(settled, at - PATIENCE) if unread else settled):
            return []
        if len(self._packs) > 1 and not self._chooses:
            self._chooses = self._together()
        if len(self._packs) > 1 or (awaits_another and last > settled):
            return []
        for code in due:
            del self._waiting[code]
        return due

    @property
    def left_alone(self) -> tuple[Code, ...]:
        """The codes in view whose pack was recorded, and has not been out of sight since."""
        return tuple(code for code in self._sights if code in self._left_alone)

    def _on_one_pack(self, code: Code, other: Code) -> bool:
        if code == other:
            return True
        both = self._names_product(code) and self._names_product(other)
        return both and len(self._group((code, other))) == 1

    def _together(self) -> bool:
        """Whether two of the packs are in view at the same time, rather than one after the other."""
        spans = []
        for pack in self._packs:
            first, last = zip(*(self._sights[code] for code in pack), strict=True)
            spans.append((min(first), max(last)))
        spans.sort()
        return any(later[0] <= earlier[1] for earlier, later in pairwise(spans))

    @property
    def several(self) -> tuple[Numbered, ...]:
        """The packs between which the person chooses, by their numbers; empty unless there are several."""
        if not self._chooses:
            return ()
        taken: set[int] = set()
        found = []
        for codes in self._packs:
            known = [n for code in codes if (n := self._numbers.get(code)) is not None and n not in taken]
            number = min(known) if known else max([*self._numbers.values(), 0]) + 1
            taken.add(number)
            self._numbers.update(dict.fromkeys(codes, number))
            found.append(Numbered(number, tuple(codes)))
        return tuple(sorted(found, key=lambda pack: pack.number))

    def pack(self, code: Code) -> tuple[Code, ...]:
        """The codes of a code's pack, itself first."""
        codes = next((codes for codes in self._packs if code in codes), ())
        return (code, *(other for other in codes if other != code))
