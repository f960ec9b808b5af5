from __future__ import annotations

import json
import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.register.catalogue import Catalogue, CopyRefused
from services.register.reading import UNNAMED
from services.storage.store import DurableStorage, StoreWriteError
from tests.services.conftest import product

AS_OF = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
REGISTER: dict[str, Any] = {"name": "OCOP Quảng Ninh", "sample": True}


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
    apply(catalogue, upsert(1), upsert(2), cursor="1")
    catalogue.close()
    with pytest.raises(StoreWriteError):
        apply(catalogue, delete(1), cursor="2")
    with pytest.raises(StoreWriteError):
        catalogue.replace_all([product(2)], "3", REGISTER, AS_OF)
    assert (catalogue.copy.products, catalogue.copy.cursor) == (2, "1")
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
        upsert(1, codes=codes(("prefix", "https://t/a/"), ("prefix", ""))),
        upsert(2, codes=codes(("prefix", "https://t/abc/"), ("exact", "https://t/abc/1"))),
        upsert(3, codes=codes(("exact", "https://t/abc/2"), ("exact", "shared"))),
        upsert(4, codes=codes(("exact", "shared"))),
    )

    def found(text: str) -> str | None:
        owner = catalogue.product_for_text(text)
        return owner.gtin[-1] if owner else None

    assert found("https://t/a/x") == "1"
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


def filled(folder: Path, count: int = 40) -> Catalogue:
    """A copy with cursor 1, large enough for a page of changes to stay apart from it."""
    catalogue = Catalogue.open(folder)
    catalogue.replace_all([product(n) for n in range(1, count + 1)], "1", REGISTER, AS_OF, source="https://a")
    return catalogue


def seen(catalogue: Catalogue) -> tuple[str | None, int, str]:
    """The cursor, how many products there are, and the name of the first."""
    first = catalogue.product("9520000000001")
    return catalogue.copy.cursor, catalogue.copy.products, first.name if first else ""


def test_a_page_leaves_the_large_file_as_it_is(tmp_path: Path) -> None:
    catalogue = filled(tmp_path)
    before = (tmp_path / "catalogue.json").read_bytes()
    apply(catalogue, upsert(1, name="Mới"), delete(2), cursor="2")
    assert (tmp_path / "catalogue.json").read_bytes() == before
    for each in (catalogue, Catalogue.open(tmp_path)):
        assert seen(each) == ("2", 39, "Mới")
        assert each.copy.source == "https://a"
        assert each.product("9520000000002") is None


def test_pages_add_up_also_over_a_restart(tmp_path: Path) -> None:
    catalogue = filled(tmp_path)
    before = (tmp_path / "catalogue.json").read_bytes()
    for n in range(2, 7):
        apply(catalogue, upsert(n, name=f"Tên {n}"), delete(n + 30), cursor=str(n))
        if n == 4:
            catalogue = Catalogue.open(tmp_path)
    assert (tmp_path / "catalogue.json").read_bytes() == before
    for each in (catalogue, Catalogue.open(tmp_path)):
        assert seen(each)[:2] == ("6", 35)
        assert {p.name for p in each.search("ten")} == {f"Tên {n}" for n in range(2, 7)}
        assert [each.product(f"952{n:010d}") for n in range(32, 37)] == [None] * 5


