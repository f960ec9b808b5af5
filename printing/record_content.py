"""What stands on a record of a round on paper, in its own words: the drawing knows no others.

A text of two languages holds both, one behind the other. Lengths of strokes are as the screen gave them: thousandths of
the field's width, x from 0 to 1000 and y from 0 to 400.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Stroke = tuple[tuple[int, int], ...]


class Mark(StrEnum):
    """The four shapes of verdicts, which hold in grey: a rosette, a triangle, an octagon, a square."""

    FINE = "fine"
    ATTENTION = "attention"
    STOP = "stop"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Line:
    """A paragraph of a cell; `mark` stands before it, `small` text is grey."""

    text: str
    bold: bool = False
    small: bool = False
    mark: Mark | None = None


Cell = tuple[Line, ...]


@dataclass(frozen=True)
class Facts:
    """Pairs of a label and what it is, in two columns where both are short."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Column:
    """A column of a table: its head, and its share of the width."""

    head: str
    share: float
    right: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells; only a high row is divided between pages."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Words:
    """Sentences below each other."""

    lines: Cell


@dataclass(frozen=True)
class Picture:
    """A photo: its JPEG, at most 1,000 pixels a side, or None where it cannot be had, and the lines below it."""

    jpeg: bytes | None
    lines: Cell


@dataclass(frozen=True)
class Pictures:
    """Photos beside each other; `absent` stands in the place of one that cannot be had."""

    pictures: tuple[Picture, ...]
    absent: str


@dataclass(frozen=True)
class Plate:
    """One picture as wide as the page, or as high as half of it, and the lines below it."""

    jpeg: bytes
    lines: Cell


@dataclass(frozen=True)
class Signed:
    """A field for a signature: who signs, the strokes, or in their place the reason why there are none."""

    head: str
    strokes: tuple[Stroke, ...]
    instead: str
    below: str


@dataclass(frozen=True)
class Signatures:
    """Fields for signatures beside each other, and what the people have signed."""

    fields: tuple[Signed, ...]


Block = Facts | Table | Words | Pictures | Plate | Signatures


@dataclass(frozen=True)
class Section:
    """A part of the record under a title; an empty title draws none."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Attachment:
    """A file in the PDF: its name, its bytes, and what it is."""

    name: str
    content: bytes
    about: str


@dataclass(frozen=True)
class RecordContent:
    """A record of a round.

    `link` is what its QR code says (None: it has none), `page` how a page is numbered: "Trang {page}/{pages}".
    `made_at` is the PDF's date, so that the same record gives the same bytes.
    """

    above: str
    title: str
    notice: str
    link: str | None
    link_words: str
    sections: tuple[Section, ...]
    foot: tuple[str, ...]
    page: str
    language: str
    made_at: datetime
    attachments: tuple[Attachment, ...] = ()
