from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.catalogue import Catalogue
from services.storage import StoreWriteError
from tests.services.conftest import product

AS_OF = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
REGISTER: dict[str, Any] = {"name": "OCOP Quảng Ninh", "sample": True, "products": 3}


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue.open(tmp_path)


def upsert(n: int, **fields: Any) -> dict[str, Any]:
    return {"op": "upsert", "product": product(n, **fields)}


def delete(n: int) -> dict[str, Any]:
    return {"op": "delete", "gtin": f"0952{n:010d}"}


def apply(catalogue: Catalogue, *changes: dict[str, Any], cursor: str = "1", more: bool = False) -> None:
    catalogue.apply(list(changes), cursor, more=more, register=REGISTER, as_of=AS_OF)


def test_an_empty_copy_says_nothing(catalogue: Catalogue) -> None:
    copy = catalogue.copy
    assert (copy.products, copy.as_of, copy.complete, copy.cursor) == (0, None, False, None)
    assert catalogue.product("09520000000001") is None
    assert catalogue.product_for_text("https://x") is None
    assert catalogue.search("") == []


def test_a_product_is_found_by_its_gtin_however_long(catalogue: Catalogue) -> None:
    apply(catalogue, upsert(1))
    found = catalogue.product("09520000000001")
    assert found
    assert found.name == "Trà hoa vàng Ba Chẽ"
    assert catalogue.product("9520000000001") is found
    for other in ("", "x", "９520000000001", "-9520000000001", "9" * 5000, "9520000000002"):
        assert catalogue.product(other) is None


def test_pages_and_their_cursor_survive_together(catalogue: Catalogue, tmp_path: Path) -> None:
    apply(catalogue, upsert(1), upsert(2), cursor="2", more=True)
    assert not catalogue.copy.complete
    apply(catalogue, delete(1), upsert(3), cursor="4")
    for each in (catalogue, Catalogue.open(tmp_path), Catalogue.open(tmp_path, read_only=True)):
        copy = each.copy
        assert (copy.products, copy.cursor, copy.complete, copy.as_of) == (2, "4", True, AS_OF)
        assert (copy.register_name, copy.sample) == ("OCOP Quảng Ninh", True)
        assert each.product("9520000000001") is None
        assert each.product("9520000000003")


def test_replaying_a_page_is_harmless(catalogue: Catalogue) -> None:
    for _ in range(2):
        apply(catalogue, upsert(1), delete(2), cursor="2")
    assert catalogue.copy.products == 1


def test_a_failed_write_leaves_products_and_cursor(catalogue: Catalogue) -> None:
    apply(catalogue, upsert(1), cursor="1")
    catalogue.close()
    with pytest.raises(StoreWriteError):
        apply(catalogue, delete(1), cursor="2")
    with pytest.raises(StoreWriteError):
        catalogue.replace_all([], "3", REGISTER, AS_OF)
    assert (catalogue.copy.products, catalogue.copy.cursor) == (1, "1")
    assert catalogue.product("9520000000001")


def test_changes_are_seen_by_every_way_of_looking(catalogue: Catalogue) -> None:
    code = {"kind": "exact", "value": "https://trace/1"}
    apply(catalogue, upsert(1, codes=[code]), upsert(2, name="Chả mực"))
    assert catalogue.search("cha muc")
    assert catalogue.product_for_text("https://trace/1")
    apply(catalogue, upsert(1, name="Chè vằng"), delete(2), cursor="3")
    renamed = catalogue.product("9520000000001")
    assert renamed
    assert renamed.name == "Chè vằng"
    assert catalogue.search("che vang") == [renamed]
    assert catalogue.search("cha muc") == []
    assert catalogue.product_for_text("https://trace/1") is None


def test_search_by_name_producer_place_and_number(catalogue: Catalogue) -> None:
    apply(catalogue, upsert(1), upsert(2, name="Chè hoa vàng", commune={"code": "c", "name": "Đầm Hà"}))
    assert [p.name for p in catalogue.search("che hoa vang")] == ["Chè hoa vàng", "Trà hoa vàng Ba Chẽ"]
    assert [p.name for p in catalogue.search("CHÈ HOA vàng đầm")] == ["Chè hoa vàng"]
    assert len(catalogue.search("hoa nui")) == 2
    assert [p.gtin for p in catalogue.search("dam ha")] == ["09520000000002"]
    assert [p.gtin for p in catalogue.search("9520000000001")] == ["09520000000001"]
    assert len(catalogue.search("", limit=1)) == 1
    assert catalogue.search("", limit=1, offset=0) != catalogue.search("", limit=1, offset=1)


