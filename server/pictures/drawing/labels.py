"""Draws the label that a product is registered with: all that a person compares with the pack in the hand."""

from __future__ import annotations

import math
from dataclasses import replace

from printing.linear import trade_item
from printing.qr import qr_code
from printing.symbols import DrawnSymbol

from pictures.drawing.canvas import Canvas
from pictures.drawing.colours import GOLD, STAR_ON_PAPER, Colours
from pictures.drawing.packs import Said
from pictures.drawing.plants import WARES
from pictures.drawing.wares import WHITE

_RED = "#a3231f"
_LEFT, _RIGHT = 70, 1130
_MODULE = 5.0  # a whole number of pixels at 640 and at 1600, so that bars stay sharp
_QR_ROOM = 310.0
_CUT = 30.0  # modules by which the bars are lower than at a shop's till, as on many small packs


def draw_label(c: Canvas, said: Said, colours: Colours) -> None:
    """Draw a label of 1200 by 1600 units."""
    c.box(0, 0, 1200, 1600, colours.paper)
    c.box(0, 0, 1200, 330, colours.deep)
    c.box(0, 330, 1200, 372, GOLD)
    _logo(c.at(290, 165), said)
    _seal(c.at(985, 165), colours)
    lines = c.wrapped(said["title"], 104, 1060, bold=True)[:2]
    top = 470 if len(lines) > 1 else 500
    for n, line in enumerate(lines):
        c.text(600, top + n * 116, line, 104, colours.deep, bold=True, room=1060)
    below = top + (len(lines) - 1) * 116
    c.text(600, below + 100, said["detail"], 58, colours.deep, room=1060)
    for x in (320, 460, 600, 740, 880):
        WARES[said["ware"]](c.at(x, below + 225, 54), colours)
    c.box(_LEFT, below + 318, _RIGHT, below + 322, GOLD)
    _details(c, said, colours, below + 372)
    symbol = _lower(trade_item(said["gtin"]))
    c.box(_LEFT, 1535 - symbol.height * _MODULE - 20, _LEFT + symbol.width * _MODULE + 40, 1550, WHITE, 10)
    c.symbol(symbol, _LEFT + 20, 1540 - symbol.height * _MODULE, _MODULE)
    code = qr_code(said["qr"], 60)
    module = _MODULE * max(1, math.floor(_QR_ROOM / code.width / _MODULE * 2) / 2)
    side = code.width * module
    c.symbol(code, _RIGHT - side, 1550 - side, module)


def _lower(symbol: DrawnSymbol) -> DrawnSymbol:
    bars = tuple((x, y, wide, high - _CUT) for x, y, wide, high in symbol.bars)
    digits = tuple(replace(digit, baseline=digit.baseline - _CUT) for digit in symbol.digits)
    return replace(symbol, height=symbol.height - _CUT, bars=bars, digits=digits)


def _logo(c: Canvas, said: Said) -> None:
    """The mark of the programme and the stars, in a field of its own."""
    c.box(-230, -120, 230, 120, WHITE, 18)
    c.text(0, -38, "OCOP", 88, _RED, bold=True)
    c.stars(0, 62, said["stars"], 30, STAR_ON_PAPER)


def _seal(c: Canvas, colours: Colours) -> None:
    c.ring(0, 0, 128, colours.paper, 7)
    for n in range(40):
        angle = n * math.pi / 20
        c.dot(108 * math.cos(angle), 108 * math.sin(angle), 3.4, colours.paper)
    c.text(0, -18, "HÀNG", 44, colours.paper, bold=True)
    c.text(0, 26, "CHÍNH HIỆU", 30, colours.paper, bold=True, room=180)


def _details(c: Canvas, said: Said, colours: Colours, top: float) -> None:
    rows = [(line, True) for line in c.wrapped(f"Cơ sở: {said['producer']}", 40, 1060, bold=True)[:2]]
    rows += [(line, False) for line in c.wrapped(f"Địa chỉ: {said['address']}", 40, 1060)[:2]]
    rows.append((f"Quy cách, khối lượng tịnh: {said['net']}", False))
    if said["months"]:
        rows.append((f"HSD: {said['months']} tháng kể từ ngày sản xuất (NSX)", False))
        rows.append(("NSX và số lô: xem trên bao bì", False))
    pitch = min(58.0, (1235 - top) / len(rows))
    for n, (line, bold) in enumerate(rows):
        c.text(_LEFT, top + n * pitch, line, min(40, pitch * 0.8), colours.deep, bold=bold, room=1060, anchor="lm")
