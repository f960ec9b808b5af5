"""Decides whether a read is believed; no other module does.

A wrong GTIN accuses somebody's product, so it is worse than no answer. Matrix symbols carry error correction and are
believed at once, unless two texts are read at one place. A 1-D symbol is believed when two independent witnesses agree:
another engine family, another band of scan lines, or another frame. The check digit has been verified before
(engines.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count

from services.decoding.places import Places
from services.decoding.symbol import Read, Symbol, Symbology

Witness = tuple[str, str, int]
"""Engine family, scan line region, frame."""

_STRONG = (Symbology.EAN_13, Symbology.UPC_A, Symbology.CODE_128)
"""1-D symbologies that are seldom found in the bars of another: long, and with a check that few misreads pass.

All others are weak: a part of a longer symbol, of text or of a matrix symbol may look like them."""
_CUT_SHORT = (Symbology.EAN_8, Symbology.UPC_E)
"""Symbols that are seen in a part of an EAN-13 or UPC-A, and never win against one."""
LONG = (Symbology.EAN_13, Symbology.UPC_A)
UNCHECKED = (Symbology.ITF, Symbology.CODE_39, Symbology.CODE_93, Symbology.CODABAR)
"""Symbologies whose look is found in all others: only reads of bands count, which run from quiet zone to quiet zone."""
_AGREED = 2
"""Witnesses that must agree."""
_DRAWING = "redraw"
"""The family of second_look's comparison with a drawing."""
_OUR_OWN = ("qr", "data-matrix")
"""Families that know in which mode and charset each byte of a matrix symbol is."""


