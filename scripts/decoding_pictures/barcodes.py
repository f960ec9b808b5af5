"""Pictures of what is done with bars: found, straightened, cleared, read by widths, drawn anew, compared."""

from __future__ import annotations

import math
import time
from pathlib import Path

import cv2
import numpy as np

from scripts.decoding_pictures.camera import gray, label, photographed, scene
from scripts.decoding_pictures.figures import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    RED,
    TURNS,
    WIDTH,
    Panel,
    Pixels,
    curve,
    picture,
    plot,
    save,
    stacked,
)
from services.decoding import locate, redraw, scan_lines, widths
from services.decoding.bars import HEIGHT, straighten
from services.decoding.linear import reading as matching
from services.decoding.linear.ean import ean_13
from services.decoding.linear.spans import Span, settle
from services.decoding.linear.strips import strip_of
from services.decoding.linear.templates import K, darkness, templates
from services.decoding.linear.trellis import best_two


def bars(out: Path) -> None:
    """Finding bars: cells by their direction, and places."""
    image = gray(scene())
    scale = 640 / max(image.shape)
    small = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    xx, yy, xy = locate._tensor(small)
    energy, along, across = xx + yy, xx - yy, 2 * xy
    striped = (along**2 + across**2 > (locate._COHERENT * energy) ** 2) & (energy > locate._STRONG**2)
    turns = (np.arctan2(across, along) * 4 / math.pi + 4).astype(int) % 8
    cells = picture(image, 430, "cells whose gradients run one way, coloured by it", paler=0.6)
    size = locate.CELL / scale
    for row, column in np.argwhere(striped):
        cells.block((column * size, row * size), ((column + 1) * size, (row + 1) * size), TURNS[turns[row, column]])
    found = picture(image, 430, "the largest places, bars upright between the first two corners")
    for number, region in enumerate(locate.regions(image), 1):
        found.ring(region.quad, ORANGE)
        found.word(region.quad[0] + (14, 18) if number > 1 else region.quad[2] - (14, 18), str(number), ORANGE, 15)
    save(out, [cells, found])


def barcode_region(image: Pixels) -> tuple[locate.Region, scan_lines.ScanLines]:
    """The first striped place of a picture on which all bands can be read, which is the barcode's."""
    cuts = ((region, scan_lines.scan_lines(image, region)) for region in locate.regions(image))
    return next(cut for cut in cuts if all(widths.read_line(line) for line in cut[1].lines))


def bands(out: Path) -> None:
    """Straightening: the place, what is cut out, and the three scan lines."""
    image = gray(scene())
    region, cut = barcode_region(image)
    x0, y0 = np.maximum(region.quad.min(0) - 80, 0).astype(int)
    x1, y1 = (region.quad.max(0) + 80).astype(int)
    shown = picture(image[y0:y1, x0:x1], 330, "a place, with a margin for the quiet zones")
    width = len(cut.lines[0])
    shown.ring(np.array(cut.corners(0, width)) - (x0, y0), ORANGE)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    flat = np.asarray(cv2.warpPerspective(image, cut.back, (width, cut.rows), flags=flags), np.uint8)
    patch = picture(np.repeat(flat, 4, axis=0), 526, "straightened, in three bands that share no pixel")
    lines = plot((0, width), (-0.35, 3.6), 526, 190, "each band’s scan line")
    for band, colour in enumerate((RED, GREEN, BLUE)):
        top, bottom = (4 * cut.rows * (band + end) / scan_lines.BANDS for end in (0, 1))
        patch.ring([(2, top + 2), (width - 3, top + 2), (width - 3, bottom - 2), (2, bottom - 2)], colour)
        lines.line(curve(0.9 * cut.lines[band] + 2.3 - 1.15 * band), colour, 1)
        for read in widths.read_line(cut.lines[band]):
            lines.word((8, 2.75 - 1.15 * band), read.text, colour, 10, "lm")
    save(out, [shown, stacked(patch, lines)])


