"""Finds where a symbol lies on a scan line, its blur and its light: by a coarse search, then by least squares."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np

from services.decoding.linear.layout import Bars, Layout
from services.decoding.linear.templates import (
    COARSE,
    COARSE_BLUR,
    QUIET,
    CoarseTemplates,
    K,
    Line,
    coarse_templates,
    darkness,
    samples,
)

_LEAST_BLUR, _MOST_BLUR, _MOST_SPREAD = 0.25, 1.3, 0.4
_MOST_BEND = 0.06
"""The most bend, as a share of the symbol's width: at such an angle modules are twice as wide on one side."""


_AT_ONCE = 512
"""Spans looked at together, so that their samples stay in the processor's cache."""
_REFINED = 8
_MOST_DARKNESS = 0.5
"""The most darkness in a quiet zone, as a share of the contrast; its light may differ from the symbol's."""


@dataclass(frozen=True)
class Span:
    """Start and end in pixels of the line; `bend` and `skew` are how far its middle and its quarters are displaced.

    `blur` (standard deviation) and `spread` of the ink are in modules.
    """

    start: float
    end: float
    bend: float = 0.0
    skew: float = 0.0
    blur: float = COARSE_BLUR
    spread: float = 0.0

    def shape(self) -> tuple[float, float]:
        """Blur and spread, rounded to values that templates are cached for."""
        return round(self.blur * 20) / 20, round(self.spread * 10) / 10


def sampled(line: Line, spans: Line, modules: float, density: int) -> Line:
    """The line at the samples of each span (rows of start, end, bend, skew)."""
    return sampled_at(line, spans.astype(np.float32) @ _basis(modules, density))


def sampled_at(line: Line, pixels: Line) -> Line:
    """Interpolate the line; the middle of its first pixel is at one half."""
    at = pixels - np.float32(0.5)
    np.clip(at, 0, len(line) - 1.001, out=at)
    low = at.astype(np.int32)
    at -= low
    left = line[low]
    out: Line = left + (line[low + 1] - left) * at
    return out


@cache
def _basis(modules: float, density: int) -> Line:
    """How start, end, bend and skew move each sample."""
    t = (-QUIET + (np.arange(samples(modules, density)) + 0.5) / density) / modules
    middle = t * (1 - t)
    return np.stack([1 - t, t, 4 * middle, 10.4 * middle * (1 - 2 * t)]).astype(np.float32)


def evened(line: Line, pixels: float, blur: float = 0.0) -> Line:
    """Darkness, 0 to 1, by the darkest and brightest within nine modules of `pixels` each: a first guess at the light.

    Blurred further by `blur` modules, for the first search, whose templates are blurred too.
    """
    reach = round(9 * pixels)
    row = np.ascontiguousarray(line[None], np.float32)
    if blur:
        row = np.asarray(cv2.GaussianBlur(row, (0, 0), sigmaX=blur * pixels, sigmaY=0.01), np.float32)
    kernel = np.ones((1, 2 * reach + 1), np.uint8)
    white = cv2.blur(cv2.dilate(row, kernel), (2 * reach + 1, 1))
    black = cv2.blur(cv2.erode(row, kernel), (2 * reach + 1, 1))
    out: Line = ((white - row) / np.maximum(white - black, 6))[0].astype(np.float32)
    return out


def coarse_errors(dark: Line, spans: Line, layout: Layout) -> Line:
    """The mean squared difference of each span from the nearest characters, each slot taken alone."""
    t = coarse_templates(layout)
    basis = _basis(layout.modules, COARSE).T
    fine = _refined(dark)
    errors = [
        _nearest(_seen(fine, basis @ spans[i : i + _AT_ONCE].T.astype(np.float32)), t)
        for i in range(0, len(spans), _AT_ONCE)
    ]
    whole: Line = np.concatenate(errors) / np.float32(samples(layout.modules, COARSE))
    return whole


def likely_ends(dark: Line, starts: Line, ends: Line, layout: Layout, most: float) -> tuple[Line, Line]:
    """The starts and ends where quiet zone and guard bars are seen best, at most a share `most` of each.

    Both are sorted; all modules of a symbol are taken to have their average width.
    """
    t = coarse_templates(layout)
    fine = _refined(dark)
    pixels = float(ends.mean() - starts.mean()) / layout.modules
    first, (last, drawn, _) = t.slots[0][0], t.slots[-1]
    tail = len(t.expected) - last - drawn.shape[1]
    offsets = (np.arange(len(t.expected)) + 0.5) / COARSE - QUIET
    kept = []
    for spans, expected, at in (
        (starts, t.expected[:first], offsets[:first]),
        (ends, t.expected[-tail:], offsets[-tail:] - layout.modules),
    ):
        seen = _seen(fine, (spans[:, None] + pixels * at[None]).astype(np.float32))
        order = np.argsort(((seen - expected) ** 2).sum(1))
        kept.append(spans[np.sort(order[: math.ceil(most * len(spans))])])
    return kept[0], kept[1]


def _refined(line: Line) -> Line:
    """The line at _REFINED points a pixel, the first of them the middle of the first pixel."""
    at = np.arange((len(line) - 1) * _REFINED + 1, dtype=np.float32) / _REFINED
    out: Line = np.interp(at, np.arange(len(line)), line).astype(np.float32)
    return out


