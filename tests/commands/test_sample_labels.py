"""Labels of the sample register's products, as dots of a printer and as pages of the PDF, read back."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import numpy as np
import pypdfium2
import pytest
import zxingcpp

from commands.label_texts import LabelledPack, label_of
from commands.labels import MOST
from printing.sheet import CELL, LEFT, QR_ROOM, TOP, Label, cells, sheet
from services.client.answers import Refused
from services.client.registry import Registry
from services.codes import parse
from services.register.about import Register
from services.register.catalogue import Catalogue
from services.register.statements import check_statement, statement_in
from services.sync.passes import fetch
from tests.printing.label_pixels import MM_PER_INCH, by_the_app, by_zxing, pixels, says, symbols_of
from tests.support.registry_server import RegistryServer

PACK = LabelledPack(lot="L-1/2", serial="S%20+7", expiry=date(2027, 12, 31))
READERS = pytest.mark.parametrize("read", [by_the_app, by_zxing], ids=["the app", "zxing-cpp"])


@pytest.fixture(scope="module")
def sample(server: RegistryServer, tmp_path_factory: pytest.TempPathFactory) -> list[Label]:
    """Labels of thirty of the sample register's products, chosen by seed, with the statements of the real server."""
    catalogue, registry = Catalogue.open(tmp_path_factory.mktemp("copy")), Registry(server.url)
    assert fetch(catalogue, registry).problem is None
    every = sorted(catalogue.search("", limit=MOST), key=lambda each: each.gtin)
    assert len(every) == 393
    chosen = []
    for each in random.Random(952).sample(every, 30):
        try:
            statement = registry.statement(each.gtin)
        except Refused:
            statement = None
        chosen.append(label_of(each, PACK, server.url, statement))
    registry.close()
    assert {label.signed for label in chosen} == {True, False}
    return chosen


@pytest.mark.slow
@pytest.mark.parametrize("dpi", [300, 600])
@READERS
def test_every_symbol_of_sample_products_is_read_back_as_it_was_meant(sample: list[Label], read: Any, dpi: int) -> None:
    wrong = [
        (label.gtin, kind)
        for label in sample
        for kind, symbol in symbols_of(label, QR_ROOM).items()
        if not says(read(pixels(symbol, dpi), kind), label, kind)
    ]
    assert wrong == []


def test_signed_links_carry_the_registers_own_statement(sample: list[Label], server: RegistryServer) -> None:
    registry = Registry(server.url)
    snapshot = registry.snapshot()
    registry.close()
    assert snapshot is not None
    keys = Register.from_json(snapshot.register).issuer_keys
    for label in sample:
        token = statement_in(label.link)
        assert (token is not None) == label.signed
        if token is not None:
            checked = check_statement(token, keys)
            assert checked.fault is None
            assert checked.statement is not None
            assert checked.statement.gtin == label.gtin


@pytest.mark.slow
def test_pages_are_read_back_from_the_pdf(sample: list[Label]) -> None:
    content = sheet(sample, register="OCOP", sample=True)
    document = pypdfium2.PdfDocument(content)
    places = list(cells(sample))
    assert len(document) == 4
    drawn = [page.render(scale=300 / 72, grayscale=True).to_numpy() for page in document]
    for number, picture in enumerate(drawn):
        here = [label for label, place in zip(sample, places, strict=True) if place[0] == number]
        found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
        assert {label.gtin[1:] for label in here} <= {code.text for code in found}
        assert {code.text for code in found if code.format == zxingcpp.BarcodeFormat.QRCode} == {x.link for x in here}
        parsed = [parse(code.text, gs1=True) for code in found if code.content_type == zxingcpp.ContentType.GS1]
        assert {code.elements for code in parsed} == {label.elements for label in here}
    for label, (page, column, row) in list(zip(sample, places, strict=True))[::5]:
        left, top = LEFT + column * CELL[0], TOP + row * CELL[1]
        parts = {"QR Code": (3, 14, 50, 60), "linear": (52, 13, 92, 41), "Data Matrix": (52.5, 42, 66.3, 56)}
        for kind, box in parts.items():
            x0, y0, x1, y1 = (
                round((edge + base) * 300 / MM_PER_INCH) for edge, base in zip(box, (left, top, left, top), strict=True)
            )
            assert says(by_the_app(np.ascontiguousarray(drawn[page][y0:y1, x0:x1]), kind), label, kind), (label, kind)


def test_a_page_names_the_product_and_says_that_it_is_a_sample(sample: list[Label]) -> None:
    def text(**kinds: bool) -> str:
        page = pypdfium2.PdfDocument(sheet(sample[:1], register="Sổ Ngữ Ưởng", **kinds))[0]
        return str(page.get_textpage().get_text_range())

    for words in (sample[0].name, sample[0].producer, "MẪU / SAMPLE", "Sổ Ngữ Ưởng", f"(01){sample[0].gtin}"):
        assert words in text(sample=True)
    assert "SAMPLE" not in text(sample=False)


def test_the_same_labels_make_the_same_bytes(sample: list[Label]) -> None:
    one, again = (sheet(sample[:3], register="OCOP", sample=True) for _ in range(2))
    assert one == again
    assert sheet(sample[:3], register="OCOP", sample=False) != one
