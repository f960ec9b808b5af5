"""Where a Data Matrix may be: corners between two solid, straight, dark sides of about the right shape.

Works on a picture whose symbol is the dark part: for a light symbol on dark ground it is inverted before.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from services.decoding.pixels import Gray

Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Mask:
    """How ink is told from ground.

    The adaptive threshold's block in pixels, how much darker than the block's mean ink is, and the side of the closing
    (morphology) that joins modules separated by blur or print (0: none).
    """

    block: int
    darker: int
    closing: int = 0


_MIN_SIDE = 20.0  # of the longer leg: ten modules of two pixels
_MOST_COMPONENTS = 80
_MOST_CORNERS = 16
_MOST_ROWS = 32_000  # OpenCV's remap takes no more than 32,767


def lookup(image: Gray, x: npt.NDArray[np.float32], y: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The gray values at pixel positions x, y, both of shape (n, m), interpolated between pixels."""
    parts = [
        cv2.remap(
            image, x[k : k + _MOST_ROWS], y[k : k + _MOST_ROWS], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        for k in range(0, len(x), _MOST_ROWS)
    ]
    return np.asarray(parts[0] if len(parts) == 1 else np.concatenate(parts), np.float32)


def sample(image: Gray, points: Points) -> npt.NDArray[np.float32]:
    """The gray values at points, an array (..., 2) of pixel positions x, y."""
    flat = points.reshape(points.shape[0], -1, 2).astype(np.float32)
    return lookup(image, flat[..., 0], flat[..., 1]).reshape(points.shape[:-1])


def elbows(ink: Gray, mask: Mask) -> Points:
    """The corners between solid sides in the picture, the most solid first.

    Shape (n, 3, 2): the end of the left side, the corner of the L, the end of the bottom side.
    """
    blurred = cv2.GaussianBlur(ink, (3, 3), 0)
    dark = cv2.adaptiveThreshold(
        blurred, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, mask.block, mask.darker
    )
    if mask.closing:
        dark = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((mask.closing, mask.closing), np.uint8))
    found = [corner for hull in _hulls(np.asarray(dark, np.uint8)) for corner in _corners_of(hull)]
    return _solid(ink, np.array(found)) if found else np.zeros((0, 3, 2))


def _hulls(mask: Gray) -> list[Points]:
    """The convex hulls of the connected parts of a mask that are large enough and neither lines nor whole frames."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    width, height, area = (stats[:, k] for k in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    wanted = (np.maximum(width, height) >= _MIN_SIDE) & (np.minimum(width, height) >= _MIN_SIDE / 3)
    wanted &= area >= 0.08 * width * height
    wanted[0] = False
    chosen = np.flatnonzero(wanted)
    chosen = chosen[np.argsort(-area[chosen])][:_MOST_COMPONENTS]
    hulls = []
    for label in chosen.tolist():
        left, top, w, h = stats[label, :4].tolist()
        part = (labels[top : top + h, left : left + w] == label).astype(np.uint8)
        contours, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=(left, top))
        hulls.append(cv2.convexHull(max(contours, key=len)))
    return hulls


def _corners_of(hull: Points) -> list[Points]:
    """The corners of a hull with two sides long enough to be those of an L, at 50 to 130 degrees."""
    length = cv2.arcLength(hull, True)
    found: list[Points] = []
    short = min(cv2.minAreaRect(hull)[1])
    for slack in (0.06, 0.16):
        polygon = cv2.approxPolyDP(hull, slack * short, True).reshape(-1, 2).astype(float)
        if not 3 <= len(polygon) <= 12:
            continue
        if cv2.contourArea(polygon.astype(np.float32), True) < 0:  # y points down: positive is clockwise
            polygon = polygon[::-1]
        # Clockwise on the outline from the bottom side's end over the L's corner to the left side's end.
        triples = np.stack([np.roll(polygon, -1, 0), polygon, np.roll(polygon, 1, 0)], axis=1)
        up, along = triples[:, 0] - triples[:, 1], triples[:, 2] - triples[:, 1]
        a, b = np.hypot(*up.T), np.hypot(*along.T)
        cosine = (up * along).sum(1) / np.maximum(a * b, 1e-9)
        good = (np.abs(cosine) < 0.65) & (np.maximum(a, b) >= max(_MIN_SIDE, 0.12 * length))
        good &= np.minimum(a, b) >= np.maximum(_MIN_SIDE / 3, 0.05 * np.maximum(a, b))
        found += [t for t in triples[good] if not any(np.abs(t - f).max() < 3 for f in found)]
    return found


def _solid(ink: Gray, triples: Points) -> Points:
    """Keep the corners whose sides are dark along their whole length just inside, and lighter just outside."""
    left, corner, bottom = (triples[:, k, None, None] for k in range(3))
    up, along = left - corner, bottom - corner
    t = np.linspace(0.04, 0.96, 40)[None, None, :, None]
    dark, light = [], []
    for side, across in ((up, along), (along, up)):
        length = np.hypot(side[..., 0], side[..., 1])[..., None]
        inward = across / np.maximum(np.hypot(across[..., 0], across[..., 1])[..., None], 1e-9)
        steps = np.array([0.0, 0.012, 0.03, 0.055])[None, :, None, None] * length + 1.0
        inside = sample(ink, corner + side * t + inward * steps)
        outside = sample(ink, corner + side * t - inward * np.maximum(2.0, 0.03 * length))
        low, high = inside.mean(2).min(1), np.median(outside, axis=(1, 2))
        middle = ((low + high) / 2)[:, None, None]
        dark.append(np.where(high - low > 12, (inside < middle).mean(2).max(1), 0.0))
        light.append((outside > middle).mean((1, 2)))
    solid, quiet = np.minimum(*dark), np.minimum(*light)
    order = np.argsort(-(solid + 0.5 * quiet + 0.1 * np.maximum(*dark)))
    good = (solid >= 0.8) & (quiet >= 0.7)
    return np.asarray(triples[order[good[order]][:_MOST_CORNERS]])
