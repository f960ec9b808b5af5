"""The decoding engines behind one small interface: a gray picture in, reads out.

Each engine's library is imported when it is first needed, because not every target has all of them (zxing-cpp has no
wheel for phones, pyzbar needs the system's libzbar on Linux).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from math import inf
from typing import Any, Protocol

import cv2
import numpy as np

from services import VERSION
from services.codes.gtin import has_valid_check_digit, shorten_to_upc_e
from services.decoding import bars
from services.decoding.engine_text import zbar_texts, zxing_texts
from services.decoding.pixels import Gray, Quad
from services.decoding.scan_lines import Line, image
from services.decoding.symbol import Corners, LineRead, Symbology, corners_of


@dataclass(frozen=True)
class EngineRead:
    """Text, bytes and corners as the engine gave them, with the symbology under its right name.

    `part` marks one of several symbols that share a message (structured append): alone it means nothing.
    """

    text: str
    raw: bytes
    symbology: Symbology
    corners: Corners
    gs1: bool = False
    region: str = "whole"
    part: bool = False


LineReader = Callable[[Line], list[LineRead]]
"""Reads a scan line of brightness, 0 black to 1 white."""


class Reader(Protocol):
    """Reads a picture; `deadline` (time.monotonic()) is for engines that can be slow."""

    def __call__(self, gray: Gray, deadline: float = ...) -> list[EngineRead]:
        """Find and read every symbol this engine can."""
        ...


class QuadReader(Protocol):
    """Reads quadrilaterals of a picture; `deadline` is as for a Reader."""

    def __call__(self, gray: Gray, quads: Iterable[Quad], deadline: float = ...) -> list[EngineRead]:
        """Read the symbol in each."""
        ...


def _blind(gray: Gray, deadline: float = inf) -> list[EngineRead]:  # noqa: ARG001 - what an engine cannot
    return []


def _unread(line: Line) -> list[LineRead]:  # noqa: ARG001
    return []


def _astray(gray: Gray, quads: Iterable[Quad], deadline: float = inf) -> list[EngineRead]:  # noqa: ARG001
    return []


@dataclass(frozen=True)
class Engine:
    """A decoder. `family` is its code base: two engines of one family are not independent witnesses.

    It may `read` a whole picture, take a `quick` and cheaper look at it, read a scan `line`, or read `within` given
    quadrilaterals (bars upright between the first two corners). `other` reads what is seldom on packs, in a picture.
    """

    name: str
    family: str
    version: str
    read: Reader = _blind
    quick: Reader = _blind
    line: LineReader = _unread
    within: QuadReader = _astray
    other: Reader = _blind


@dataclass(frozen=True)
class Missing:
    """An engine that is not available here, and why."""

    name: str
    reason: str


@cache
def find(name: str) -> Engine | Missing:
    """The engine of that name: a key of `_FINDERS`."""
    try:
        return _FINDERS[name]()
    except (ImportError, OSError, AttributeError, PackageNotFoundError) as error:
        return Missing(name, str(error).splitlines()[0] if str(error) else type(error).__name__)


def present() -> list[Engine | Missing]:
    """Every engine that the app knows, available or missing."""
    return [find(name) for name in _FINDERS]


def _canonical(
    text: str, raw: bytes, symbology: Symbology, corners: Corners, *, gs1: bool = False
) -> EngineRead | None:
    """Put a retail read under its own name, or drop what cannot be a whole symbol.

    An EAN-13 that starts with 0 is the very same bars as a UPC-A (GS1 General Specifications 5.2.1.2); engines disagree
    on its name. An ITF of 14 digits whose check digit is wrong is a misread ITF-14 rather than anything else.
    """
    if symbology in (Symbology.EAN_13, Symbology.UPC_A):
        text = text.zfill(13)
        symbology = Symbology.UPC_A if text.startswith("0") else Symbology.EAN_13
        if symbology is Symbology.UPC_A:
            text = text[1:]
    elif symbology is Symbology.UPC_E and len(text) == 13:  # zxing-cpp expands it; the pack shows eight digits
        text = shorten_to_upc_e(text[1:]) or ""
    elif symbology is Symbology.ITF and len(text) == 14:
        symbology = Symbology.ITF_14
    if symbology in _CHECKED and not has_valid_check_digit(text, symbology is Symbology.UPC_E):
        return None
    if len(text) < _FEWEST.get(symbology, 1):
        return None
    return EngineRead(text, raw, symbology, corners, gs1) if text else None


_CHECKED = (Symbology.EAN_13, Symbology.EAN_8, Symbology.UPC_A, Symbology.UPC_E, Symbology.ITF_14)
_FEWEST = {Symbology.ITF: 6, Symbology.CODE_39: 4, Symbology.CODE_93: 4, Symbology.CODABAR: 6, Symbology.MICRO_QR: 6}
"""The fewest characters: shorter ones are too easily seen where there is none. A Micro QR Code of up to 5 digits (M1)
corrects no error."""


def _zxing() -> Engine:
    import zxingcpp

    symbologies = {
        "EAN-13": Symbology.EAN_13, "EAN-8": Symbology.EAN_8, "UPC-A": Symbology.UPC_A, "UPC-E": Symbology.UPC_E,
        "ITF": Symbology.ITF, "ITF-14": Symbology.ITF, "Code 128": Symbology.CODE_128,
        "QR Code": Symbology.QR_CODE, "Data Matrix": Symbology.DATA_MATRIX,
        "Code 39 Standard": Symbology.CODE_39, "Code 39": Symbology.CODE_39, "Code 93": Symbology.CODE_93,
        "Codabar": Symbology.CODABAR, "DataBar Omni": Symbology.DATABAR, "DataBar Stacked": Symbology.DATABAR,
        "DataBar Stacked Omni": Symbology.DATABAR, "DataBar Limited": Symbology.DATABAR_LIMITED,
        "DataBar Expanded": Symbology.DATABAR_EXPANDED, "DataBar Expanded Stacked": Symbology.DATABAR_EXPANDED,
        "PDF417": Symbology.PDF417, "Compact PDF417": Symbology.PDF417, "MicroPDF417": Symbology.MICRO_PDF417,
        "Aztec Code": Symbology.AZTEC, "Aztec": Symbology.AZTEC, "Micro QR Code": Symbology.MICRO_QR,
        "rMQR Code": Symbology.RMQR,
    }  # fmt: skip
    named = zxingcpp.barcode_formats_from_str
    retail, databar = "EAN13,EAN8,UPCA,UPCE,Code128,ITF", "DataBar,DataBarLimited,DataBarExpanded"
    matrices = "QRCode,DataMatrix"  # zxing-cpp counts Micro QR and rMQR Codes among the QR Codes
    formats, matrix = named(f"{retail},{matrices}"), named(matrices)
    linear = named(f"{retail},{databar},Code39Std,Code93,Codabar")
    others = named(f"{databar},PDF417,MicroPDF417,AztecCode")

    def codes(gray: Gray, kinds: Any, *, further: bool) -> list[EngineRead]:
        found = []
        options = {"try_rotate": further, "try_downscale": further, "try_invert": further}
        scan = partial(zxingcpp.read_barcodes, gray, formats=kinds, **options)  # type: ignore[arg-type]
        mode = zxingcpp.TextMode
        for code, text in zxing_texts(scan(text_mode=mode.HexECI), partial(scan, text_mode=mode.Plain)):
            symbology = symbologies.get(str(code.format))
            if symbology is not None:
                position = code.position
                points = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
                corners = corners_of((p.x, p.y) for p in points)
                gs1 = code.content_type == zxingcpp.ContentType.GS1
                found.append(_canonical(text, bytes(code.bytes), symbology, corners, gs1=gs1))
        return [f for f in found if f is not None]

    def read(gray: Gray, deadline: float = inf) -> list[EngineRead]:  # noqa: ARG001 - quick enough
        return codes(gray, formats, further=True)

    def quick(gray: Gray, deadline: float = inf) -> list[EngineRead]:  # noqa: ARG001
        return codes(gray, matrix, further=False)

    def other(gray: Gray, deadline: float = inf) -> list[EngineRead]:  # noqa: ARG001
        return codes(gray, others, further=True)

    def line(line: Line) -> list[LineRead]:
        return [
            LineRead(r.text, r.raw, r.symbology, min(x), max(x), r.gs1)
            for r in codes(image(line), linear, further=False)
            if (x := [corner[0] for corner in r.corners])
        ]

    return Engine("zxing-cpp", "zxing", version("zxing-cpp"), read, quick, line, other=other)


def _pyzbar() -> Engine:
    from pyzbar import pyzbar

    kinds = pyzbar.ZBarSymbol
    symbologies = {
        "EAN13": Symbology.EAN_13, "EAN8": Symbology.EAN_8, "UPCA": Symbology.UPC_A, "UPCE": Symbology.UPC_E,
        "I25": Symbology.ITF, "CODE128": Symbology.CODE_128, "QRCODE": Symbology.QR_CODE,
    }  # fmt: skip
    wanted = [getattr(kinds, name) for name in symbologies]

    def read(gray: Gray, deadline: float = inf) -> list[EngineRead]:  # noqa: ARG001 - quick enough
        try:
            codes = pyzbar.decode(gray, symbols=wanted)
        except ValueError:  # pyzbar knows no orientation of a symbol that is part of a structured append
            return []
        found = []
        for code, text, raw in zbar_texts(gray, codes):
            corners = _outline(code.polygon)
            found.append(_canonical(text, raw, symbologies[code.type], corners))
        return [f for f in found if f is not None]

    return Engine("pyzbar", "zbar", version("pyzbar"), read)


def _outline(points: Iterable[tuple[float, float]]) -> Corners:
    """The four corners of the turned rectangle around points, clockwise from the one at the top left."""
    box = cv2.boxPoints(cv2.minAreaRect(np.array(list(points), np.float32)))
    first = int(box.sum(1).argmin())
    return corners_of(np.roll(box, -first, 0))


def _opencv_barcode() -> Engine:
    symbologies = {"EAN_13": Symbology.EAN_13, "EAN_8": Symbology.EAN_8, "UPC_A": Symbology.UPC_A}

    def read(gray: Gray, deadline: float = inf) -> list[EngineRead]:  # noqa: ARG001 - quick enough
        try:
            ok, texts, kinds, quads = bars.detector().detectAndDecodeWithType(gray)
        except (cv2.error, UnicodeDecodeError):
            return []
        if not ok:
            return []
        found = [
            _canonical(text, text.encode(), symbologies[kind], corners_of(quad))
            for text, kind, quad in zip(texts, kinds, quads, strict=True)
            if text and kind in symbologies
        ]
        return [f for f in found if f is not None]

    return Engine("opencv-barcode", "opencv", cv2.__version__, read)


def _matcher() -> Engine:
    from services.decoding import linear

    def within(gray: Gray, quads: Iterable[Quad], deadline: float = inf) -> list[EngineRead]:
        return [
            EngineRead(s.match.text, s.match.raw, s.match.symbology, corners_of(s.quad), s.match.gs1, half)
            for s in linear.read(gray, quads, deadline)
            for half in ("upper half", "lower half")  # both halves agreed, which makes two witnesses
        ]

    return Engine("matcher", "matcher", VERSION, within=within)


def _widths() -> Engine:
    from services.decoding.widths import read_line

    return Engine("widths", "widths", VERSION, line=read_line)


def _data_matrix() -> Engine:
    from services.decoding import data_matrix

    def read(gray: Gray, deadline: float = inf, *, first_look: bool = False) -> list[EngineRead]:
        look = data_matrix.quick if first_look else data_matrix.read
        return [
            EngineRead(code.text, code.raw, Symbology.DATA_MATRIX, code.corners, code.gs1)
            for code in look(gray, deadline=deadline)
            if code.text and code.part is None  # a part of a structured append means nothing alone
        ]

    return Engine("data-matrix", "data-matrix", VERSION, read, partial(read, first_look=True))


def _qr() -> Engine:
    from services.decoding import qr

    def read(gray: Gray, deadline: float = inf, *, first_look: bool = False) -> list[EngineRead]:
        codes = qr.read(gray, deadline=deadline, quick=first_look)
        return [
            EngineRead(code.text, code.raw, Symbology.QR_CODE, code.corners, code.gs1, part=code.part is not None)
            for code in dict.fromkeys([*codes, *qr.joined(codes)])
            if code.text
        ]

    return Engine("qr", "qr", VERSION, read, partial(read, first_look=True))


_FINDERS: dict[str, Callable[[], Engine]] = {
    "zxing-cpp": _zxing,
    "pyzbar": _pyzbar,
    "opencv-barcode": _opencv_barcode,
    "matcher": _matcher,
    "data-matrix": _data_matrix,
    "widths": _widths,
    "qr": _qr,
}
