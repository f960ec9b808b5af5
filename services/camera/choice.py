"""Decides when the codes in view lead to a verdict by themselves, and when the person chooses between packs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

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


@dataclass(frozen=True)
class Numbered:
    """One of several packs in view: its number on the screen, which it keeps, and its codes."""

    number: int
    codes: tuple[Code, ...]


class Chooser:
    """Follows the codes in view; `group` tells codes apart by the packs that they may be on.

    `names_product` tells a product's number from a code that says nothing of any, such as a lot's or a page's address.

    The codes of one pack lead to their verdict at once. Where several packs are in view together, none does: the person
    chooses. That lasts until all but one have been out of sight for QUIET seconds, and the one that is left then leads
    to its verdict, as it does where somebody goes close to it. A pack that takes another's place, or beside which
    another is seen that has not been read yet, waits for a moment. So do codes that name no product: the number may
    be on the same pack, and is what the person wants to know of.
    """

    def __init__(
        self, group: Callable[[Sequence[Code]], Sequence[Sequence[Code]]], names_product: Callable[[Code], bool]
    ) -> None:
        self._group, self._names_product = group, names_product
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
        for code in (*seen, *new):
            self._sights[code] = (self._sights.get(code, (at, at))[0], at)
        settled = min(at - SETTLE, self._frames[0] if len(self._frames) == SETTLE_FRAMES else float("-inf"))
        since = at - QUIET if self._chooses else max(at - QUIET, settled)
        self._sights = {code: sights for code, sights in self._sights.items() if sights[1] >= since}
        self._frames.append(at)
        for code in new:
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
