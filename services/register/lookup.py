"""Finds products without their codes: by words, by place, and by what their certificates are worth today."""

from __future__ import annotations

import json
import threading
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import NamedTuple, TypeVar

from services.register.certificates import ProductState, end_of_rows, soon_after, worth_of_rows
from services.register.localities import Gazetteer, Lies, full_name
from services.register.products import Locality
from services.register.search import Searchable, SearchIndex, fold

T = TypeVar("T", int, str)

_ASK = 500  # products looked at between two checks for a cancel


@dataclass(frozen=True)
class Filter:
    """What a product must match besides words. None: anything.

    `place` is a locality's code; `stars` are those of the certificate in force; `state` follows from the certificates
    in the copy, however old the copy is.
    """

    place: str | None = None
    group: str | None = None
    stars: int | None = None
    state: ProductState | None = None


NO_FILTER = Filter()


class By(StrEnum):
    """What products are put in order by. NAME: what is found by its name comes before the rest, as in `search`.

    STARS are those in force, END is the last day of the certificate that speaks, PLACE the unit's name without its
    kind.
    """

    NAME = "name"
    STARS = "stars"
    END = "end"
    PLACE = "place"


@dataclass(frozen=True)
class Order:
    """An order of products. What has nothing to be put in order by comes last either way; what is equal, by name."""

    by: By = By.NAME
    descending: bool = False


BY_NAME = Order()


class Found(NamedTuple):
    """Keys of products in the order to show them: first those that surely match, then those that possibly lie there.

    `surely` and `possibly` count all matches, of which `keys` may hold only the first.
    """

    keys: list[int]
    surely: int
    possibly: int


class _Traits(NamedTuple):
    group: str
    former_unit: str | None
    commune: str | None
    stars: int
    state: ProductState


