"""Pictures and films with several codes, by our decoders and the three engines by themselves."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import cv2
import zxingcpp
from pyzbar import pyzbar

from benchmarks.fuzz_pictures import Code, key
from benchmarks.report import median, table
from benchmarks.several_codes import KINDS, Array, film, several
from services.codes.gtin import shorten_to_upc_e
from services.decoding import PHONE, FrameTracker, Symbology, decode, decode_phone

FEW, MANY = (2, 3, 4, 6, 9, 12), (30, 70, 140)
"""How many codes are in a picture."""
BUDGET_FEW, BUDGET_MANY = 0.9, 3.0
"""Seconds a picture of up to 12 codes may take, and one of more."""
PACKS, BUDGET_FRAME, INTERVAL = (5, 7, 9, 12), 0.033, 1 / 15
SEVERITIES = (1, 2, 3)

Reader = Callable[[Array, float], Iterable[Code]]
_ZXING = zxingcpp.barcode_formats_from_str("EAN13,EAN8,UPCA,UPCE,Code128,ITF,QRCode,DataMatrix")
_NAMES = {"ITF": Symbology.ITF_14, "ITF-14": Symbology.ITF_14} | {kind.value: kind for kind in Symbology}
_ZBAR = {
    "EAN13": Symbology.EAN_13, "EAN8": Symbology.EAN_8, "UPCA": Symbology.UPC_A, "UPCE": Symbology.UPC_E,
    "I25": Symbology.ITF_14, "CODE128": Symbology.CODE_128, "QRCODE": Symbology.QR_CODE,
}  # fmt: skip


def _zxing(picture: Array, _budget: float) -> Iterable[Code]:
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    for code in zxingcpp.read_barcodes(gray, formats=_ZXING, text_mode=zxingcpp.TextMode.Plain):
        kind = _NAMES.get(str(code.format))
        if kind is not None:
            yield (shorten_to_upc_e(code.text[1:]) or code.text if kind is Symbology.UPC_E else code.text), kind


def _pyzbar(picture: Array, _budget: float) -> Iterable[Code]:
    wanted = [getattr(pyzbar.ZBarSymbol, name) for name in _ZBAR]
    for code in pyzbar.decode(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), symbols=wanted):
        yield code.data.decode("utf-8", "replace"), _ZBAR[code.type]


def _opencv(picture: Array, _budget: float) -> Iterable[Code]:
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    for detector in (cv2.QRCodeDetector().detectAndDecodeMulti, cv2.barcode.BarcodeDetector().detectAndDecodeWithType):
        try:
            found: Any = detector(gray)
        except (cv2.error, UnicodeDecodeError):
            continue
        if found[0]:
            yield from ((text, found[2][n] if isinstance(found[2][n], str) else Symbology.QR_CODE)
                        for n, text in enumerate(found[1]) if text)  # fmt: skip


def _ours(decoder: Callable[..., Any], picture: Array, budget: float) -> Iterable[Code]:
    return [(symbol.text, symbol.symbology) for symbol in decoder(picture, budget=budget)]


READERS: dict[str, Reader] = {
    "`decode`": partial(_ours, decode),
    "`decode_phone`": partial(_ours, decode_phone),
    "zxing-cpp": _zxing,
    "pyzbar": _pyzbar,
    "OpenCV": _opencv,
}


def _plain(codes: Iterable[Code]) -> set[str]:
    """What is compared: the text of each code, a retail code's GTIN; the name of the symbology is not."""
    return {"".join(key((text, str(kind).replace("_", "-")))[0].split()) for text, kind in codes}


def several_report(salt: str, *, pictures: int, films: int, codes: Sequence[int] = (*FEW, *MANY)) -> str:
    """The tables of the pictures, `pictures` of each kind, number and severity, and of `films` of each number.

    `codes` are the numbers of codes in a picture.
    """
    parts = [_pictures(salt, pictures, codes)] if pictures else []
    return "\n\n".join([*parts, _films(salt, films)] if films else parts)


