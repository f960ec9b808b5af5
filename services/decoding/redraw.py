"""Compares a scan line with the symbol that was read there, drawn anew, stretch by stretch.

Engines that agree may be wrong alike, since they look at the same pixels. But the bars of a misread character differ
from the line's, which shows in the correlation of its own few modules even where the rest fits perfectly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from math import sqrt

import numpy as np
import numpy.typing as npt

from services.codes.gtin import has_valid_check_digit
from services.decoding.linear.ean import PARITY_13, PARITY_E, SET_A, SET_B, SET_C
from services.decoding.linear.layout import run_lengths
from services.decoding.scan_lines import Line, crossings
from services.decoding.symbol import Symbology
from services.decoding.two_widths import drawings

Numbers = npt.NDArray[np.float64]

ALIKE = 0.7
"""From this likeness on, the picture confirms a read: a value between that of right reads on photographs and camera
frames, and that of codes with one digit and the check digit changed."""
LAID_ON, UNLIKE = 0.3, 0.5
"""Below the first likeness the drawing was laid beside the symbol, which tells nothing. From there to the second, the
picture refutes a read. From there to ALIKE it is crumpled or too blurred to tell."""
_SPREADS = (-0.35, 0.35)
"""By how many modules bars may be printed too thin or too thick, apart from none: 1 then looks like 7, and 2 like 8."""
_WINDOW = 8
"""Modules that are compared at a time, about a character's width."""
_COARSENESS, _FINENESS = 2, 4
"""Samples a module, for finding where the symbol lies and for comparing."""
_EARLY, _LIKELY = 0.45, 4
"""The share of a line within which a symbol begins, and how many pairs of ends are tried."""
_SOFT = 0.45
"""How soft an edge is drawn, in modules."""


def _drawings(text: str, symbology: Symbology) -> Sequence[Sequence[float]]:
    """The possible run widths of a symbol, in modules.

    Empty for Code 128, which can encode a text in many ways, and for symbologies that are not drawn here.
    """
    if symbology in (Symbology.EAN_13, Symbology.UPC_A):
        digits = text.zfill(13)
        left, right = _digits(digits[1:7], PARITY_13[int(digits[0])]), _digits(digits[7:], "CCCCCC")
        return [run_lengths("101" + left + "01010" + right + "101")]
    if symbology is Symbology.EAN_8:
        return [run_lengths("101" + _digits(text[:4], "AAAA") + "01010" + _digits(text[4:], "CCCC") + "101")]
    if symbology is Symbology.UPC_E:
        parity = PARITY_E[text[0] == "1"][int(text[7])]
        return [run_lengths("101" + _digits(text[1:7], parity) + "010101")]
    return drawings(text, symbology)


def _digits(digits: str, number_sets: str) -> str:
    """The modules of EAN/UPC digits, each of its number set."""
    sets = {"A": SET_A, "B": SET_B, "C": SET_C}
    return "".join(sets[number_set][int(digit)] for digit, number_set in zip(digits, number_sets, strict=True))


def likeness(line: Line, start: float, end: float, text: str, symbology: Symbology) -> float:
    """How like its drawing the worst stretch of a read symbol is: 1 is identical, 0 is unrelated.

    `start` and `end` are where the symbol was read in samples of the line, in either direction. What cannot be
    drawn, as a Code 128, gives -1.
    """
    return max(_likenesses(line, start, end, text, symbology), default=-1.0)


def is_alike(line: Line, start: float, end: float, text: str, symbology: Symbology) -> bool:
    """Whether `likeness` is ALIKE or more; no further drawing is compared once one is."""
    return any(like >= ALIKE for like in _likenesses(line, start, end, text, symbology))


def _likenesses(line: Line, start: float, end: float, text: str, symbology: Symbology) -> Iterator[float]:
    inks = (0.0, *_SPREADS) if symbology is Symbology.ITF_14 else (0.0,)
    for ink in inks:
        for ends in ((start, end), (end, start)):
            for drawing in _drawings(text, symbology):
                yield drawn_likeness(line, *ends, _spread(drawing, ink) if ink else drawing)


