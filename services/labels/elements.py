"""Reads bars and spaces by their widths alone, whatever their check digit says, and how far they are from misreading.

Layouts: GS1 General Specifications 5.2 (EAN/UPC) and 5.3 (ITF-14), ISO/IEC 16390 (ITF), ISO/IEC 15417 (Code 128).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from services.codes.gtin import has_valid_check_digit
from services.decoding.linear.code128 import STOP
from services.decoding.linear.code128 import WIDTHS as CODE_128
from services.decoding.linear.ean import PARITY_13, PARITY_E, SET_A, SET_B
from services.decoding.linear.itf14 import WIDE_ELEMENTS
from services.decoding.linear.layout import run_lengths
from services.decoding.symbol import Symbology

Values = npt.NDArray[np.float64]

_FAR = 0.9
"""The most that a character may differ from its pattern: the root of the summed squares, in modules."""
_RETAIL = {59: (12, 95), 43: (8, 67), 33: (6, 51)}
"""The drawn digits and the modules of EAN-13 with UPC-A, EAN-8 and UPC-E, by their number of elements."""
ITF_14 = 77


@dataclass(frozen=True)
class Told:
    """What elements say: digits where there are any, whether their check digit is right, and the module in their unit.

    `decodability` is ISO/IEC 15416's: how much of the tolerance is left where the least is left, 0 to 1.
    """

    text: str
    symbology: Symbology
    checked: bool
    module: float
    decodability: float


def sizes(symbology: Symbology | None) -> tuple[int, ...]:
    """How many elements a symbol of this kind has; none where that varies, all fixed ones where it is not known."""
    match symbology:
        case Symbology.EAN_13 | Symbology.UPC_A:
            return (59,)
        case Symbology.EAN_8:
            return (43,)
        case Symbology.UPC_E:
            return (33,)
        case Symbology.ITF_14:
            return (ITF_14,)
        case None:
            return (59, ITF_14, 43, 33)
        case _:
            return ()


def tell(widths: Values, symbology: Symbology | None) -> Told | None:
    """Read the widths of a symbol's elements, a bar first. None where they are not such a symbol."""
    if len(widths) in _RETAIL and symbology in (None, *_EAN):
        return _retail(widths)
    if symbology is Symbology.CODE_128:
        return _code_128(widths)
    return _itf(widths) if symbology in (None, Symbology.ITF_14, Symbology.ITF) else None


_EAN = (Symbology.EAN_13, Symbology.EAN_8, Symbology.UPC_A, Symbology.UPC_E)


@cache
def _digits() -> Values:
    """The widths of the ten digits of number set A, then of B; C is A with the colours exchanged."""
    return np.array([run_lengths(digit) for digit in SET_A + SET_B], float)


@cache
def _characters() -> Values:
    return np.array([[int(width) for width in widths] for widths in CODE_128], float)


def _nearest(found: Values, patterns: Values) -> npt.NDArray[np.intp] | None:
    """The pattern nearest to each character; None where one is near to none.

    Distances between similar edges are compared, which spread ink does not change.
    """
    away = np.sqrt(((_edges(found)[:, None] - _edges(patterns)) ** 2).sum(-1) + 0.2 * _widths(found, patterns))
    best = np.asarray(away.argmin(1))
    return best if bool((np.take_along_axis(away, best[:, None], 1) < _FAR).all()) else None


def _edges(characters: Values) -> Values:
    return np.asarray(characters[..., :-1] + characters[..., 1:])


def _widths(found: Values, patterns: Values) -> Values:
    return np.asarray(((found[:, None] - patterns) ** 2).sum(-1))


def _left(found: Values, should: Values) -> float:
    """The tolerance that is left: a distance between similar edges may be half a module off (ISO/IEC 15416, 5.2.6)."""
    return float(max(0.0, 1 - 2 * np.abs(_edges(found) - _edges(should)).max()))


def _retail(widths: Values) -> Told | None:
    count, modules = _RETAIL[len(widths)]
    module = float(widths.sum()) / modules
    left = count if count == 6 else count // 2
    middle = 6 if count == 6 else 5
    first = [3 + 4 * n for n in range(left)] + [3 + 4 * left + middle + 4 * n for n in range(count - left)]
    guards = np.delete(widths / module, [start + step for start in first for step in range(4)])
    found = np.array([widths[start : start + 4] for start in first])
    found = found * (7 / found.sum(1, keepdims=True))
    values = _nearest(found, _digits())
    if values is None or bool((np.abs(guards - 1) > 0.7).any()):
        return None
    digits = "".join(str(value % 10) for value in values)
    sets = "".join("AB"[value // 10] for value in values)
    decodability = _left(found, _digits()[values])
    if count == 6:
        for system, parities in enumerate(PARITY_E):
            if sets in parities:
                text = f"{system}{digits}{parities.index(sets)}"
                checked = has_valid_check_digit(text, upc_e=True)
                return Told(text, Symbology.UPC_E, checked, module, decodability)
        return None
    if "B" in sets[left:]:
        return None
    if count == 8:
        right = has_valid_check_digit(digits)
        return Told(digits, Symbology.EAN_8, right, module, decodability) if "B" not in sets else None
    if sets[:6] not in PARITY_13:
        return None
    text = f"{PARITY_13.index(sets[:6])}{digits}"
    checked = has_valid_check_digit(text)
    if text.startswith("0"):
        return Told(text[1:], Symbology.UPC_A, checked, module, decodability)
    return Told(text, Symbology.EAN_13, checked, module, decodability)


def _itf(widths: Values) -> Told | None:
    count, rest = divmod(len(widths), 10)
    if rest != 7 or count < 3:
        return None
    pairs = widths[4:-3].reshape(count, 5, 2).swapaxes(1, 2).reshape(2 * count, 5)
    order = np.argsort(-pairs, axis=1)
    text = "".join(str(WIDE_ELEMENTS.index(tuple(sorted(two)))) for two in order[:, :2].tolist())
    wide, narrow = np.take_along_axis(pairs, order, 1)[:, :2], np.take_along_axis(pairs, order, 1)[:, 2:]
    kept = 1.0
    for start in (0, 1):  # bars and spaces apart: spread ink makes one wider and the other narrower
        w, n = wide[start::2], narrow[start::2]
        middle, half = (w.mean() + n.mean()) / 2, (w.mean() - n.mean()) / 2
        kept = min(kept, float((w.min() - middle) / half), float((middle - n.max()) / half))
    guard = widths[[0, 1, 2, 3, -2, -1]]
    if kept <= 0.05 or guard.max() > 1.9 * narrow.mean() or widths[-3] < 1.4 * narrow.mean():
        return None
    checked = len(text) != 14 or has_valid_check_digit(text)
    module = float(np.concatenate([narrow.ravel(), guard]).mean())
    return Told(text, Symbology.ITF_14 if len(text) == 14 else Symbology.ITF, checked, module, kept)


def _code_128(widths: Values) -> Told | None:
    count, rest = divmod(len(widths), 6)
    if rest != 1 or count < 4:
        return None
    module = float(widths.sum()) / (11 * (count - 1) + 13)
    found = widths[:-7].reshape(count - 1, 6)
    found = found * (11 / found.sum(1, keepdims=True))
    values = _nearest(found, _characters())
    if values is None or bool((np.abs(widths[-7:] / module - STOP) > 0.7).any()):
        return None
    *data, check = values.tolist()
    right = sum(max(place, 1) * value for place, value in enumerate(data)) % 103 == check
    return Told("", Symbology.CODE_128, right, module, _left(found, _characters()[values]))
