"""Measures a barcode along ten lines across its bars: where its elements are, and how they differ from their ground.

Lines, profiles and parameters are those of ISO/IEC 15416 as far as a picture has them. Edges lie where brightness
crosses the middle between the darkest and the lightest. Reflectance is the linear light of the red channel: brightness
between the two levels is taken for a share of each, as where a renderer drew half a pixel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import Gray
from services.decoding.symbol import Corners, Symbology
from services.labels.elements import Told, sizes, tell
from services.labels.upright import Floats, Upright, bars_angle, upright

Values = npt.NDArray[np.float64]

LINES = 10
_RETAIL = (Symbology.EAN_13, Symbology.EAN_8, Symbology.UPC_A, Symbology.UPC_E)
_MARGIN = 16
"""Modules beside the bars that are looked at."""
_TURNS, _UPRIGHT, _LEAST_ROWS = 4, 0.02, 4
"""How often a cut-out is turned until its bars lean by less than this (degrees), and the fewest rows of bars."""
_ALIKE = 0.93
"""The share of a row that is as the middle row, where the bars still go on."""


@dataclass(frozen=True)
class Profile:
    """One line: what it says, the parameters of ISO/IEC 15416, and the quiet zones in modules.

    `quiet` is left and right as the symbol is read; `to_edge` says where a zone ends with the page.
    """

    told: Told | None
    contrast: float
    darkest: float
    lightest: float
    edge_contrast: float
    modulation: float
    defects: float
    quiet: tuple[float, float]
    to_edge: tuple[bool, bool]


@dataclass(frozen=True)
class Bars:
    """A measured barcode: what most lines say, its module and its shortest bars' height in pixels, and its place.

    `across` is the direction from bar to bar on the page, in degrees.
    """

    told: Told
    module: float
    height: float
    corners: Corners
    across: float
    profiles: tuple[Profile, ...]


def measure(
    picture: Gray, corners: Corners, symbology: Symbology | None, density: tuple[float, float] | None
) -> Bars | None:
    """Measure the barcode at `corners`; None where its bars cannot be told apart.

    `symbology` is None where nobody could read it. `density` is pixels a millimetre.
    """
    angle = bars_angle(picture, corners)
    sight = _sight(picture, corners, symbology, angle)
    for _turn in range(_TURNS):
        if sight is None or abs(lean := _lean(sight)) < _UPRIGHT:
            break
        angle += lean
        sight = _sight(picture, corners, symbology, angle)
    if sight is None:
        return None
    told, edges, seen, (top, bottom) = sight.told, sight.edges, sight.seen, sight.rows
    aperture = _aperture(told.symbology, told.module, density, seen.angle)
    bright = _through(seen.bright, aperture)
    rows = np.round(np.linspace(top + 0.1 * (bottom - top), bottom - 0.1 * (bottom - top), LINES)).astype(int)
    profiles = tuple(_profile(bright[row], seen.on_page[row], edges, told, reverse=sight.reverse) for row in rows)
    left, right = float(edges[0]), float(edges[-1])
    place = seen.page([(left, top), (right, top), (right, bottom + 1), (left, bottom + 1)])
    clear = [profile.told for profile in profiles if profile.told and profile.told.text == told.text]
    module = float(np.median([one.module for one in clear])) if clear else told.module
    return Bars(replace(told, module=module), module, float(bottom - top + 1), place, -seen.angle, profiles)


@dataclass(frozen=True, eq=False)
class _Sight:
    """Bars in an upright cut-out: what they say, their edges along a line, and the rows in which they are alike."""

    seen: Upright
    told: Told
    edges: Values
    reverse: bool
    rows: tuple[int, int]


def _sight(picture: Gray, corners: Corners, symbology: Symbology | None, angle: float) -> _Sight | None:
    longest = float(np.ptp(np.asarray(corners), axis=0).max())
    seen = upright(picture, corners, angle, max(24.0, longest * 0.35))
    begin, end = _expected(seen, corners)
    height = seen.bright.shape[0]
    for share in (0.5, 0.4, 0.6, 0.45, 0.55):  # the middle, or where there is noise or a scratch, rows around it
        row = int(share * height)
        found = _best(seen.bright[row], begin, end, symbology)
        if found is not None:
            told, edges, reverse = found
            top, bottom = _rows(seen.bright, row, edges)
            return _Sight(seen, told, edges, reverse, (top, bottom)) if bottom - top >= _LEAST_ROWS else None
    return None


def _lean(sight: _Sight) -> float:
    """How far the bars still lean, in degrees, by their edges in the highest and in the lowest of their rows."""
    (top, bottom), edges = sight.rows, sight.edges
    module = (edges[-1] - edges[0]) / _modules(edges, sight.told)
    rows = (top + (bottom - top) // 8, bottom - (bottom - top) // 8)
    found = []
    for row in rows:
        line = sight.seen.bright[row]
        within = line[int(edges[0]) : int(edges[-1])]
        found.append(_own_edges(line, edges, module, (float(within.min()) + float(within.max())) / 2))
    if found[0] is None or found[1] is None or rows[1] - rows[0] < _LEAST_ROWS:
        return 0.0
    return -float(np.degrees(np.arctan(np.mean(found[1] - found[0]) / (rows[1] - rows[0]))))


def _expected(seen: Upright, corners: Corners) -> tuple[float, float]:
    """Where the engine saw the bars' ends, in the cut-out."""
    there = cv2.invertAffineTransform(seen.back)
    points = np.asarray(corners) @ there[:, :2].T + there[:, 2]
    return float(points[:, 0].min()), float(points[:, 0].max())