def _pictures(salt: str, pictures: int, numbers: Sequence[int]) -> str:
    told: dict[tuple[str, str], list[float]] = defaultdict(list)
    took: dict[tuple[int, str], list[float]] = defaultdict(list)
    wrong: list[str] = []
    for severity in SEVERITIES:
        for kinds in KINDS:
            for codes in numbers:
                if codes > MANY[0] and kinds not in ("mixed", "QR"):
                    continue
                for number in range(pictures):
                    picture, truth = several(f"{salt}{number}", kinds, codes, severity)
                    budget = BUDGET_FEW if codes <= FEW[-1] else BUDGET_MANY
                    expected = _plain(truth)
                    for name, reader in READERS.items():
                        start = time.perf_counter()
                        found = _plain(reader(picture, budget))
                        took[codes, name].append(time.perf_counter() - start)
                        share = len(found & expected) / len(expected)
                        for group in (f"severity {severity}", f"{codes:3} codes", kinds):
                            told[group, name].append(share)
                        where = f"{kinds}, {codes} codes, severity {severity}, {number}"
                        wrong += [f"- {name}, {where}: {text!r}" for text in sorted(found - expected)]
    groups = list(dict.fromkeys(group for group, _ in told))
    shares = [
        [group, str(len(told[group, "zxing-cpp"]))]
        + [f"{100 * sum(told[group, name]) / len(told[group, name]):.1f} %" for name in READERS]
        for group in sorted(
            groups, key=lambda group: ("severity" not in str(group), "codes" not in str(group), str(group))
        )
    ]
    times = [
        [f"{codes} codes", f"{BUDGET_FEW if codes <= FEW[-1] else BUDGET_MANY:g}"]
        + [f"{median(took[codes, name]):.2f}, {max(took[codes, name]):.2f}" for name in READERS]
        for codes in numbers
    ]
    return "\n\n".join(
        [
            table(["share of the codes told", "n", *READERS], shares),
            table(["seconds: median, longest", "budget", *READERS], times),
            _wrong(wrong),
        ]
    )


def _films(salt: str, films: int) -> str:
    lookers: dict[str, Callable[[], Reader]] = {
        "`FrameTracker`": lambda: partial(_tracked, FrameTracker()),
        "`FrameTracker`, phone": lambda: partial(_tracked, FrameTracker(PHONE)),
        "zxing-cpp": lambda: _zxing,
        "pyzbar": lambda: _pyzbar,
    }
    told: dict[tuple[str, str], list[float]] = defaultdict(list)
    wrong: list[str] = []
    for severity in SEVERITIES:
        for packs in PACKS:
            for number in range(films):
                kinds = ("mixed", "pack")[number % 2]
                frames, truth = film(f"{salt}{number}", kinds, packs, severity)
                shown, expected = list(frames), _plain(truth)
                for name, make in lookers.items():
                    look, found = make(), set[str]()
                    for count, frame in enumerate(shown):
                        found |= _plain(look(frame, count * INTERVAL))
                    for group in (f"severity {severity}", f"{packs:2} packs"):
                        told[group, name].append(len(found & expected) / len(expected))
                    where = f"film of {kinds}, {packs}, severity {severity}, {number}"
                    wrong += [f"- {name}, {where}: {text!r}" for text in sorted(found - expected)]
    groups = sorted({group for group, _ in told}, key=lambda group: ("severity" not in group, group))
    lines = [
        [group, str(len(told[group, "zxing-cpp"]))]
        + [f"{100 * sum(told[group, name]) / len(told[group, name]):.1f} %" for name in lookers]
        for group in groups
    ]
    head = f"told within 45 frames, ours at {BUDGET_FRAME * 1000:g} ms a frame"
    return "\n\n".join([table([head, "n", *lookers], lines), _wrong(wrong)])


def _tracked(tracker: FrameTracker, frame: Array, at: float) -> list[Code]:
    return [(symbol.text, symbol.symbology) for symbol in tracker.look(frame, at, budget=BUDGET_FRAME).believed]


def _wrong(lines: Sequence[str]) -> str:
    return "\n".join(["Wrong texts:", "", *lines] if lines else ["No wrong text."])
