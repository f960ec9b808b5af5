"""Finds where each module is in the picture: from finder patterns to a grid that follows perspective and bending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import Gray
from services.decoding.qr.locate import Triple
from services.decoding.qr.versions import LARGEST, Modules, dimension, known, version_positions, version_words

Floats = npt.NDArray[np.float32]

MARGIN = 2  # modules around the symbol that are included
_SURROUNDINGS = 9  # width in modules of the surroundings that brightness is compared with
_SPREAD = 0.45  # modules by which expected patterns are blurred
_ENOUGH = 20_000  # pixels to fit a grid to
BENT, WAVY = 6, 10  # terms of the bending that are fitted: a bulge only, or a wave as well
_STIFFNESS = np.array([0, 0, 0, 2, 2, 2, 8, 8, 8, 8], np.float64) * 2e-3


@dataclass(frozen=True, eq=False)
class Grid:
    """Maps modules to pixels: `bend` moves module coordinates (0 to the dimension), then `base` projects them.

    `bend` has a row for each power of the coordinates, counted from -1 to 1 over the symbol, in modules.
    """

    version: int
    base: npt.NDArray[np.float64]
    bend: npt.NDArray[np.float64]

    def pixels(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Pixels of points in module coordinates."""
        side = dimension(self.version)
        moved = points + _powers(points * 2 / side - 1) @ self.bend
        return _projected(self.base, moved)


@dataclass(frozen=True, eq=False)
class Sight:
    """The symbol straightened by a grid: brightness relative to its surroundings, in `fine` steps a module."""

    straight: Floats
    fine: int

    @property
    def modules(self) -> Floats:
        """The brightness of each module, MARGIN included: dark below 0, light above."""
        side = self.straight.shape[0] // self.fine
        cells = self.straight.reshape(side, self.fine, side, self.fine)
        inner = slice(1, 3) if self.fine == 4 else slice(1, 2)
        return np.asarray(cells[:, inner, :, inner].mean(axis=(1, 3)), np.float32)


def _projected(base: npt.NDArray[np.float64], points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    there = points @ base[:, :2].T + base[:, 2]
    return np.asarray(there[:, :2] / np.maximum(there[:, 2:], 1e-6))


def _powers(points: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    x, y = points[:, 0], points[:, 1]
    return np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3])


def rough(triple: Triple, version: int) -> Grid:
    """The parallelogram that three finder patterns span."""
    side = dimension(version)
    across, down = (triple.at_right - triple.corner) / (side - 7), (triple.below - triple.corner) / (side - 7)
    base = np.eye(3)
    # Pixel middles are at whole numbers, as in cv2.remap, and the middle of a run is counted in the same way.
    base[:2] = np.column_stack([across, down, triple.corner - 3.5 * (across + down)])
    return Grid(version, base, np.zeros((WAVY, 2)))


def projected(triple: Triple, version: int, tilts: tuple[float, float]) -> Grid:
    """The grid that three finder patterns span, those at the right and below farther away than the corner by `tilts`.

    A tilt is a share of the corner's depth.
    """
    side = dimension(version)
    over, under = tilts
    c, r, b = triple.corner, triple.at_right, triple.below
    # Maps the corner's middle to (0, 0) and the middles of the other two to (1, 0) and (0, 1).
    plane = np.eye(3)
    plane[:2] = np.column_stack([(1 + over) * r - c, (1 + under) * b - c, c])
    plane[2, :2] = over, under
    unit = np.array([[1, 0, -3.5], [0, 1, -3.5], [0, 0, side - 7]]) / (side - 7)
    return Grid(version, plane @ unit, np.zeros((WAVY, 2)))


def fineness(version: int) -> int:
    """Steps a module: large symbols are sampled more coarsely."""
    return 4 if version <= 14 else 3


def _steps(version: int, fine: int) -> npt.NDArray[np.float64]:
    """Points along a side of a sight, `fine` for each module, in module coordinates."""
    return (np.arange((dimension(version) + 2 * MARGIN) * fine) + 0.5) / fine - MARGIN