def _edges(line: Floats) -> tuple[Values, npt.NDArray[np.bool_]]:
    """Where a line crosses its middle, and whether it falls there."""
    level = (float(line.min()) + float(line.max())) / 2
    dark = line < level
    at = np.flatnonzero(dark[1:] != dark[:-1])
    before, after = line[at].astype(float), line[at + 1].astype(float)
    return at + (before - level) / (before - after) + 0.5, ~dark[at]


def _best(line: Floats, begin: float, end: float, symbology: Symbology | None) -> tuple[Told, Values, bool] | None:
    """The stretch of a line that is such a symbol and lies best where it was seen: text, edges, and if backwards."""
    inside = line[max(0, int(begin)) : int(end) + 1]
    if not inside.size or float(np.ptp(inside)) < 8:
        return None
    edges, falls = _edges(np.clip(line, inside.min(), inside.max()))
    starts = np.flatnonzero(falls)
    counts = sizes(symbology)
    tries: list[tuple[float, int, int]] = []
    for start in starts.tolist():
        for count in counts or _counts(edges, start, end):
            if start + count < len(edges):
                away = abs(edges[start] - begin) + abs(edges[start + count] - end)
                tries.append((float(away), start, count))
    for away, start, count in sorted(tries):
        if symbology is not None and away > 0.6 * (end - begin):
            break
        cut = edges[start : start + count + 1]
        widths = np.diff(cut)
        for reverse in (False, True):
            told = tell(widths[::-1] if reverse else widths, symbology)
            if told is not None and (symbology is None or told.symbology == symbology):
                return told, cut, reverse
    return None


def _counts(edges: Values, start: int, end: float) -> tuple[int, ...]:
    """How many elements a symbol of any length may have that ends about where it was seen to end."""
    near = int(np.abs(edges - end).argmin()) - start
    return tuple(count for count in range(near - 4, near + 5) if count >= 25 and count % 2)


def _rows(bright: Floats, middle: int, edges: Values) -> tuple[int, int]:
    """The first and the last row in which all bars are as in the middle row."""
    left, right = int(np.floor(edges[0])), int(np.ceil(edges[-1]))
    part = bright[:, left:right]
    level = (float(part[middle].min()) + float(part[middle].max())) / 2
    dark = part < level
    like = (dark == dark[middle]).mean(1) >= _ALIKE
    gaps = np.flatnonzero(~like)
    above, below = gaps[gaps < middle], gaps[gaps > middle]
    top = int(above[-1]) + 1 if above.size else 0
    return top, int(below[0]) - 1 if below.size else len(bright) - 1


def _aperture(symbology: Symbology, module: float, density: tuple[float, float] | None, angle: float) -> float:
    """The measuring aperture in pixels (GS1 5.12.3): 0.15 mm at a till, 0.25 mm for large modules of cartons."""
    if density is None:
        return 0.0
    pixels = density[1] if round(angle / 90) % 2 else density[0]
    large = symbology not in _RETAIL and module / pixels >= 0.48
    return (0.25 if large else 0.15) * pixels