class Lookup:
    """Searches the copy's products. Safe to share between threads: each search sees one state of the copy."""

    def __init__(self, rows: Mapping[str, bytes], localities: tuple[Locality, ...]) -> None:
        """`rows` are the products' JSON by GTIN without leading zeros; the caller must not change them later."""
        self.gazetteer = Gazetteer(localities)
        self._phrases = sorted({fold(full_name(unit)) for unit in localities}, key=len, reverse=True)
        self._names: dict[tuple[str | None, str | None], str] = {}
        self._rows = rows
        self._index = SearchIndex(map(self._entry, rows.values()))
        self._lock = threading.Lock()
        self._table: _Table | None = None

    def change(self, rows: Mapping[str, bytes], changed: Mapping[str, bytes | None]) -> None:
        """Follow a change of the copy: `rows` are all products now, `changed` those that are new or (None) gone."""
        self._index.change({int(key): self._entry(row) if row else None for key, row in changed.items()})
        with self._lock:
            self._rows = rows
            self._table = None

    def search(self, query: str, *, limit: int, offset: int = 0) -> list[int]:
        """Keys of products where each word of `query` begins a word or is part of the number (see `SearchIndex`).

        A unit's full name, such as "phường Hạ Long", counts as one word: "phường" and "Hạ Long" match many more.
        """
        return list(islice(self._index.find(query, self._phrases), offset, offset + limit))

    def find(
        self,
        query: str,
        where: Filter,
        today: date,
        *,
        limit: int = 50,
        order: Order = BY_NAME,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Found | None:
        """Count all products that match the words and the filter, and give the first of them. None where cancelled.

        `today` is a day in Vietnam. `order` holds within those that surely match and those that possibly do.
        """
        accept = _anything if where == NO_FILTER else self._traits(today).accepting(where, self.gazetteer)
        surely, possibly = array("Q"), array("Q")
        found = self._index.find(query, self._phrases)
        while some := list(islice(found, _ASK)):
            if cancelled():
                return None
            for key in some:
                match accept(key):
                    case Lies.SURELY:
                        surely.append(key)
                    case Lies.POSSIBLY:
                        possibly.append(key)
        first = self._ordered(surely, order, today)[:limit]
        then = self._ordered(possibly, order, today)[: max(0, limit - len(surely))]
        return Found([*first, *then], len(surely), len(possibly))

    def _ordered(self, keys: Sequence[int], order: Order, today: date) -> Sequence[int]:
        if order.by is By.NAME:
            return keys[::-1] if order.descending else keys
        return sorted(keys, key=self._traits(today).ranking(order, self.gazetteer))

    def _traits(self, today: date) -> _Table:
        with self._lock:
            if self._table is None or self._table.today != today:
                self._table = _Table(self._rows.values(), today)
            return self._table

    def _entry(self, row: bytes) -> Searchable:
        product = json.loads(row)
        producer, former, commune = product["producer"], product.get("former_unit"), product.get("commune")
        known = (former and former["code"], commune and commune["code"])
        if known not in self._names:
            places = {full_name(unit): None for unit, _lies in self.gazetteer.units_of(*known)}
            names = [place["name"] for place in (commune, former) if place and not self.gazetteer.get(place["code"])]
            self._names[known] = " ".join([*places, *names])
        texts = [producer["name"], self._names[known], producer["address"]]
        place = product.get("place", "")
        if place not in producer["address"]:
            texts.append(place)
        return Searchable(int(product["gtin"]), product["name"], "\t".join(texts))


class _Table:
    """The traits of every product on one day. Few differ, so each product has only the number of its traits."""

    def __init__(self, rows: Iterable[bytes], today: date) -> None:
        self.today = today
        self._ends: dict[int, str | None] = {}
        self._rankings: dict[Order, Callable[[int], int]] = {}
        days = today.isoformat(), soon_after(today).isoformat()
        numbers: dict[_Traits, int] = {}
        self._of: dict[int, int] = {}
        for row in rows:
            product = json.loads(row.decode())  # decoded here, since json.loads would first detect the encoding
            former, commune = product.get("former_unit"), product.get("commune")
            state, stars = worth_of_rows(product["certificates"], *days)
            traits = _Traits(product["group"], former and former["code"], commune and commune["code"], stars, state)
            key = int(product["gtin"])
            self._of[key] = numbers.setdefault(traits, len(numbers))
            self._ends[key] = end_of_rows(product["certificates"], *days)
        self._every = list(numbers)

    def accepting(self, where: Filter, gazetteer: Gazetteer) -> Callable[[int], Lies | None]:
        """Make a function that tells whether the filter lets a product's key through, and how surely."""
        unit = gazetteer.get(where.place) if where.place else None

        def judge(traits: _Traits) -> Lies | None:
            wanted = ((where.group, traits.group), (where.stars, traits.stars), (where.state, traits.state))
            if any(want is not None and want != has for want, has in wanted):
                return None
            if where.place is None:
                return Lies.SURELY
            return gazetteer.lies_in(traits.former_unit, traits.commune, unit) if unit else None

        answers = [judge(traits) for traits in self._every]
        numbers = self._of

        def accept(key: int) -> Lies | None:
            number = numbers.get(key)  # a product that was added during the search has none
            return None if number is None else answers[number]

        return accept

    def ranking(self, order: Order, gazetteer: Gazetteer) -> Callable[[int], int]:
        """Make a function that gives the rank of a product's key in an order; equal ones have one rank."""
        if order not in self._rankings:
            self._rankings[order] = self._ranking(order, gazetteer)
        return self._rankings[order]

    def _ranking(self, order: Order, gazetteer: Gazetteer) -> Callable[[int], int]:
        last = len(self._of)
        if order.by is By.END:
            ranks = _ranks(self._ends.values(), last, descending=order.descending)
            return lambda key: ranks[self._ends.get(key)]
        if order.by is By.STARS:
            stars = [traits.stars or None for traits in self._every]
            by_stars = _ranks(stars, last, descending=order.descending)
            of = [by_stars[each] for each in stars]
        else:
            places = [_place(gazetteer, traits, self.today) or None for traits in self._every]
            by_place = _ranks(places, last, descending=order.descending)
            of = [by_place[each] for each in places]
        numbers = self._of
        return lambda key: of[numbers[key]] if key in numbers else last


def _ranks(values: Iterable[T | None], last: int, *, descending: bool) -> dict[T | None, int]:
    """The rank of each value; `last` is that of None."""
    ordered = sorted({value for value in values if value is not None}, reverse=descending)
    return {**{value: rank for rank, value in enumerate(ordered)}, None: last}


def _place(gazetteer: Gazetteer, traits: _Traits, today: date) -> str:
    """The folded name of the unit that a list names for products with these traits."""
    return fold(" ".join(unit.name for unit in gazetteer.by_codes(traits.former_unit, traits.commune, today).listed))


def _anything(_key: int) -> Lies:
    return Lies.SURELY
