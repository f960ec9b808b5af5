"""A second, independent look at a 1-D symbol that one engine has read."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np

from services.decoding import engines, redraw
from services.decoding.cascade import SHORT, Picture, Step, read_line
from services.decoding.locate import Region
from services.decoding.pixels import Gray
from services.decoding.scan_lines import BANDS, Line, clear, samples
from services.decoding.symbol import Read, Symbology, bounds, corners_of, overlap


def second_look(picture: Picture, read: Read, profile: Iterable[Step], deadline: float) -> list[Read]:
    """Read a 1-D symbol again in separate bands of its rows, with every engine of the profile that reads lines.

    Bands share no pixel, so agreement between two of them is a second, independent witness. Where no engine reads the
    symbol there, it is drawn anew and compared with the picture.
    """
    gray = picture.gray
    left, top, right, bottom = bounds(read.corners)
    # zxing-cpp draws its box around only a part of a stacked symbol.
    margin = (1.5 if read.symbology in _STACKED else 0.15) * max(right - left, bottom - top) + 10
    x0, y0 = int(max(left - margin, 0)), int(max(top - margin, 0))
    x1, y1 = int(min(right + margin, gray.shape[1])), int(min(bottom + margin, gray.shape[0]))
    crop = gray[y0:y1, x0:x1]
    found: list[Read] = []
    crops = (("row", crop, top - y0, bottom - y0), ("column", crop.T, left - x0, right - x0))  # bars upright, or lying
    if read.symbology in _STACKED:
        return _interlaced(crop, read, profile, deadline)
    for direction, rows, first, last in crops:
        edges = np.linspace(int(max(first, 0)), int(last), BANDS + 1).astype(int)
        for number, (start, end) in enumerate(pairwise(edges), 1):
            band = rows[start:end]
            if min(band.shape) < 4 or time.monotonic() >= deadline:
                continue
            region = f"{direction} band {number}"
            mean = band.mean(axis=0, dtype=np.float64)[None].astype(np.float32)
            line = clear(cv2.resize(mean, (samples(mean.size), 1), interpolation=cv2.INTER_LINEAR))[0]
            for name in dict.fromkeys(step.engine for step in profile):
                engine = engines.find(name)
                if isinstance(engine, engines.Missing):
                    continue
                found += [
                    Read(r.text, r.raw, r.symbology, read.corners, engine.family, "second look", region, r.gs1)
                    for r in read_line(engine, line)
                    if (r.text, r.symbology) == (read.text, read.symbology)
                ]
        if found:
            return found
    return compared(picture, read, deadline)


_STACKED = (Symbology.DATABAR, Symbology.DATABAR_EXPANDED, Symbology.PDF417, Symbology.MICRO_PDF417)
"""Symbols that may have several rows of bars, so that no band of rows has all of them."""


def _interlaced(crop: Gray, read: Read, profile: Iterable[Step], deadline: float) -> list[Read]:
    """Read a symbol in every other row of pixels, and in those between, which share no pixel either."""
    found: list[Read] = []
    for name in dict.fromkeys(step.engine for step in profile):
        engine = engines.find(name)
        if isinstance(engine, engines.Missing):
            continue
        for number in (0, 1):
            found += [
                replace(read, family=engine.family, step="second look", region=f"row band {number + 1} of 2")
                for r in engine.other(np.ascontiguousarray(np.repeat(crop[number::2], 2, axis=0)), deadline)
                if (r.text, r.symbology) == (read.text, read.symbology)
            ]
    return found


def compared(picture: Picture, read: Read, deadline: float) -> list[Read]:
    """Take the picture itself as a witness, by comparing the bars there with the symbol that was read, drawn anew.

    It may confirm the read or refute it. Empty where the drawing cannot be laid on the bars.
    """
    if read.symbology in (*SHORT, Symbology.ITF):  # a longer symbol may contain the look of a short one
        return []
    best, most_like = -1.0, None
    for line in _lines_at(picture, read):
        if time.monotonic() >= deadline:
            return []
        like = redraw.likeness_anywhere(line, read.text, read.symbology)
        if like > best:
            best, most_like = like, line
        if like >= redraw.ALIKE:
            break
    if most_like is None or best < redraw.LAID_ON:
        return []
    witness = replace(read, family="redraw", step="second look", region="whole")
    if best < redraw.UNLIKE or redraw.has_better_twin(most_like, read.text, read.symbology):
        return [replace(witness, refuted=True)]
    return [witness] if best >= redraw.ALIKE else []


def _lines_at(picture: Picture, read: Read) -> Iterator[Line]:
    """The scan lines of striped regions where the symbol was read."""
    yield from _lines(picture, picture.coarse, read)
    yield from _lines(picture, picture.fine, read)


def _lines(picture: Picture, where: Iterable[Region], read: Read) -> Iterator[Line]:
    for region in where:
        if overlap(corners_of(region.quad), read.corners):
            yield from picture.scan_lines(region).lines
