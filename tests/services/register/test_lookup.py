"""Looking products up by words, place, group, stars and the state of their certificates."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.codes import ProductCode
from services.register.catalogue import Catalogue
from services.register.certificates import SOON, ProductState, soon_after, worth_of_rows
from services.register.lookup import NO_FILTER, Filter, Lookup
from services.register.products import Locality, Product
from services.verification import STATUS_OF, RegisterCopy, Status, verify
from tests.services.conftest import product

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LOCALITIES = [
    {
        "code": code,
        "name": name,
        "kind": kind,
        "level": "commune" if land else "former_unit",
        "valid_from": "2025-07-01" if land else None,
        "valid_to": None if land else "2025-06-30",
        "former_units": land,
    }
    for code, kind, name, land in [
        ("ha-long", "thành phố", "Hạ Long", []),
        ("cam-pha", "thành phố", "Cẩm Phả", []),
        ("tien-yen", "huyện", "Tiên Yên", []),
        ("06685", "phường", "Hồng Gai", ["ha-long"]),
        ("06688", "phường", "Hạ Long", ["ha-long"]),
        ("06799", "xã", "Hải Hòa", ["cam-pha", "tien-yen"]),
        ("06862", "xã", "Tiên Yên", ["tien-yen"]),
    ]
]
REGISTER: dict[str, Any] = {"name": "OCOP", "sample": True, "localities": LOCALITIES}


def made(n: int, name: str, former: str | None, commune: str | None, **fields: Any) -> dict[str, Any]:
    names = {unit["code"]: unit["name"] for unit in LOCALITIES}
    places = {"former_unit": former, "commune": commune}
    units = {key: {"code": code, "name": names.get(code, code)} if code else None for key, code in places.items()}
    nobody = {"id": 1, "name": "HTX Hoa Núi", "address": "Thôn 1", "phone": None}
    return product(n, name=name, **{"producer": nobody, **units, **fields})


PRODUCTS = [
    made(1, "Chả mực", "ha-long", "06685"),
    made(2, "Chè hoa", "tien-yen", None, group="thuc_pham"),
    made(3, "Mật ong", None, "06799"),
    made(4, "Nem chua", "cam-pha", "06799", place="bản Khe Lẹ"),
    made(5, "Rượu ba kích", "ha-long", None),
    made(6, "Sá sùng", None, None),
]


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    catalogue = Catalogue.open(tmp_path)
    catalogue.replace_all(PRODUCTS, "1", REGISTER, NOW)
    return catalogue


def numbers(products: list[Product]) -> set[int]:
    return {int(product.gtin[-3:]) for product in products}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tien yen", {2, 3}),
        ("Tiên Yên", {2, 3}),
        ("huyen tien yen", {2, 3}),
        ("xã Tiên Yên", {2}),
        ("hai hoa", {2, 3, 4}),
        ("cam pha", {3, 4}),
        ("phuong hong gai", {1, 5}),
        ("phuong ha long", {5}),
        ("thanh pho ha long", {1, 5}),
        ("ha long cha muc", {1}),
        ("khe le", {4}),
        ("hoa nui mat", {3}),
        ("huyen ba che", set()),
    ],
)
def test_places_old_and_new_are_found_by_their_names(catalogue: Catalogue, query: str, found: set[int]) -> None:
    assert numbers(catalogue.search(query)) == found


def test_names_of_places_that_the_register_has_no_list_of_are_found(catalogue: Catalogue) -> None:
    catalogue.replace_all([made(1, "Chả mực", "yen-hung", None)], "2", {"name": "OCOP", "sample": True}, NOW)
    assert numbers(catalogue.search("yen-hung")) == {1}


def test_another_list_of_places_is_searched_by_from_then_on(catalogue: Catalogue) -> None:
    assert not catalogue.search("Hoành Bồ")
    renamed = [unit | {"name": "Hoành Bồ"} if unit["code"] == "06685" else unit for unit in LOCALITIES]
    catalogue.apply([], "2", more=False, register=REGISTER | {"localities": renamed}, as_of=NOW)
    assert numbers(catalogue.search("hoanh bo")) == {1, 5}


@pytest.mark.parametrize(
    ("where", "surely", "possibly"),
    [
        (NO_FILTER, {1, 2, 3, 4, 5, 6}, set()),
        (Filter(place="tien-yen"), {2}, {3}),
        (Filter(place="06799"), {3, 4}, {2}),
        (Filter(place="06862"), set(), {2}),
        (Filter(place="ha-long"), {1, 5}, set()),
        (Filter(place="06688"), set(), {5}),
        (Filter(place="nowhere"), set(), set()),
        (Filter(group="thuc_pham"), {2}, set()),
        (Filter(group="thuc_pham", place="06799"), set(), {2}),
        (Filter(stars=4), {1, 2, 3, 4, 5, 6}, set()),
        (Filter(stars=5), set(), set()),
        (Filter(state=ProductState.CERTIFIED), {1, 2, 3, 4, 5, 6}, set()),
        (Filter(state=ProductState.ENDED), set(), set()),
    ],
)
def test_filters(catalogue: Catalogue, where: Filter, surely: set[int], possibly: set[int]) -> None:
    found = catalogue.find("", where, TODAY)
    assert found
    assert (numbers(found.surely), numbers(found.possibly)) == (surely, possibly)
    assert (found.surely_in_all, found.possibly_in_all) == (len(surely), len(possibly))


def test_words_and_filters_together_and_what_is_sure_comes_first(catalogue: Catalogue) -> None:
    found = catalogue.find("m", Filter(place="06799"), TODAY)
    assert found
    assert (numbers(found.surely), found.possibly) == ({3}, [])
    first = catalogue.find("", Filter(place="06799"), TODAY, limit=2)
    assert first
    assert ([len(first.surely), first.possibly], first.possibly_in_all) == ([2, []], 1)
    assert catalogue.find("", Filter(place="06799"), TODAY, limit=3) != first


def test_a_search_that_nobody_waits_for_ends(catalogue: Catalogue) -> None:
    assert catalogue.find("", NO_FILTER, TODAY, cancelled=lambda: True) is None


def test_filters_follow_changes_and_days(catalogue: Catalogue) -> None:
    expired = Filter(state=ProductState.ENDED)
    nothing = catalogue.find("", expired, TODAY)
    assert nothing
    assert nothing.surely == []
    later = catalogue.find("", expired, date(2028, 1, 10))
    assert later
    assert later.surely_in_all == 6
    change = made(2, "Chè hoa", "tien-yen", None, certificates=[])
    catalogue.apply([{"op": "upsert", "product": change}], "2", more=False, register=None, as_of=NOW)
    catalogue.apply([{"op": "delete", "gtin": PRODUCTS[0]["gtin"]}], "3", more=False, register=None, as_of=NOW)
    bare = catalogue.find("", Filter(state=ProductState.NOT_CERTIFIED), TODAY)
    assert bare
    assert numbers(bare.surely) == {2}
    certified = catalogue.find("", Filter(state=ProductState.CERTIFIED), TODAY)
    assert certified
    assert numbers(certified.surely) == {3, 4, 5, 6}


def test_a_filter_counts_a_withdrawal_from_its_day_on(catalogue: Catalogue) -> None:
    withdrawn = [{**PRODUCTS[0]["certificates"][0], "withdrawn_on": (TODAY + timedelta(30)).isoformat()}]
    change = made(2, "Chè hoa", "tien-yen", None, certificates=withdrawn)
    catalogue.apply([{"op": "upsert", "product": change}], "2", more=False, register=None, as_of=NOW)

    def numbered(state: ProductState, days: int) -> set[int]:
        found = catalogue.find("", Filter(state=state), TODAY + timedelta(days))
        assert found
        return numbers(found.surely)

    assert numbered(ProductState.CERTIFIED, 29) == {1, 2, 3, 4, 5, 6}
    assert numbered(ProductState.WITHDRAWN, 29) == set()
    assert numbered(ProductState.CERTIFIED, 30) == {1, 3, 4, 5, 6}
    assert numbered(ProductState.WITHDRAWN, 30) == {2}


def test_a_product_that_came_while_a_search_was_under_way_is_passed_over() -> None:
    rows = {str(int(p["gtin"])): json.dumps(p).encode() for p in PRODUCTS}
    lookup = Lookup(rows, tuple(Locality.from_json(unit) for unit in LOCALITIES))
    accept = lookup._traits(TODAY).accepting(Filter(stars=4), lookup.gazetteer)
    assert accept(9520000000099) is None
    assert accept(9520000000001)


days = st.integers(-500, 500).map(lambda number: (TODAY + timedelta(number)).isoformat())
certificates = st.lists(
    st.fixed_dictionaries({
        "number": st.just("1/QĐ"),
        "stars": st.sampled_from([3, 4, 5]),
        "decision": st.just("148/QĐ-TTg"),
        "issuer": st.just("UBND tỉnh"),
        "valid_from": days,
        "valid_to": days | st.just((TODAY + SOON).isoformat()) | st.just(TODAY.isoformat()),
        "withdrawn_on": st.none() | days,
        "withdrawn_reason": st.none(),
    }),
    max_size=4,
)  # fmt: skip


@given(certificates)
def test_the_state_is_the_verdict_on_the_number_alone(issued: list[dict[str, Any]]) -> None:
    document = product(1, certificates=issued)
    verdict = verify(
        ProductCode(document["gtin"], document["gtin"]), Product.from_json(document), RegisterCopy(NOW, True), NOW
    )
    state, stars = worth_of_rows(issued, TODAY.isoformat(), soon_after(TODAY).isoformat())
    assert STATUS_OF[state] is verdict.status
    assert bool(stars) == (verdict.status in (Status.CERTIFIED, Status.EXPIRES_SOON))
