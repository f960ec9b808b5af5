"""Good artworks raise no alarm, in any size, kind of file and direction: a false one costs a producer a print run."""

from __future__ import annotations

import io
import random
from dataclasses import replace

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from printing.data_matrix import data_matrix
from printing.linear import trade_item
from printing.qr import qr_code
from printing.sheet import CELL, LEFT, TOP, Label, sheet
from services.decoding.symbol import Corners, Symbology
from services.labels import bars, modules
from services.labels.finding import Grade, Place, What
from services.labels.quality import bars_quality, matrix_quality
from services.labels.quiet import quiet_zones
from services.labels.size import sizes
from tests.printing.label_pixels import EVERY_LENGTH
from tests.services.labels.artworks import GTIN, Put, drawn, ean, pdf, png
from tests.services.labels.conftest import Check, alarms, found

POINT = 72 / 25.4
LINK = f"https://trace.example/01/{GTIN}"
ELEMENTS = (("01", GTIN), ("10", "L1"))


def three_codes() -> tuple[Put, ...]:
    return Put(ean()), Put(qr_code(LINK, 20), 44, 4), Put(data_matrix(ELEMENTS), 44, 26)


def test_a_label_with_three_codes_is_in_order_and_every_engine_reads_them(check: Check) -> None:
    checked = check(pdf(*three_codes(), size=(70, 42)), stars=4)
    assert [(code.number, code.symbology) for code in checked.codes] == [
        (1, "EAN-13"), (2, "QR Code"), (3, "Data Matrix"),
    ]  # fmt: skip
    assert [alarm for alarm in alarms(checked) if alarm[0] != "link_unknown"] == []
    read = [dict(each.values)["engines"] for each in checked.findings if each.what is What.READ_BACK]
    assert read == ["zxing-cpp, pyzbar, opencv-barcode", "zxing-cpp, pyzbar, qr", "zxing-cpp, data-matrix"]
    assert checked.product is not None
    assert found(checked, What.CERTIFICATE).grade is Grade.IN_ORDER
    assert found(checked, What.STARS).grade is Grade.IN_ORDER
    assert checked.advice is not None
    assert checked.advice.whole


def test_a_label_of_a_printed_sheet_is_in_order(check: Check) -> None:
    gtin = EVERY_LENGTH["EAN-8"]
    link = f"https://trace.example/01/{gtin}"
    whole = sheet([Label("Chè", "HTX", gtin, link, (("01", gtin), ("10", "L1")))], register="OCOP", sample=False)
    cut = io.BytesIO()
    with pypdfium2.PdfDocument(whole) as document:
        left, top = LEFT * POINT, (297 - TOP) * POINT
        document[0].set_cropbox(left, top - CELL[1] * POINT, left + CELL[0] * POINT, top)
        document.save(cut)
    checked = check(cut.getvalue())
    assert len(checked.codes) == 3
    known = {"link_unknown", "not_registered"}  # what the copy of this test does not hold
    assert [alarm for alarm in alarms(checked) if alarm[0] not in known] == []


def test_a_turned_label_is_measured_alike(check: Check) -> None:
    page = np.ascontiguousarray(np.rot90(drawn([Put(ean())])))
    checked = check(png(page), stars=4)
    assert alarms(checked) == []
    assert found(checked, What.X_DIMENSION).measured == pytest.approx(0.33, rel=0.005)
    assert found(checked, What.QUIET_ZONE).grade is Grade.IN_ORDER


PLACE = Place(1, ((0, 0), (0, 0), (0, 0), (0, 0)))
_WAYS = ("600", "400", "JPEG", "turned")


