"""Draws the pages of a PDF that a person chose, where pypdfium2 is installed: on computers."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from services.decoding import pages
from services.decoding.limits import MAX_PIXELS, BadImage
from services.decoding.pages import Pages
from services.decoding.pixels import MAX_SIDE, Gray

log = logging.getLogger(__name__)

MAX_FILE = 30_000_000
SECONDS = 10.0
"""So long a document is drawn; what is drawn by then is looked at."""
_SCALE = 300 / 72  # pixels a point: 300 an inch, where a module of 0.25 mm has three
_LEAST_SIDE = 2000  # a page that is a small label is drawn larger
_one_at_a_time = threading.Lock()  # PDFium is not made for threads


@dataclass
class _Drawing:
    """What the thread that draws has done so far, and whether it is to stop."""

    count: int = 0
    pictures: list[Gray] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    stopped: bool = False


def pdf_pages(data: bytes) -> Pages:
    """The pages of a PDF in gray, up to pages.MOST and MAX_PIXELS pixels together, and how many more it has.

    PDFium is a large program in C++, so this is for files that a person chose, and not for a process that serves
    others. It draws in a thread of its own, which is left alone when SECONDS are over. Raises BadImage("pdf") where
    nothing is drawn by then: pypdfium2 is missing, or the document is locked, broken or too slow.
    """
    if len(data) > MAX_FILE:
        raise BadImage("too_big")
    drawing = _Drawing()
    threading.Thread(target=_draw, args=(data, drawing), name="pdf", daemon=True).start()
    drawing.over.wait(SECONDS)
    drawing.stopped = True
    pictures = tuple(drawing.pictures)
    if not pictures:
        raise BadImage("pdf")
    return Pages(pages.different(pictures), max(0, drawing.count - len(pictures)))


def _draw(data: bytes, drawing: _Drawing) -> None:
    try:
        import pypdfium2

        end = time.monotonic() + SECONDS
        if not _one_at_a_time.acquire(timeout=SECONDS):
            return
        try:
            with pypdfium2.PdfDocument(data) as document:
                drawing.count = len(document)
                _draw_pages(document, drawing, end)
        finally:
            _one_at_a_time.release()
    except Exception:  # PDFium refuses, a page has no size, or the package is not there
        log.info("a PDF could not be drawn", exc_info=True)
    finally:
        drawing.over.set()


def _draw_pages(document: Any, drawing: _Drawing, end: float) -> None:
    pixels = 0
    for page in document:
        width, height = page.get_size()
        longest = max(width, height)
        scale = min(max(_SCALE, _LEAST_SIDE / longest), MAX_SIDE / longest)
        pixels += round(width * scale) * round(height * scale)
        if drawing.stopped or time.monotonic() > end or len(drawing.pictures) == pages.MOST or pixels > MAX_PIXELS:
            return
        picture = page.render(scale=scale, grayscale=True).to_numpy()
        drawing.pictures.append(np.array(picture.reshape(picture.shape[:2]), np.uint8))
        page.close()
