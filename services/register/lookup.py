"""Finds products without their codes: by words, by place, and by what their certificates are worth today."""

from __future__ import annotations

import json
import threading
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple

from services.register.certificates import ProductState, soon_after, worth_of_rows
from services.register.localities import Gazetteer, Lies, full_name
from services.register.products import Locality
from services.register.search import Searchable, SearchIndex, fold

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
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Found | None:
        """Count all products that match the words and the filter, and give the first of them. None where cancelled.

        `today` is a day in Vietnam.
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
        return Found([*surely[:limit], *possibly[: max(0, limit - len(surely))]], len(surely), len(possibly))

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
        days = today.isoformat(), soon_after(today).isoformat()
        numbers: dict[_Traits, int] = {}
        self._of: dict[int, int] = {}
        for row in rows:
            product = json.loads(row.decode())  # decoded here, since json.loads would first detect the encoding
            former, commune = product.get("former_unit"), product.get("commune")
            state, stars = worth_of_rows(product["certificates"], *days)
            traits = _Traits(product["group"], former and former["code"], commune and commune["code"], stars, state)
            self._of[int(product["gtin"])] = numbers.setdefault(traits, len(numbers))
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


def _anything(_key: int) -> Lies:
    return Lies.SURELY
