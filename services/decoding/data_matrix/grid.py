"""From a corner of solid sides to modules: the symbol's size, where each module lies, and whether it is dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.data_matrix.locate import Points, lookup, sample
from services.decoding.data_matrix.placement import Modules, border
from services.decoding.data_matrix.sizes import MIRRORED, SIZES, Size
from services.decoding.pixels import Gray

Values = npt.NDArray[np.float64]

_UNEVEN = 1.25  # see _regularity: 1 for a perfect dashed side, more for random modules
# Where lines start and how far their ends are off the parallel, in lengths of the solid side that they start from:
# spaced closely where large symbols need it.
_INSETS = np.array([0.003, 0.0065, 0.012, 0.02, 0.032, 0.05, 0.072])
_TILTS = 0.2 * np.sign(np.linspace(-1, 1, 15)) * np.abs(np.linspace(-1, 1, 15)) ** 1.6
# The same for a quick look: near the direction that the outline tells, and a few others.
_FEW_INSETS = np.array([0.006, 0.0125, 0.024, 0.045])
_NEAR_TILTS, _FEW_TILTS = np.array([-0.02, 0.0, 0.02]), np.array([-0.14, -0.09, -0.05, 0.05, 0.09, 0.14])
_LINES, _FEW_LINES = 6, 3
_AT_ONCE = 100_000  # samples of lines between two looks at the clock

CLEAR = 0.55  # the least correlation of the picture with a symbol's border
_HOPELESS = 0.45  # the same for rough corners, until they have been moved a few times
_FIRST_ROUNDS, _ROUNDS = 8, 40


@dataclass(frozen=True)
class Grid:
    """Where a symbol lies.

    `shape` (8, 2) holds its corners, clockwise from the top left, then how far the middles of the top, right, bottom
    and left sides bulge, in pixels. `fit` is the correlation of the picture with the size's border.
    """

    size: Size
    shape: Points
    fit: float


@dataclass(frozen=True)
class _Side:
    """A dashed side: the ends of its line, and how many modules it has."""

    start: Points
    end: Points
    modules: int
    score: float


def grids(ink: Gray, elbows: Points, late: Callable[[], bool], *, fan: bool = True) -> Iterator[list[Grid]]:
    """The likeliest sizes, with rough corners, for each corner of solid sides that has dashed sides opposite.

    `elbows` (n, 5, 2) are ends of the left side, corners and ends of the bottom side, and the outline's next points
    beyond these ends. Dashed sides are looked for along the outline, and with `fan` in every direction. Best first;
    `fit` here is how regular the dashed sides are.
    """
    lengths = np.hypot(*(elbows[:, [0, 2]] - elbows[:, [1]]).transpose(2, 0, 1)).max(axis=1)
    samples = 1 << np.clip(np.ceil(np.log2(1.6 * lengths)), 6, 10).astype(int)
    for count in np.unique(samples).tolist():
        same = elbows[samples == count]
        lines = _TILTS.size * _INSETS.size if fan else (_NEAR_TILTS.size + _FEW_TILTS.size) * _FEW_INSETS.size
        few = max(1, _AT_ONCE // count // lines)
        for chosen in np.split(same, range(few, len(same), few)):
            if late():
                return
            tops = _dashed(ink, chosen[:, [0, 1, 2, 3]], count, fan=fan)
            chosen, tops = chosen[[bool(t) for t in tops]], [t for t in tops if t]
            rights = _dashed(ink, chosen[:, [2, 1, 0, 4]], count, fan=fan) if tops else []
            for elbow, top, right in zip(chosen, tops, rights, strict=True):
                if right:
                    yield _sized(elbow[:3], top, right)


def _sized(elbow: Points, tops: list[_Side], rights: list[_Side]) -> list[Grid]:
    left, corner, bottom = elbow
    found: dict[tuple[int, int], Grid] = {}
    for top, right in product(tops, rights):
        last = _crossing(top, right)  # the middle of the module in the corner
        if last is None:
            continue
        for rows, columns in product(_even(right.modules), _even(top.modules)):
            size = SIZES.get((rows, columns)) or MIRRORED.get((rows, columns))
            off = abs(rows - right.modules) + abs(columns - top.modules)
            score = (top.score + right.score) / (1 + 0.15 * off)
            if size is None or score <= found.get((rows, columns), _NOTHING).fit:
                continue
            far = last + (last - left) / (2 * columns) + (last - bottom) / (2 * rows)
            shape = np.vstack([left, far, bottom, corner, np.zeros((4, 2))])
            if _convex(shape):
                found[rows, columns] = Grid(size, shape, score)
    return sorted(found.values(), key=lambda grid: -grid.fit)[:3]


_NO_SIDE = _Side(np.zeros(2), np.zeros(2), 0, 0.0)
_NOTHING = Grid(next(iter(SIZES.values())), np.zeros((8, 2)), 0.0)


def _even(modules: int) -> tuple[int, ...]:
    return (modules,) if modules % 2 == 0 else (modules + 1, modules - 1)


def _convex(shape: Points) -> bool:
    sides = np.roll(shape[:4], -1, 0) - shape[:4]
    after = np.roll(sides, -1, 0)
    turns = sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0]
    lengths = np.hypot(*sides.T)
    opposite = lengths[:2] / np.maximum(lengths[2:], 1e-6)
    return bool(np.all(turns > 0) and np.all((opposite > 0.4) & (opposite < 2.5)))


def _crossing(one: _Side, other: _Side) -> Points | None:
    a, b = one.end - one.start, other.end - other.start
    across = a[0] * b[1] - a[1] * b[0]
    if abs(across) < 1e-6:
        return None
    gap = other.start - one.start
    return np.asarray(one.start + a * (gap[0] * b[1] - gap[1] * b[0]) / across)


def _dashed(ink: Gray, elbows: Points, samples: int, *, fan: bool) -> list[list[_Side]]:
    """Find each elbow's dashed side that begins at its first point, opposite its second leg, in up to three readings.

    Many lines near the expected side are cut into runs of dark and light; the dashed side has the most runs, and the
    most even ones. With `fan` lines go in every direction, else along the outline, to the elbow's fourth point.
    """
    start, corner, end, beyond = (elbows[:, k, None] for k in range(4))
    away, side = (np.linalg.norm(v, axis=-1, keepdims=True) for v in (corner - start, end - corner))
    across = np.minimum(1, side / np.maximum(away, 1e-6))[..., 0]  # less for a short side, else lines cross the symbol
    if fan:
        insets, slants = _INSETS, across * _TILTS
    else:
        outline = _slant(beyond - start, end - corner, corner - start)
        insets, slants = _FEW_INSETS, np.hstack([outline + across * _NEAR_TILTS, across * _FEW_TILTS])
    inset = np.tile(insets, slants.shape[1])[None, :, None]
    slant = np.repeat(slants, insets.size, axis=1)[..., None]
    starts = start + inset * (corner - start)
    ends = start + end - corner + (inset + slant) * (corner - start)
    t = np.linspace(-0.02, 1.18, samples, dtype=np.float32)
    first, last = (p.reshape(-1, 1, 2).astype(np.float32) for p in (starts, ends))
    x, y = (first[..., k] + t * (last - first)[..., k] for k in range(2))
    values = np.asarray(cv2.blur(lookup(ink, x, y), (3, 1)), np.float32)
    lit, contrast = _hysteresis(values)
    score = _regularity(lit[:, : int(samples * 1.02 / 1.2)])
    score[contrast < 14] = 0
    score = score.reshape(len(elbows), -1)
    found = []
    for index in range(len(elbows)):
        best: dict[int, _Side] = {}
        for line in np.argsort(-score[index])[: _LINES if fan else _FEW_LINES].tolist():
            if score[index, line] <= 0:
                break
            reading = _counted(lit[index * score.shape[1] + line], t, starts[index, line], ends[index, line])
            if reading is not None and reading.score > best.get(reading.modules, _NO_SIDE).score:
                best[reading.modules] = reading
        found.append(sorted(best.values(), key=lambda reading: -reading.score)[:3])
    return found


def _slant(way: Points, along: Points, down: Points) -> Values:
    """How far a line that goes `way` from the start of `along` sinks below its end, in lengths of `down`.

    0 where it is no line beside it.
    """
    across = along[..., 0] * down[..., 1] - along[..., 1] * down[..., 0]
    across = np.where(np.abs(across) < 1e-6, 1e-6, across)
    forth = (way[..., 0] * down[..., 1] - way[..., 1] * down[..., 0]) / across
    sunk = (along[..., 0] * way[..., 1] - along[..., 1] * way[..., 0]) / across
    slant = sunk / np.maximum(forth, 1e-6)
    return np.asarray(np.where((forth > 0.3) & (np.abs(slant) < 0.4), slant, 0.0))


def _hysteresis(values: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float32]]:
    """True where a line is light, and the contrast of each line.

    The threshold is a moving mean, which follows the light; a line changes only where it clearly passes that mean.
    """
    width = values.shape[1]
    mean, deviation = values.mean(axis=1, keepdims=True), values.std(axis=1, keepdims=True)
    near = cv2.blur(values, (width // 6 | 1, 1), borderType=cv2.BORDER_REPLICATE)
    difference = values - (0.6 * near + 0.4 * mean)
    clear = np.abs(difference) > 0.2 * deviation
    last = np.where(clear, np.arange(width, dtype=np.int32), 0)
    np.maximum.accumulate(last, axis=1, out=last)
    last += np.arange(len(values), dtype=np.int32)[:, None] * width
    return (difference > 0).ravel()[last], 2 * deviation[:, 0]


def _regularity(lit: npt.NDArray[np.bool_]) -> Values:
    """How many and how even the runs of each line are; 0 where it cannot be a dashed side."""
    count = len(lit)
    line, at = np.nonzero(lit[:, 1:] != lit[:, :-1])
    edges = np.bincount(line, minlength=count)
    # Ink spread changes dark and light runs, but not the sum of two neighbours.
    pairs, runs = (_spread(line, at, count, apart) for apart in (2, 1))
    uneven = pairs + 0.3 * (runs - 1)
    return np.where((edges >= 6) & (uneven < _UNEVEN), edges * (_UNEVEN + 0.15 - uneven), 0.0)


def _spread(line: npt.NDArray[np.intp], at: npt.NDArray[np.intp], count: int, apart: int) -> Values:
    """The mean square over the squared mean of the distances between each edge and the edge `apart` further on."""
    same = line[apart:] == line[:-apart]
    distance, owner = (at[apart:] - at[:-apart])[same].astype(float), line[apart:][same]
    number = np.maximum(np.bincount(owner, minlength=count), 1)
    total = np.maximum(np.bincount(owner, distance, count), 1e-9)
    return np.asarray(np.bincount(owner, distance**2, count) * number / total**2)


def _counted(lit: npt.NDArray[np.bool_], t: npt.NDArray[np.float32], start: Points, end: Points) -> _Side | None:
    """How many modules a line of runs has, from the dark one at the solid side to the light one at the far corner."""
    edges: list[int] = np.flatnonzero(lit[1:] != lit[:-1]).tolist()  # a list: they are few
    runs = [after - before for before, after in pairwise(edges)]
    if len(edges) < 6:
        return None
    longest = 2.4 * sorted(runs)[len(runs) // 2]
    broken = [k for k, run in enumerate(runs) if run > longest]  # what is beyond does not belong to this side
    if broken:
        edges = edges[: broken[0] + 1] if broken[0] >= 5 else edges[broken[-1] + 1 :]
        runs = [after - before for before, after in pairwise(edges)]
    if len(edges) < 6:
        return None
    pairs = [one + other for one, other in pairwise(runs)]
    uneven = _unevenness(pairs) + 0.3 * (_unevenness(runs) - 1)
    dark_first = not lit[edges[0] + 1]
    begin = t[edges[0]] - (0.0 if dark_first else sum(pairs) / len(pairs) / 2 * (t[1] - t[0]))
    if uneven > _UNEVEN or abs(begin) > 0.12:
        return None
    # There is an edge from the quiet zone into the first module, but none after the last module, which is light.
    modules = len(edges) + (not dark_first) - (not lit[edges[-1] + 1])
    return _Side(start, end, modules, len(edges) * (_UNEVEN + 0.15 - uneven))


def _unevenness(lengths: list[int]) -> float:
    """The mean square over the squared mean: 1 where all are equal."""
    return sum(length * length for length in lengths) * len(lengths) / sum(lengths) ** 2


def project(shapes: Points, u: Values, v: Values) -> Points:
    """Map points u, v of the unit square into the picture: shapes (..., 8, 2), u and v (n,), result (..., n, 2)."""
    p = shapes[..., :4, :]
    one, two, three = p[..., 1, :] - p[..., 2, :], p[..., 3, :] - p[..., 2, :], p[..., 0, :] - p[..., 1, :]
    three = three + p[..., 2, :] - p[..., 3, :]
    under = one[..., 0] * two[..., 1] - two[..., 0] * one[..., 1]
    under = np.where(np.abs(under) < 1e-9, 1e-9, under)
    g = ((three[..., 0] * two[..., 1] - two[..., 0] * three[..., 1]) / under)[..., None, None]
    h = ((one[..., 0] * three[..., 1] - three[..., 0] * one[..., 1]) / under)[..., None, None]
    first, last = p[..., None, 0, :], p[..., None, 3, :]
    second = p[..., None, 1, :]
    uu, vv = u[:, None], v[:, None]
    x = (second - first + g * second) * uu + (last - first + h * last) * vv + first
    flat = x / np.maximum(g * uu + h * vv + 1, 1e-3)
    if not shapes[..., 4:, :].any():
        return np.asarray(flat)
    return np.asarray(flat + _bulge(u, v).T @ shapes[..., 4:, :])


def _bulge(u: Values, v: Values) -> Values:
    """How far points move with the middles of the top, right, bottom and left sides: shape (4, n)."""
    return np.stack([4 * u * (1 - u) * (1 - v), 4 * v * (1 - v) * u, 4 * u * (1 - u) * v, 4 * v * (1 - v) * (1 - u)])


@cache
def _target(size: Size) -> tuple[Values, Values, Values]:
    """Points u, v on the borders and in the quiet zone, and what they should be: -1 dark, 1 light, mean 0 in all."""
    rows, columns = size.rows, size.columns
    fixed, dark = border(size)
    r, c = np.nonzero(fixed)
    expected = np.where(dark[r, c], -1.0, 1.0)
    down, across = np.arange(rows), np.arange(columns)
    around_r = np.concatenate([down, down, np.full(columns, -1), np.full(columns, rows)])
    around_c = np.concatenate([np.full(rows, -1), np.full(rows, columns), across, across])
    r, c = np.concatenate([r, around_r]), np.concatenate([c, around_c])
    expected = np.concatenate([expected, np.ones(around_r.size)])
    offsets = np.array([(-0.22, -0.22), (-0.22, 0.22), (0.22, -0.22), (0.22, 0.22)])
    v = (r[:, None] + 0.5 + offsets[None, :, 0]).ravel() / rows
    u = (c[:, None] + 0.5 + offsets[None, :, 1]).ravel() / columns
    wanted = np.repeat(expected, 4)
    wanted = wanted - wanted.mean()
    return u, v, wanted / np.linalg.norm(wanted)


def _likeness(ink: Gray, size: Size, points: Points) -> Values:
    """How well the picture at points (m, n, 2) correlates with the border of a symbol of this size: m times -1 to 1."""
    values = sample(ink, points)
    values -= values.mean(axis=1, keepdims=True)
    return np.asarray(values @ _target(size)[2] / np.maximum(np.linalg.norm(values, axis=1), 1e-6))


def fits(ink: Gray, size: Size, shapes: Points) -> Values:
    """How well the picture correlates with the border of a symbol of this size, for each shape: -1 to 1."""
    u, v, _ = _target(size)
    return _likeness(ink, size, project(shapes, u, v))


@cache
def _shifts(size: Size, moves: int) -> tuple[Points, Points]:
    """The moves of `moves` points of a shape, and of all its corners together, by one pixel right, left, down and up.

    And by how much each moves the points of the size's border. The second is as without perspective: good enough to
    tell which way to go.
    """
    ways = np.array([(1, 0), (-1, 0), (0, 1), (0, -1)], float)
    shapes = np.zeros((4 * moves + 4, 8, 2))
    for k in range(moves):
        shapes[4 * k : 4 * k + 4, k] = ways
    shapes[-4:, :4] = ways[:, None]
    u, v, _ = _target(size)
    corners = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v])
    weights = np.vstack([corners, _bulge(u, v)])
    return shapes, np.einsum("mkd,kn->mnd", shapes, weights)


def refine(ink: Gray, grid: Grid, *, bulges: bool = False) -> Grid:
    """Move the corners, and with `bulges` the middles of the sides, to where the border fits best.

    Gives up early where the fit is bad from the start: then `fit` is less than CLEAR.
    """
    moves, shifts = _shifts(grid.size, 8 if bulges else 4)
    u, v, _ = _target(grid.size)
    shape, points = grid.shape, project(grid.shape[None], u, v)
    best = float(_likeness(ink, grid.size, points)[0])
    step, least = 0.6 * pitch(grid), max(0.04 * pitch(grid), 0.05)
    for done in range(_ROUNDS):
        if best < (_HOPELESS if done < _FIRST_ROUNDS else CLEAR):
            break
        gains = np.maximum(_likeness(ink, grid.size, points + step * shifts) - best, 0)
        top = gains.max()
        if top > 1e-4:
            choices = np.stack([moves[gains.argmax()], np.tensordot(gains / top, moves, 1)])
            shapes = shape + step * choices
            both = project(shapes, u, v)
            scores = _likeness(ink, grid.size, both)
            choice = int(scores.argmax())
            top = scores[choice] - best
        if top <= 1e-4:
            step /= 2
            if step < least:
                break
            continue
        shape, best, points = shapes[choice], float(scores[choice]), both[choice : choice + 1]
    return Grid(grid.size, shape, best)


def pitch(grid: Grid) -> float:
    """The mean side of a module in pixels."""
    sides = np.hypot(*(np.roll(grid.shape[:4], -1, 0) - grid.shape[:4]).T)
    return float((sides[0] + sides[2]) / (4 * grid.size.columns) + (sides[1] + sides[3]) / (4 * grid.size.rows))


def brightness(ink: Gray, grid: Grid, shift: tuple[float, float] = (0.0, 0.0)) -> Values:
    """The mean gray of each module's middle, shape (rows, columns); `shift` is right and down, in modules."""
    size = grid.size
    offsets = np.array([-0.22, 0.0, 0.22]) + 0.5
    v = ((np.arange(size.rows)[:, None] + offsets).ravel() + shift[1]) / size.rows
    u = ((np.arange(size.columns)[:, None] + offsets).ravel() + shift[0]) / size.columns
    vv, uu = np.meshgrid(v, u, indexing="ij")
    points = project(grid.shape[None], uu.ravel(), vv.ravel()).reshape(v.size, u.size, 2)
    return np.asarray(sample(ink, points).reshape(size.rows, 3, size.columns, 3).mean((1, 3)), np.float64)


