"""Reads pictures that are shrunk to be looked at as a whole, such as panoramas, in tiles of full size as well."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from services.decoding.belief import consistent
from services.decoding.images import MAX_PIXELS
from services.decoding.pixels import MAX_SIDE
from services.decoding.symbol import Corners, Symbol, bounds

Reader = Callable[[Any, float], list[Symbol]]
"""The symbols that an image shows, and the seconds that may be taken for it."""

Tile = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels."""

_LONGEST = MAX_SIDE * 5 // 4
"""A picture up to this long loses no more than a fifth of its detail as a whole."""
_MOST = 4 * MAX_PIXELS
"""The most values of an array that is looked at in tiles: a file has no more pixels, and a pixel up to four values."""
_READ_WHOLE = 160
"""A code so many pixels long is read in the whole picture, shrunk: an EAN-13 has 95 modules. Tiles overlap by more."""
_SIDE = 2.5  # overlaps
_FIRST = 0.5
"""The share of the time for the whole picture: what is large enough is found there at once."""
_LEAST = 0.12
"""The seconds that a tile gets at least: the quick steps take less."""
_AT_ONCE = 4
"""The first tile gets a quarter of the time at most, and so does the next one of what that has left."""
_CELL = 64
_BLANK = 8
"""Where neighbouring pixels differ by less than this, on average over a cell, there is paper, sky or noise."""


def is_large(image: object) -> bool:
    """Whether `image` is a picture of which tiles show more than the whole."""
    if not isinstance(image, np.ndarray) or image.ndim not in (2, 3) or not image.size:
        return False  # no picture, which the reading of a whole one says
    return bool(max(image.shape[:2]) > _LONGEST)


def read_large(image: Any, budget: float, read: Reader) -> list[Symbol]:
    """The symbols of the picture as a whole, and those that its tiles show, the most striking tile first.

    `image` is any picture that to_gray takes. Tiles overlap, so that a symbol that is too small for the whole picture
    is not cut in every tile. Stops when `budget` seconds are over.
    """
    deadline = time.monotonic() + budget
    found = read(image, budget * _FIRST)
    if image.size > _MOST:
        return found
    change = _change(image)
    _clear(change, found)
    tiles = _tiles(image)
    while tiles and (time_left := deadline - time.monotonic()) > 0:
        tile = max(tiles, key=lambda tile: _most(change, tile))
        if _most(change, tile) < _BLANK:
            break
        seconds = min(time_left, max(_LEAST, time_left / min(_AT_ONCE, len(tiles))))
        tiles.remove(tile)
        left, top, right, bottom = tile
        seen = read(image[top:bottom, left:right], seconds)
        placed = [replace(symbol, corners=_moved(symbol.corners, left, top)) for symbol in seen]
        whole = [symbol for symbol in placed if not _is_cut(symbol, image, tile)]
        known = {(symbol.symbology, symbol.text) for symbol in found}
        found = [*found, *(symbol for symbol in whole if (symbol.symbology, symbol.text) not in known)]
        _clear(change, whole)
    return consistent(found)


def _tiles(image: Any) -> list[Tile]:
    height, width = image.shape[:2]
    overlap_of_tiles = _READ_WHOLE * max(height, width) / MAX_SIDE
    return [
        (left, top, right, bottom)
        for top, bottom in _spans(height, overlap_of_tiles)
        for left, right in _spans(width, overlap_of_tiles)
    ]


def _most(change: Any, tile: Tile) -> float:
    """The greatest change in a tile: nothing on a pack changes as sharply and as densely as a code."""
    left, top, right, bottom = tile
    return float(change[top // _CELL : -(-bottom // _CELL), left // _CELL : -(-right // _CELL)].max(initial=0))


def _clear(change: Any, symbols: list[Symbol]) -> None:
    """Take out the cells of what has been read, so that no other tile is read for it."""
    for symbol in symbols:
        left, top, right, bottom = (round(edge / _CELL) for edge in bounds(symbol.corners))
        change[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1] = 0


def _spans(length: int, shared: float) -> list[tuple[int, int]]:
    """Where tiles begin and end along a side: evenly spread, the last one ending with the picture."""
    side = round(_SIDE * shared)
    if length <= side:
        return [(0, length)]
    count = math.ceil((length - shared) / (side - shared))
    starts = [round(number * (length - side) / (count - 1)) for number in range(count)]
    return [(start, start + side) for start in starts]


def _change(image: Any) -> Any:
    """How much pixels differ from those two further on, across or down: the average over each cell.

    One row or column in four is looked at: bars cross many.
    """
    plane = image if image.ndim == 2 else image[:, :, image.shape[2] // 2]  # of colours, green
    height, width = (max(0, (length - 2) // _CELL) for length in plane.shape)
    if not height or not width:
        return np.zeros((height, width), np.uint8)
    plane = plane[: height * _CELL + 2, : width * _CELL + 2]  # whole cells, which OpenCV averages fast
    rows, columns = np.ascontiguousarray(plane[:-2:4]), np.ascontiguousarray(plane[:, :-2:4])
    changes = cv2.absdiff(rows[:, 2:], rows[:, :-2]), cv2.absdiff(columns[2:], columns[:-2])
    return np.maximum(*(cv2.resize(change, (width, height), interpolation=cv2.INTER_AREA) for change in changes))


def _moved(corners: Corners, left: int, top: int) -> Corners:
    return tuple((x + left, y + top) for x, y in corners)  # type: ignore[return-value]


def _is_cut(symbol: Symbol, image: Any, tile: Tile) -> bool:
    """Whether a tile's edge may cut bars: a part of a barcode may look like a shorter one."""
    if symbol.symbology.is_matrix:
        return False
    left, top, right, bottom = bounds(symbol.corners)
    quiet = 0.1 * max(right - left, bottom - top)
    height, width = image.shape[:2]
    return bool(
        0 < tile[0] > left - quiet
        or 0 < tile[1] > top - quiet
        or width > tile[2] < right + quiet
        or height > tile[3] < bottom + quiet
    )