def _page(put: Put, way: str, turn: float) -> tuple[np.ndarray, float]:  # type: ignore[type-arg]
    """The artwork drawn in a way, with its pixels a millimetre: aligned dots, or shades where edges fall between."""
    width, height = (side * put.symbol.x + 6 for side in (put.symbol.width, put.symbol.height))
    page = drawn([put], (width, height), 1200)
    dpi = 600 if way in ("600", "turned") else 400
    size = (round(page.shape[1] * dpi / 1200), round(page.shape[0] * dpi / 1200))
    picture = Image.fromarray(page[:, :, 0]).resize(size, Image.Resampling.BOX)
    if way == "turned":
        picture = picture.rotate(turn, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    if way == "JPEG":
        content = io.BytesIO()
        picture.save(content, "JPEG", quality=92)
        picture = Image.open(content)
    return np.asarray(picture, np.uint8), dpi / 25.4


def _where(page: np.ndarray, way: str, turn: float, put: Put, quiet: float, dot: float) -> Corners:  # type: ignore[type-arg]
    """About where an engine sees the symbol."""
    symbol = put.symbol
    left = min(bar[0] for bar in symbol.bars)
    right = max(bar[0] + bar[2] for bar in symbol.bars)
    top, bottom = min(bar[1] for bar in symbol.bars), min(bar[1] + bar[3] for bar in symbol.bars)
    if quiet < 5:
        bottom = max(bar[1] + bar[3] for bar in symbol.bars)
    width, height = (side * symbol.x + 6 for side in (symbol.width, symbol.height))
    points = [(left, top), (right, top), (right, bottom), (left, bottom)]
    millimetres = np.array([(put.x + x * symbol.x - width / 2, put.y + y * symbol.x - height / 2) for x, y in points])
    angle = np.radians(turn if way == "turned" else 0)
    turned = millimetres @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([page.shape[1], page.shape[0]]) / 2
    return tuple((x, y) for x, y in (turned * dot + middle).tolist())  # type: ignore[return-value]


@pytest.mark.parametrize("seed", range(9))
def test_symbols_of_any_allowed_size_are_in_order_however_they_are_drawn(seed: int) -> None:
    luck = random.Random(seed)
    way, turn = _WAYS[seed % 4], luck.uniform(-80, 80)
    bars_kinds = [(Symbology.EAN_13, "EAN-13"), (Symbology.EAN_8, "EAN-8"), (Symbology.UPC_A, "UPC-A")]
    if seed % 3 < 2:
        kind, name = bars_kinds[luck.randrange(3)]
        x = luck.uniform(0.27, 0.5)
        put = Put(replace(trade_item(EVERY_LENGTH[name]), x=x), 3, 3)
        page, dot = _page(put, way, turn)
        corners = _where(page, way, turn, put, 7, dot)
        seen = bars.measure(page, corners, kind, (dot, dot))
        assert seen is not None
        judged = [*bars_quality(seen, 1, PLACE)]
        judged += sizes(kind, seen.module / dot, seen.height / dot, 1, PLACE, gs1=True)
        zones = [min(line.quiet[side] for line in seen.profiles) for side in (0, 1)]
        judged += quiet_zones(kind, zones, (False, False), 1, PLACE)
    else:
        x = luck.uniform(0.4, 0.8)
        if luck.random() < 0.5:
            kind, symbol = Symbology.QR_CODE, qr_code(LINK, 60)
        else:
            kind, symbol = Symbology.DATA_MATRIX, data_matrix(ELEMENTS)
        put = Put(replace(symbol, x=x), 3, 3)
        page, dot = _page(put, way, turn)
        grid = modules.measure(page, _where(page, way, turn, put, 4, dot), kind)
        assert grid is not None
        assert (grid.mirrored, grid.inverted, grid.unused) == (False, False, 1)
        judged = [
            *matrix_quality(grid, (dot, dot), 1, PLACE),
            *sizes(kind, min(grid.module) / dot, None, 1, PLACE, gs1=True),
        ]
        judged += quiet_zones(kind, grid.quiet, grid.to_edge, 1, PLACE)
    assert [finding for finding in judged if finding.grade is not Grade.IN_ORDER] == []
    measured = next(finding for finding in judged if finding.what is What.X_DIMENSION)
    assert measured.measured == pytest.approx(x, rel=0.01)
