"""Pictures of how QR Codes and Data Matrix symbols are read."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import segno
import zxingcpp

from scripts.decoding_pictures.camera import gray, label, photographed, qr_text
from scripts.decoding_pictures.figures import GREEN, ORANGE, RED, picture, save
from services.decoding.data_matrix import grid as dm_grid
from services.decoding.data_matrix import locate as dm_locate
from services.decoding.qr import decisions
from services.decoding.qr import grid as qr_grid
from services.decoding.qr import locate as qr_locate
from services.decoding.qr.versions import dimension


def qr(out: Path) -> None:
    """QR: finder patterns, the grid before and after it is bent, and what the modules are taken for."""
    corners = [(60.0, 20.0), (660.0, 60.0), (630.0, 450.0), (90.0, 430.0)]
    ink = gray(photographed(label(), (720, 470), corners, curved=0.6, blur=2.2, light=(0.9, 0.6), noise=2.0))
    smooth = np.asarray(cv2.blur(ink, (3, 3)), np.uint8)
    dark, _ = qr_locate.binarise(smooth, 25, 3)
    patterns = qr_locate.finder_patterns(dark, never)
    triple = qr_locate.alike(smooth, qr_locate.triples(patterns, light=False))[0]
    version = qr_grid.versions(ink, triple)[0]
    first = qr_grid.rough(triple, version)
    flat = qr_grid.straightened(ink, first, 3, never)
    flat = qr_grid.through_alignment(ink, flat, 3 + dimension(version) / 20)
    last = qr_grid.bent(ink, flat, terms=qr_grid.BENT, rounds=3, late=never)
    for _ in range(2):
        bright = decisions.equalised(qr_grid.look(ink, last).modules, version)
        last = qr_grid.bent(ink, last, terms=qr_grid.WAVY, rounds=2, guess=np.clip(bright, -1, 1), late=never)
    sight = qr_grid.look(ink, last)
    bright = decisions.equalised(sight.modules, version)

    ring = np.array([triple.corner, triple.at_right, triple.at_right + triple.below - triple.corner, triple.below])
    x0, y0 = (ring.min(0) - 45).astype(int)
    x1, y1 = (ring.max(0) + 45).astype(int)
    crop, shift = ink[y0:y1, x0:x1], np.array([x0, y0])
    seen = picture(crop, 282, "finder patterns, joined to a corner")
    seen.line([triple.at_right - shift, triple.corner - shift, triple.below - shift], GREEN, 2)
    seen.dots(patterns[:, :2] - shift, ORANGE, 5)
    middles = np.stack(np.meshgrid(*[np.arange(dimension(version)) + 0.5] * 2), -1).reshape(-1, 2)
    before, after = (picture(crop, 282, words) for words in ("the grid they span", "straightened, then bent"))
    before.dots(first.pixels(middles) - shift, RED, 1.5)
    after.dots(last.pixels(middles) - shift, GREEN, 1.5)
    true = np.array(list(segno.make_qr(qr_text(), error="m").matrix), bool)
    views = [picture(np.clip(sight.straight * 60 + 128, 0, 255).astype(np.uint8), 282, "seen through the grid")]
    for words, modules in (("by a plain threshold", decisions.plain(sight.modules)), ("equalised", bright)):
        wrong = (modules < 0) != true
        shown = np.where(modules < 0, 0, 255).astype(np.uint8)
        view = picture(shown, 282, f"{words}: {wrong.sum()} of {wrong.size} wrong", smooth=False)
        for row, column in np.argwhere(wrong):
            view.block((column - 0.5, row - 0.5), (column + 0.4, row + 0.4), RED)
        views.append(view)
    save(out, [seen, before, after], views)


def never() -> bool:
    """It is not late."""
    return False


def data_matrix(out: Path) -> None:
    """Data Matrix: elbows, the grid between solid and dashed sides, and the modules."""
    text = "(01)09520007900017(10)L2611"
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, gs1=True, version=5)
    flat = np.pad(np.array(zxingcpp.write_barcode_to_image(symbol, scale=20)), 20, constant_values=255)
    corners = [(75.0, 20.0), (285.0, 55.0), (260.0, 280.0), (40.0, 250.0)]
    ink = photographed(flat, (320, 300), corners, curved=0.7, blur=2.4, light=(0.9, 0.5), noise=2.0)
    elbows = dm_locate.elbows(ink, dm_locate.Mask(31, 6, 3), never)
    rough = next(sizes[0] for sizes in dm_grid.grids(ink, elbows, never))
    grid = dm_grid.refine(ink, dm_grid.refine(ink, rough), bulges=True)
    seen, before, after = (
        picture(ink, 282, words)
        for words in ("corners between two solid sides", "dashed sides give the size", "corners moved, sides bulged")
    )
    for elbow in elbows:
        seen.line(elbow[:3], ORANGE, 3)
        seen.dots(elbow[1:2], ORANGE, 6)
    size = grid.size
    u, v = (a.ravel() for a in np.meshgrid(*[(np.arange(n) + 0.5) / n for n in (size.columns, size.rows)]))
    before.dots(dm_grid.project(rough.shape[None], u, v)[0], RED, 2)
    after.dots(dm_grid.project(grid.shape[None], u, v)[0], GREEN, 2)
    bright = dm_grid.brightness(ink, grid)
    views = [picture(np.clip(bright, 0, 255).astype(np.uint8), 208, "the modules’ brightness", smooth=False)]
    for words, modules in zip(
        ("by the borders nearby", "the same, sharpened", "by the middle around"),
        dm_grid.binarise(bright, size),
        strict=True,
    ):
        views.append(picture(np.where(modules, 0, 255).astype(np.uint8), 208, words, smooth=False))
    save(out, [seen, before, after], views)
