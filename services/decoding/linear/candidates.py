"""The first search: finds layouts, and spans of a strip for them, that come near what is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.decoding.linear.code128 import LONGEST, code_128
from services.decoding.linear.ean import ean_8, ean_13, upc_e
from services.decoding.linear.itf14 import RATIOS, itf_14
from services.decoding.linear.layout import Layout
from services.decoding.linear.spans import coarse_errors, evened, grid, likely_ends, sampled_at, steps
from services.decoding.linear.templates import COARSE, QUIET, Line, coarse_templates

Range = tuple[float, float]

_STEP = 0.6
"""Modules between the starts, and between the ends, that are tried: characters can be told apart half a step off."""
_NEAR = 0.3
_LIKELY, _LIKELY_BENT = 0.5, 0.7
"""The share of starts, and of ends, that is tried: where quiet zone and guard bars are seen best."""
_APART = 0.75
"""The least modules between spans that lead to different fits."""
_FEW = 12
"""Up to so many starts, all are tried."""
_SOFTENED = 0.6
"""Modules of blur added to the line for the first search, whose templates are blurred."""
_KEPT = 4
_LENGTHS = 3
_FAN = 0.45
"""The most by which the logarithms of a Code 128's first and last module sizes differ."""
_UNLIKELY = 0.05
"""How much less likely a length is for each unit of that difference."""
STRAIGHT: tuple[float, ...] = (0.0,)
BENT: tuple[float, ...] = (-3.6, -2.4, -1.2, 1.2, 2.4, 3.6)
"""Modules by which a symbol's middle may be displaced, by a curve or by being seen askew."""
_BENDS = (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5)


@dataclass(frozen=True, eq=False)
class Candidate:
    """A layout, its spans (rows of start, end, bend and skew in pixels, best first), and the best one's mean error."""

    layout: Layout
    spans: Line
    error: float


def first_look(line: Line, layout: Layout, starts: Range, ends: Range, bends: tuple[float, ...]) -> Candidate:
    """The best spans of a layout with start and end in two ranges of pixels; `bends` are in modules."""
    pixels = (sum(ends) - sum(starts)) / 2 / layout.modules
    dark = evened(line, pixels, _SOFTENED)
    begins, finishes = steps(*starts, _STEP * pixels), steps(*ends, _STEP * pixels)
    if len(begins) > _FEW:
        begins, finishes = likely_ends(dark, begins, finishes, layout, _LIKELY if bends == STRAIGHT else _LIKELY_BENT)
    spans = grid(begins, finishes, tuple(bend * pixels for bend in bends))
    errors = coarse_errors(dark, spans, layout)
    order = np.argsort(errors)[:_KEPT]
    return Candidate(layout, spans[order], float(errors[order[0]]))


def closer_look(line: Line, candidate: Candidate) -> list[Candidate]:
    """The nearest span around a candidate's own, bent ones included, and the nearest that is apart from it."""
    layout = candidate.layout
    pixels = float(candidate.spans[0, 1] - candidate.spans[0, 0]) / layout.modules
    about = np.array([-1, 0, 1], np.float32) * (_NEAR * pixels)
    near = grid(about, about, tuple(pixels * bend for bend in _BENDS))
    spans = (candidate.spans[:, None] + near[None]).reshape(-1, 4)
    errors = coarse_errors(evened(line, pixels, _SOFTENED), spans, layout)
    best = int(errors.argmin())
    apart = np.abs(spans[:, :3] - spans[best, :3]).max(1) > _APART * pixels
    following = int(np.where(apart, errors, np.inf).argmin())
    return [Candidate(layout, spans[[at]], float(errors[at])) for at in (best, following)]


def retail(line: Line, starts: Range, ends: Range, bars: int, bends: tuple[float, ...]) -> Iterator[Candidate]:
    """Candidates of EAN-13, EAN-8 and UPC-E, where the number of `bars` seen allows them."""
    for layout in (ean_13(), ean_8(), upc_e()):
        if _allows(len(layout.bars(0, [0] * len(layout.starts))), bars):
            yield first_look(line, layout, starts, ends, bends)


