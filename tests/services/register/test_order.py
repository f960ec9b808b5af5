"""The orders in which products are found, and what stands beside a product: its producer's others, and near by."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.register.catalogue import Catalogue
from services.register.lookup import By, Filter, Order
from services.register.neighbours import neighbours
from tests.services.register.test_lookup import REGISTER, made

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def until(last: str, stars: int, **fields: Any) -> list[dict[str, Any]]:
    certificate = {
        "number": "1", "stars": stars, "decision": "148/QĐ-TTg", "issuer": "UBND", "valid_from": "2024-01-01",
        "valid_to": last, "withdrawn_on": None, "withdrawn_reason": None,
    }  # fmt: skip
    return [{**certificate, **fields}]


def by(number: int) -> dict[str, Any]:
    return {"producer": {"id": number, "name": f"Cơ sở {number}", "address": "Thôn 1", "phone": None}}


PRODUCTS = [
    made(1, "Ba kích", "cam-pha", None, certificates=until("2028-01-01", 3), **by(12)),
    made(2, "Chả mực", "ha-long", "06685", certificates=until("2027-06-01", 5), **by(1)),
    made(3, "Mật ong", None, "06799", certificates=until("2026-01-01", 4), **by(12)),
    made(4, "Nem chua", None, "06799", certificates=[], **by(2)),
    made(5, "Sá sùng", None, None, certificates=until("2027-06-01", 4), **by(2)),
]


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    catalogue = Catalogue.open(tmp_path)
    catalogue.replace_all(PRODUCTS, "1", REGISTER, NOW)
    return catalogue


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (Order(), [1, 2, 3, 4, 5]),
        (Order(By.NAME, descending=True), [5, 4, 3, 2, 1]),
        (Order(By.STARS, descending=True), [2, 5, 1, 3, 4]),
        (Order(By.STARS), [1, 5, 2, 3, 4]),
        (Order(By.END), [3, 2, 5, 1, 4]),
        (Order(By.END, descending=True), [1, 2, 5, 3, 4]),
        (Order(By.PLACE), [1, 3, 4, 2, 5]),
        (Order(By.PLACE, descending=True), [2, 1, 3, 4, 5]),
    ],
)
def test_what_has_nothing_to_go_by_is_last_and_what_is_equal_goes_by_name(
    catalogue: Catalogue, order: Order, found: list[int]
) -> None:
    listing = catalogue.find("", Filter(), TODAY, order=order)
    assert listing
    assert [int(each.gtin[-2:]) for each in listing.surely] == found
    first = catalogue.find("", Filter(), TODAY, order=order, limit=2)
    assert first
    assert (first.surely, first.surely_in_all) == (listing.surely[:2], 5), "the first of all, not any two"


def test_an_order_follows_the_day_and_a_change_of_the_copy(catalogue: Catalogue) -> None:
    best = Order(By.STARS, descending=True)
    later = catalogue.find("", Filter(), date(2027, 12, 1), order=best)
    assert later
    assert later.surely[0].name == "Ba kích", "the others have ended by then"
    better = {"op": "upsert", "product": PRODUCTS[3] | {"certificates": until("2029-01-01", 5)}}
    catalogue.apply([better], "2", more=False, register=None, as_of=NOW)
    now = catalogue.find("", Filter(), TODAY, order=best)
    assert now
    assert [each.name for each in now.surely[:2]] == ["Chả mực", "Nem chua"]


def test_an_order_holds_within_those_that_surely_match_and_those_that_possibly_do(catalogue: Catalogue) -> None:
    found = catalogue.find("", Filter(place="06799"), TODAY, order=Order(By.NAME, descending=True))
    assert found
    assert [each.name for each in (*found.surely, *found.possibly)] == ["Nem chua", "Mật ong", "Ba kích"]


def test_a_producers_products_and_those_made_near_by(catalogue: Catalogue) -> None:
    assert [each.name for each in catalogue.of_producer(12)] == ["Ba kích", "Mật ong"]
    assert [each.name for each in catalogue.of_producer(1)] == ["Chả mực"], "12 is another one"
    assert catalogue.of_producer(3) == []
    honey = catalogue.of_producer(12)[1]
    beside = neighbours(catalogue, honey, TODAY, most=5)
    assert [each.name for each in beside.of_producer] == ["Ba kích"]
    assert [each.name for each in beside.near] == ["Nem chua"]
    assert neighbours(catalogue, honey, TODAY, most=0).near == ()
    nowhere = catalogue.of_producer(2)[1]
    assert neighbours(catalogue, nowhere, TODAY, most=5).near == (), "nobody knows where it is made"
