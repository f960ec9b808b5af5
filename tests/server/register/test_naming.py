"""What a text names: the office's page says what the app would say, text by text."""

from __future__ import annotations

import json

import pytest

from register.naming import Fault, Form, Listed, find_listed, read_code
from services.codes import ProductCode, TraceLink, Unrecognised, parse
from services.register.pack_codes import PackCodes

GTIN = "9521234567899"
TEXTS = [
    GTIN, f"0{GTIN}", " 952 1234-5678.99 ", "９５２１２３４５６７８９９", "9521234567890", "952123456789", "12345",
    "95212346", "00000000", f"(01)0{GTIN}(10)L1", f"(01) 0{GTIN} (17) 270131", "(10)L1", "(01)09521234567890",
    f"(10)L1(01)0{GTIN}", f"010{GTIN}10L1", f"010{GTIN}", f"\x1d010{GTIN}10L1\x1d17270131",
    f"]C1010{GTIN}10L1", f"]d2010{GTIN}", f"]E0{GTIN}", "]Q1https://trace.example/p/1", "]C1", "\x1d",
    "0109521234567890", f"https://id.example/01/{GTIN}", f"HTTPS://ID.EXAMPLE/01/0{GTIN}/10/L1?17=270131",
    f"id.example/01/{GTIN}", f"https://id.example/a/b/01/{GTIN}/", f"URL:https://id.example/01/{GTIN}",
    "https://id.example/01/9521234567890", f"https://id.example/01/{GTIN}?utm_source=zalo#top",
    f"https://id.example/2026/01/{GTIN}", "https://id.example/01/20261101",
    "https://id.example/2025/12/01/20251201", "https://id.example/01/12345678/tra.html",
    "https://trace.example/p/1", "https://localhost/p", "https://", "https://a b.example/1",
    "trace.example/p/12", "Trà hoa vàng", "", "x" * 3000, f"https://id.example/01/{GTIN}/21/A%2F1",
    "http://[::1]/01/1", "https://id.example:99999/1", "8.93602E+12", "1.2/3",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_the_office_reads_the_same_product_out_of_a_text_as_the_app(text: str) -> None:
    app, office = parse(text), read_code(text)
    assert office.gtin == (app.gtin if isinstance(app, ProductCode) else None), app
    if isinstance(app, Unrecognised):
        meant = app.fault.value != "not_a_product_code"
        assert (office.fault not in {None, Fault.NO_GTIN}) == meant, (office, app)
    else:
        assert office.fault is None
    assert (office.form is Form.ADDRESS and office.fault is None) == isinstance(app, TraceLink)


CODES = [
    ("exact", "https://Trace.example/p/7", 1), ("exact", "22-193-06685-1-2023", 1),
    ("prefix", "https://trace.example/q/1", 2), ("prefix", "https://trace.example/q/12", 3),
    ("pattern", "https://qn.example/*/sp/2-*", 4), ("pattern", "https://qn.example/*/sp/*", 5),
    ("prefix", "https://trace.example/", 6), ("pattern", "https://*/x", 7),
    ("prefix", "https://twice.example/a", 8), ("pattern", "KHONG-SAO", 9), ("prefix", "LOT-", 10),
]  # fmt: skip
LOOKED_UP = [
    "https://trace.example/p/7", "HTTPS://TRACE.EXAMPLE/p/7?utm_source=zalo#x",
    "https://trace.example:443/p/7", "https://trace.example/p/8", "https://trace.example/q/1",
    "https://trace.example/q/1?x=1", "https://trace.example/q/123", "https://trace.example/q/12/5",
    "https://qn.example/tx/sp/2-5", "https://qn.example/tx/sp/9", "https://qn.example/a/b/sp/2-5",
    "https://trace.example/q/1/../2", "https://other.example/x", "https://twice.example/a", "KHONG-SAO",
    "LOT-5", "lot-5", "22-193-06685-1-2023", "22-193-06685-1-202", "https://qn.example/tx/sp/",
    "https://trace.example./p/7", "https://trace.example/p/7?fbclid=1&id=2", "",
]  # fmt: skip


@pytest.mark.parametrize("text", LOOKED_UP)
def test_the_office_finds_the_same_product_by_the_texts_of_packs_as_the_app(text: str) -> None:
    codes = [*CODES, ("exact", "https://twice.example/a/", 11)]
    app = PackCodes()
    for product in {key for *_, key in codes}:
        listed = [{"kind": kind, "value": value} for kind, value, key in codes if key == product]
        app.add(str(product), json.dumps({"codes": listed}).encode())
    found = {one.product for one in find_listed(text, [Listed(*code) for code in codes])}
    assert app.find(text) == (str(found.pop()) if len(found) == 1 else None)


def test_a_text_of_two_products_names_none() -> None:
    codes = [Listed("prefix", "https://trace.example/q", 1), Listed("prefix", "HTTPS://trace.example/q", 2)]
    assert {one.product for one in find_listed("https://trace.example/q/5", codes)} == {1, 2}