def _seen(fine: Line, pixels: Line) -> Line:
    """The refined line at its nearest points: exact enough for the first search, and quick."""
    at = pixels * np.float32(_REFINED)
    at -= np.float32(_REFINED / 2 - 0.5)
    seen: Line = fine.take(at.astype(np.intp), mode="clip")
    return seen


def _nearest(seen: Line, t: CoarseTemplates) -> Line:
    """Squared differences of what is seen (samples x spans)."""
    total: Line = np.einsum("ij,ij->j", seen, seen) - 2 * (t.expected @ seen) + t.expected @ t.expected
    for first, drawn, energy in t.slots:
        differences = (-2 * drawn) @ seen[first : first + drawn.shape[1]]
        differences += energy[:, None]
        total += differences.min(0)
    return total


def grid(starts: Line, ends: Line, bends: tuple[float, ...] = (0.0,)) -> Line:
    """All combinations of starts, ends and bends as spans, in pixels."""
    s, e, b = np.meshgrid(starts, ends, np.array(bends))
    return np.stack([s.ravel(), e.ravel(), b.ravel(), np.zeros(s.size)], 1).astype(np.float32)


def steps(low: float, high: float, step: float) -> Line:
    """Evenly spaced numbers from one to another."""
    return np.linspace(low, high, max(round((high - low) / step), 1) + 1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Settled:
    """A span and its light after fitting a code's bars: `dark` is the line's darkness under that light.

    `error` is the mean squared difference in units of the contrast; `white` and `contrast` are the light's means.
    """

    span: Span
    dark: Line
    error: float
    white: float
    contrast: float


def settle(line: Line, span: Span, bars: Bars, modules: float, rounds: int) -> Settled:
    """Fit span, blur, spread and light (each a parabola along the symbol) to known bars by least squares."""
    t = np.linspace(-1, 1, samples(modules), dtype=np.float32)
    powers = np.stack([np.ones_like(t), t, t * t])
    basis = _basis(modules, K)
    gain = np.full_like(t, float(np.ptp(line)))
    for i in range(rounds + 1):
        moves = i < rounds
        seen = sampled(line, _row(span), modules, K)[0]
        dark, slope, wider = darkness(bars, modules, span.blur, span.spread)
        columns = [*powers, *(-powers * dark)]
        if moves:
            pixels = (span.end - span.start) / modules  # of a module
            blurred = np.gradient(slope) * K * span.blur
            columns += [*(gain * slope / pixels * basis), -gain * blurred, -gain * wider]
        terms = np.stack(columns)
        square = (terms @ terms.T).astype(np.float64)
        if moves:
            # Pull bend, skew, blur and spread softly to their last values, so that a flat line does not make them run
            # off.
            scale = float(np.mean(gain**2)) * len(t) * 0.002
            square[np.arange(8, 12), np.arange(8, 12)] += scale * np.array([1 / pixels**2, 1 / pixels**2, 1, 1])
        square[np.arange(len(square)), np.arange(len(square))] += 1e-3
        found = np.linalg.solve(square, (terms @ seen).astype(np.float64))
        white, gain = found[:3] @ powers, found[3:6] @ powers
        gain = np.maximum(gain, max(0.15 * float(gain.mean()), 1.0)).astype(np.float32)
        if moves:
            span = _moved(span, found[6:], pixels)
    lit: Line = ((white - seen) / gain).astype(np.float32)
    error = float(((lit - dark) ** 2).mean())
    return Settled(span, lit, error, float(white.mean()), float(gain.mean()))


def is_quiet(line: Line, settled: Settled, layout: Layout) -> bool:
    """Whether the quiet zones that a layout requires are seen and are light."""
    span = settled.span
    pixels = (span.end - span.start) / layout.modules
    blurred = (1 + 2 * span.blur) * pixels  # the blurred edge of the first and the last bar
    before, after = (quiet * pixels for quiet in layout.quiet)
    darkest = settled.white - _MOST_DARKNESS * settled.contrast
    if before:
        seen = line[max(int(span.start - before), 0) : int(span.start - blurred) + 1]
        if span.start < before or seen.min() < darkest:
            return False
    if after:
        seen = line[int(span.end + blurred) : int(span.end + after) + 1]
        if span.end + after > len(line) or seen.min() < darkest:
            return False
    return True


def _row(span: Span) -> Line:
    return np.array([[span.start, span.end, span.bend, span.skew]], np.float32)


def _moved(span: Span, by: Line, pixels: float) -> Span:
    shift = np.clip(by[:4], -0.6 * pixels, 0.6 * pixels)
    most = _MOST_BEND * (span.end - span.start)
    return replace(
        span,
        start=span.start + float(shift[0]),
        end=span.end + float(shift[1]),
        bend=float(np.clip(span.bend + shift[2], -most, most)),
        skew=float(np.clip(span.skew + shift[3], -most, most)),
        blur=float(np.clip(span.blur + np.clip(by[4], -0.2, 0.2), _LEAST_BLUR, _MOST_BLUR)),
        spread=float(np.clip(span.spread + np.clip(by[5], -0.15, 0.15), -_MOST_SPREAD, _MOST_SPREAD)),
    )
