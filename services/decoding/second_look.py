"""A second, independent look at a 1-D symbol that one engine has read."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np

from services.decoding import engines, redraw
from services.decoding.belief import LONG, UNCHECKED
from services.decoding.cascade import Step
from services.decoding.locate import Region
from services.decoding.picture import Picture
from services.decoding.pixels import Gray
from services.decoding.read_line import read_line, shows
from services.decoding.scan_lines import BANDS, Line, clear, samples, scan_lines
from services.decoding.symbol import LineRead, Read, Symbology, bounds, corners_of, overlap

_STEP = "second look"
_LEAST_ROWS = 4
"""The fewest rows of a band: less would be the same pixels twice."""
_THIN, _HEIGHT = 3, 0.25
"""How many thin bands a band is cut into, and how high a symbol is at the least for that, as a share of its length."""

Band = tuple[str, Line]
"""The region that a band of a symbol's rows belongs to, and its scan line."""


def second_look(
    picture: Picture, read: Read, profile: Iterable[Step], deadline: float, *, draw: bool = True
) -> list[Read]:
    """Read a 1-D symbol again in separate bands of its rows, with every engine of the profile that reads lines.

    Bands share no pixel, so agreement between two of them is a second, independent witness. Where no engine reads the
    symbol there, it is drawn anew and compared with the picture. That takes long: without `draw` it is left out.
    """
    known = (engines.find(name) for name in dict.fromkeys(step.engine for step in profile))
    readers = [engine for engine in known if isinstance(engine, engines.Engine)]
    if read.symbology in _STACKED:
        return _interlaced(picture.whole, read, readers, deadline)
    first: list[Read] = []
    for bands in _cuts(picture.whole, read, thin=draw and read.symbology not in UNCHECKED):
        found: dict[str, LineRead] = {}
        reads: list[Read] = []
        for engine in readers:
            for region, line in bands:
                if time.monotonic() >= deadline:
                    return first
                for r in read_line(engine, line):
                    if (r.text, r.symbology) == (read.text, read.symbology):
                        found[region] = r
                        reads.append(
                            Read(r.text, r.raw, r.symbology, read.corners, engine.family, _STEP, region, r.gs1)
                        )
            others = any(one.family != read.family for one in reads)
            if len(found) > 1 or (others and read.region == "whole"):
                return reads
        for region, r in found.items():
            beside = [band for band in bands if band[0] != region]
            if witnesses := _drawn_beside(replace(reads[0], family="redraw"), r, beside):
                return [*reads, *witnesses]
        if read.region == "whole":  # one band of another cut may be the one that was read before
            first = first or reads
    return [*first, *(compared(picture, first[0] if first else read, deadline) if draw else [])]


def _drawn_beside(witness: Read, where: LineRead, bands: Iterable[Band]) -> list[Read]:
    """The bands that show what was read in another one at the same place, drawn anew."""
    if witness.symbology in UNCHECKED:  # half of it may be seen there as well
        return []
    return [
        replace(witness, region=region)
        for region, line in bands
        if shows(line, where) and not redraw.has_better_twin(line, witness.text, witness.symbology)
    ]


def _cuts(gray: Gray, read: Read, *, thin: bool) -> Iterator[list[Band]]:
    """Ways to cut a read symbol into bands: along its own sides, upright, or lying.

    Also upright or lying in `thin` bands: bars that bend or lean run into each other in high ones.
    """
    quad = np.array(read.corners, np.float32)
    if min(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1])) >= _LEAST_ROWS * BANDS:
        yield [(f"own band {number}", line) for number, line in enumerate(scan_lines(gray, Region(quad)).lines, 1)]
    left, top, right, bottom = bounds(read.corners)
    crop, x0, y0 = _around(gray, read, 0.15)
    upright = np.asarray(crop.T, np.uint8)
    yield [(f"row band {number}", line) for number, line in _bands(crop, top - y0, bottom - y0)]
    yield [(f"column band {number}", line) for number, line in _bands(upright, left - x0, right - x0)]
    if thin and right - left >= bottom - top:
        yield _thin_bands("row", crop, top - y0, bottom - y0, right - left)
    elif thin:
        yield _thin_bands("column", upright, left - x0, right - x0, bottom - top)