def likeness_anywhere(line: Line, text: str, symbology: Symbology) -> float:
    """As `likeness`, where it is not known where in the line the symbol begins and ends."""
    return max((like for like, *_ in _laid(line, text, symbology)), default=-1.0)


def _laid(line: Line, text: str, symbology: Symbology) -> Iterator[tuple[float, Line, float, float]]:
    """Lay the drawing where it may belong: its likeness, and the line, in either direction, with start and end."""
    for widths in _drawings(text, symbology):
        for side in (line, line[::-1]):
            for start, end in _likely_ends(side, widths):
                like = drawn_likeness(side, start, end, widths)
                if LAID_ON < like < ALIKE:
                    like = max(like, *(drawn_likeness(side, start, end, _spread(widths, ink)) for ink in _SPREADS))
                yield like, side, start, end


def has_better_twin(line: Line, text: str, symbology: Symbology) -> bool:
    """Whether an EAN-13 or UPC-A with some of 1 and 7, or of 2 and 8, exchanged is more like the line.

    These pairs differ by the width of their bars alone. Ink that spread or bars that were etched too thin mislead every
    engine alike, and one exchange in ten leaves the check digit right.
    """
    if symbology not in (Symbology.EAN_13, Symbology.UPC_A):
        return False
    like, side, start, end = max(_laid(line, text, symbology), key=lambda laid: laid[0], default=(1.0, line, 0, 0))
    for ink in (0.0, *_SPREADS):

        def stretches(digits: str, ink: float = ink) -> Numbers:
            return _stretches(side, start, end, _spread(_drawings(digits, symbology)[0], ink))

        now = stretches(text).mean()
        gains = {at: stretches(_exchanged(text, [at])).mean() - now for at in _ambiguous(text)}
        unsure = sorted(gains, key=lambda at: abs(gains[at]))[:_UNSURE]
        sure = [at for at, gain in gains.items() if gain > 0 and at not in unsure]
        for number in range(1 << len(unsure)):
            twin = _exchanged(text, [*sure, *(at for bit, at in enumerate(unsure) if number >> bit & 1)])
            if twin != text and has_valid_check_digit(twin) and stretches(twin).min() > like:
                return True
    return False


def _ambiguous(text: str) -> list[int]:
    """Where digits with a twin stand; the first of an EAN-13 is told by the parity of the others."""
    return [at for at in range(len(text) == 13, len(text)) if text[at] in _TWIN]


def _exchanged(text: str, where: Iterable[int]) -> str:
    digits = list(text)
    for at in where:
        digits[at] = _TWIN[digits[at]]
    return "".join(digits)


_TWIN = {"1": "7", "7": "1", "2": "8", "8": "2"}
_UNSURE = 6
"""Of how many digits, those where it matters least, both are tried: about six of their combinations are valid."""


def _spread(widths: Sequence[float], ink: float) -> list[float]:
    """The run widths if each bar is printed `ink` modules wider, and each space narrower."""
    return [width + (-ink if number % 2 else ink) for number, width in enumerate(widths)]


def _likely_ends(line: Line, widths: Sequence[float]) -> list[tuple[float, float]]:
    """Where the symbol may begin and end: the edges between which the whole drawing, unbent, is most like the line."""
    crossed, falling = crossings(line)
    starts, ends = crossed[falling], crossed[~falling]
    starts, ends = starts[starts < _EARLY * len(line)], ends[ends > (1 - _EARLY) * len(line)]
    if not len(starts) or not len(ends):
        return []
    pairs = np.stack([axis.ravel() for axis in np.meshgrid(starts, ends)], 1)
    pairs = pairs[pairs[:, 1] - pairs[:, 0] > len(line) / 3]
    if not len(pairs):
        return []
    modules = sum(widths)
    share = np.arange(0.0, modules, 1 / _COARSENESS) / modules
    at = pairs[:, :1] + share[None] * (pairs[:, 1:] - pairs[:, :1])
    seen = np.clip(line, 0, 1)[np.clip(np.round(at), 0, len(line) - 1).astype(np.intp)].astype(np.float64)
    like = _correlation(np.broadcast_to(_drawn(tuple(widths), _COARSENESS), seen.shape), seen)
    return [(float(start), float(end)) for start, end in pairs[np.argsort(-like)[:_LIKELY]]]


