"""The shop's own list of products: what it calls them, where they stand, what they cost, how many there should be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.audits.union import ShelfState
from services.storage.store import Recovery, Store
from services.subscriptions import Subscriptions, Unsubscribe


@dataclass(frozen=True)
class OwnProduct:
    """A product of the list. `gtin` has 14 digits, `shelf` is "" where it has none, `price` is in đồng."""

    gtin: str
    name: str
    shelf: str = ""
    price: int | None = None
    quantity: int | None = None


@dataclass(frozen=True)
class Missing:
    """A product of which fewer packs were seen on its shelf than expected, and the other shelves where it was seen."""

    product: OwnProduct
    seen: int
    expected: int
    elsewhere: tuple[str, ...] = ()


def missing(products: Sequence[OwnProduct], state: ShelfState) -> list[Missing]:
    """What was expected and not seen, on shelves that were looked at alone; of others nothing is said.

    A shelf's name counts whatever its case. A product for which the list names no shelf may stand on any; something is
    said of it where packs were counted without a shelf. One pack is expected where the list names no number.
    """
    looked_at: dict[str, dict[str, int]] = {}
    in_all: dict[str, int] = {}
    seen_on: dict[str, list[str]] = {}
    for shelf in state.shelves:
        packs = looked_at.setdefault(shelf.name.casefold(), {})
        for line in shelf.lines:
            if line.gtin:
                packs[line.gtin] = packs.get(line.gtin, 0) + line.quantity
                in_all[line.gtin] = in_all.get(line.gtin, 0) + line.quantity
                seen_on.setdefault(line.gtin, []).append(shelf.name)
    found = []
    for product in products:
        here = looked_at.get(product.shelf.casefold())
        if here is None:
            continue
        seen = (here if product.shelf else in_all).get(product.gtin, 0)
        expected = 1 if product.quantity is None else product.quantity
        if seen < expected:
            names = seen_on.get(product.gtin, ()) if product.shelf else ()
            others = (name for name in names if name.casefold() != product.shelf.casefold())
            found.append(Missing(product, seen, expected, tuple(dict.fromkeys(others))))
    return found


class OwnList:
    """The list of one device. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open or begin the list in `folder`. The caller holds the FolderLock. Raises StoreError."""
        self._store = Store(folder / "own_list.json")
        self._lock = threading.Lock()
        self._changed = Subscriptions()
        self._show([OwnProduct(**row) for row in self._store.table("products")])

    @property
    def recovered(self) -> Recovery | None:
        """What had to be recovered on opening."""
        return self._store.recovered

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change, from the thread that made it."""
        return self._changed.add(callback)

    def products(self) -> tuple[OwnProduct, ...]:
        """The list, in the order of its file."""
        return self._products

    def product(self, gtin: str, shelf: str = "") -> OwnProduct | None:
        """The product with this GTIN (14 digits): as it stands on this shelf, else as the list names it first."""
        of_gtin = self._by_gtin.get(gtin, [])
        of_shelf = (each for each in of_gtin if each.shelf.casefold() == shelf.casefold())
        return next(of_shelf, of_gtin[0] if of_gtin else None)

    def replace(self, products: Sequence[OwnProduct]) -> None:
        """Put another list in its place; an empty one deletes it. Durable on return. Raises StoreWriteError."""
        with self._lock:
            rows = {n: vars(product) for n, product in enumerate(products, start=1)}
            self._store.commit({"products": dict.fromkeys(range(1, len(self._products) + 1)) | rows})
            self._show(products)
        self._changed.notify()

    def close(self) -> None:
        """Refuse every later change."""
        with self._lock:
            self._store.close()

    def _show(self, products: Iterable[OwnProduct]) -> None:
        self._products = tuple(products)
        self._by_gtin: dict[str, list[OwnProduct]] = {}
        for product in self._products:
            self._by_gtin.setdefault(product.gtin, []).append(product)
