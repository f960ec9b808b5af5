"""Reads the codes of a file that a person chose, page by page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from services.decoding.images import load_pages
from services.decoding.limits import BadImage
from services.decoding.pages import Pages
from services.decoding.pdf import pdf_pages
from services.decoding.symbol import Symbol
from services.decoding.tiles import is_large

_SECONDS = 10.0
"""So long the pages of a file are looked at, one after another."""
_FOR_LARGE = 3.0
"""The seconds for a page that is read in tiles as well; others get what `decode` takes by itself."""


@dataclass(frozen=True)
class FileRead:
    """The symbols of a file, each once, in the order of its pages, and how many pages were not looked at."""

    symbols: tuple[Symbol, ...]
    more: int


def open_file(data: bytes, *, pdf: bool) -> Pages:
    """The pages of a picture file, and those of a PDF if `pdf`. Raises BadImage, as load_pages and pdf_pages do."""
    try:
        return load_pages(data)
    except BadImage as error:
        if pdf and error.reason == "pdf":
            return pdf_pages(data)
        raise


def read_file(pages: Pages, decode: Callable[..., list[Symbol]]) -> FileRead:
    """Read each page by `decode`, which takes a picture and a budget in seconds or None."""
    end = time.monotonic() + _SECONDS
    found: dict[tuple[str, str], Symbol] = {}
    done = 0
    for page in pages.pictures:
        if done and time.monotonic() > end:
            break
        for symbol in decode(page, budget=_FOR_LARGE if is_large(page) else None):
            found.setdefault((symbol.symbology, symbol.text), symbol)
        done += 1
    return FileRead(tuple(found.values()), pages.more + len(pages.pictures) - done)