def binarise(values: Values, size: Size) -> list[Modules]:
    """Which modules are dark, in several readings.

    One by a threshold from the known borders nearby, the same after sharpening, and one by the middle between the
    darkest and the lightest module around.
    """
    fixed, dark = border(size)
    readings = []
    for sharpened in (0.0, 0.35):
        around = cv2.blur(values, (3, 3), borderType=cv2.BORDER_REPLICATE)
        sharp = values + sharpened * 2 * (values - around)
        readings.append(sharp < _threshold(sharp, fixed & dark, fixed & ~dark))
    side = min(9, min(values.shape) | 1)
    low, high = (op(values, np.ones((side, side), np.uint8)) for op in (cv2.erode, cv2.dilate))
    readings.append(values < cv2.blur((low + high) / 2, (side, side), borderType=cv2.BORDER_REPLICATE))
    return readings


def _threshold(values: Values, dark: Modules, light: Modules) -> Values:
    """Halfway between the known dark and the known light modules, weighted by how near they are."""
    wide = max(values.shape) / 4
    levels = []
    for known in (dark, light):
        weights = cv2.GaussianBlur(known.astype(float), (0, 0), wide, borderType=cv2.BORDER_REPLICATE)
        sums = cv2.GaussianBlur(values * known, (0, 0), wide, borderType=cv2.BORDER_REPLICATE)
        levels.append(sums / np.maximum(weights, 1e-9))
    return np.asarray((levels[0] + levels[1]) / 2)
