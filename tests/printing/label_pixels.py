"""Printed labels as a scanner sees them, and what is read from them."""

from __future__ import annotations

from typing import Any

import numpy as np
import zxingcpp

from printing.data_matrix import data_matrix
from printing.linear import trade_item
from printing.qr import qr_code
from printing.sheet import Label
from printing.symbols import DrawnSymbol
from services.codes import Code, ProductCode, check_digit, parse
from services.decoding import decode
from services.decoding.pixels import Gray

MM_PER_INCH = 25.4
FORMATS = {
    "linear": zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.EANUPC, zxingcpp.BarcodeFormat.ITF)),
    "Data Matrix": zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.DataMatrix,)),
    "QR Code": zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.QRCode,)),
}


def gtin(payload: str) -> str:
    return (payload + str(check_digit(payload))).zfill(14)


EVERY_LENGTH = {
    "EAN-8": gtin("9520001"),
    "UPC-A": gtin("03600029145"),
    "EAN-13": gtin("952123456789"),
    "ITF-14": gtin("1952123456789"),
}


def pixels(symbol: DrawnSymbol, dpi: float = 300) -> Gray:
    """The symbol with its quiet zones as a printer with so many dots an inch draws it: every edge on a whole dot."""
    scale = symbol.x * dpi / MM_PER_INCH
    drawn = np.full((round(symbol.height * scale), round(symbol.width * scale)), 255, np.uint8)
    for x, y, width, height in symbol.bars:
        drawn[round(y * scale) : round((y + height) * scale), round(x * scale) : round((x + width) * scale)] = 0
    return drawn


def symbols_of(label: Label, room: float) -> dict[str, DrawnSymbol]:
    return {
        "linear": trade_item(label.gtin),
        "Data Matrix": data_matrix(label.elements),
        "QR Code": qr_code(label.link, room),
    }


def by_the_app(picture: Gray, kind: str) -> list[tuple[str, Code]]:
    """Text and meaning of all that `services.decoding` reads, of whatever kind, with time enough on any machine."""
    read = decode(picture, budget=10)
    return [(symbol.text, parse(symbol.text, gs1=symbol.gs1)) for symbol in read]


def by_zxing(picture: Gray, kind: str) -> list[tuple[str, Code]]:
    """The same of zxing-cpp alone, asked for this kind: else it now and then sees an EAN-13 in a QR code."""
    read: list[Any] = zxingcpp.read_barcodes(picture, FORMATS[kind], text_mode=zxingcpp.TextMode.Plain)
    return [(code.text, parse(code.text, gs1=code.content_type == zxingcpp.ContentType.GS1)) for code in read]


def says(read: list[tuple[str, Code]], label: Label, kind: str) -> bool:
    """Whether exactly what this symbol of the label shall say was read, and nothing else."""
    if len(read) != 1:
        return False
    text, code = read[0]
    if not isinstance(code, ProductCode) or code.gtin != label.gtin:
        return False
    if kind == "QR Code":
        return text == label.link
    return code.elements == (label.elements if kind == "Data Matrix" else ())
