"""What the person looks up in the register, from any screen; kept while they leave the register's and come back.

The address of the register's screen says it too, so that a link, a reload and the browser's way back show the same.
`/register` alone means: as it was left, or everything if it is reached from within the list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import flet as ft

from services.register.certificates import ProductState
from services.register.lookup import BY_NAME, NO_FILTER, By, Filter, Order
from services.register.products import STARS
from services.texts import normal
from views.parts.places import REGISTER
from views.parts.shared import Shared
from views.parts.words import GROUPS

PAGE = 50
"""Rows that are drawn at a time."""

MOST = 500
"""The most rows drawn: people who look for one product narrow the search rather than scroll on."""

E = TypeVar("E", bound=StrEnum)

_LONGEST = 200  # characters of an address's value


class Shape(StrEnum):
    """How products are listed."""

    TILES = "tiles"
    TABLE = "table"


@dataclass(frozen=True)
class Sought:
    """The words and filters of a search, in which order, as what, and how many pages of results are drawn.

    `shape` is None while the person has chosen none. `product` is the GTIN of the one that is shown beside the list.
    """

    text: str = ""
    where: Filter = NO_FILTER
    order: Order = BY_NAME
    shape: Shape | None = None
    pages: int = 1
    product: str | None = None

    @property
    def limit(self) -> int:
        """How many rows are drawn."""
        return min(MOST, self.pages * PAGE)

    @property
    def draws_most(self) -> bool:
        """Whether the list is as long as it may get."""
        return self.limit >= MOST

    @property
    def search(self) -> Sought:
        """What decides which rows are found: not how they are drawn, nor which of them is chosen."""
        return replace(self, shape=None, product=None)

    @property
    def address(self) -> str:
        """The address of the register's screen that shows this."""
        where = self.where
        values = {
            "q": self.text,
            "place": where.place,
            "group": where.group,
            "stars": where.stars,
            "state": where.state,
            "sort": None if self.order == BY_NAME else ("-" if self.order.descending else "") + self.order.by,
            "shape": self.shape,
            "page": self.pages if self.pages > 1 else None,
            "product": self.product,
        }
        pairs = [(name, str(value)) for name, value in values.items() if value]
        return f"{REGISTER}?{urlencode(pairs)}" if pairs else REGISTER

    @classmethod
    def at(cls, address: str, is_place: Callable[[str], bool] = lambda _code: True) -> Sought:
        """Read an address of the register's screen; what it cannot mean is ignored. `is_place` knows places' codes."""
        given = {name: value for name, value in parse_qsl(urlsplit(address).query) if len(value) <= _LONGEST}
        stars = {str(each): each for each in STARS}
        by = given.get("sort", "")
        order = _one_of(By, by.removeprefix("-"))
        place = given.get("place")
        pages, product = given.get("page", ""), given.get("product", "")
        return cls(
            text=normal(given.get("q", "")).strip(),
            where=Filter(
                place=place if place and is_place(place) else None,
                group=given["group"] if given.get("group") in GROUPS else None,
                stars=stars.get(given.get("stars", "")),
                state=_one_of(ProductState, given.get("state", "")),
            ),
            order=Order(order, by.startswith("-")) if order else BY_NAME,
            shape=_one_of(Shape, given.get("shape", "")),
            pages=min(int(pages), MOST // PAGE) if _is_number(pages) and int(pages) else 1,
            product=product if _is_number(product) and 8 <= len(product) <= 14 else None,
        )


class RegisterSearch(ft.Observable):
    """Holds what is sought now; a new search is drawn from its first row.

    While the register's list is on the screen, `open_address` is called with the address of each change.
    """

    def __init__(self, open_address: Callable[[str], object] = lambda _address: None) -> None:
        self.sought = Sought()
        self._open = open_address
        self._here: str | None = None  # the list's address while it is on the screen
        self._opening: list[str] = []  # addresses that the client has yet to confirm

    def follow(self, route: str, is_place: Callable[[str], bool] = lambda _code: True) -> None:
        """Take over what an address asks for (see `Sought.at`); an older one than the last opened here asks nothing."""
        before, on_list = self._here, urlsplit(route).path == REGISTER
        self._here = route if on_list else None
        if not on_list:
            self._opening.clear()
            return
        if route in self._opening:
            del self._opening[: self._opening.index(route) + 1]
            if self._opening:
                return
        if route != REGISTER:
            self._take(Sought.at(route, is_place))
        elif before not in (None, REGISTER):
            self._take(Sought())

    def leave(self) -> None:
        """Take note that the list is no longer on the screen."""
        self._here = None
        self._opening.clear()

    def look_for(self, text: str) -> None:
        """Search for other words within the same filters."""
        if text != self.sought.text:
            self._change(replace(self.sought, text=text, pages=1))

    def keep(self, text: str) -> None:
        """Search for other words without opening their address: the list is being left."""
        self._take(replace(self.sought, text=text, pages=1 if text != self.sought.text else self.sought.pages))

    def narrow(self, where: Filter) -> None:
        """Search for the same words within other filters."""
        self._change(replace(self.sought, where=where, pages=1))

    def sort(self, order: Order) -> None:
        """Put what is found in another order."""
        self._change(replace(self.sought, order=order, pages=1))

    def draw_as(self, shape: Shape) -> None:
        """Draw tiles or a table."""
        self._change(replace(self.sought, shape=shape))

    def show_more(self) -> None:
        """Draw more rows of what was found."""
        self._change(replace(self.sought, pages=min(MOST // PAGE, self.sought.pages + 1)))

    def choose(self, gtin: str | None) -> None:
        """Show this product beside the list; None: none."""
        self._change(replace(self.sought, product=gtin))

    def clear(self) -> None:
        """Clear words and filters."""
        self._change(replace(self.sought, text="", where=NO_FILTER, pages=1))

    def _change(self, sought: Sought) -> None:
        self._take(sought)
        address = sought.address
        if self._here is not None and address != (self._opening[-1] if self._opening else self._here):
            self._opening.append(address)
            self._open(address)

    def _take(self, sought: Sought) -> None:
        if sought != self.sought:
            self.sought = sought


def _one_of(kind: type[E], value: str) -> E | None:
    return kind(value) if value in {each.value for each in kind} else None


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


use_register_search = Shared[RegisterSearch]()
