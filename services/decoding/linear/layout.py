"""What a linear symbology looks like: fixed guard bars, and characters at known positions between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

import numpy as np
import numpy.typing as npt

from services.decoding.symbol import Symbology

Bars = tuple[tuple[float, float], ...]
"""Where each dark bar begins and ends, in modules."""
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Told:
    """What a symbol says; `gs1` where FNC1 is in first position."""

    text: str
    symbology: Symbology
    gs1: bool = False


@dataclass(frozen=True, eq=False)
class Alphabet:
    """Characters of one width: their bars, and how many modules each takes."""

    bars: tuple[Bars, ...]
    width: float


@dataclass(frozen=True, eq=False)
class Layout:
    """A symbol of `modules` modules with `guards` and characters of `alphabets[i]` from module `starts[i]` on.

    A code is a hypothesis (such as EAN-13's first digit, which no bars show but the choice of alphabets does) and a
    choice for each slot. `choices[hypothesis, slot, choice]` is the character drawn; the `sums` of all choices must
    equal `target[hypothesis]` modulo `modulus`. `free` marks a layout with so many characters that they are narrowed
    down first. `quiet` is how many light modules must be seen before and after bars that may also be part of a longer
    symbol.
    """

    modules: float
    guards: Bars
    starts: tuple[float, ...]
    alphabets: tuple[Alphabet, ...]
    choices: Integers
    sums: Integers
    target: Integers
    modulus: int
    tell: Callable[[int, list[int]], Told | None]
    free: bool = False
    quiet: tuple[float, float] = (0, 0)

    def bars(self, hypothesis: int, code: list[int]) -> Bars:
        """Every bar of a code."""
        found = list(self.guards)
        for slot, choice in enumerate(code):
            start = self.starts[slot]
            drawn = self.alphabets[slot].bars[self.choices[hypothesis, slot, choice]]
            found += [(start + a, start + b) for a, b in drawn]
        return tuple(found)


def run_lengths(modules: str) -> list[int]:
    """The lengths of the runs of equal modules, written as 0 (light) and 1 (dark)."""
    return [len(list(run)) for _, run in groupby(modules)]


def bars_of_modules(modules: str, start: float = 0) -> Bars:
    """The bars that modules written as 0 (light) and 1 (dark) draw from `start` on."""
    edges = [0, *accumulate(run_lengths(modules))]
    return tuple((start + a, start + b) for a, b in pairwise(edges) if modules[a] == "1")


def bars_of_widths(widths: Sequence[float], start: float = 0) -> Bars:
    """The bars of elements given by their widths, the first one dark."""
    edges = [start + e for e in (0, *accumulate(widths))]
    return tuple(pairwise(edges))[::2]