def test_pages_are_put_into_the_large_file_before_they_have_cost_more_than_it(tmp_path: Path) -> None:
    catalogue = filled(tmp_path)
    size = (tmp_path / "catalogue.json").stat().st_size
    written = rewritten = 0
    for n in range(1, 201):
        before = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("c*s.json")}
        apply(catalogue, upsert(n % 40 + 1, name=f"Tên {n}"), cursor=str(n + 1))
        base = (tmp_path / "catalogue.json").read_bytes()
        if f'"cursor":"{n + 1}"'.encode() in base:
            rewritten += 1
        elif before:
            written += (tmp_path / "changes.json").stat().st_size
    assert 2 < rewritten < 40
    assert written / rewritten < 2.5 * size
    assert seen(Catalogue.open(tmp_path)) == seen(catalogue) == ("201", 40, "Tên 200")


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize("damage", [truncated, Path.unlink])
def test_lost_changes_give_back_the_large_files_own_cursor_and_date(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    catalogue = filled(tmp_path)
    later = AS_OF + timedelta(days=40)
    catalogue.apply([upsert(1, name="Mới")], "2", more=False, register=REGISTER, as_of=later)
    catalogue.apply([], "2", more=False, register=REGISTER, as_of=later + timedelta(days=1))
    damage(tmp_path / "changes.json")
    again = Catalogue.open(tmp_path)
    assert seen(again) == ("1", 40, "Trà hoa vàng Ba Chẽ")
    assert again.copy.as_of == AS_OF
    assert (again.recovered is not None) == (damage is truncated)


def test_a_page_before_is_used_where_the_last_is_damaged(tmp_path: Path) -> None:
    catalogue = filled(tmp_path)
    for n in (2, 3):
        apply(catalogue, upsert(1, name=f"Tên {n}"), cursor=str(n))
    truncated(tmp_path / "changes.json")
    again = Catalogue.open(tmp_path)
    assert seen(again) == ("2", 40, "Tên 2")
    assert again.recovered
    assert again.recovered.previous_used


def test_changes_never_count_beside_another_large_file(tmp_path: Path) -> None:
    catalogue = filled(tmp_path)
    apply(catalogue, upsert(1, name="Mới"), cursor="2")
    shutil.copy(tmp_path / "changes.json", tmp_path / "old")
    catalogue.replace_all([product(1), product(7)], "7", REGISTER, AS_OF, source="https://b")
    # As when the power fails between the two, and as when a damaged large file gives way to the one before it.
    shutil.copy(tmp_path / "old", tmp_path / "changes.json")
    assert seen(Catalogue.open(tmp_path)) == ("7", 2, "Trà hoa vàng Ba Chẽ")
    apply(catalogue, upsert(1, name="Mới b"), cursor="8")
    truncated(tmp_path / "catalogue.json")
    again = Catalogue.open(tmp_path)
    assert again.copy.source == "https://a"
    assert seen(again) in (("1", 40, "Trà hoa vàng Ba Chẽ"), ("2", 40, "Mới"))
    assert again.recovered
    apply(again, upsert(3, name="Weiter"), cursor="9")
    assert seen(Catalogue.open(tmp_path)) == seen(again)


def test_a_copy_of_the_version_before_opens_and_goes_on(tmp_path: Path) -> None:
    rows = {str(9520000000000 + n): product(n) for n in range(1, 41)}
    copy = {"cursor": "1", "complete": True, "register": REGISTER, "as_of": AS_OF.isoformat(), "source": "https://a"}
    DurableStorage(tmp_path / "catalogue.json").write({"products": rows, "copy": {"1": copy}})
    catalogue = Catalogue.open(tmp_path)
    assert seen(catalogue) == ("1", 40, "Trà hoa vàng Ba Chẽ")
    assert catalogue.copy.as_of == AS_OF
    for n in (2, 3):
        apply(catalogue, upsert(1, name=f"Tên {n}"), cursor=str(n))
        assert seen(Catalogue.open(tmp_path)) == (str(n), 40, f"Tên {n}")
    # and the version before opens ours, at the large file's own cursor
    assert DurableStorage(tmp_path / "catalogue.json").read()["copy"]["1"]["cursor"] == "2"


def test_a_product_is_kept_as_the_server_wrote_it(tmp_path: Path) -> None:
    text = json.dumps(product(1, later="\ud800", name="Chè vằng")).encode()
    broken = json.dumps(product(3, name="Chè vằng"), indent=1).encode()
    catalogue = Catalogue.open(tmp_path)
    catalogue.replace_all([text, b"{", b'{"gtin":NaN}', broken], "1", REGISTER, AS_OF)
    assert (catalogue.copy.products, catalogue.copy.unreadable) == (2, 1)
    for each in (catalogue, Catalogue.open(tmp_path)):
        assert [found.gtin for found in each.search("che vang")] == ["09520000000001", "09520000000003"]
    assert text in (tmp_path / "catalogue.json").read_bytes()


def test_what_json_cannot_hold_is_unreadable(catalogue: Catalogue) -> None:
    apply(catalogue, upsert(1, name="\ud800"), upsert(2, later=float("nan")), upsert(3))
    assert (catalogue.copy.products, catalogue.copy.unreadable) == (1, 2)


def apply_until_killed(folder: Path, confirmed: int) -> None:
    catalogue = Catalogue.open(folder)
    n = int(catalogue.copy.cursor or 0)
    while True:
        n += 1
        names = [upsert(row, name=f"Tên {n}") for row in (1, 1 + n % 40)]
        apply(catalogue, *names, cursor=str(n))
        os.write(confirmed, n.to_bytes(8))


def test_a_process_killed_at_random_never_parts_products_from_their_cursor(tmp_path: Path) -> None:
    filled(tmp_path).close()
    chance = random.Random(952)
    bases = set()
    for _ in range(40):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                apply_until_killed(tmp_path, writing)
            finally:
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            numbers = os.read(reading, 8)
            time.sleep(chance.uniform(0, 0.03))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            numbers += pipe.read()
        last = int.from_bytes(numbers[-8:])
        catalogue = Catalogue.open(tmp_path)
        cursor = int(catalogue.copy.cursor or 0)
        assert catalogue.recovered is None
        assert cursor in (last, last + 1)
        for row in (1, 1 + cursor % 40):
            found = catalogue.product(f"952{row:010d}")
            assert found
            assert found.name == f"Tên {cursor}"
        bases.add(DurableStorage(tmp_path / "catalogue.json").read()["copy"]["1"]["cursor"])
    assert len(bases) > 5, "the large file was never written while this was tried"


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


# What is not taken


def held(catalogue: Catalogue) -> tuple[int, str | None, str | None]:
    copy = catalogue.copy
    return copy.products, copy.cursor, copy.refused


@pytest.mark.parametrize("named", [1, 3])
def test_a_copy_with_another_number_of_products_than_the_register_names_is_not_taken(
    catalogue: Catalogue, named: int
) -> None:
    apply(catalogue, upsert(1), upsert(2), upsert(3), cursor="1")
    register = REGISTER | {"products": named}
    with pytest.raises(CopyRefused, match="wrong_count"):
        catalogue.replace_all([product(4), product(5)], "2", register, AS_OF)
    assert held(catalogue) == (3, "1", "wrong_count")
    with pytest.raises(CopyRefused, match="wrong_count"):
        catalogue.apply([delete(1)], "2", more=False, register=register, as_of=AS_OF)
    assert held(catalogue) == (3, "1", "wrong_count")
    catalogue.apply([delete(1)], "2", more=True, register=register, as_of=AS_OF)  # not the last page yet
    catalogue.replace_all([product(4), product(5)], "3", REGISTER | {"products": 2}, AS_OF)
    assert held(catalogue) == (2, "3", None)


def test_an_idle_poll_finds_out_that_the_copy_lacks_something(catalogue: Catalogue) -> None:
    apply(catalogue, upsert(1), cursor="1")
    catalogue.apply([], "1", more=False, register=REGISTER | {"products": 1}, as_of=AS_OF)
    with pytest.raises(CopyRefused):
        catalogue.apply([], "1", more=False, register=REGISTER | {"products": 2}, as_of=AS_OF)


def test_an_empty_copy_does_not_take_the_place_of_one_with_products(catalogue: Catalogue) -> None:
    empty = REGISTER | {"products": 0}
    catalogue.replace_all([], "1", empty, AS_OF)
    assert held(catalogue) == (0, "1", None)
    apply(catalogue, upsert(1), cursor="2")
    unread = json.dumps(product(1, name=None)).encode()
    for products, register in ([], empty), ([unread], REGISTER | {"products": 1}):
        with pytest.raises(CopyRefused, match="emptied"):
            catalogue.replace_all(products, "3", register, AS_OF)
    with pytest.raises(CopyRefused, match="emptied"):
        catalogue.apply([delete(1)], "3", more=False, register=empty, as_of=AS_OF)
    assert held(catalogue) == (1, "2", "emptied")


def test_pages_that_lead_to_no_whole_register_are_taken_back(catalogue: Catalogue, tmp_path: Path) -> None:
    """Else a device would say of the products of the first pages that the register does not hold them."""
    register = REGISTER | {"products": 2}
    catalogue.replace_all([product(1), product(2)], "2", register, AS_OF)
    assert len(catalogue.search("tra hoa vang")) == 2
    catalogue.apply([delete(1)], "3", more=True, register=register, as_of=AS_OF)
    catalogue.apply([upsert(3)], "4", more=True, register=None, as_of=AS_OF)
    with pytest.raises(CopyRefused, match="wrong_count"):
        catalogue.apply([upsert(4)], "5", more=False, register=None, as_of=AS_OF)
    for each in (catalogue, Catalogue.open(tmp_path)):
        assert (each.copy.products, each.copy.cursor, each.copy.complete) == (2, "2", True)
        assert each.product("09520000000001")
        assert not each.product("09520000000003")
        assert len(each.search("tra hoa vang")) == 2
    catalogue.apply([delete(1)], "3", more=True, register=register, as_of=AS_OF)
    catalogue.apply([upsert(3)], "4", more=False, register=None, as_of=AS_OF)
    with pytest.raises(CopyRefused, match="wrong_count"):
        catalogue.apply([delete(2)], "5", more=False, register=None, as_of=AS_OF)
    assert held(catalogue) == (2, "4", "wrong_count")


def test_pages_that_would_empty_the_copy_do_not_begin(catalogue: Catalogue) -> None:
    catalogue.replace_all([product(1), product(2)], "2", REGISTER | {"products": 2}, AS_OF)
    with pytest.raises(CopyRefused, match="emptied"):
        catalogue.apply([delete(1)], "3", more=True, register=REGISTER | {"products": 0}, as_of=AS_OF)
    assert held(catalogue) == (2, "2", "emptied")


def test_products_that_are_set_aside_count_and_are_named(catalogue: Catalogue) -> None:
    bad = product(2, certificates=[product(2)["certificates"][0] | {"stars": 10_000_000}])
    catalogue.replace_all([product(1), bad], "1", REGISTER | {"products": 2}, AS_OF)
    assert (catalogue.copy.products, catalogue.copy.set_aside) == (1, ("09520000000002",))
    assert (catalogue.copy.whole, catalogue.copy.complete) == (True, False)
    assert catalogue.holds_unread("09520000000002", "")
    assert not catalogue.holds_unread("09520000000003", "")
    catalogue.replace_all([b"{", product(1)], "2", REGISTER | {"products": 2}, AS_OF)
    assert catalogue.copy.set_aside == (UNNAMED,)
    large = product(2, later="x" * 600_000)
    catalogue.replace_all([product(1), json.dumps(large).encode()], "3", REGISTER | {"products": 2}, AS_OF)
    apply(catalogue, {"op": "upsert", "product": large}, cursor="4")
    assert catalogue.copy.products == 1


def test_a_line_that_an_older_version_let_in_is_not_shown(tmp_path: Path) -> None:
    bad = product(1, certificates=[product(1)["certificates"][0] | {"stars": 10_000}])
    bad["codes"] = [{"kind": "exact", "value": "https://trace/1"}]
    rows = {"9520000000001": bad, "9520000000002": product(2)}
    copy = {"cursor": "1", "complete": True, "register": REGISTER, "as_of": AS_OF.isoformat(), "source": "https://a"}
    DurableStorage(tmp_path / "catalogue.json").write({"products": rows, "copy": {"1": copy}})
    catalogue = Catalogue.open(tmp_path)
    assert catalogue.product("09520000000001") is None
    assert catalogue.holds_unread("09520000000001", "")
    assert catalogue.holds_unread(None, "https://trace/1")
    assert [found.gtin for found in catalogue.search("")] == ["09520000000002"]
