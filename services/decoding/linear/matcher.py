"""Reads a linear symbol by comparison: finds the code that looks like this strip, if no other comes near.

A coarse search finds a strip's likeliest layouts and spans. At each, the best first, reading digits and least squares
alternate until they agree on span, blur and light. The read counts only if every other code of the layout fits clearly
worse at its own best span, no other layout explains the strip as well, and the upper and the lower half of the rows,
which share no pixel, both say the same.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.decoding.linear.candidates import BENT, STRAIGHT, Candidate, closer_look, retail, trade
from services.decoding.linear.layout import Layout, Told
from services.decoding.linear.spans import Settled, Span, evened, is_quiet, sampled, settle
from services.decoding.linear.strips import Patch, Strip, bars_within, strip_of
from services.decoding.linear.templates import K, Line, templates
from services.decoding.linear.trellis import LikelyCode, best, best_two, best_with_next_cost, least_unchecked
from services.decoding.symbol import Symbology

_LEAST_COHERENCE, _LEAST_OF_BENT = 0.9, 0.95
"""The least coherence of a symbol's rows, however blurred: rows of noise and print have less in common. Bent spans take
most of the time, so they are tried where it is certain that rows are bars."""
_LEAST_BARS, _LEAST_BARS_OF_BENT = 6, 14
"""The fewest bars seen: a UPC-E has 17, of which strong blur leaves a third."""
_PROMISING, _MOST_COARSE = 0.025, 0.05
"""Errors of the first search: below the first a fit is tried at once, above the second never."""
_WORTH_A_FIT = 0.032
"""Error after the closer look above which no fit is tried: readable symbols stay below it."""
_MOST_ERROR, _HOPELESS = 0.03, 0.08
"""Errors of a fit: above the first it is not believed, above the second digits and span will never agree."""
_MOST_BLUR = 1.25
"""The most blur in modules; beyond it, a fit drifts away from the bars instead of explaining them."""
_MARGINS = {
    Symbology.EAN_13: 1.5,
    Symbology.UPC_A: 1.5,
    Symbology.ITF_14: 1.9,
    Symbology.CODE_128: 1.4,
    Symbology.EAN_8: 2.0,
    Symbology.UPC_E: 2.5,
}
"""How many times worse the next code must fit: more than next to any wrong code on photographs. The fewer characters a
code has, the better a wrong one fits by chance."""
_MARGIN_OF_SHORT = 2.0
"""The same for a Code 128 of less than _SHORT modules."""
_SHORT = 100
_MARGIN_OF_HALF = 1.08
"""The same for half of the rows, which have more noise."""
_STRONG = {
    Symbology.EAN_13: 2.0,
    Symbology.UPC_A: 2.0,
    Symbology.EAN_8: 2.5,
    Symbology.UPC_E: 3.0,
    Symbology.ITF_14: 2.0,
    Symbology.CODE_128: 2.0,
}
"""Margins from which on no other layout is tried."""
_MOST_FORCED = 1.1
"""The most a code may fit worse than the best characters without a checksum. On photographs right codes fit as well."""
_TRIED = 3
"""Candidates fitted in each look."""
_ROUNDS = 5
"""The most turns of digits and least squares; mostly one or two are needed."""
_LOOKS = (
    (retail, STRAIGHT, _PROMISING),
    (trade, STRAIGHT, _MOST_COARSE),
    (retail, BENT, _MOST_COARSE),
    (trade, BENT, _MOST_COARSE),
)
"""The looks in turn: layouts, bends, and up to which error of the first search a candidate is fitted."""
_STRAIGHT_LOOKS = 2
_BLURS = (0.45, 0.75, 1.05)


@dataclass(frozen=True)
class Match:
    """A code that a strip shows. Both halves of its rows say so independently, which makes two witnesses.

    `margin` is the next code's squared difference over this one's; `ends` are the positions of the outermost bars in
    pixels of the strip, the left one first.
    """

    symbology: Symbology
    text: str
    raw: bytes
    gs1: bool
    margin: float
    ends: tuple[float, float]


@dataclass(frozen=True, eq=False)
class _Fit:
    """A code at its best fit in a line, what it says, and how many times worse the next one fits."""

    layout: Layout
    code: LikelyCode
    settled: Settled
    margin: float
    told: Told | None
    upside_down: bool

    @property
    def stands_out(self) -> bool:
        """Whether the code may be believed, compared with other codes of its layout."""
        if self.told is None or self.settled.error > _MOST_ERROR or self.settled.span.blur >= _MOST_BLUR:
            return False
        short = self.told.symbology is Symbology.CODE_128 and self.layout.modules < _SHORT
        return self.margin >= (_MARGIN_OF_SHORT if short else _MARGINS[self.told.symbology])

    @property
    def is_clear(self) -> bool:
        """Whether it stands out so much that no other layout has to be tried."""
        return self.stands_out and self.told is not None and self.margin >= _STRONG[self.told.symbology]


def looks(patch: Patch, ends: tuple[float, float], reach: float, deadline: float) -> Iterator[Match | None]:
    """Read the one symbol of a straightened strip (rows x width, bars upright), the quickest and likeliest look first.

    Yields the result of each look, None where no code stands out; a match is the last. `ends` are where the symbol
    begins and ends in pixels, within `reach`, a share of the symbol's width. UPC-E and ITF-14 are only read with six
    modules of the quiet zones that tell them from a part of a longer symbol. Nothing new is begun after `deadline`
    (time.monotonic()).
    """
    rows, width = patch.shape
    if width < 40 or rows < 2 or ends[1] - ends[0] < 40 or not np.isfinite(patch).all():
        return
    strip = strip_of(patch)
    if strip.coherence < _LEAST_COHERENCE:
        return
    by = reach * (ends[1] - ends[0])
    bars = bars_within(strip.line, ends[0] - by, ends[1] + by)
    if bars < _LEAST_BARS:
        return
    turned = strip.turned()
    sides = ((strip, ends, False), (turned, (width - ends[1], width - ends[0]), True))
    tried = _Tried(strip, turned, deadline)
    waiting: list[tuple[Candidate, bool]] = []
    hopeful = strip.coherence >= _LEAST_OF_BENT and bars >= _LEAST_BARS_OF_BENT
    for number, (kind, bends, promising) in enumerate(_LOOKS if hopeful else _LOOKS[:_STRAIGHT_LOOKS], 1):
        for side, (start, end), upside_down in sides:
            for candidate in kind(side.line, (start - by, start + by), (end - by, end + by), bars, bends):
                waiting.append((candidate, upside_down))
                if time.monotonic() >= deadline:
                    return
        waiting.sort(key=lambda w: -w[0].error)
        while waiting and waiting[-1][0].error < promising and tried.count < _TRIED * number:
            clear = tried.fit(*waiting.pop())
            if time.monotonic() >= deadline:
                return
            if clear and (believed := tried.believed()) and believed.told:
                yield _match(believed, believed.told, width)
                return
        if kind is trade and (believed := tried.believed()) and believed.told:
            yield _match(believed, believed.told, width)
            return
        yield None


class _Tried:
    """The fits of a strip, and the candidates with errors too large for a fit, unless they may contest one."""

    def __init__(self, strip: Strip, turned: Strip, deadline: float) -> None:
        self._sides = (strip, turned)
        self._deadline = deadline
        self.count = 0
        self._fits: list[_Fit] = []
        self._put_off: list[tuple[Candidate, bool]] = []

    def fit(self, candidate: Candidate, upside_down: bool) -> bool:
        """Fit a candidate closely; returns whether the result is clear."""
        self.count += 1
        line = self._sides[upside_down].line
        closer, apart = closer_look(line, candidate)
        if closer.error > _WORTH_A_FIT:
            self._put_off.append((closer, upside_down))
            return False
        self._fits.append(_fit(line, closer, upside_down, self._deadline))
        bent = candidate.spans[0, 2] != 0  # there are many bent spans, and they are nearly equally good
        if bent and not self._fits[-1].stands_out and apart.error < _WORTH_A_FIT and time.monotonic() < self._deadline:
            self._fits.append(_fit(line, apart, upside_down, self._deadline))
        return self._fits[-1].is_clear

    def believed(self) -> _Fit | None:
        """The fit that stands out, is not contested by another, and is confirmed by both halves of the rows."""
        if not any(fit.stands_out for fit in self._fits):
            return None
        for candidate, upside_down in self._put_off:
            self._fits.append(_fit(self._sides[upside_down].line, candidate, upside_down, self._deadline))
        self._put_off.clear()
        if time.monotonic() >= self._deadline:
            return None
        for fit in sorted(self._fits, key=lambda f: -f.margin):
            alone = fit.stands_out and not any(_contests(other, fit) for other in self._fits) and not _is_forced(fit)
            side = self._sides[fit.upside_down]
            if alone and is_quiet(side.line, fit.settled, fit.layout) and _halves_agree(side, fit):
                return fit
        return None


def _match(fit: _Fit, told: Told, width: int) -> Match:
    span = fit.settled.span
    ends = (width - span.end, width - span.start) if fit.upside_down else (span.start, span.end)
    raw = told.text.encode("latin-1")
    return Match(told.symbology, told.text, raw, told.gs1, fit.margin, ends)


def _contests(rival: _Fit, fit: _Fit) -> bool:
    """Whether a rival with no more possible codes explains the strip as well, or stands out nearly as much itself."""
    if rival is fit or rival.told is None or rival.told == fit.told:
        return False
    simple = rival.layout.modules <= 1.15 * fit.layout.modules and rival.settled.error < fit.settled.error
    return simple or (rival.margin > 1.2 and rival.settled.error < 2 * fit.settled.error)


def _is_forced(fit: _Fit) -> bool:
    """Whether only the checksum favours a code: a symbol with a wrong check digit must not be read as another code."""
    t = templates(fit.layout, *fit.settled.span.shape())
    return fit.code.cost > _MOST_FORCED * least_unchecked(fit.layout, t, fit.settled.dark)


def _halves_agree(strip: Strip, fit: _Fit) -> bool:
    bars = fit.layout.bars(fit.code.hypothesis, list(fit.code.choices))
    for half in strip.halves:
        settled = settle(half, fit.settled.span, bars, fit.layout.modules, 2)
        t = templates(fit.layout, *settled.span.shape())
        code, next_cost = best_with_next_cost(fit.layout, t, settled.dark)
        if not code.same(fit.code) or next_cost < _MARGIN_OF_HALF * code.cost:
            return False
    return True


def _fit(line: Line, candidate: Candidate, upside_down: bool, deadline: float) -> _Fit:
    """Alternate digits and least squares at a candidate's best span until they agree, or until `deadline`."""
    layout, row = candidate.layout, candidate.spans[0]
    seen = sampled(evened(line, float(row[1] - row[0]) / layout.modules), row[None], layout.modules, K)[0]
    tries = [(best(layout, templates(layout, blur, 0.0), seen), blur) for blur in _BLURS]
    code, blur = min(tries, key=lambda tried: tried[0].cost)
    start, end, bend, skew = map(float, row)
    span = Span(start, end, bend, skew, blur)
    agreed = False
    for _ in range(_ROUNDS):
        settled = settle(line, span, layout.bars(code.hypothesis, list(code.choices)), layout.modules, 3)
        span = settled.span
        if settled.error > _HOPELESS or time.monotonic() >= deadline:
            break
        again = best(layout, templates(layout, *span.shape()), settled.dark)
        if agreed := again.same(code):
            break
        code = again
    told = layout.tell(code.hypothesis, list(code.choices))
    if not agreed or settled.error > _MOST_ERROR:
        return _Fit(layout, code, settled, 1.0, told, upside_down)
    code, second = best_two(layout, templates(layout, *span.shape()), settled.dark)
    margin = second.cost / max(code.cost, 1e-9)
    if margin > 1.1 and not second.same(code):
        rival = settle(line, span, layout.bars(second.hypothesis, list(second.choices)), layout.modules, 2)
        margin = min(margin, rival.error / max(settled.error, 1e-9))
    return _Fit(layout, code, settled, margin, told, upside_down)
