"""Pictures for fuzzing: a code that we know, changed by chance in ways that labels, cameras and files go wrong.

Everything follows from the seed and the picture's number, so that each can be made again.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import zxingcpp
from PIL import Image

from benchmarks.fuzz_changes import CHANGES, Array, Chance, clipped
from services.codes.gtin import check_digit, expand_upc_e
from services.decoding import Symbology

Code = tuple[str, str]  # text and symbology

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./ "
_WORDS = (
    "Chè Tà Xùa",
    "mật ong bạc hà",
    "số lô",
    "đường phèn",
    "https://id.example/01/",
    "OCOP 4 sao",
    "日本語",
    "ñandú",
)
_FORMATS = {
    Symbology.EAN_13: zxingcpp.BarcodeFormat.EAN13,
    Symbology.EAN_8: zxingcpp.BarcodeFormat.EAN8,
    Symbology.UPC_A: zxingcpp.BarcodeFormat.UPCA,
    Symbology.UPC_E: zxingcpp.BarcodeFormat.UPCE,
    Symbology.ITF_14: zxingcpp.BarcodeFormat.ITF,
    Symbology.CODE_128: zxingcpp.BarcodeFormat.Code128,
    Symbology.QR_CODE: zxingcpp.BarcodeFormat.QRCode,
    Symbology.DATA_MATRIX: zxingcpp.BarcodeFormat.DataMatrix,
    Symbology.DATABAR: zxingcpp.BarcodeFormat.DataBarOmni,
    Symbology.DATABAR_LIMITED: zxingcpp.BarcodeFormat.DataBarLtd,
    Symbology.DATABAR_EXPANDED: zxingcpp.BarcodeFormat.DataBarExp,
    Symbology.ITF: zxingcpp.BarcodeFormat.ITF,
    Symbology.CODE_39: zxingcpp.BarcodeFormat.Code39Std,
    Symbology.CODE_93: zxingcpp.BarcodeFormat.Code93,
    Symbology.CODABAR: zxingcpp.BarcodeFormat.Codabar,
    Symbology.PDF417: zxingcpp.BarcodeFormat.PDF417,
    Symbology.MICRO_PDF417: zxingcpp.BarcodeFormat.MicroPDF417,
    Symbology.AZTEC: zxingcpp.BarcodeFormat.AztecCode,
    Symbology.MICRO_QR: zxingcpp.BarcodeFormat.MicroQRCode,
    Symbology.RMQR: zxingcpp.BarcodeFormat.RMQRCode,
}
_KINDS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF")


@dataclass(frozen=True)
class Picture:
    """Gray pixels and the codes that may be read in them; None where nobody knows all of them."""

    pixels: Array
    codes: frozenset[Code] | None


@dataclass(frozen=True)
class Fuzzed:
    """What is decoded: an array of any kind or the bytes of a file, what was done to it, and what may be read."""

    what: Any
    changes: tuple[str, ...]
    codes: frozenset[Code] | None


def key(code: Code) -> Code:
    """What makes two reads the same: the GTIN of a retail code, the text without separators of another."""
    text, symbology = code
    if symbology == Symbology.UPC_E and len(text) == 8:
        text = expand_upc_e(text)
    if symbology in (Symbology.EAN_13, Symbology.UPC_A, Symbology.UPC_E):
        return text.zfill(14), "GTIN"
    return "".join(c for c in text if c not in "()\x1d"), symbology


# --- codes


def _digits(chance: Chance, count: int) -> str:
    return "".join(map(str, chance.integers(0, 10, count)))


def _with_check(payload: str) -> str:
    return payload + str(check_digit(payload))


def _gs1(chance: Chance) -> str:
    return f"(01){_with_check('0' + _digits(chance, 12))}(10)L{_digits(chance, int(chance.integers(2, 6)))}"


def text_for(chance: Chance, symbology: Symbology) -> tuple[str, bool]:
    """A text for a symbol, and whether it is a GS1 element string."""
    match symbology:
        case Symbology.EAN_13:
            return _with_check(str(chance.integers(1, 10)) + _digits(chance, 11)), False
        case Symbology.EAN_8:
            return _with_check(_digits(chance, 7)), False
        case Symbology.UPC_A:
            return _with_check(_digits(chance, 11)), False
        case Symbology.UPC_E:
            short = (
                "0" + "".join(map(str, chance.integers(3, 10, 5))) + _digits(chance, 1)
            )  # 0 to 2 would be shorter yet
            return short + str(check_digit(expand_upc_e(short + "0")[:-1])), False
        case Symbology.ITF_14:
            return _with_check(_digits(chance, 13)), False
        case Symbology.ITF:
            return _digits(chance, 2 * int(chance.choice([3, 4, 5, 6, 8, 9]))), False
        case Symbology.DATABAR | Symbology.DATABAR_LIMITED:
            return "01" + _with_check("0" + _digits(chance, 12)), False
        case Symbology.DATABAR_EXPANDED:
            return _gs1(chance), True
        case Symbology.CODABAR:
            return f"A{_digits(chance, int(chance.integers(4, 12)))}B", False
        case Symbology.CODE_39 | Symbology.CODE_93 | Symbology.MICRO_QR:
            return f"LO-{_digits(chance, int(chance.integers(1, 8)))}", False
    if symbology is not Symbology.QR_CODE and chance.random() < 0.4:
        return _gs1(chance), True
    if symbology is Symbology.QR_CODE and chance.random() < 0.5:
        return f"{_WORDS[chance.integers(len(_WORDS))]} {_digits(chance, int(chance.integers(1, 12)))}", False
    letters = chance.integers(0, len(_LETTERS), int(chance.integers(4, 16)))
    return "".join(_LETTERS[i] for i in letters).strip() or "A", False


def drawn(text: str, symbology: Symbology, scale: int, *, gs1: bool = False) -> Array:
    """The symbol in black on white, with modules of `scale` pixels; with `gs1`, `text` is an element string."""
    options: dict[str, Any] = {"gs1": True} if gs1 else {}
    if symbology in (Symbology.DATABAR, Symbology.DATABAR_LIMITED):
        text = text.removeprefix("01")  # the writer puts the identifier in front by itself
    symbol = zxingcpp.create_barcode(text, _FORMATS[symbology], **options)
    return np.array(zxingcpp.write_barcode_to_image(symbol, scale=scale))


def symbol(chance: Chance) -> Picture:
    """One symbol of any symbology on white."""
    symbology = list(Symbology)[chance.integers(len(Symbology))]
    text, gs1 = text_for(chance, symbology)
    scale = int(chance.integers(1, 4))
    pixels = drawn(text, symbology, scale, gs1=gs1)
    if not symbology.is_matrix and symbology not in (Symbology.PDF417, Symbology.MICRO_PDF417):
        pixels = pixels[: max(8, int(len(pixels) * chance.uniform(0.2, 1)))]
    return Picture(np.pad(pixels, int(chance.integers(0, 12)), constant_values=255), frozenset({(text, symbology)}))


def stitched(chance: Chance) -> Picture:
    """The left half of one EAN and the right half of another: nine of ten have a wrong check digit."""
    symbology, width = (Symbology.EAN_13, 95) if chance.random() < 0.7 else (Symbology.EAN_8, 67)
    (left, _), (right, _) = text_for(chance, symbology), text_for(chance, symbology)
    rows = []
    for text in (left, right):
        row = drawn(text, symbology, 1)[4]
        start = int(np.argmin(row))
        rows.append(row[start : start + width])
    middle = width // 2
    modules = np.concatenate([rows[0][:middle], rows[1][middle:]])
    text = left[: -(width // 14)] + right[-(width // 14) :]
    pixels = np.kron(modules[None], np.ones((60, int(chance.integers(1, 4))), np.uint8))
    valid = check_digit(text[:-1]) == int(text[-1])
    codes = frozenset({(text, symbology)}) if valid else frozenset[Code]()
    return Picture(np.pad(pixels, 20, constant_values=255), codes)


def bars(chance: Chance) -> Picture:
    """Bars and spaces of one to four modules that mean nothing."""
    widths = chance.integers(1, 5, int(chance.integers(20, 90))) * int(chance.integers(1, 4))
    row = np.repeat((np.arange(len(widths)) % 2 * 255).astype(np.uint8), widths)
    return Picture(np.pad(np.tile(row, (int(chance.integers(8, 90)), 1)), 15, constant_values=255), frozenset())


def short_itf(chance: Chance) -> Picture:
    """Interleaved 2 of 5 of another length than 14: it is no ITF-14, and one of four digits nothing at all."""
    text = _digits(chance, 2 * int(chance.choice([2, 3, 4, 5, 6, 8, 9])))
    codes = frozenset({(text, Symbology.ITF)}) if len(text) > 4 else frozenset[Code]()
    return Picture(np.pad(drawn(text, Symbology.ITF, 2), 10, constant_values=255), codes)


_DRAWN = (symbol, symbol, symbol, symbol, symbol, symbol, symbol, stitched, bars, short_itf)

# --- two codes


def _two(first: Picture, second: Picture, chance: Chance) -> Picture:
    """Two codes: side by side, mixed, or the darker or the other of each two pixels."""
    height, width = np.maximum(first.pixels.shape, second.pixels.shape)
    a, b = (np.pad(p, ((0, height - len(p)), (0, width - p.shape[1])), constant_values=255)
            for p in (first.pixels, second.pixels))  # fmt: skip
    share = chance.uniform(0, 1)
    ways = (
        lambda: np.hstack([a, b]), lambda: np.vstack([a, b]), lambda: clipped(share * a + (1 - share) * b),
        lambda: np.minimum(a, b), lambda: np.where(np.arange(height)[:, None] % 2, a, b), lambda: a ^ b ^ 255,
    )  # fmt: skip
    codes = None if first.codes is None or second.codes is None else first.codes | second.codes
    return Picture(np.asarray(ways[chance.integers(len(ways))](), np.uint8), codes)


# --- arrays and files


def _as_array(pixels: Array, chance: Chance) -> tuple[Array, str]:
    """The same pixels as another kind of array; of most kinds nothing may be read, and none may raise."""
    colour = np.dstack([pixels] * 3)
    kinds: dict[str, Callable[[], Array]] = {
        "BGR": lambda: colour, "BGRA": lambda: np.dstack([pixels] * 4), "one channel": lambda: pixels[:, :, None],
        "two channels": lambda: np.dstack([pixels] * 2), "4-D": lambda: colour[None], "1-D": lambda: pixels.ravel(),
        "backwards": lambda: colour[::-1, ::-1, ::-1], "every second": lambda: pixels[::2, ::2],
        "transposed": lambda: colour.transpose(1, 0, 2), "Fortran": lambda: np.asfortranarray(pixels),
        "bool": lambda: pixels > 127, "uint16": lambda: pixels.astype(np.uint16) * 257,
        "int8": lambda: pixels.astype(np.int8),
        "float": lambda: pixels / 255, "float32": lambda: pixels.astype(np.float32),
        "NaN": lambda: np.where(pixels > 127, np.nan, pixels),
        "infinite": lambda: np.where(pixels > 127, np.inf, -np.inf),
        "objects": lambda: pixels[:9, :9].astype(object),
        "empty": lambda: pixels[:0], "no columns": lambda: pixels[:, :0],
        "a column": lambda: pixels[:, :1], "a row": lambda: pixels[:1],
    }  # fmt: skip
    name = list(kinds)[chance.integers(len(kinds))]
    array = kinds[name]()
    array.flags.writeable = bool(chance.integers(2)) and array.flags.writeable
    return array, name


def _saved(pixels: Array, chance: Chance) -> tuple[bytes, str]:
    kind = _KINDS[chance.integers(len(_KINDS))]
    mode = str(
        chance.choice({"JPEG": ["L", "RGB", "CMYK"], "PNG": ["1", "L", "P", "RGB", "RGBA", "LA"]}.get(kind, ["L"]))
    )
    options: dict[str, dict[str, Any]] = {
        "JPEG": {"progressive": bool(chance.integers(2))},
        "WEBP": {"method": 0},
        "AVIF": {"speed": 10},
        "TIFF": {"compression": str(chance.choice(["raw", "tiff_lzw", "tiff_deflate", "packbits", "jpeg"]))},
    }
    target = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(target, kind, **options.get(kind, {}))
    return target.getvalue(), kind


def _broken(data: bytes, other: bytes, chance: Chance) -> tuple[bytes, str]:
    """The file with bits changed, its end or middle missing, a piece of another file, or another length in a field."""
    changed = bytearray(data)
    near = min(len(data), int(chance.choice([40, 200, 1000, len(data)])))
    at, length = int(chance.integers(0, near)), int(chance.integers(1, 64))
    way = str(chance.choice(["bits", "bits", "end", "hole", "splice", "length", "length", "zeros", "twice"]))
    match way:
        case "bits":
            for index in chance.integers(0, near, int(chance.integers(1, 20))):
                changed[index] ^= 1 << int(chance.integers(8))
        case "end":
            del changed[int(chance.integers(0, len(data) + 1)) :]
        case "hole":
            del changed[at : at + length]
        case "splice":
            from_other = int(chance.integers(0, len(other)))
            changed[at:] = other[from_other:]
        case "length":
            size = int(chance.choice([1, 2, 4]))
            value = int(chance.choice([0, 1, 0x7F, 0x80, 0xFF, int(chance.integers(256))]))
            changed[at : at + size] = bytes([value]) * size
        case "zeros":
            changed[at : at + length] = bytes(length)
        case "twice":
            changed[at:at] = changed[at : at + length]
    return bytes(changed), way


# --- one picture of the run


def fuzzed(seed: int, number: int, photographs: Callable[[Chance], Picture] | None = None) -> Fuzzed:
    """The picture of that number: three of four are arrays, the others files. With `photographs` a third is theirs."""
    chance = np.random.default_rng([seed, number])
    as_file = number % 4 == 3
    make = _DRAWN[chance.integers(len(_DRAWN))] if photographs is None or chance.random() > 1 / 3 else photographs
    picture, names = make(chance), [make.__name__.strip("_")]
    if chance.random() < 0.1:
        picture, names = _two(picture, symbol(chance), chance), [*names, "two"]
    pixels = picture.pixels
    for name in chance.choice(list(CHANGES), int(chance.integers(0, 2 if as_file else 4))):
        if min(pixels.shape) >= 4:
            pixels = np.ascontiguousarray(CHANGES[name](pixels, chance))
            names.append(str(name))
    if as_file and min(pixels.shape) > 0:
        other = symbol(chance)
        (data, kind), (another, _) = _saved(pixels, chance), _saved(other.pixels, chance)
        broken, way = _broken(data, another, chance)
        codes = picture.codes if way != "splice" or picture.codes is None else picture.codes | (other.codes or set())
        return Fuzzed(broken, (*names, kind, way), codes)
    if chance.random() < 0.12:
        array, kind = _as_array(pixels, chance)
        return Fuzzed(array, (*names, kind), picture.codes)
    return Fuzzed(pixels, tuple(names), picture.codes)
