"""Decides whether a read is believed; no other module does.

A wrong GTIN accuses somebody's product, so it is worse than no answer. Matrix symbols carry error correction and are
believed at once. A 1-D symbol is believed when two independent witnesses agree: another engine family, another band of
scan lines, or another frame. The check digit has been verified before (engines.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.decoding.symbol import Read, Symbol, Symbology, overlap

Witness = tuple[str, str, int]
"""Engine family, scan line region, frame."""

_SHORT = (Symbology.EAN_8, Symbology.UPC_E)
_LONG = (Symbology.EAN_13, Symbology.UPC_A)


@dataclass
class Evidence:
    """The reads gathered so far, over the steps of one picture or over the frames of a video."""

    reads: list[tuple[Read, int]] = field(default_factory=list)

    def add(self, reads: Iterable[Read], frame: int = 0) -> None:
        """Add what an engine read; `frame` numbers the pictures of a video."""
        self.reads += [(read, frame) for read in reads]

    def forget_before(self, frame: int) -> None:
        """Drop what was read in frames before `frame`."""
        self.reads = [(read, seen) for read, seen in self.reads if seen >= frame]

    def believed(self) -> list[Symbol]:
        """The symbols that may be believed, each once, with the corners of its newest read."""
        return [symbol for group in self._groups() if (symbol := self._believe(group)) is not None]

    def doubtful(self) -> list[Read]:
        """One read of each 1-D symbol that still lacks a second witness and that nothing contradicts."""
        groups = [g for g in self._groups() if self._believe(g) is None]
        return [g[-1][0] for g in groups if not self._contradicted(g)]

    def _groups(self) -> list[list[tuple[Read, int]]]:
        groups: dict[tuple[str, str], list[tuple[Read, int]]] = {}
        for read, frame in self.reads:
            groups.setdefault((read.symbology, read.text), []).append((read, frame))
        return list(groups.values())

    def _believe(self, group: list[tuple[Read, int]]) -> Symbol | None:
        read = group[-1][0]
        if read.symbology.is_matrix:
            if self._is_part(group):
                return None
            why = "error correction"
        else:
            witnesses = _witnesses(group)
            if not _agree(witnesses) or self._contradicted(group):
                return None
            why = "agreed: " + ", ".join(sorted(f"{w[0]} {w[1]} frame {w[2]}" for w in witnesses))
        gs1 = any(r.gs1 for r, _ in group)  # only zxing-cpp reports FNC1 in first position
        return Symbol(read.text, read.raw, read.symbology, read.corners, read.family, read.step, gs1, why)

    def _is_part(self, group: list[tuple[Read, int]]) -> bool:
        """Whether only a part of a message was read. One reader tells parts; others give a part as if it were whole."""
        if any(not read.part and read.family == "qr" for read, _ in group):
            return False
        parts = [(read, frame) for read, frame in self.reads if read.part]
        return any(overlap(part.corners, read.corners) for read, f in group for part, g in parts if f == g)

    def _contradicted(self, group: list[tuple[Read, int]]) -> bool:
        """Whether another 1-D read at the same spot says something else with as much evidence.

        A short symbol read inside a long one is the classic misread, and never wins.
        """
        read = group[-1][0]
        for other in self._groups():
            rival = other[-1][0]
            if (
                other is group
                or rival.symbology.is_matrix
                or (rival.text, rival.symbology) == (read.text, read.symbology)
            ):
                continue
            if not any(overlap(r.corners, o.corners) for r, f in group for o, g in other if f == g):
                continue
            if read.symbology in _SHORT and rival.symbology in _LONG:
                return True
            if rival.symbology in _SHORT and read.symbology in _LONG:
                continue
            if len(_witnesses(other)) * 2 >= len(_witnesses(group)):
                return True
        return False


def _witnesses(group: list[tuple[Read, int]]) -> set[Witness]:
    """The witnesses of a symbol: engine family, scan line region, frame.

    Reads that share pixels count once: for one family and frame, either the bands of one step or the whole.
    """
    steps: dict[tuple[str, int], dict[str, set[str]]] = {}
    for read, frame in group:
        steps.setdefault((read.family, frame), {}).setdefault(read.step, set()).add(read.region)
    return {
        (family, region, frame)
        for (family, frame), regions in steps.items()
        for region in max((seen - {"whole"} or seen for seen in regions.values()), key=_weight)
    }


def _agree(witnesses: set[Witness]) -> bool:
    """Whether two witnesses agree, not both on one band of one frame, whose pixels mislead all engines alike."""
    if all(region != "whole" for _, region, _ in witnesses):
        return len({(region, frame) for _, region, frame in witnesses}) > 1
    return len(witnesses) > 1


def _weight(regions: set[str]) -> tuple[int, bool]:
    return len(regions), "whole" not in regions
