"""What is sought in the register, as the address of its screen has it."""

from __future__ import annotations

import pytest

from services.register.certificates import ProductState
from services.register.lookup import By, Filter, Order
from views.parts.sought import RegisterSearch, Shape, Sought

EVERYTHING = Sought(
    "chè hoa & 50 %",
    Filter("06685", "do_uong", 4, ProductState.ENDS_SOON),
    Order(By.END, descending=True),
    Shape.TABLE,
    3,
    "09520007900017",
)


@pytest.mark.parametrize("sought", [Sought(), Sought("x"), Sought(order=Order(By.STARS)), EVERYTHING])
def test_an_address_says_all_of_it(sought: Sought) -> None:
    assert Sought.at(sought.address) == sought
    assert Sought().address == "/register"


@pytest.mark.parametrize(
    "query",
    [
        "stars=2", "group=weapons", "stars=x", "state=sold", "sort=price", "sort=-", "shape=map", "page=0", "page=-1",
        "page=x", "page=²", "product=12", "product=abcdefgh", "q=", "q=%20", f"q={'x' * 201}", "other=1", "page",
        "=", "%ff",
    ],
)  # fmt: skip
def test_what_an_address_cannot_mean_is_ignored(query: str) -> None:
    assert Sought.at(f"/register?{query}") == Sought()


def test_a_place_that_the_register_does_not_have_is_ignored() -> None:
    address = "/register?place=06685&q=tea"
    assert Sought.at(address, lambda code: code == "06685").where == Filter("06685")
    assert Sought.at(address, lambda code: code == "06686") == Sought("tea")


def test_an_address_draws_no_more_than_the_list_may() -> None:
    assert Sought.at("/register?page=9999999").limit == 500


def test_each_change_opens_its_address_and_a_new_search_begins_at_its_first_page() -> None:
    opened: list[str] = []
    search = RegisterSearch(opened.append)
    search.look_for("before the list is shown")
    search.clear()
    assert opened == []
    search.follow("/register?page=3")
    search.look_for("tea")
    search.narrow(Filter(stars=4))
    search.show_more()
    search.sort(Order(By.END))
    search.show_more()
    search.choose("09520007900017")
    search.draw_as(Shape.TILES)
    assert [address.partition("?")[2] for address in opened] == [
        "q=tea",
        "q=tea&stars=4",
        "q=tea&stars=4&page=2",
        "q=tea&stars=4&sort=end",
        "q=tea&stars=4&sort=end&page=2",
        "q=tea&stars=4&sort=end&page=2&product=09520007900017",
        "q=tea&stars=4&sort=end&shape=tiles&page=2&product=09520007900017",
    ]


def test_an_address_that_arrives_late_takes_nothing_back() -> None:
    search = RegisterSearch()
    search.follow("/register")
    search.look_for("t")
    search.look_for("tea")
    search.follow("/register?q=t")
    assert search.sought.text == "tea"
    search.follow("/register?q=tea")
    search.follow("/register?q=t")
    assert search.sought.text == "t", "the browser's way back"
    search.follow("/register")
    assert search.sought.text == "", "and back to where it began"


def test_the_list_is_found_again_as_it_was_left() -> None:
    opened: list[str] = []
    search = RegisterSearch(opened.append)
    search.follow("/register?q=tea")
    search.follow("/p/09520007900017")
    search.keep("tea and")
    search.follow("/register")
    assert search.sought.text == "tea and"
    search.leave()
    search.keep("tea")
    search.follow("/register")
    assert (search.sought.text, opened) == ("tea", [])
