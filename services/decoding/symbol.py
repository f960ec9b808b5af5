"""What a decoder reads: a symbol with its text, its kind and its corners in the picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]


class Symbology(StrEnum):
    """The kinds of symbol that packs and cartons carry. An ITF is an interleaved 2 of 5 that is no ITF-14."""

    EAN_13 = "EAN-13"
    EAN_8 = "EAN-8"
    UPC_A = "UPC-A"
    UPC_E = "UPC-E"
    ITF_14 = "ITF-14"
    CODE_128 = "Code 128"
    QR_CODE = "QR Code"
    DATA_MATRIX = "Data Matrix"
    DATABAR = "GS1 DataBar"
    DATABAR_LIMITED = "GS1 DataBar Limited"
    DATABAR_EXPANDED = "GS1 DataBar Expanded"
    ITF = "ITF"
    CODE_39 = "Code 39"
    CODE_93 = "Code 93"
    CODABAR = "Codabar"
    PDF417 = "PDF417"
    MICRO_PDF417 = "MicroPDF417"
    AZTEC = "Aztec"
    MICRO_QR = "Micro QR Code"
    RMQR = "rMQR Code"

    @property
    def is_matrix(self) -> bool:
        """Whether the symbol is corrected so well that one read is enough. PDF417 comes out wrong at times."""
        return self in _MATRIX

    @property
    def bears_numbers(self) -> bool:
        """Whether digits alone in such a symbol may be a GTIN: GS1 names no other symbologies for one (2.1, 5.1)."""
        return self not in _WITHOUT_NUMBER


_MATRIX = frozenset({
    Symbology.QR_CODE, Symbology.DATA_MATRIX, Symbology.AZTEC, Symbology.MICRO_QR, Symbology.RMQR
})  # fmt: skip
_WITHOUT_NUMBER = frozenset({
    Symbology.ITF, Symbology.CODE_39, Symbology.CODE_93, Symbology.CODABAR, Symbology.PDF417, Symbology.MICRO_PDF417,
    Symbology.AZTEC, Symbology.MICRO_QR, Symbology.RMQR,
})  # fmt: skip


@dataclass(frozen=True)
class Read:
    """What one engine read as one symbol, before it is decided whether to believe it.

    `family` names the engine's code base: two reads of one family on the same pixels are one witness. `region` tells
    apart reads of different scan lines of one symbol; `step` names the cascade step. A `part` is one of several symbols
    that share a message (structured append). `refuted` turns it around: drawn anew, the text is unlike the picture.
    """

    text: str
    raw: bytes
    symbology: Symbology
    corners: Corners
    family: str
    step: str
    region: str = "whole"
    gs1: bool = False
    part: bool = False
    refuted: bool = False


@dataclass(frozen=True)
class LineRead:
    """What an engine read on one scan line, from `start` to `end` in samples; backwards, the start is the greater one.

    `runs` are the widths in modules that its bars and spaces should have, where they do not follow from the text.
    """

    text: str
    raw: bytes
    symbology: Symbology
    start: float
    end: float
    gs1: bool = False
    runs: tuple[float, ...] = ()


@dataclass(frozen=True)
class Symbol:
    """A symbol that may be believed.

    `corners` are image pixels, clockwise. `gs1` is true where the symbology identifier says GS1 (FNC1 in first
    position). `confidence` says in words why the read is believed: `error correction`, or the witnesses that agreed.
    """

    text: str
    raw: bytes
    symbology: Symbology
    corners: Corners
    engine: str
    step: str
    gs1: bool
    confidence: str


class CodeKind(StrEnum):
    """What a code that could not be read looks like."""

    BARCODE = "barcode"
    QR_CODE = "qr_code"
    DATA_MATRIX = "data_matrix"
    OTHER_MATRIX = "other_matrix"


class Reason(StrEnum):
    """Why a code could probably not be read."""

    TOO_SMALL = "too_small"
    TOO_BLURRED = "too_blurred"
    CUT_OFF = "cut_off"
    GLARE = "glare"
    TOO_DARK = "too_dark"
    DAMAGED = "damaged"
    NO_READER = "no_reader"


@dataclass(frozen=True)
class Unread:
    """A code that no engine could read: its corners, `module` (its narrowest module in image pixels), kind and why.

    `kind` and `why` are guesses; `why` is None where nothing speaks for one.
    """

    corners: Corners
    module: float
    kind: CodeKind = CodeKind.BARCODE
    why: Reason | None = None


@dataclass(frozen=True)
class Sight:
    """What a picture showed: the symbols that may be believed, and the codes that are seen and could not be read."""

    symbols: tuple[Symbol, ...]
    unread: tuple[Unread, ...]


def corners_of(points: Iterable[Iterable[float]]) -> Corners:
    """Four points, as an array or otherwise, as corners."""
    return tuple((float(x), float(y)) for x, y in points)  # type: ignore[return-value]


def scaled(corners: Corners, factor: float) -> Corners:
    """The same corners in a picture whose sides are `factor` times as long."""
    return tuple((x * factor, y * factor) for x, y in corners)  # type: ignore[return-value]


def bounds(points: Iterable[Point]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the upright rectangle around points."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def overlap(a: Corners, b: Corners) -> bool:
    """Whether the upright rectangles around two symbols share at least a third of the smaller one.

    An engine that tells a barcode's place by one of its lines gives a rectangle without width: it counts as a pixel.
    """
    (al, at, ar, ab), (bl, bt, br, bb) = bounds(a), bounds(b)
    ar, ab, br, bb = max(ar, al + 1), max(ab, at + 1), max(br, bl + 1), max(bb, bt + 1)
    width, height = min(ar, br) - max(al, bl), min(ab, bb) - max(at, bt)
    smaller = min((ar - al) * (ab - at), (br - bl) * (bb - bt))
    return width > 0 and height > 0 and width * height >= smaller / 3
