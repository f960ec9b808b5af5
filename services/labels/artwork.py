"""Opens the artwork of a label: the pages of a PDF, or a picture, with how many pixels a millimetre has.

Bars are looked at in red, as scanners at a till see them (660 nm), and codes are read in gray. What is transparent is
taken for white paper.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageOps

from services.decoding.images import MAX_FILE
from services.decoding.limits import BadImage, Counted, check
from services.decoding.pixels import Gray, reduced
from services.file_kinds import is_pdf, unread_kind

log = logging.getLogger(__name__)

MM = 25.4
"""Millimetres in an inch."""
MOST_PAGES = 8
MOST_PIXELS = 24_000_000
"""Pixels of a page of a PDF: an A4 page at 500 an inch, a small label at DENSEST."""
DENSEST = 1200 / MM
"""Pixels in a millimetre at most: a module of 0.25 mm has twelve."""
SECONDS = 20.0
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "AVIF")
_LEAST_SIDE = 32
_SHOWN = 1600
"""Pixels of the longest side of what a person is shown."""
_BY_DEFAULT = (72, 96)
"""Pixels an inch that programs write without being told: they say nothing of the print."""
_UNIT = re.compile(rb"/UserUnit\s*([0-9]*\.?[0-9]+)")
_NO_PAGES = re.compile(rb"/Count\s+0\b")
_STREAM = re.compile(rb"/ObjStm.{0,400}?stream\r?\n", re.DOTALL)
_MOST_UNPACKED = 8_000_000

Progress = Callable[[int, int], bool]
"""Is called with how much is done and of how much; False ends the check."""


class BadArtwork(Exception):
    """A file that cannot be checked.

    `reason` is `too_big`, `locked`, `no_pages`, `no_reader` (PDFs need a part that phones lack), `too_small`,
    `bad_width`, or one of file_kinds.KINDS.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Cancelled(Exception):
    """The person has cancelled the check."""


@dataclass(frozen=True, eq=False)
class Page:
    """A page as it would be printed on white: `gray` for reading, `red` for how scanners see it.

    `density` is pixels a millimetre, across and down; None where nothing says so. `shown` is a small RGB picture.
    """

    number: int
    gray: Gray
    red: Gray
    density: tuple[float, float] | None
    shown: npt.NDArray[np.uint8]

    @property
    def size(self) -> tuple[float, float] | None:
        """Width and height in millimetres."""
        height, width = self.gray.shape
        return (width / self.density[0], height / self.density[1]) if self.density else None


@dataclass(frozen=True, eq=False)
class Artwork:
    """The pages that are looked at, how many more there are, and whether something is transparent."""

    pages: tuple[Page, ...]
    more: int = 0
    transparent: bool = False


def open_artwork(data: bytes, width_mm: float | None = None, *, pdf: bool = True) -> Artwork:
    """Open a PDF, if `pdf`, or a picture. `width_mm` is the width that a picture will be printed at. Raises BadArtwork.

    A PDF says its own size, so `width_mm` counts only for one that names several units. PDFium is a large program in
    C++, so no process that serves several people opens PDFs.
    """
    if width_mm is not None and not 5 <= width_mm <= 5000:
        raise BadArtwork("bad_width")
    if len(data) > MAX_FILE:
        raise BadArtwork("too_big")
    if is_pdf(data) and not pdf:
        raise BadArtwork("no_reader")
    return _pdf(data, width_mm) if is_pdf(data) else _picture(data, width_mm)


def _page(number: int, rgb: Any, density: tuple[float, float] | None, width_mm: float | None) -> Page:
    gray = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    if width_mm is not None:
        density = (gray.shape[1] / width_mm,) * 2
    shown = reduced(rgb, min(1.0, _SHOWN / max(gray.shape)))
    return Page(number, gray, np.ascontiguousarray(rgb[:, :, 0]), density, shown)


def _picture(data: bytes, width_mm: float | None) -> Artwork:
    try:
        file = Counted(data)
        with Image.open(file, formats=_FORMATS) as picture:
            header = file.header_end
            file.opened()
            check(picture, data, header, 0)
            small = min(picture.size) < _LEAST_SIDE
            more = max(0, int(getattr(picture, "n_frames", 1)) - 1)
            density = _density(picture)
            picture.load()
            rgb, transparent = _on_white(picture)
    except BadImage as error:
        raise BadArtwork(error.reason) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadArtwork("too_big") from error
    except Exception as error:  # Pillow's readers raise nearly anything on a broken file
        raise BadArtwork(unread_kind(data)) from error
    if small:
        raise BadArtwork("too_small")
    return Artwork((_page(1, rgb, density, width_mm),), more, transparent)