@cache
def _middles(version: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.floating]]:
    """The middles of the modules of a sight in module coordinates, and their powers."""
    steps = _steps(version, 1)
    points = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    return points, _powers(points * 2 / dimension(version) - 1)


def look(ink: Gray, grid: Grid) -> Sight:
    """Straighten the symbol by a grid."""
    fine = fineness(grid.version)
    points, powers = _middles(grid.version)
    moved = points + powers @ grid.bend if grid.bend.any() else points
    side = dimension(grid.version) + 2 * MARGIN
    there = _projected(grid.base, moved).astype(np.float32).reshape(side, side, 2)
    # Between the middles of neighbouring modules, interpolate linearly.
    pixels = cv2.resize(there, None, fx=fine, fy=fine, interpolation=cv2.INTER_LINEAR)
    seen = cv2.remap(ink, pixels, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)  # type: ignore[call-overload]
    window = (_SURROUNDINGS * fine,) * 2
    mean = cv2.blur(seen, window, borderType=cv2.BORDER_REFLECT)
    square = cv2.blur(seen * seen, window, borderType=cv2.BORDER_REFLECT)
    spread = np.sqrt(np.maximum(square - mean * mean, 0)) + 2
    return Sight(np.asarray((seen - mean) / spread, np.float32), fine)


def glance(ink: Gray, grid: Grid) -> Floats:
    """The brightness of each module relative to its surroundings, MARGIN included, seen at its middle alone."""
    points, _ = _middles(grid.version)
    side = dimension(grid.version) + 2 * MARGIN
    pixels = grid.pixels(points).astype(np.float32).reshape(side, side, 2)
    seen = cv2.remap(ink, pixels, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)  # type: ignore[call-overload]
    return np.asarray(seen - cv2.blur(seen, (_SURROUNDINGS,) * 2, borderType=cv2.BORDER_REFLECT), np.float32)


@cache
def _certain(version: int) -> tuple[Modules, Floats]:
    """Which modules of a sight are known, the nearest row of the quiet zone included; -1 for dark and 1 for light."""
    taken, dark = known(version)
    bright = np.where(dark, -1, 1).astype(np.float32)
    rim = np.pad(np.pad(taken, 1, mode="edge"), MARGIN - 1)
    return rim, np.pad(bright, MARGIN, constant_values=1).astype(np.float32)


def agreement(modules: Floats, version: int) -> float:
    """The share of the known modules, without the quiet zone, that are right."""
    taken, dark = known(version)
    inner = modules[MARGIN:-MARGIN, MARGIN:-MARGIN]
    return float(((inner[taken] < 0) == dark[taken]).mean())


