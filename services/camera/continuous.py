"""Decides which packs before a camera are taken by themselves, one after another: each once while it is in view."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from services.camera.choice import PATIENCE, SETTLE, SETTLE_FRAMES, Code
from services.decoding.tracker import QUIET

GONE_FRAMES = 4
"""So many frames must have missed a pack, too, before it counts as gone: a slow device has few of them."""


@dataclass(frozen=True)
class Arrival:
    """A pack to be taken, with its codes in the order in which they were read.

    `known` are the codes with which it was taken before, where a further code of a pack in view has been read. Empty:
    the pack has come anew.
    """

    codes: tuple[Code, ...]
    known: tuple[Code, ...] = ()


@dataclass
class _Pack:
    """A pack in view: its codes, when the first and the last sight of it were, and with which codes it was taken."""

    codes: list[Code]
    since: float
    seen: float
    taken: tuple[Code, ...] = ()
    missed: int = 0
    """How many frames since the last sight have not shown it."""


class Continuous:
    """Follows the packs in view; `group` tells codes apart by the packs that they may be on.

    `names_product` tells a product's number from a code that says nothing of any. Only codes that the live view
    believes may be given: what one frame reads wrongly is never among them.

    A pack is taken once while it is in view, and again after it was out of sight for QUIET seconds and GONE_FRAMES.
    Several in view are all taken. A pack whose number is read is taken at once, unless something in view is not read
    yet: then it waits for SETTLE, so that lot and date of its other code are on its line from the beginning. What is
    read later belongs to the same line. A code that names no product goes along with the only pack in view. Alone it
    waits for its pack's number, for PATIENCE where something is not read yet. Beside several packs nothing says whose
    it is, and it is not taken. Two packs whose codes say the same cannot be told apart, and count once.
    """

    def __init__(
        self, group: Callable[[Sequence[Code]], Sequence[Sequence[Code]]], names_product: Callable[[Code], bool]
    ) -> None:
        self._group, self._names_product = group, names_product
        self._packs: list[_Pack] = []
        self._frames: deque[float] = deque(maxlen=SETTLE_FRAMES)

    def see(self, believed: Iterable[Code], at: float, *, unread: bool = False) -> list[Arrival]:
        """The packs to take after a frame, taken `at` (monotonic seconds), that shows these believed codes.

        `unread`: the frame shows a code that is not read yet.
        """
        settled = min(at - SETTLE, self._frames[0] if len(self._frames) == SETTLE_FRAMES else float("-inf"))
        self._frames.append(at)
        self._packs = [pack for pack in self._packs if at - pack.seen <= QUIET or pack.missed < GONE_FRAMES]
        for pack in self._packs:
            pack.missed += 1
        for code in dict.fromkeys(believed):
            pack = self._pack_of(code, at)
            pack.seen, pack.missed = at, 0
        self._give_loose(at)
        arrivals = []
        for pack in self._packs:
            if len(pack.codes) > len(pack.taken) and (pack.taken or self._is_due(pack, settled, at, unread=unread)):
                arrivals.append(Arrival(tuple(pack.codes), pack.taken))
                pack.taken = tuple(pack.codes)
        return arrivals

    def clear(self) -> None:
        """Forget what is in view, as after a pause."""
        self._packs.clear()
        self._frames.clear()

    def _pack_of(self, code: Code, at: float) -> _Pack:
        """The pack that a code is on: the one that shows it, else one that it may share, else a new one."""
        found = next((pack for pack in self._packs if code in pack.codes), None)
        if found is None and self._names_product(code):
            found = next((pack for pack in self._packs if self._is_named(pack) and self._may_bear(pack, [code])), None)
            if found:
                found.codes.append(code)
        if found is None:
            found = _Pack([code], at, at)
            self._packs.append(found)
        return found

    def _give_loose(self, at: float) -> None:
        """Give the only pack that a frame shows the codes in it that name no product."""
        shown = [pack for pack in self._packs if pack.seen == at]
        named = [pack for pack in shown if self._is_named(pack)]
        loose = [pack for pack in shown if not self._is_named(pack) and not pack.taken]
        codes = [code for pack in loose for code in pack.codes]
        if len(named) == 1 and codes and self._may_bear(named[0], codes):
            named[0].codes += codes
            self._packs = [pack for pack in self._packs if pack not in loose]

    def _is_due(self, pack: _Pack, settled: float, at: float, *, unread: bool) -> bool:
        if self._is_named(pack):
            return pack.since <= (settled if unread else at)
        beside = any(self._is_named(other) and other.seen > settled for other in self._packs)
        return not beside and pack.since <= (min(settled, at - PATIENCE) if unread else settled)

    def _is_named(self, pack: _Pack) -> bool:
        return any(map(self._names_product, pack.codes))

    def _may_bear(self, pack: _Pack, codes: Sequence[Code]) -> bool:
        return len(self._group([*pack.codes, *codes])) == 1