def _on_white(picture: Image.Image) -> tuple[Any, bool]:
    """The picture's RGB pixels on white, upright, and whether anything was transparent."""
    if picture.mode.startswith("I;16"):
        deep = np.asarray(picture)
        shift = max(int(deep.max()).bit_length() - 8, 0)
        shown, transparent = Image.fromarray((deep >> shift).astype(np.uint8)), False
    elif picture.has_transparency_data:
        layer = picture.convert("RGBA")
        transparent = layer.getchannel("A").getextrema()[0] != 255
        shown = Image.new("RGBA", layer.size, "white")
        shown.alpha_composite(layer)
    else:
        shown, transparent = picture, False
    shown = shown.convert("RGB")
    with contextlib.suppress(Exception):  # a broken EXIF: the pixels are good
        turn = picture.getexif().get(ExifTags.Base.Orientation, 1)
        if turn in range(2, 9):
            shown.getexif()[ExifTags.Base.Orientation] = turn
            shown = ImageOps.exif_transpose(shown)
    return np.array(shown), transparent


def _density(picture: Image.Image) -> tuple[float, float] | None:
    """Pixels a millimetre by PNG's pHYs, JFIF's density or EXIF; None where that is missing or a program's default."""
    # Without JFIF's unit Pillow takes both from EXIF's first.
    told: Any = None if picture.format == "JPEG" and not picture.info.get("jfif_unit") else picture.info.get("dpi")
    turned = False
    with contextlib.suppress(Exception):
        exif = picture.getexif()
        turned = exif.get(ExifTags.Base.Orientation, 1) in range(5, 9)
        if told is None and exif.get(ExifTags.Base.XResolution):
            inch = MM / 10 if exif.get(ExifTags.Base.ResolutionUnit, 2) == 3 else 1
            told = [float(exif[tag]) * inch for tag in (ExifTags.Base.XResolution, ExifTags.Base.YResolution)]
    try:
        across, down = (float(each) for each in told)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not all(20 < each < 20_000 for each in (across, down)) or round(across) in _BY_DEFAULT:
        return None
    return (down / MM, across / MM) if turned else (across / MM, down / MM)


@dataclass
class _Drawing:
    """What the thread that draws has done so far, and whether it is to stop."""

    count: int = 0
    pages: list[Page] = field(default_factory=list)
    reason: str = "pdf"
    over: threading.Event = field(default_factory=threading.Event)
    stopped: bool = False


_one_at_a_time = threading.Lock()  # PDFium is not made for threads


def _pdf(data: bytes, width_mm: float | None) -> Artwork:
    drawing = _Drawing()
    threading.Thread(target=_draw, args=(data, width_mm, drawing), name="artwork", daemon=True).start()
    drawing.over.wait(SECONDS)
    drawing.stopped = True
    pages = tuple(drawing.pages)
    if not pages:
        raise BadArtwork(drawing.reason)
    return Artwork(pages, max(0, drawing.count - len(pages)))


def _draw(data: bytes, width_mm: float | None, drawing: _Drawing) -> None:
    try:
        import pypdfium2
    except ImportError:
        drawing.reason = "no_reader"
        drawing.over.set()
        return
    end = time.monotonic() + SECONDS
    try:
        if not _one_at_a_time.acquire(timeout=SECONDS):
            return
        try:
            with pypdfium2.PdfDocument(data) as document:
                drawing.count = len(document)
                if not drawing.count:
                    drawing.reason = "no_pages"
                _draw_pages(document, drawing, end, _user_unit(data), width_mm)
        finally:
            _one_at_a_time.release()
    except pypdfium2.PdfiumError as error:
        drawing.reason = "locked" if "assword" in str(error) else "no_pages" if _NO_PAGES.search(data) else "pdf"
    except Exception:  # a page has no size, or memory runs out
        log.info("an artwork could not be drawn", exc_info=True)
    finally:
        drawing.over.set()


def _draw_pages(document: Any, drawing: _Drawing, end: float, unit: float | None, width_mm: float | None) -> None:
    for number in range(min(len(document), MOST_PAGES)):
        if drawing.stopped or time.monotonic() > end:
            return
        page = document[number]
        width, height = page.get_size()
        millimetre = (unit or 1.0) * MM / 72  # of a unit of the page
        scale = min(DENSEST * millimetre, (MOST_PIXELS / (width * height)) ** 0.5)
        rgb = page.render(scale=scale, rev_byteorder=True, may_draw_forms=True).to_numpy()[:, :, :3]
        density = (rgb.shape[1] / (width * millimetre), rgb.shape[0] / (height * millimetre)) if unit else None
        drawing.pages.append(_page(number + 1, np.ascontiguousarray(rgb), density, None if unit else width_mm))
        page.close()


def _user_unit(data: bytes) -> float | None:
    """The points in a unit of the pages (ISO 32000-1, 8.3.2.3): PDFium gives sizes without it. None: pages differ."""
    found = {float(each) for each in _UNIT.findall(data)}
    for match in _STREAM.finditer(data):
        with contextlib.suppress(zlib.error):
            unpacked = zlib.decompressobj().decompress(data[match.end() :], _MOST_UNPACKED)
            found |= {float(each) for each in _UNIT.findall(unpacked)}
    found = {each for each in found if 0 < each <= 75_000}
    return found.pop() if len(found) == 1 else None if found else 1.0