def test_texts_on_packs_exact_before_the_longest_prefix(catalogue: Catalogue) -> None:
    def codes(*pairs: tuple[str, str]) -> list[dict[str, str]]:
        return [{"kind": kind, "value": value} for kind, value in pairs]

    apply(
        catalogue,
        upsert(1, codes=codes(("prefix", "https://t/"), ("prefix", ""))),
        upsert(2, codes=codes(("prefix", "https://t/abc/"), ("exact", "https://t/abc/1"))),
        upsert(3, codes=codes(("exact", "https://t/abc/2"), ("exact", "shared"))),
        upsert(4, codes=codes(("exact", "shared"))),
    )

    def found(text: str) -> str | None:
        owner = catalogue.product_for_text(text)
        return owner.gtin[-1] if owner else None

    assert found("https://t/x") == "1"
    assert found("https://t/abc/9") == "2"
    assert found("https://t/abc/2") == "3"
    assert found("http://t/") is None
    assert found("shared") is None
    assert found("") is None


@pytest.mark.parametrize(
    "bad",
    [
        product(2, name=None),
        product(2, certificates=[{"stars": 3}]),
        product(2, updated_at="yesterday"),
        product(2, gtin="2"),
        product(2, producer={"name": "x"}),
        {},
        None,
    ],
)
def test_a_product_that_cannot_be_read_does_not_hold_up_the_others(catalogue: Catalogue, bad: Any) -> None:
    apply(catalogue, {"op": "upsert", "product": bad}, upsert(1))
    assert catalogue.product("9520000000001")
    assert (catalogue.copy.products, catalogue.copy.unreadable, catalogue.copy.complete) == (1, 1, False)
    assert len(catalogue.search("")) == 1
    catalogue.replace_all([bad, product(1)], "2", REGISTER, AS_OF)
    assert (catalogue.copy.products, catalogue.copy.complete) == (1, False)


def test_a_product_that_can_be_read_again_makes_the_copy_complete(catalogue: Catalogue) -> None:
    apply(catalogue, upsert(1), upsert(2))
    apply(catalogue, upsert(2, name=None), cursor="3")
    assert catalogue.product("9520000000002") is None
    assert not catalogue.copy.complete
    apply(catalogue, upsert(2), cursor="4")
    assert catalogue.copy.complete


def test_an_idle_poll_renews_the_date_without_rewriting_the_register(catalogue: Catalogue, tmp_path: Path) -> None:
    apply(catalogue, upsert(1), cursor="1")
    before = (tmp_path / "catalogue.json").stat().st_mtime_ns
    later = AS_OF + timedelta(hours=1)
    catalogue.apply([], "1", more=False, register=REGISTER, as_of=later)
    assert (tmp_path / "catalogue.json").stat().st_mtime_ns == before
    assert Catalogue.open(tmp_path).copy.as_of == catalogue.copy.as_of == later
    catalogue.apply([], "1", more=False, register={**REGISTER, "name": "Mới"}, as_of=later)
    assert catalogue.copy.register_name == "Mới"


def test_a_date_checked_for_another_state_does_not_count(catalogue: Catalogue, tmp_path: Path) -> None:
    apply(catalogue, upsert(1), cursor="1")
    catalogue.apply([], "1", more=False, register=REGISTER, as_of=AS_OF + timedelta(hours=1))
    catalogue.replace_all([product(2)], "0", REGISTER, AS_OF, source="https://other")
    assert catalogue.copy.as_of == AS_OF


def test_lookups_see_one_page_or_the_next_while_it_is_written(catalogue: Catalogue) -> None:
    apply(catalogue, *(upsert(n, name="generation 0") for n in range(200)))
    done = threading.Event()
    torn: list[tuple[str, int]] = []

    def look() -> None:
        while not done.is_set():
            before = int(catalogue.copy.cursor or 0)
            row = catalogue.product("9520000000199")
            after = int(catalogue.copy.cursor or 0)
            # Cursor n + 1 came with generation n; an answer may be older by the page that is just being put in place.
            if not row or not before - 2 <= int(row.name.split()[1]) <= after - 1:
                torn.append((row.name if row else "none", before))
            catalogue.search("generation", limit=5)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for generation in range(1, 15):
        apply(catalogue, *(upsert(n, name=f"generation {generation}") for n in range(200)), cursor=str(generation + 1))
    done.set()
    for thread in threads:
        thread.join()
    assert torn == []