@dataclass(frozen=True, eq=False)
class _Slopes:
    """How the picture changes along and across at the chosen pixels, and how far it is from what is expected."""

    x: Floats
    y: Floats
    miss: Floats

    def solve(self, design: Floats, stiffness: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The least-squares step (Gauss and Newton), damped."""
        normal = (design.T @ design).astype(np.float64)
        normal[np.diag_indices_from(normal)] += (stiffness + 1e-4) * np.trace(normal) / len(normal)
        return np.asarray(np.linalg.solve(normal, design.T @ self.miss), np.float64)


def _slopes(sight: Sight, expected: Floats, chosen: npt.NDArray[np.intp]) -> _Slopes | None:
    """Work out the slopes at chosen pixels; None where the picture shows nothing of what is expected."""
    picture, wanted = sight.straight, expected.reshape(-1)[chosen]
    here = picture.reshape(-1)[chosen]
    gain = float(here @ wanted) / float(wanted @ wanted)
    if gain <= 0.05:
        return None
    both = np.asarray((picture + gain * expected) / 2, np.float32)
    x, y = (_change(both, along, sight.fine).reshape(-1)[chosen] for along in (1, 0))
    return _Slopes(x, y, gain * wanted - here)


def _change(picture: Floats, along: int, fine: int) -> Floats:
    """The change of brightness in a module's length, `along` the rows (1) or down (0)."""
    slope = cv2.Sobel(picture, cv2.CV_32F, along, 1 - along, ksize=3, scale=fine / 8)
    return np.asarray(slope, np.float32)


def _expected(version: int, guess: Floats | None) -> tuple[Floats, npt.NDArray[np.intp]]:
    """The expected look of a sight, and the pixels where it is known."""
    taken, bright = _certain(version)
    if guess is not None:
        bright = np.where(taken, bright, np.pad(guess, MARGIN)).astype(np.float32)
        taken = taken | np.pad(np.ones(guess.shape, bool), MARGIN)
    pixels = np.ones((fineness(version),) * 2, np.float32)
    blurred = cv2.GaussianBlur(np.kron(bright, pixels), (0, 0), _SPREAD * fineness(version))
    chosen = np.flatnonzero(np.kron(taken, pixels))
    return np.asarray(blurred, np.float32), chosen[:: 1 + chosen.size // _ENOUGH]


def _units(version: int, chosen: npt.NDArray[np.intp]) -> Floats:
    """Chosen pixels of a sight in coordinates from -1 to 1 over the symbol."""
    steps = _steps(version, fineness(version)) * 2 / dimension(version) - 1
    return np.column_stack([steps[chosen % steps.size], steps[chosen // steps.size]]).astype(np.float32)


@cache
def _patterns_expected(version: int) -> tuple[Floats, npt.NDArray[np.intp]]:
    return _expected(version, None)


def straightened(ink: Gray, grid: Grid, rounds: int, late: Callable[[], bool]) -> Grid:
    """Turn and tilt the grid until the known modules look most as expected (Lucas and Kanade).

    Takes at most `rounds` steps, and none once it is `late`.
    """
    side = dimension(grid.version)
    to_unit = np.array([[2 / side, 0, -1], [0, 2 / side, -1], [0, 0, 1]])
    expected, chosen = _patterns_expected(grid.version)
    points = _units(grid.version, chosen)
    x, y = points[:, 0], points[:, 1]
    for _ in range(rounds):
        slopes = _slopes(look(ink, grid), expected, chosen)
        if slopes is None:
            break
        plane = np.column_stack([np.ones_like(x), x, y])
        tilt = (slopes.x * x + slopes.y * y)[:, None] * points
        design = np.hstack([slopes.x[:, None] * plane, slopes.y[:, None] * plane, tilt])
        step = slopes.solve(design, np.zeros(8))
        largest = float(np.abs(step).max())
        step *= min(1.0, 1.5 / max(largest, 1e-9)) * 2 / side
        change = np.eye(3)
        change[0] += step[[1, 2, 0]]
        change[1] += step[[4, 5, 3]]
        change[2, :2] = -step[6:]
        grid = replace(grid, base=grid.base @ np.linalg.inv(to_unit) @ change @ to_unit)
        if largest < 0.03 or late():
            break
    return grid


def bent(
    ink: Gray,
    grid: Grid,
    *,
    terms: int,
    rounds: int,
    late: Callable[[], bool],
    sight: Sight | None = None,
    guess: Floats | None = None,
) -> Grid:
    """Bend the grid until the picture looks most as expected.

    `guess` is the expected brightness of all modules, those with data included, nearer to 0 the less certain. `sight`
    is the symbol as this grid straightens it, if that is known already.
    """
    expected, chosen = _patterns_expected(grid.version) if guess is None else _expected(grid.version, guess)
    powers = _powers(_units(grid.version, chosen))[:, :terms]
    for number in range(rounds):
        slopes = _slopes(sight if sight is not None and not number else look(ink, grid), expected, chosen)
        if slopes is None:
            break
        design = np.hstack([slopes.x[:, None] * powers, slopes.y[:, None] * powers])
        step = slopes.solve(design, np.tile(_STIFFNESS[:terms], 2)).reshape(2, terms).T
        largest = float(np.abs(step).max())
        bend = grid.bend.copy()
        bend[:terms] += step * min(1.0, 1.0 / max(largest, 1e-9))
        grid = replace(grid, bend=bend)
        if largest < 0.02 or late():
            break
    return grid


def through_alignment(ink: Gray, grid: Grid, reach: float) -> Grid:
    """Move the far corner to the last alignment pattern, if that is seen within `reach` modules of where it should be.

    The finder patterns stay where the grid has them.
    """
    if grid.version == 1:
        return grid
    side = dimension(grid.version)
    fine, far = 4, side - 6.5
    steps = np.arange(-(reach + 2.5) + 0.5 / fine, reach + 2.5, 1 / fine)
    around = np.stack(np.meshgrid(far + steps, far + steps), axis=-1).reshape(-1, 2)
    pixels = grid.pixels(around).astype(np.float32).reshape(len(steps), len(steps), 2)
    seen = cv2.remap(ink, pixels, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    match = cv2.matchTemplate(seen, _alignment_pattern(fine), cv2.TM_CCOEFF_NORMED)
    down, across = np.indices(match.shape)
    middle = (np.array(match.shape) - 1) / 2
    distance = np.hypot(down - middle[0], across - middle[1]) / fine
    best = int((match - 0.02 * distance).argmax())
    if match.reshape(-1)[best] < 0.5:
        return grid
    offset = (np.array([best % match.shape[1], best // match.shape[1]]) - middle[::-1]) / fine
    corners = np.array([[3.5, 3.5], [side - 3.5, 3.5], [3.5, side - 3.5], [far, far]])
    there = grid.pixels(corners + np.array([[0, 0], [0, 0], [0, 0], offset]))
    base = cv2.getPerspectiveTransform(corners.astype(np.float32), there.astype(np.float32))
    return Grid(grid.version, np.asarray(base, np.float64), np.zeros_like(grid.bend))


@cache
def _alignment_pattern(fine: int) -> Gray:
    rings = np.pad(np.pad(np.zeros((1, 1)), 1, constant_values=255), 1)
    large = np.kron(rings, np.ones((fine, fine))).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(large, (0, 0), 0.3 * fine), np.uint8)


def versions(ink: Gray, triple: Triple) -> list[int]:
    """The possible versions, the likeliest first: by the timing patterns, then by the distance of the finder patterns.

    At an angle, the timing patterns of a neighbouring version may seem to fit better than the right ones.
    """
    estimate = (sum(triple.modules) / 2 - 10) / 4
    room = 1 + 0.16 * max(estimate, 0)
    nearest = sorted(range(1, LARGEST + 1), key=lambda n: abs(n - estimate))
    likely = [n for n in nearest if abs(n - estimate) <= room]
    rhythmic = sorted(likely, key=lambda n: _rhythm(ink, triple, n) - 0.1 * abs(n - estimate), reverse=True)
    return list(dict.fromkeys([*rhythmic[:2], *likely[:3]]))


def _rhythm(ink: Gray, triple: Triple, version: int) -> float:
    """How well both timing patterns alternate, from -1 to 1; also by the version information where there is one."""
    grid = rough(triple, version)
    side = dimension(version)
    along = np.arange(7, side - 7) + 0.5
    row = np.column_stack([along, np.full_like(along, 6.5)])
    total = 0.0
    for line in (row, row[:, ::-1]):
        seen = _brightness(ink, grid, line)
        change = seen[1:-1] - (seen[:-2] + seen[2:]) / 2
        turns = np.where(np.arange(1, len(seen) - 1) % 2, -1, 1)  # module 7 is light
        total += float((change * turns).sum() / max(np.abs(change).sum(), 1)) / 2
    return max(total, _stated(ink, grid) if version >= 7 else -1)


def _stated(ink: Gray, grid: Grid) -> float:
    """1 where a copy of the version information confirms the version with at most three wrong bits, else -1."""
    for rows, columns in version_positions(grid.version):
        seen = _brightness(ink, grid, np.column_stack([columns, rows]).astype(np.float64) + 0.5)
        if ((seen < (seen.max() + seen.min()) / 2) != version_words()[grid.version - 7]).sum() <= 3:
            return 1.0
    return -1.0


def _brightness(ink: Gray, grid: Grid, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    pixels = grid.pixels(points).astype(np.float32)[None]
    seen = cv2.remap(ink, pixels, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    return np.asarray(seen[0], np.float64)
