"""What to look for first: each reason, their order, the place, and what is done already."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.guidance.guidance import Guidance, GuidanceBook, GuidedPlace, GuidedProduct
from services.guidance.plan import Plan, Reason, Visit, plan
from services.register.catalogue import Catalogue
from tests.services.conftest import product

TODAY = date(2026, 11, 28)
AS_OF = datetime(2026, 11, 28, 8, tzinfo=UTC)
HERE = (20.95, 107.08)


def certified(valid_to: str, withdrawn_on: str | None = None, **fields: Any) -> dict[str, Any]:
    """A product whose one certificate ends on this day."""
    made = product(1)["certificates"][0]
    return {
        "certificates": [made | {"valid_to": valid_to, "withdrawn_on": withdrawn_on, "withdrawn_reason": None}],
        **fields,
    }


COPY = {
    "serial": "7",
    "reason": "too_far_apart",
    "sold_on": None,
    "sightings": [{"day": "2026-11-01", "place": None}],
}
PRODUCTS = [
    product(1, name="Còn hạn"),
    product(2, name="Hết hạn lâu", **certified("2025-06-01")),
    product(3, name="Mới hết hạn", **certified("2026-10-14")),
    product(4, name="Thu hồi", **certified("2028-01-09", "2026-11-01")),
    product(5, name="Sắp hết", **certified("2027-01-02")),
    product(6, name="Nghi sao chép", copies=[COPY]),
    product(7, name="Bị phản ánh"),
    product(8, name="Chưa thấy"),
    product(9, name="Lâu chưa đến"),
    product(10, name="Nơi khác", commune={"code": "vang-danh", "name": "Vàng Danh"}, former_unit=None),
]
GUIDANCE = Guidance(
    (
        GuidedProduct(PRODUCTS[6]["gtin"], ("reported",), reports=3),
        GuidedProduct(PRODUCTS[7]["gtin"], ("never_seen", "a_word_of_tomorrow")),
        GuidedProduct(PRODUCTS[8]["gtin"], ("not_visited",), date(2026, 2, 1)),
        GuidedProduct(PRODUCTS[9]["gtin"], ("reported",), reports=1),
        GuidedProduct("09529999999999", ("reported",), reports=9),
    ),
    (
        GuidedPlace("Chợ Hạ Long", "hong-gai", date(2026, 11, 1), 0),
        GuidedPlace("Chợ Cửa Sông", "hong-gai", date(2026, 1, 1), 0),
        GuidedPlace("Chợ Rừng", None, None, 2),
        GuidedPlace("Chợ Mới", "hong-gai", None, 0),
    ),
)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    kept = Catalogue.open(tmp_path / "catalogue")
    kept.replace_all(PRODUCTS, "1", {}, AS_OF)
    return kept


def made(catalogue: Catalogue, **given: Any) -> Plan:
    given = {"guidance": GUIDANCE, "visits": (), "my_list": (), "today": TODAY} | given
    return plan(catalogue, **given)


def names(found: Plan) -> list[str]:
    return [each.product.name for each in found.products]


def test_the_gravest_reason_comes_first_and_each_is_told(catalogue: Catalogue) -> None:
    found = made(catalogue)
    assert names(found) == [
        "Thu hồi", "Mới hết hạn", "Hết hạn lâu", "Nghi sao chép", "Bị phản ánh", "Nơi khác", "Sắp hết", "Chưa thấy",
        "Lâu chưa đến",
    ]  # fmt: skip
    reasons = {
        each.product.name: [(why.reason, why.day, why.number) for why in each.reasons] for each in found.products
    }
    assert reasons["Thu hồi"] == [(Reason.WITHDRAWN, date(2026, 11, 1), 0)]
    assert reasons["Mới hết hạn"] == [(Reason.LAPSED, date(2026, 10, 14), 0)]
    assert reasons["Sắp hết"] == [(Reason.ENDS_SOON, date(2027, 1, 2), 0)]
    assert reasons["Bị phản ánh"] == [(Reason.REPORTED, None, 3)]
    assert reasons["Chưa thấy"] == [(Reason.NEVER_SEEN, None, 0)]
    assert reasons["Lâu chưa đến"] == [(Reason.NOT_VISITED, date(2026, 2, 1), 0)]


def test_what_was_inspected_today_is_done_and_an_own_visit_ends_a_wish_for_one(catalogue: Catalogue) -> None:
    visits = [
        Visit(PRODUCTS[3]["gtin"], TODAY),
        Visit(PRODUCTS[7]["gtin"], TODAY - timedelta(days=3)),
        Visit(PRODUCTS[8]["gtin"], TODAY - timedelta(days=3)),
    ]
    assert set(names(made(catalogue))) - set(names(made(catalogue, visits=visits))) == {
        "Thu hồi", "Chưa thấy", "Lâu chưa đến",
    }  # fmt: skip


def test_a_place_leaves_what_is_elsewhere_out_but_not_what_is_on_my_list(catalogue: Catalogue) -> None:
    catalogue.replace_all(PRODUCTS, "2", REGISTER, AS_OF)
    assert "Nơi khác" not in names(made(catalogue, place="luong-minh"))
    found = made(catalogue, place="luong-minh", my_list=[PRODUCTS[9]["gtin"], PRODUCTS[0]["gtin"]])
    assert {"Nơi khác", "Còn hạn"} <= set(names(found))
    assert [each.product.name for each in found.products if each.on_my_list] == ["Nơi khác", "Còn hạn"]


REGISTER = {
    "name": "Sổ OCOP",
    "localities": [
        {"code": code, "name": name, "kind": "xã", "level": "commune", "valid_from": "2025-07-01", "valid_to": None,
         "former_units": []}
        for code, name in (("luong-minh", "Lương Minh"), ("vang-danh", "Vàng Danh"))
    ],
}  # fmt: skip


def test_what_was_seen_here_stands_before_the_rest_of_its_reason(catalogue: Catalogue) -> None:
    near, far = (HERE[0] + 0.005, HERE[1]), (HERE[0] + 0.5, HERE[1])
    seen = [
        Visit(PRODUCTS[1]["gtin"], TODAY - timedelta(days=40), "Chợ", near),
        Visit(PRODUCTS[2]["gtin"], TODAY - timedelta(days=40), "Chợ", far),
    ]
    found = made(catalogue, visits=seen, here=HERE)
    assert names(found)[1:3] == ["Hết hạn lâu", "Mới hết hạn"]
    assert found.products[1].reasons[-1].reason is Reason.SEEN_HERE
    assert all(Reason.SEEN_HERE not in [why.reason for why in each.reasons] for each in found.products[2:])


def test_places_with_reports_come_first_then_those_not_visited_longest(catalogue: Catalogue) -> None:
    places = made(catalogue).places
    assert [place.name for place in places] == ["Chợ Rừng", "Chợ Mới", "Chợ Cửa Sông"]
    assert [why.reason for why in places[0].reasons] == [Reason.REPORTED, Reason.NEVER_SEEN]
    visited = [Visit(None, TODAY - timedelta(days=9), "CHỢ CỬA SÔNG")]
    assert [place.name for place in made(catalogue, visits=visited).places] == ["Chợ Rừng", "Chợ Mới"]
    assert [place.name for place in made(catalogue, place="hong-gai").places] == ["Chợ Mới", "Chợ Cửa Sông"]


def test_without_guidance_the_copy_alone_makes_a_plan_and_most_bounds_it(catalogue: Catalogue) -> None:
    found = made(catalogue, guidance=Guidance(), most=2)
    assert names(found) == ["Thu hồi", "Mới hết hạn"]
    assert found.products_in_all == 5


def test_guidance_and_list_are_each_accounts_own_and_outlive_a_restart(tmp_path: Path) -> None:
    book = GuidanceBook(tmp_path)
    book.keep("a", GUIDANCE.products, GUIDANCE.places, AS_OF, server="https://r", etag='"1"')
    book.put_on_list("a", "1", wanted=True)
    book.put_on_list("a", "2", wanted=True)
    book.put_on_list("a", "1", wanted=False)
    book.close()
    again = GuidanceBook(tmp_path)
    assert again.of("a") == Guidance(GUIDANCE.products, GUIDANCE.places, AS_OF)
    assert (again.etag("a", "https://r"), again.etag("a", "https://other")) == ('"1"', None)
    assert again.my_list("a") == ("2",)
    assert again.of("b") == again.of(None) == Guidance()
    again.forget("a")
    assert again.of("a") == Guidance()
    assert again.my_list("a") == ("2",)
    assert "Chợ Hạ Long".encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("guidance*"))


def test_what_a_server_says_otherwise_than_agreed_is_not_read() -> None:
    good = {"gtin": "09520000000011", "reasons": [], "last_seen": None, "reports": 0}
    assert GuidedProduct.from_json(good).gtin == "09520000000011"
    for bad in ({"gtin": "x"}, {"reports": "2"}, {"last_seen": "gestern"}, {"reasons": [1]}):
        with pytest.raises((TypeError, ValueError)):
            GuidedProduct.from_json(good | bad)