def trade(line: Line, starts: Range, ends: Range, bars: int, bends: tuple[float, ...]) -> Iterator[Candidate]:
    """Candidates of ITF-14 and of Code 128 of the likeliest lengths, where the number of `bars` seen allows them."""
    if _allows(39, bars):
        for ratio in RATIOS:
            yield first_look(line, itf_14(ratio), starts, ends, bends)
    shortest, longest = max((bars - 6) // 3 - 2, 1), min(max(bars - 1, 1), LONGEST)
    if shortest > LONGEST:
        return
    straight = bends == STRAIGHT
    soft = evened(line, (sum(ends) - sum(starts)) / 2 / 100, _SOFTENED)
    for length, start, end, bend in _code_128_lengths(soft, starts, ends, shortest, longest)[
        : _LENGTHS if straight else 2 * _LENGTHS
    ]:
        layout = code_128(length)
        pixels = (end - start) / layout.modules
        around = tuple(bend / pixels + off for off in ((0.0,) if straight else (-1.6, -0.8, 0.0, 0.8, 1.6)))
        yield first_look(line, layout, (start - pixels, start + pixels), (end - pixels, end + pixels), around)


def _allows(drawn: int, seen: int) -> bool:
    """Whether a symbol with `drawn` bars can show `seen` bars: blur hides at most two thirds, dirt adds at most two."""
    return drawn / 3 <= seen <= drawn + 2


def _code_128_lengths(
    dark: Line, starts: Range, ends: Range, shortest: int, longest: int
) -> list[tuple[int, float, float, float]]:
    """Lengths of Code 128, the likeliest first, with start, end and bend as its start and stop characters suggest.

    Seen at an angle, a symbol's modules widen from one side to the other; the two characters tell how much.
    """
    width = (sum(ends) - sum(starts)) / 2
    largest, smallest = (width / (11 * (n + 2) + 13) for n in (shortest, longest))
    modules = 1.25 * largest * 0.97 ** np.arange(100)
    modules = modules[modules > smallest / 1.25]
    t = coarse_templates(code_128(1))
    first, drawn, _ = t.slots[0]
    start_quiet = np.broadcast_to(t.expected[:first], (len(drawn), first))
    start_drawn = np.concatenate([start_quiet, drawn], 1)
    stop_drawn = t.expected[None, -(13 + QUIET) * COARSE :]
    left = _guard_errors(dark, starts, modules, start_drawn, -QUIET)
    right = _guard_errors(dark, ends, modules, stop_drawn, -13)
    a, start, m = (column[:, None] for column in left.T)
    b, end, n = (column[None] for column in right.T)
    length = ((end - start) / ((m + n) / 2) - 13) / 11 - 2
    whole = np.round(length)
    fan = abs(np.log(m / n))
    fits = (fan < _FAN) & (whole >= shortest) & (whole <= longest)
    fits &= abs(length - whole) < 0.03 * (whole + 3) + 0.1
    errors = np.where(fits, a + b + _UNLIKELY * fan, np.inf)
    order = np.argsort(errors, axis=None)[: np.count_nonzero(fits)]
    _, first_of_its_length = np.unique(whole.ravel()[order], return_index=True)
    found = []
    for at in order[np.sort(first_of_its_length)]:
        i, j = np.unravel_index(at, errors.shape)
        count = int(whole[i, j])
        bend = float(left[i, 2] - right[j, 2]) * (11 * count + 35) / 8
        found.append((count, float(left[i, 1]), float(right[j, 1]), bend))
    return found


def _guard_errors(dark: Line, where: Range, modules: Line, drawn: Line, before: float) -> Line:
    """The best rows of error, span and module size of a pattern that begins `before` modules from its span."""
    at = np.linspace(*where, 32)
    span, module = (a.ravel() for a in np.meshgrid(at, modules))
    offsets = before + (np.arange(drawn.shape[1]) + 0.5) / COARSE
    seen = sampled_at(dark, (span[:, None] + module[:, None] * offsets[None]).astype(np.float32))
    errors = ((seen**2).sum(1)[:, None] - 2 * seen @ drawn.T + (drawn**2).sum(1)).min(1) / drawn.shape[1]
    best = np.argsort(errors)[:40]
    rows: Line = np.stack([errors[best], span[best], module[best]], 1)
    return rows