def clearing(out: Path) -> None:
    """Clearing a line of light and blur."""
    image = gray(scene())
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), 1.6), np.uint8)
    _, cut = barcode_region(image)
    width = len(cut.lines[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    raw = np.asarray(cv2.warpPerspective(image, cut.back, (width, cut.rows), flags=flags), np.float32)[16:32].mean(0)
    before = plot(
        (0, width),
        (raw.min() - 10, raw.max() + 10),
        WIDTH - 28,
        130,
        "the middle band’s mean brightness, in gray levels",
    )
    before.line([(0, raw.mean()), (width, raw.mean())], FAINT, 1)
    before.line(curve(raw), INK, 1)
    after = plot(
        (0, width), (-0.4, 1.4), WIDTH - 28, 130, "cleared: black and white by what is near, sharpened; 0.5 divides"
    )
    after.line([(0, 0.5), (width, 0.5)], ORANGE, 1)
    after.line(curve(cut.lines[1]), INK, 1)
    save(out, [before], [after])


def by_widths(out: Path) -> None:
    """Reading by widths: edges and characters."""
    _, cut = barcode_region(gray(scene()))
    line = cut.lines[1]
    (read,) = widths.read_line(line)
    edges, _ = scan_lines.crossings(line)
    first = int(np.abs(edges - read.start).argmin())
    left, right = read.start - 30, read.end + 30
    shown = plot(
        (left, right), (-0.55, 1.5), WIDTH - 28, 150, f"where the line crosses 0.5, and the digits: {read.text}"
    )
    digits = [3 + 4 * i for i in range(6)] + [32 + 4 * i for i in range(6)]
    for number, digit in enumerate(digits):
        start, end = edges[first + digit], edges[first + digit + 4]
        if number % 2 == 0:
            shown.fill([(start, -0.55), (end, -0.55), (end, 1.5), (start, 1.5)], GREEN, 0.15)
        shown.word(((start + end) / 2, -0.4), read.text[number + 1], GREEN, 15)
    shown.line([(left, 0.5), (right, 0.5)], ORANGE, 1)
    shown.line(curve(line), INK, 1.5)
    shown.dots([(edge, 0.5) for edge in edges[first : first + 60]], RED, 2)
    patterns = widths._digits()
    start, end = first + digits[4], first + digits[4] + 4
    seen = np.diff(edges[start : end + 1])
    seen = seen * 7 / seen.sum()
    away = np.sqrt(((seen - patterns) ** 2).sum(1))
    order = np.argsort(away)[:3]
    told = ", ".join(f"{n % 10} of set {'AB'[n // 10]} {away[n]:.2f}" for n in order)
    runs = " ".join(f"{run:.2f}" for run in seen)
    foot = plot((0, 1), (0, 1), WIDTH - 28, 26)
    foot.word(
        (0.01, 0.5), f"The fifth character’s runs in modules: {runs}. Away from the nearest: {told}.", INK, 12, "lm"
    )
    save(out, [shown], [foot])


def likeness(out: Path) -> None:
    """Drawing anew: the right code and one that differs in a digit and the check digit."""
    _, cut = barcode_region(gray(scene()))
    line = cut.lines[1]
    (read,) = widths.read_line(line)
    other = another_code(read.text)
    rows: list[list[Panel]] = []
    for text in (read.text, other):
        (drawing,) = redraw._drawings(text, read.symbology)
        edges = np.concatenate([[0.0], np.cumsum(drawing)])
        at = np.arange(0.0, edges[-1], 1 / redraw._FINENESS)
        drawn = redraw._drawn(tuple(drawing), redraw._FINENESS)
        x = np.polyval(redraw._warp(line, read.start, read.end, drawing), at / edges[-1])
        seen = np.interp(x, np.arange(len(line)), np.clip(line, 0, 1).astype(np.float64))
        alike = redraw._stretches(line, read.start, read.end, drawing)
        worst = redraw.likeness(line, read.start, read.end, text, read.symbology)
        verdict = "borne out" if worst >= redraw.ALIKE else "refused"
        caption = f"{text}: the least likeness is {worst:.2f}, {verdict}"
        shown = plot((0, edges[-1]), (-0.1, 1.1), WIDTH - 28, 90, caption)
        shown.fill([(0, -0.1), *zip(at, drawn, strict=True), (edges[-1], -0.1)], BLUE, 0.25)
        shown.line(curve(seen, 0, 1 / redraw._FINENESS), INK, 1.5)
        below = plot((0, edges[-1]), (-0.4, 1.05), WIDTH - 28, 50)
        below.line([(0, redraw.ALIKE), (edges[-1], redraw.ALIKE)], ORANGE, 1)
        below.line(curve(alike, redraw._WINDOW / 2), RED if worst < redraw.ALIKE else GREEN)
        rows += [[shown], [below]]
    save(out, *rows)


def another_code(text: str) -> str:
    """The EAN-13 that differs in its fifth digit and its check digit."""
    body = text[:4] + str((int(text[4]) + 5) % 10) + text[5:12]
    return body + str(-sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(body)) % 10)


def blurred() -> Pixels:
    """The label out of focus, so that neighbouring bars run into one."""
    corners = [(60.0, 20.0), (660.0, 40.0), (650.0, 440.0), (70.0, 430.0)]
    return gray(photographed(label(), (720, 460), corners, curved=0.3, blur=2.3, light=(0.9, 0.7), noise=4.0))


def matcher(out: Path) -> None:
    """Comparing with every code: the strip, the code that fits best and the next one."""
    image = blurred()
    cut, sighting = next(
        (quad, sighting)
        for quad in (region.quad for region in locate.regions(image, 1280))
        for sighting in matching.read(image, [quad], time.monotonic() + 30)
    )
    match = sighting.match
    width = round(min(max(float(np.linalg.norm(cut[1] - cut[0])) * 1.25, 200), 900))
    patch = straighten(image, cut, width, 0.125)[HEIGHT // 6 : -HEIGHT // 6]
    line = strip_of(patch).line
    layout, modules = ean_13(), 95.0
    digits = [int(d) for d in match.text]
    span = settle(line, Span(*match.ends), layout.bars(digits[0], digits[1:]), modules, 6).span
    settled = settle(line, span, layout.bars(digits[0], digits[1:]), modules, 3)
    first, second = best_two(layout, templates(layout, *settled.span.shape()), settled.dark)
    x0, y0 = np.maximum(cut.min(0) - 30, 0).astype(int)
    x1, y1 = (cut.max(0) + 30).astype(int)
    shown = picture(image[y0:y1, x0:x1], 280, "a place out of focus")
    shown.ring(cut - (x0, y0), ORANGE)
    straight = picture(np.asarray(np.clip(patch, 0, 255), np.uint8), 576, "straightened")
    reads = [
        read.text for line in scan_lines.scan_lines(image, locate.Region(cut)).lines for read in widths.read_line(line)
    ]
    straight.word((width / 2, len(patch) / 2), "by widths: " + (", ".join(reads) or "nothing"), RED, 14)
    rows: list[list[Panel]] = [[shown, straight]]
    for code, colour in ((first, GREEN), (second, RED)):
        told = layout.tell(code.hypothesis, list(code.choices))
        drawn_bars = layout.bars(code.hypothesis, list(code.choices))
        fit = settle(line, settled.span, drawn_bars, modules, 3)
        dark = darkness(drawn_bars, modules, fit.span.blur, fit.span.spread)[0]
        best = f"the next code fits {match.margin:.1f} times worse" if code is first else "the next code"
        caption = f"{told.text if told else ''}: {best}; blur {fit.span.blur:.2f} modules"
        panel = plot((-3, 98), (-0.15, 1.1), WIDTH - 28, 95, caption)
        panel.line(curve(fit.dark, -3, 1 / K), INK, 2)
        panel.line(curve(dark, -3, 1 / K), colour, 1.5)
        panel.fill([(-3, -0.12), *curve(-0.12 + 4 * np.abs(fit.dark - dark), -3, 1 / K), (98, -0.12)], colour, 0.5)
        rows.append([panel])
    save(out, *rows)
