"""The pages of a picture file as gray pixels, and all of them side by side as one picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import ExifTags, Image, ImageOps

from services.decoding.limits import MAX_PIXELS
from services.decoding.pixels import Gray

MOST = 24
"""So many pages or frames of a file are looked at."""
MOST_JOINED = MAX_PIXELS * 5 // 4
BAND = 2_000_000
"""So many pixels are converted at a time, so that copies stay small."""
_GAP = 32  # white pixels between pages: a quiet zone
_QUIET = 6  # a margin of a sixth is wider than the quiet zone of four modules around the smallest QR code
_SEEN, _LIGHT = 16, 128
_SAME = 8  # a page whose values lie within so few shows nothing


@dataclass(frozen=True)
class Pages:
    """The pages of a file that show something, and how many more it has that were not looked at (at least)."""

    pictures: tuple[Gray, ...]
    more: int


def different(pictures: Sequence[Gray]) -> tuple[Gray, ...]:
    """The pictures that show something, each once; the first where none does."""
    kept: list[Gray] = []
    for picture in pictures:
        if int(picture.max()) - int(picture.min()) >= _SAME and not any(np.array_equal(picture, k) for k in kept):
            kept.append(picture)
    return tuple(kept or pictures[:1])


def joined(pictures: Sequence[Gray]) -> Gray:
    """One picture with all of these on white, as square as can be; without the last if over MOST_JOINED pixels."""
    if len(pictures) == 1:
        return pictures[0]
    height, width = (max(sizes) + _GAP for sizes in zip(*(picture.shape for picture in pictures), strict=True))
    shapes = [(-(-len(pictures) // columns), columns) for columns in range(1, len(pictures) + 1)]
    shapes = [(rows, columns) for rows, columns in shapes if rows * height * columns * width <= MOST_JOINED]
    if not shapes:
        return joined(pictures[:-1])
    rows, columns = min(shapes, key=lambda shape: max(shape[0] * height, shape[1] * width))
    sheet = np.full((rows * height - _GAP, columns * width - _GAP), 255, np.uint8)
    for number, picture in enumerate(pictures):
        top, left = number // columns * height, number % columns * width
        sheet[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return sheet


def on_grounds(picture: Image.Image) -> list[Gray]:
    """The page that Pillow has read, in gray, upright as its EXIF says.

    A page with transparent parts is shown on white if anything on it is dark, and on black if anything is light: light
    modules may lie on nothing, and dark ones may be holes. It gets a margin, for it is often cut without one. Where two
    would have more than MAX_PIXELS it is shown without, on one ground: by what there is more of.
    """
    transparent = picture.has_transparency_data and not picture.mode.startswith("I;16")
    grounds = _grounds(picture) if transparent else []
    grays = [_on(picture, ground) for ground in grounds] or [_opaque(picture)]
    return [_upright(gray, picture) for gray in grays]


def _opaque(picture: Image.Image) -> Gray:
    width, height = picture.size
    gray = np.empty((height, width), np.uint8)
    deep = picture.mode.startswith("I;16")
    # Scanners and cameras of 12 bits leave the upper ones empty. Pillow's own conversion cuts off what is above 255.
    bits = max(int(np.asarray(band).max()) for _, band in _bands(picture)).bit_length() if deep else 8
    for top, band in _bands(picture):
        if deep:
            rows = np.asarray(band) >> max(bits - 8, 0)
        else:
            rows = np.asarray(band.getchannel("L") if band.mode == "LAB" else band.convert("L"))
        gray[top : top + band.height] = rows
    return gray


def _grounds(picture: Image.Image) -> list[int]:
    """The grounds on which something is seen, of 255 and 0; none where nothing is transparent."""
    opaque, dark, light = True, 0, 0
    for _, band in _bands(picture):
        gray, alpha = _gray_and_alpha(band)
        opaque &= bool(alpha.min() == 255)
        dark += int(np.count_nonzero((alpha >= _SEEN) & (gray < _LIGHT)))
        light += int(np.count_nonzero((alpha >= _SEEN) & (gray >= _LIGHT)))
    if opaque:
        return []
    if not _margin(picture):
        return [255 if dark >= light else 0]
    return [ground for ground, ink in ((255, dark), (0, light)) if ink] or [255]


def _on(picture: Image.Image, ground: int) -> Gray:
    width, height = picture.size
    margin = _margin(picture)
    gray = np.full((height + 2 * margin, width + 2 * margin), ground, np.uint8)
    for top, band in _bands(picture):
        ink, alpha = _gray_and_alpha(band)
        mixed = ink.astype(np.uint16) * alpha + np.uint16(ground) * (255 - alpha)
        gray[margin + top : margin + top + band.height, margin : margin + width] = (mixed + 127) // 255
    return gray


def _margin(picture: Image.Image) -> int:
    """The pixels on each side for the quiet zone; none where two such pictures would have more than MAX_PIXELS."""
    margin = max(_GAP, min(picture.size) // _QUIET)
    return margin if 2 * (picture.width + 2 * margin) * (picture.height + 2 * margin) <= MAX_PIXELS else 0


def _gray_and_alpha(band: Image.Image) -> tuple[Gray, Gray]:
    rgba = band.convert("RGBA")
    return np.asarray(rgba.convert("L")), np.asarray(rgba.getchannel("A"))


def _bands(picture: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Parts of a picture, each with the row that it begins at, so that the copies that conversion makes stay small."""
    rows = max(1, BAND // picture.width)
    for top in range(0, picture.height, rows):
        yield top, picture.crop((0, top, picture.width, min(top + rows, picture.height)))


def _upright(gray: Gray, picture: Image.Image) -> Gray:
    """Turn a picture as its EXIF says (EXIF 2.32, tag 0x0112); a broken EXIF is ignored, since the pixels are good."""
    try:
        orientation = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # Pillow's readers raise nearly anything
        return gray
    if orientation not in range(2, 9):
        return gray
    turned = Image.fromarray(gray)
    turned.getexif()[ExifTags.Base.Orientation] = orientation
    return np.array(ImageOps.exif_transpose(turned), np.uint8)
