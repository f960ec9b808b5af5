"""Reads the codes of a file that a person chose, page by page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from services.decoding.images import load_pages
from services.decoding.limits import BadImage
from services.decoding.pages import Pages
from services.decoding.pdf import pdf_pages
from services.decoding.pixels import Gray
from services.decoding.symbol import Sight, Symbol, Unread
from services.decoding.tiles import is_large

_SECONDS = 10.0
"""So long the pages of a file are looked at, one after another."""
_FOR_LARGE = 3.0
"""The seconds for a page that is read in tiles as well; others get what `decode` takes by itself."""


@dataclass(frozen=True)
class FileRead:
    """The pages of a file that were looked at, each with what it showed, and how many were not."""

    pages: tuple[tuple[Gray, Sight], ...]
    more: int

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """The symbols of all pages, each once."""
        found: dict[tuple[str, str], Symbol] = {}
        for _page, sight in self.pages:
            for symbol in sight.symbols:
                found.setdefault((symbol.symbology, symbol.text), symbol)
        return tuple(found.values())

    @property
    def unread(self) -> tuple[Unread, ...]:
        """The codes of all pages that are seen and could not be read."""
        return tuple(code for _page, sight in self.pages for code in sight.unread)


def open_file(data: bytes, *, pdf: bool) -> Pages:
    """The pages of a picture file, and those of a PDF if `pdf`. Raises BadImage, as load_pages and pdf_pages do."""
    try:
        return load_pages(data)
    except BadImage as error:
        if pdf and error.reason == "pdf":
            return pdf_pages(data)
        raise


def read_file(pages: Pages, look: Callable[..., Sight]) -> FileRead:
    """Look at each page by `look`, which takes a picture and a budget in seconds or None."""
    end = time.monotonic() + _SECONDS
    seen: list[tuple[Gray, Sight]] = []
    for page in pages.pictures:
        if seen and time.monotonic() > end:
            break
        seen.append((page, look(page, budget=_FOR_LARGE if is_large(page) else None)))
    return FileRead(tuple(seen), pages.more + len(pages.pictures) - len(seen))
