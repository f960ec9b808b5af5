from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tinydb import where

from services.storage.rows import Rows, read_tables, write_tables
from services.storage.store import Store

DOCUMENTS: dict[str, Any] = {
    "1": {"name": 'Chè "hoa" vàng', "codes": ["a\nb", '"2":{'], "n": None},
    "22": {},
    "333": {"name": "}}"},
}


@pytest.mark.parametrize("others", [{}, {"copy": {"1": {"products": {"1": "2"}, "text": '"products":{\n'}}}])
@pytest.mark.parametrize("documents", [DOCUMENTS, {}])
def test_lines_are_json_and_read_back(others: dict[str, Any], documents: dict[str, Any]) -> None:
    blob = write_tables({"products": Rows.of(documents), **others})
    assert json.loads(blob) == {"products": documents, **others}
    read = read_tables(b"header\n" + blob, 7, "products")
    assert read == {"products": documents, **others}
    assert isinstance(read["products"], Rows)


def test_a_file_without_lines_is_read_too() -> None:
    read = read_tables(json.dumps({"products": DOCUMENTS, "copy": {}}, indent=1).encode(), 0, "products")
    assert read == {"products": DOCUMENTS, "copy": {}}
    assert read_tables(b"{}", 0, "products") == {"products": {}}


def test_what_is_kept_as_text_is_asked_like_any_table() -> None:
    rows = Rows.of(DOCUMENTS)
    assert "22" in rows
    assert "2" not in rows
    assert (len(rows), list(rows), rows["333"]) == (3, ["1", "22", "333"], {"name": "}}"})
    assert not Rows.of({})
    assert Rows.of(rows) is rows
    assert Rows.of({"1": "ố", "22": {}}).size() == len('"ố"{}'.encode())


def test_tinydbs_tables_read_and_write_what_is_kept_as_text(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.json", text_table="products")
    store.commit({"products": {1: {"stars": 4}, 2: {"stars": 5}}, "copy": {1: {"cursor": "2"}}})
    table = store.table("products")
    assert [row.doc_id for row in table.search(where("stars") == 5)] == [2]
    assert table.get(doc_id=1) == {"stars": 4}
    table.update({"stars": 3}, doc_ids=[1])
    store.commit({"products": {2: None}})
    again = Store(tmp_path / "a.json", text_table="products")
    assert isinstance(again.durable.read()["products"], Rows)
    assert {row.doc_id: dict(row) for row in again.table("products")} == {1: {"stars": 3}}
    assert Store(tmp_path / "a.json").durable.read() == {
        "products": {"1": {"stars": 3}},
        "copy": {"1": {"cursor": "2"}},
    }