def _through(bright: Floats, aperture: float) -> Floats:
    """What is seen through a round aperture of this diameter."""
    if aperture < 2:
        return bright
    radius = aperture / 2
    side = int(np.ceil(radius))
    y, x = np.mgrid[-side : side + 1, -side : side + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    return np.asarray(cv2.filter2D(bright, -1, disc / disc.sum(), borderType=cv2.BORDER_REPLICATE), np.float32)


def linear_light(bright: float) -> float:
    """The share of light that a brightness of sRGB stands for (IEC 61966-2-1), 0 to 1."""
    share = bright / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _profile(line: Floats, on_page: npt.NDArray[np.bool_], symbol: Values, whole: Told, *, reverse: bool) -> Profile:
    """The parameters along one line through a symbol whose elements are between the edges of `symbol`."""
    module = (symbol[-1] - symbol[0]) / _modules(symbol, whole)
    left, right = max(0, round(symbol[0] - _MARGIN * module)), round(symbol[-1] + _MARGIN * module)
    within = line[round(symbol[0] - 2 * module) if symbol[0] > 2 * module else 0 : round(symbol[-1] + 2 * module)]
    low, high = float(within.min()), float(within.max())
    darkest, lightest = linear_light(low), linear_light(high)
    span = max(high - low, 1e-6)
    level = (low + high) / 2
    edges = _own_edges(line, symbol, module, level)
    told = tell(np.diff(edges)[::-1] if reverse else np.diff(edges), whole.symbology) if edges is not None else None
    bounds = symbol if edges is None else edges
    cuts = [line[round(a) : max(round(b), round(a) + 1)] for a, b in pairwise(bounds.tolist())]
    peaks = np.array([float(cut.min() if number % 2 == 0 else cut.max()) for number, cut in enumerate(cuts)])
    steps = np.abs(np.diff(np.concatenate([[high], peaks, [high]])))
    worst = float(steps.min()) / span
    zones, to_edge = _zones(line, on_page, bounds, module, level, left, right)
    if reverse:
        zones, to_edge = (zones[1], zones[0]), (to_edge[1], to_edge[0])
    return Profile(
        told,
        lightest - darkest,
        darkest,
        lightest,
        worst * (lightest - darkest),
        worst,
        max((_unevenness(cut, module) for cut in cuts), default=0.0) / span,
        zones,
        to_edge,
    )


def _modules(symbol: Values, whole: Told) -> float:
    return float(symbol[-1] - symbol[0]) / whole.module


def _own_edges(line: Floats, symbol: Values, module: float, level: float) -> Values | None:
    """The edges of this line that are those of the symbol; None where it has more or fewer there."""
    left, right = int(max(0, symbol[0] - 1.5 * module)), int(symbol[-1] + 1.5 * module) + 1
    part = line[left:right]
    dark = part < level
    at = np.flatnonzero(dark[1:] != dark[:-1])
    if len(at) != len(symbol):
        return None
    before, after = part[at].astype(float), part[at + 1].astype(float)
    return np.asarray(at + (before - level) / (before - after) + 0.5 + left)


def _unevenness(cut: Floats, module: float) -> float:
    """The reflectance nonuniformity of an element, without the slopes at its edges."""
    slope = round(0.4 * module)
    inner = cut[slope : len(cut) - slope]
    return float(np.ptp(inner)) if inner.size > 1 else 0.0


def _zones(
    line: Floats, on_page: npt.NDArray[np.bool_], edges: Values, module: float, level: float, left: int, right: int
) -> tuple[tuple[float, float], tuple[bool, bool]]:
    """How many modules are light before and after the bars, and whether the page ends there."""
    zones, ends = [], []
    first, last = float(edges[0]), float(edges[-1])
    for at, stop, way in ((int(np.floor(first)) - 1, left, -1), (int(np.ceil(last)), right, 1)):
        ended = False
        while way * (stop - at) >= 0 and not ended:
            ended = not 0 <= at < len(line) or not bool(on_page[at])
            if ended or line[at] < level:
                break
            at += way
        zones.append(max(0.0, (first - at - 1 if way < 0 else at - last) / module))
        ends.append(ended)
    return (zones[0], zones[1]), (ends[0], ends[1])
