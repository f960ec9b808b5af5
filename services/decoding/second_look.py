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
_THIN_BANDS, _HEIGHT = 9, 0.25
"""How many thin bands a symbol is cut into, and how high it is at the least for that, as a share of its length."""


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
    for name, lines in _cuts(picture.whole, read, fine=draw and read.symbology not in UNCHECKED):
        bands = dict(lines)
        found: dict[int, LineRead] = {}
        reads: list[Read] = []
        for engine in readers:
            for number, line in bands.items():
                if time.monotonic() >= deadline:
                    return first or reads
                for r in read_line(engine, line):
                    if (r.text, r.symbology) == (read.text, read.symbology):
                        found[number] = r
                        region = f"{name} band {number}"
                        reads.append(
                            Read(r.text, r.raw, r.symbology, read.corners, engine.family, _STEP, region, r.gs1)
                        )
            if len(found) > 1:
                return reads
        for number, r in found.items():
            beside = {f"{name} band {other}": line for other, line in bands.items() if other != number}
            if witnesses := _drawn_beside(replace(reads[0], family="redraw"), r, beside):
                return [*reads, *witnesses]
        first = first or reads  # bands of different cuts may share pixels
    return [*first, *(compared(picture, first[0] if first else read, deadline) if draw else [])]


def _drawn_beside(witness: Read, where: LineRead, bands: dict[str, Line]) -> list[Read]:
    """The bands that show what was read in another one at the same place, drawn anew."""
    if witness.symbology in UNCHECKED:  # half of it may be seen there as well
        return []
    return [
        replace(witness, region=region)
        for region, line in bands.items()
        if shows(line, where) and not redraw.has_better_twin(line, witness.text, witness.symbology)
    ]


def _cuts(gray: Gray, read: Read, *, fine: bool) -> Iterator[tuple[str, Iterator[tuple[int, Line]]]]:
    """Ways to cut a read symbol into bands, each with its numbered lines: along its own sides, upright, or lying.

    Where it is `fine`, also upright and lying in thin bands: bars that bend or lean run into each other in high ones.
    """
    quad = np.array(read.corners, np.float32)
    if min(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1])) >= _LEAST_ROWS * BANDS:
        yield "own", enumerate(scan_lines(gray, Region(quad)).lines, 1)
    left, top, right, bottom = bounds(read.corners)
    crop, x0, y0 = _around(gray, read, 0.15)
    upright = np.asarray(crop.T, np.uint8)
    yield "row", _bands(crop, top - y0, bottom - y0, BANDS)
    yield "column", _bands(upright, left - x0, right - x0, BANDS)
    if fine:
        if right - left >= bottom - top:
            yield "thin row", _thin_bands(crop, top - y0, bottom - y0, right - left)
        else:
            yield "thin column", _thin_bands(upright, left - x0, right - x0, bottom - top)


def _around(gray: Gray, read: Read, share: float) -> tuple[Gray, int, int]:
    """The part of the picture with a symbol and a `share` of its size around it, and its left and top."""
    left, top, right, bottom = bounds(read.corners)
    margin = share * max(right - left, bottom - top) + 10
    x0, y0 = int(max(left - margin, 0)), int(max(top - margin, 0))
    x1, y1 = int(min(right + margin, gray.shape[1])), int(min(bottom + margin, gray.shape[0]))
    return gray[y0:y1, x0:x1], x0, y0


def _bands(rows: Gray, first: float, last: float, count: int) -> Iterator[tuple[int, Line]]:
    edges = np.linspace(int(max(first, 0)), int(last), count + 1).astype(int)
    for number, (start, end) in enumerate(pairwise(edges), 1):
        band = rows[start:end]
        if min(band.shape) >= _LEAST_ROWS:
            mean = band.mean(axis=0, dtype=np.float64)[None].astype(np.float32)
            yield number, clear(cv2.resize(mean, (samples(mean.size), 1), interpolation=cv2.INTER_LINEAR))[0]


def _thin_bands(rows: Gray, first: float, last: float, length: float) -> Iterator[tuple[int, Line]]:
    """Every other thin band of a symbol that is so long: neighbours would be much alike."""
    more = max(0.0, _HEIGHT * length - (last - first)) / 2  # some engines tell only a few of its rows
    bands = _bands(rows, first - more, last + more, _THIN_BANDS)
    return ((number, line) for number, line in bands if number % 2)


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
