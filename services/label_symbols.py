"""Symbols to print, in the sizes that the GS1 General Specifications want at a shop's till.

X-dimensions, heights and quiet zones are those of symbol specification table 1 (5.12.3.1) for EAN and UPC symbols, of
its addendum 2 for Data Matrix and QR code, and of table 2 (5.12.3.2) for ITF-14.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import segno
import zxingcpp

Bar = tuple[float, float, float, float]
"""Left, top, width and height of something dark, in modules."""

MATRIX_X = (0.396, 0.495, 0.990)
"""Least, target and greatest X-dimension of Data Matrix and QR code, in millimetres."""
RETAIL_X = 0.330
CARTON_X = 0.495
_QR_QUIET = 4  # 5.10; ISO/IEC 18004, 9.1
_DATA_MATRIX_QUIET = 2  # one more than 5.6.3 wants: other print stands beside it
_BEARER = 2  # bearer bars where no printing plate is used (5.3.2.4)


@dataclass(frozen=True)
class Digits:
    """Digits below bars, around `middle`, their feet on `baseline`, `height` high; all in modules."""

    text: str
    middle: float
    baseline: float
    height: float


@dataclass(frozen=True)
class DrawnSymbol:
    """A symbol with its quiet zones: a module is `x` millimetres wide, all else is told in modules."""

    x: float
    width: float
    height: float
    bars: tuple[Bar, ...]
    digits: tuple[Digits, ...] = ()


class DoesNotFit(Exception):
    """A text is too long for a symbol that can be printed here."""


@dataclass(frozen=True)
class _Linear:
    """`height` of the data bars in millimetres; quiet zones in modules; the digits below each half, and beside them."""

    format: zxingcpp.BarcodeFormat
    height: float
    quiet: tuple[int, int]
    left: str
    right: str
    before: str = ""
    after: str = ""


def trade_item(gtin: str) -> DrawnSymbol:
    """The linear symbol of a GTIN in 14 digits: EAN-8, UPC-A, EAN-13 or ITF-14, as its length is (2.1.3, 1.4.2).

    >>> symbol = trade_item("09521234567899")
    >>> symbol.x, symbol.width  # 37.29 mm with its quiet zones
    (0.33, 113)
    """
    if gtin[0] != "0":
        return _itf_14(gtin)
    digits = gtin[6:] if gtin.startswith("000000") else gtin[2:] if gtin.startswith("00") else gtin[1:]
    match len(digits):
        case 8:
            return _retail(digits, _Linear(zxingcpp.BarcodeFormat.EAN8, 18.23, (7, 7), digits[:4], digits[4:]))
        case 12:
            halves = digits[1:6], digits[6:11], digits[0], digits[11]
            return _retail(digits, _Linear(zxingcpp.BarcodeFormat.UPCA, 22.85, (9, 9), *halves))
    halves_of_13 = digits[1:7], digits[7:], digits[0]
    return _retail(digits, _Linear(zxingcpp.BarcodeFormat.EAN13, 22.85, (11, 7), *halves_of_13))


def _retail(digits: str, kind: _Linear) -> DrawnSymbol:
    """Bars of an EAN or UPC symbol, the guards five modules longer (5.2.3), and the digits below them (4.14)."""
    rows = _rows(zxingcpp.create_barcode(digits, kind.format))
    left, right = kind.quiet
    modules, height, size = len(rows[0]), kind.height / RETAIL_X, 8.0
    bars = tuple(
        (left + start, 0.0, width, height + (5 if rows[-1][start] else 0)) for start, width in _dark_runs(rows[0])
    )
    baseline = height + 1 + size
    texts = []
    # A half of the symbol lies between the three modules of its outer guard and two of the middle one's five; what of
    # the number stands outside has its bars beside the outer guards.
    first, last = left + 3 + 7 * len(kind.before) * (kind.after != ""), modules + left - 3 - 7 * len(kind.after)
    middle = left + modules / 2
    for text, start, end in ((kind.left, first, middle - 2.5), (kind.right, middle + 2.5, last)):
        pitch = (end - start) / len(text)
        texts += [Digits(d, start + (i + 0.5) * pitch, baseline, size) for i, d in enumerate(text)]
    if kind.before:
        texts.append(Digits(kind.before, left - 5, baseline, size))
    if kind.after:
        texts.append(Digits(kind.after, left + modules + 5, baseline, size))
    return DrawnSymbol(RETAIL_X, left + modules + right, baseline + 1, bars, tuple(texts))


def _itf_14(gtin: str) -> DrawnSymbol:
    """Interleaved 2 of 5 with quiet zones of ten modules, wide elements three times the narrow, and bearer bars."""
    row = _rows(zxingcpp.create_barcode(gtin, zxingcpp.BarcodeFormat.ITF))[0]
    height, size, width = 31.75 / CARTON_X, 7.0, len(row) + 20
    bars = [(10.0 + start, float(_BEARER), float(run), height) for start, run in _dark_runs(row)]
    bars += [(0, 0, width, _BEARER), (0, height + _BEARER, width, _BEARER)]
    baseline = height + 2 * _BEARER + 2 + size
    spaced = f"{gtin[0]} {gtin[1:3]} {gtin[3:8]} {gtin[8:13]} {gtin[13]}"
    return DrawnSymbol(CARTON_X, width, baseline + 1, tuple(bars), (Digits(spaced, width / 2, baseline, size),))


def data_matrix(elements: Iterable[tuple[str, str]]) -> DrawnSymbol:
    """A GS1 DataMatrix of application identifiers and values: FNC1 first, and behind what has no fixed length (5.6).

    The values must obey the rules of their identifiers; not every breach is noticed here (ValueError).
    """
    text = "".join(f"[{ai}]{value}" for ai, value in elements)
    # Square: the oblong ones of ISO/IEC 21471 are no GS1 DataMatrix.
    rows = _rows(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, gs1=True, force_square=True))
    return _matrix(rows, MATRIX_X[1], _DATA_MATRIX_QUIET)


def qr_code(text: str, room: float) -> DrawnSymbol:
    """A QR code for `text`, as large as a square of `room` millimetres and the specification allow.

    Raises DoesNotFit where it would have to be smaller than the specification allows.
    """
    try:
        rows = segno.make_qr(text, error="m", boost_error=False).matrix
    except segno.DataOverflowError as error:
        raise DoesNotFit(text) from error
    modules = len(rows) + 2 * _QR_QUIET
    least, _target, greatest = MATRIX_X
    if room / modules < least:
        raise DoesNotFit(text)
    return _matrix(rows, min(greatest, room / modules), _QR_QUIET)


def _matrix(rows: Sequence[Sequence[int]], x: float, quiet: int) -> DrawnSymbol:
    """Dark runs, those that lie the same way in rows below each other as one."""
    bars: list[Bar] = []
    begun: dict[tuple[int, int], int] = {}
    for y, row in enumerate([*rows, ()]):
        runs = set(_dark_runs(row))
        for start, width in [run for run in begun if run not in runs]:
            top = begun.pop((start, width))
            bars.append((start + quiet, top + quiet, width, y - top))
        for run in runs:
            begun.setdefault(run, y)
    return DrawnSymbol(x, len(rows[0]) + 2 * quiet, len(rows) + 2 * quiet, tuple(sorted(bars)))


def _rows(barcode: zxingcpp.Barcode) -> list[list[int]]:
    """The modules of a symbol, 1 for dark."""
    picture = memoryview(barcode.to_image(scale=1, add_quiet_zones=False))  # type: ignore[arg-type]
    return [[int(value == 0) for value in row] for row in picture.tolist()]  # type: ignore[attr-defined]


def _dark_runs(row: Sequence[int]) -> list[tuple[int, int]]:
    """First module and width of each dark run."""
    edges = [i for i in range(len(row) + 1) if (row[i] if i < len(row) else 0) != (row[i - 1] if i else 0)]
    return [(start, end - start) for start, end in zip(edges[::2], edges[1::2], strict=True)]