class _Group:
    """The reads of one symbol, each with its frame."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.reads: list[tuple[Read, int]] = []
        self.refuted: set[int] = set()  # frames
        self._witnesses: set[Witness] | None = None

    def add(self, read: Read, frame: int) -> None:
        if read.refuted:
            self.refuted.add(frame)
            return
        self.reads.append((read, frame))
        self._witnesses = None

    def forget_before(self, frame: int) -> None:
        self.reads = [(read, seen) for read, seen in self.reads if seen >= frame]
        self.refuted = {seen for seen in self.refuted if seen >= frame}
        self._witnesses = None

    @property
    def newest(self) -> Read:
        return self.reads[-1][0]

    @property
    def symbology(self) -> Symbology:
        return self.newest.symbology

    @property
    def witnesses(self) -> set[Witness]:
        if self._witnesses is None:
            self._witnesses = _witnesses(self.reads)
        return self._witnesses

    @property
    def agrees(self) -> bool:
        """Whether enough witnesses agree.

        One engine may misread a weak symbol alike in frame after frame, and no drawing could refute it.
        """
        if self.symbology in UNCHECKED:
            return _in_two_bands(self.reads)
        if self.symbology not in _STRONG and self.is_of_whole_pictures:
            return len({family for family, _, _ in self.witnesses}) > 1
        return _agree(self.witnesses) and not self.is_refuted

    @property
    def is_of_whole_pictures(self) -> bool:
        """Whether no witness looked at a band of its own."""
        return all(region == "whole" for _, region, _ in self.witnesses)

    @property
    def is_refuted(self) -> bool:
        """Whether the picture is unlike the symbol. Engines on whole pictures may agree and be wrong alike."""
        return bool(self.refuted) and self.is_of_whole_pictures


class Evidence:
    """The reads gathered so far, over the steps of one picture or over the frames of a video."""

    def __init__(self) -> None:
        self._groups: dict[int, _Group] = {}
        self._numbers: dict[tuple[Symbology, str | bytes], int] = {}
        self._next = count()
        self._places: dict[int, Places] = {}
        self._believed: dict[int, Symbol] | None = None

    def add(self, reads: Iterable[Read], frame: int = 0) -> None:
        """Add what an engine read; `frame` numbers the pictures of a video."""
        reads = list(reads)
        if not reads:
            return
        numbers = [self._number(read) for read in reads]
        for read, number in zip(reads, numbers, strict=True):
            self._groups.setdefault(number, _Group(number)).add(read, frame)
        self._places.setdefault(frame, Places()).add(reads, numbers)
        self._believed = None

    def _number(self, read: Read) -> int:
        """The number of the symbol: the same text, or in a matrix symbol the same bytes, is the same symbol."""
        names: list[tuple[Symbology, str | bytes]] = [(read.symbology, read.text)]
        if read.symbology.is_matrix:
            names.append((read.symbology, read.raw))
        known = next((self._numbers[name] for name in names if name in self._numbers), None)
        number = next(self._next) if known is None else known
        for name in names:
            self._numbers.setdefault(name, number)
        return number

    def forget_before(self, frame: int) -> None:
        """Drop what was read in frames before `frame`."""
        if all(seen >= frame for seen in self._places):
            return
        self._places = {seen: places for seen, places in self._places.items() if seen >= frame}
        for group in self._groups.values():
            group.forget_before(frame)
        self._groups = {number: group for number, group in self._groups.items() if group.reads}
        self._numbers = {name: number for name, number in self._numbers.items() if number in self._groups}
        self._believed = None

    def believed(self) -> list[Symbol]:
        """The symbols that may be believed, each once, with the corners of its newest read."""
        return list(self._symbols().values())

    def _symbols(self) -> dict[int, Symbol]:
        if self._believed is None:
            symbols = {number: self._believe(group) for number, group in self._groups.items()}
            self._believed = {number: symbol for number, symbol in symbols.items() if symbol is not None}
        return self._believed

    def doubtful(self) -> list[Read]:
        """One read of each 1-D symbol that still lacks a second witness and that nothing contradicts."""
        return [
            group.newest
            for group in self._groups.values()
            if not (group.symbology.is_matrix or group.agrees or group.is_refuted or self._contradicted(group))
        ]

    def uncompared(self) -> list[Read]:
        """One read of each symbol of which engines agree on whole pictures alone, and no drawing has been compared."""
        return [
            group.newest
            for group in self._groups.values()
            if group.symbology in LONG
            and group.agrees
            and group.is_of_whole_pictures
            and all(family != _DRAWING for family, _, _ in group.witnesses)
        ]

    def read_places(self, frame: int = 0) -> list[Read]:
        """The reads in a frame of all that is believed: a text may stand on several packs."""
        groups = (self._groups[number] for number in self._symbols())
        return [read for group in groups for read, seen in group.reads if seen == frame]

    def _believe(self, group: _Group) -> Symbol | None:
        read = said = group.newest
        if read.symbology.is_matrix:
            if self._is_part(group) or self._contradicted(group):
                return None
            said = next((r for r, _ in reversed(group.reads) if r.family in _OUR_OWN), read)
            why = "error correction"
        else:
            if not group.agrees or self._contradicted(group):
                return None
            why = "agreed: " + ", ".join(sorted(f"{w[0]} {w[1]} frame {w[2]}" for w in group.witnesses))
        gs1 = any(r.gs1 for r, _ in group.reads)  # only zxing-cpp reports FNC1 in first position
        return Symbol(said.text, said.raw, read.symbology, read.corners, read.family, read.step, gs1, why)

    def _is_part(self, group: _Group) -> bool:
        """Whether only a part of a message was read. One reader tells parts; others give a part as if it were whole."""
        if any(not read.part and read.family == "qr" for read, _ in group.reads):
            return False
        if any(read.part for read, _ in group.reads):
            return True
        return any(read.part for rival in self._rivals(group) for read, _ in rival.reads)

    def _rivals(self, group: _Group) -> list[_Group]:
        """The other symbols that were read at the same place of the same frame."""
        numbers = set[int]().union(*(places.rivals(group.number) for places in self._places.values()))
        return [self._groups[number] for number in sorted(numbers)]

    def _contradicted(self, group: _Group) -> bool:
        """Whether another read at the same place says something else, and this one is not far better proven."""
        return any(_forbids(rival, group) for rival in self._rivals(group) if not rival.is_refuted)


def _forbids(rival: _Group, group: _Group) -> bool:
    """Whether `rival`, read at the same place, forbids to believe `group`."""
    proof = _weight_of if group.symbology.is_matrix else _witnesses_of
    return _outdoes(rival.symbology, group.symbology, proof(rival), proof(group))


def _outdoes(other: Symbology, mine: Symbology, its_proof: int, my_proof: int) -> bool:
    """Whether one symbol forbids to believe another at its place, by what they are and in how many ways proven.

    A weak symbol within a strong one, such as an EAN-8 in an EAN-13, is the classic misread, and never wins.
    """
    if mine.is_matrix:
        return other.is_matrix and 2 * its_proof > my_proof
    if other.is_matrix:
        return mine not in _STRONG
    if (mine not in _STRONG and other in _STRONG) or (mine in UNCHECKED and other not in UNCHECKED):
        return True
    if mine in LONG and other in _CUT_SHORT:
        return False
    if mine in _STRONG and other in UNCHECKED and my_proof > _AGREED:
        return False  # it may only be near: the box of tall bars reaches over what stands below them
    return its_proof * 2 >= my_proof


def consistent(symbols: Sequence[Symbol]) -> list[Symbol]:
    """Those of several symbols, each believed by itself, that no other at their place forbids to believe."""
    places = Places()
    reads = [Read(s.text, s.raw, s.symbology, s.corners, s.engine, s.step) for s in symbols]
    places.add(reads, range(len(reads)))
    return [
        symbol
        for number, symbol in enumerate(symbols)
        if not any(
            _outdoes(symbols[rival].symbology, symbol.symbology, _AGREED, _AGREED) for rival in places.rivals(number)
        )
    ]


def _witnesses_of(group: _Group) -> int:
    return len(group.witnesses)


def _weight_of(group: _Group) -> int:
    """In how many ways a matrix symbol was read: families times frames."""
    return len({(read.family, frame) for read, frame in group.reads})


def _witnesses(reads: list[tuple[Read, int]]) -> set[Witness]:
    """The witnesses of a symbol: engine family, scan line region, frame.

    Reads that share pixels count once: for one family and frame, either the bands of one step or the whole.
    """
    steps: dict[tuple[str, int], dict[str, set[str]]] = {}
    for read, frame in reads:
        steps.setdefault((read.family, frame), {}).setdefault(read.step, set()).add(read.region)
    return {
        (family, region, frame)
        for (family, frame), regions in steps.items()
        for region in max((seen - {"whole"} or seen for seen in regions.values()), key=_weight)
    }


def _agree(witnesses: set[Witness]) -> bool:
    """Whether two witnesses agree, not both on one band of one frame, whose pixels mislead all engines alike."""
    if all(region != "whole" for _, region, _ in witnesses):
        return len({(region, frame) for _, region, frame in witnesses}) >= _AGREED
    return len(witnesses) >= _AGREED


def _in_two_bands(reads: list[tuple[Read, int]]) -> bool:
    """Whether two bands of one cut of a frame say the same; bands of different cuts may share pixels."""
    bands: dict[tuple[str, int], set[str]] = {}
    for read, frame in reads:
        if read.region != "whole":
            bands.setdefault((read.step.partition(":")[0], frame), set()).add(read.region)
    return any(len(regions) > 1 for regions in bands.values())


def _weight(regions: set[str]) -> tuple[int, bool]:
    return len(regions), "whole" not in regions
