"""From a corner of solid sides to modules: the symbol's size, where each module lies, and whether it is dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.data_matrix.dashes import Side, at_once, dashed
from services.decoding.data_matrix.locate import Points, sample
from services.decoding.data_matrix.placement import Modules, border
from services.decoding.data_matrix.sizes import MIRRORED, SIZES, Size
from services.decoding.pixels import Gray

Values = npt.NDArray[np.float64]

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
        few = at_once(count, fan=fan)
        for chosen in np.split(same, range(few, len(same), few)):
            if late():
                return
            tops = dashed(ink, chosen[:, [0, 1, 2, 3]], count, fan=fan)
            chosen, tops = chosen[[bool(t) for t in tops]], [t for t in tops if t]
            rights = dashed(ink, chosen[:, [2, 1, 0, 4]], count, fan=fan) if tops else []
            for elbow, top, right in zip(chosen, tops, rights, strict=True):
                if right:
                    yield _sized(elbow[:3], top, right)


def _sized(elbow: Points, tops: list[Side], rights: list[Side]) -> list[Grid]:
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


def _crossing(one: Side, other: Side) -> Points | None:
    a, b = one.end - one.start, other.end - other.start
    across = a[0] * b[1] - a[1] * b[0]
    if abs(across) < 1e-6:
        return None
    gap = other.start - one.start
    return np.asarray(one.start + a * (gap[0] * b[1] - gap[1] * b[0]) / across)


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
