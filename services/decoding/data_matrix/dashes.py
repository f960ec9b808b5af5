"""The dashed sides of a Data Matrix: lines on which dark and light alternate evenly."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.data_matrix.locate import Points, lookup
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


@dataclass(frozen=True)
class Side:
    """A dashed side: the ends of its line, and how many modules it has."""

    start: Points
    end: Points
    modules: int
    score: float


_NO_SIDE = Side(np.zeros(2), np.zeros(2), 0, 0.0)


def at_once(samples: int, *, fan: bool) -> int:
    """How many elbows `dashed` may be given between two looks at the clock."""
    lines = _TILTS.size * _INSETS.size if fan else (_NEAR_TILTS.size + _FEW_TILTS.size) * _FEW_INSETS.size
    return max(1, _AT_ONCE // samples // lines)


def dashed(ink: Gray, elbows: Points, samples: int, *, fan: bool) -> list[list[Side]]:
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
        best: dict[int, Side] = {}
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


def _counted(lit: npt.NDArray[np.bool_], t: npt.NDArray[np.float32], start: Points, end: Points) -> Side | None:
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
    return Side(start, end, modules, len(edges) * (_UNEVEN + 0.15 - uneven))


def _unevenness(lengths: list[int]) -> float:
    """The mean square over the squared mean: 1 where all are equal."""
    return sum(length * length for length in lengths) * len(lengths) / sum(lengths) ** 2