def drawn_likeness(line: Line, start: float, end: float, widths: Sequence[float]) -> float:
    """As `likeness`, of a symbol with runs of these widths in modules, the first at `start`."""
    return float(_stretches(line, start, end, widths).min())


def _stretches(line: Line, start: float, end: float, widths: Sequence[float]) -> Numbers:
    """How like its drawing each stretch of a symbol is."""
    if start > end:
        line, start, end = line[::-1], len(line) - 1 - start, len(line) - 1 - end
    modules = sum(widths)
    warp = _warp(line, start, end, widths)
    at = np.arange(0.0, modules, 1 / _FINENESS)
    drawn = _drawn(tuple(widths), _FINENESS)
    x = np.polyval(warp, at / modules)
    seen = np.interp(x, np.arange(len(line)), np.clip(line, 0, 1).astype(np.float64))
    size = _WINDOW * _FINENESS
    window = np.lib.stride_tricks.sliding_window_view
    return _correlation(window(drawn, size)[::_FINENESS], window(seen, size)[::_FINENESS])


def _correlation(a: Numbers, b: Numbers) -> Numbers:
    a = a - a.mean(1, keepdims=True)
    b = b - b.mean(1, keepdims=True)
    out: Numbers = (a * b).sum(1) / np.maximum(np.sqrt((a**2).sum(1) * (b**2).sum(1)), 1e-9)
    return out


@lru_cache(maxsize=512)  # a symbol is compared in many bands
def _drawn(widths: tuple[float, ...], samples: int) -> Numbers:
    """Brightness of the symbol at so many samples a module, softened as a lens does: 1 white, 0 black."""
    edges = np.concatenate([[0.0], np.cumsum(widths)])
    at = np.arange(0.0, sum(widths), 1 / samples)
    steps = np.tanh((at[:, None] - edges[None]) / (_SOFT * sqrt(2))) / 2
    signs = np.where(np.arange(len(edges)) % 2 == 0, -1.0, 1.0)
    out: Numbers = 1 + (steps + 0.5) @ signs
    out.flags.writeable = False
    return out


def _warp(line: Line, start: float, end: float, widths: Sequence[float]) -> Numbers:
    """Map drawn edges into the line by a cubic over 0 to 1, so that a label may be curved."""
    edges = np.concatenate([[0.0], np.cumsum(widths)])
    share = edges / edges[-1]
    crossed, falling = crossings(line)
    module = (end - start) / edges[-1]
    inside = (crossed > start - module) & (crossed < end + module)
    crossed, falling = crossed[inside], falling[inside]
    if len(crossed) == len(edges) and falling[0]:
        return np.polyfit(share, crossed, 3)
    curve = _bent(line, start, end, widths)
    for degree in (2, 3):
        expected = np.polyval(curve, share)
        near = np.abs(crossed[None] - expected[:, None]) + 1e9 * (
            falling[None] != (np.arange(len(edges)) % 2 == 0)[:, None]
        )
        if not near.size:
            return curve
        nearest = near.argmin(1)
        good = near[np.arange(len(edges)), nearest] < 0.8 * module
        if good.sum() < len(edges) / 2:
            return curve
        curve = np.polyfit(share[good], crossed[nearest[good]], degree)
    return curve


def _bent(line: Line, start: float, end: float, widths: Sequence[float]) -> Numbers:
    """The parabola along which the drawing is most like the line."""
    modules = sum(widths)
    drawn = _drawn(tuple(widths), _COARSENESS)
    share = np.arange(0.0, modules, 1 / _COARSENESS) / modules
    bends = (end - start) / modules * np.arange(-5, 5.1, 0.5)
    x = start + share[None] * (end - start) + bends[:, None] * (4 * share * (1 - share))[None]
    seen = np.interp(x.ravel(), np.arange(len(line)), line).reshape(x.shape)
    bend = bends[int(_correlation(np.broadcast_to(drawn, seen.shape), seen).argmax())]
    return np.array([-4 * bend, end - start + 4 * bend, start])