def _around(gray: Gray, read: Read, share: float) -> tuple[Gray, int, int]:
    """The part of the picture with a symbol and a `share` of its size around it, and its left and top."""
    left, top, right, bottom = bounds(read.corners)
    margin = share * max(right - left, bottom - top) + 10
    x0, y0 = int(max(left - margin, 0)), int(max(top - margin, 0))
    x1, y1 = int(min(right + margin, gray.shape[1])), int(min(bottom + margin, gray.shape[0]))
    return gray[y0:y1, x0:x1], x0, y0


def _bands(rows: Gray, first: float, last: float, count: int = BANDS) -> Iterator[tuple[int, Line]]:
    edges = np.linspace(int(max(first, 0)), int(last), count + 1).astype(int)
    for number, (start, end) in enumerate(pairwise(edges), 1):
        band = rows[start:end]
        if min(band.shape) >= _LEAST_ROWS:
            mean = band.mean(axis=0, dtype=np.float64)[None].astype(np.float32)
            yield number, clear(cv2.resize(mean, (samples(mean.size), 1), interpolation=cv2.INTER_LINEAR))[0]


def _thin_bands(name: str, rows: Gray, first: float, last: float, length: float) -> list[Band]:
    """Thin bands of a symbol that is so long: every other one, since neighbours are much alike.

    Those of one third are one region, because what misleads an engine there may be as high as that.
    """
    more = max(0.0, _HEIGHT * length - (last - first)) / 2  # some engines tell only a few of its rows
    bands = _bands(rows, first - more, last + more, BANDS * _THIN)
    return [(f"thin {name} band {(number - 1) // _THIN + 1}", line) for number, line in bands if number % 2]


_STACKED = (Symbology.DATABAR, Symbology.DATABAR_EXPANDED, Symbology.PDF417, Symbology.MICRO_PDF417)
"""Symbols that may have several rows of bars, so that no band of rows has all of them."""


def _interlaced(gray: Gray, read: Read, readers: Iterable[engines.Engine], deadline: float) -> list[Read]:
    """Read a symbol in every other row of pixels, and in those between, which share no pixel either."""
    crop, _, _ = _around(gray, read, 1.5)  # zxing-cpp draws its box around only a part of a stacked symbol
    return [
        replace(read, family=engine.family, step=_STEP, region=f"row band {number + 1} of 2")
        for engine in readers
        for number in (0, 1)
        for r in engine.other(np.ascontiguousarray(np.repeat(crop[number::2], 2, axis=0)), deadline)
        if (r.text, r.symbology) == (read.text, read.symbology)
    ]


def compared(picture: Picture, read: Read, deadline: float) -> list[Read]:
    """Take the picture itself as a witness, by comparing the bars there with the symbol that was read, drawn anew.

    It may confirm the read or refute it. Empty where the drawing cannot be laid on the bars. What was read in one band
    must be seen in two of one place, since that band alone says nothing new.
    """
    if read.symbology not in LONG:  # others cannot be drawn, or a longer symbol may contain their look
        return []
    needed = 1 if read.region == "whole" else 2
    best, most_like, confirming = -1.0, None, 0
    for lines in _lines_at(picture, read):
        confirming = 0
        for line in lines:
            if time.monotonic() >= deadline:
                return []
            like = redraw.likeness_anywhere(line, read.text, read.symbology)
            if like > best:
                best, most_like = like, line
            confirming += like >= redraw.ALIKE
            if confirming == needed:
                break
        if confirming == needed:
            break
    else:
        confirming = 0
    if most_like is None or best < redraw.LAID_ON:
        return []
    witness = replace(read, family="redraw", step=_STEP, region="whole")
    if best < redraw.UNLIKE or redraw.has_better_twin(most_like, read.text, read.symbology):
        return [replace(witness, refuted=True)]
    return [witness] if confirming == needed else []


def _lines_at(picture: Picture, read: Read) -> Iterator[tuple[Line, ...]]:
    """The scan lines of each striped region where the symbol was read."""
    yield from _lines(picture, picture.coarse, read)
    yield from _lines(picture, picture.fine, read)


def _lines(picture: Picture, where: Iterable[Region], read: Read) -> Iterator[tuple[Line, ...]]:
    for region in where:
        if overlap(corners_of(region.quad), read.corners):
            yield picture.scan_lines(region).lines
