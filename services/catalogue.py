"""The device's copy of the register: server-owned, only replaced by what the server sent, looked up without network."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.products import Product
from services.search import SearchIndex
from services.storage import Recovery, Store

_COPY = 1  # the one document of the table `copy`


@dataclass(frozen=True)
class CopyState:
    """What is in the copy, and how old it is.

    `as_of` is the server's time of the last answer that was applied. Only a `complete` copy may be used to say that
    a product is not
    registered: the server's last page was reached, and every product in it could be read. `unreadable` counts those
    that could not.
    """

    products: int
    as_of: datetime | None
    complete: bool
    cursor: str | None
    register_name: str
    sample: bool
    source: str | None = None
    unreadable: int = 0


class Catalogue:
    """Products by GTIN, by the other codes on their packs, and by words. Safe to share between threads.

    Reading never waits for a write: a page of changes is seen when it is on the disk.
    """

    def __init__(self, store: Store, checked: Store) -> None:
        self._store = store
        # When the server last said that nothing changed. Apart, so that an idle poll does not rewrite the register.
        self._checked = checked
        self._writing = threading.Lock()
        self._lock = threading.Lock()
        self._products: dict[int, Product] = {}
        # Apart from `_lock`: building these takes a second for a large register, and a look-up must not wait for it.
        self._indexing = threading.Lock()
        self._codes: _PackCodes | None = None
        self._search: SearchIndex | None = None

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False) -> Catalogue:
        """Open or begin the copy in `folder`. Raises StoreError."""
        return cls(
            Store(folder / "catalogue.json", read_only=read_only), Store(folder / "checked.json", read_only=read_only)
        )

    @property
    def recovered(self) -> Recovery | None:
        return self._store.recovered

    @property
    def copy(self) -> CopyState:
        document = self._copy_document()
        register = document.get("register", {})
        checked = self._checked.table("checked").get(doc_id=_COPY)
        as_of = checked["as_of"] if checked and checked["of"] == _version(document) else document.get("as_of")
        unreadable = len(document.get("unreadable", []))
        return CopyState(
            products=len(self._rows()),
            as_of=datetime.fromisoformat(as_of) if as_of else None,
            complete=bool(document.get("complete")) and not unreadable,
            cursor=document.get("cursor"),
            register_name=str(register.get("name", "")),
            sample=bool(register.get("sample")),
            source=document.get("source"),
            unreadable=unreadable,
        )

    def product(self, gtin: str) -> Product | None:
        """The product with this GTIN (8 to 14 digits), or None."""
        return self._product(int(gtin)) if _is_number(gtin) else None

    def product_for_text(self, text: str) -> Product | None:
        """The product whose pack carries exactly `text`, or else the longest registered beginning of it.

        A code that the register gives to several products says nothing about which one it is: None.
        """
        with self._indexing:
            if self._codes is None:
                self._codes = _PackCodes(self._rows())
            key = self._codes.find(text)
        return None if key is None else self._product(key)

    def search(self, query: str, *, limit: int = 50, offset: int = 0) -> list[Product]:
        """Products in which every word of `query` begins a word of the name, producer or place, or stands in the GTIN.

        Diacritics and case do not count: "che hoa vang" finds "Chè hoa vàng". Best matches first, then by name.
        """
        with self._indexing:
            if self._search is None:
                self._search = SearchIndex()
                for key, row in self._rows().items():
                    _enter(self._search, int(key), row)
            found = self._search.find(query)[offset : offset + limit]
        return [product for key in found if (product := self._product(key))]

    def apply(
        self, changes: list[dict[str, Any]], next_cursor: str, *, more: bool, register: dict[str, Any], as_of: datetime
    ) -> None:
        """Apply one page of changes; the products and the cursor become durable in one replace. Raises StoreWriteError.

        A product that cannot be read is left out and counted in `copy.unreadable`; it does not hold up the others.
        """
        with self._writing:
            document = self._copy_document()
            if not changes and document.get("complete") and _same(document, next_cursor, register):
                self._checked.commit({"checked": {_COPY: {"of": _version(document), "as_of": _utc(as_of)}}})
                return
            unreadable = set(document.get("unreadable", []))
            rows: dict[int, dict[str, Any] | None] = {}
            for change in changes:
                gtin, row = _read_change(change)
                unreadable.discard(gtin)
                if row is None and change.get("op") != "delete":
                    unreadable.add(gtin)
                if _is_number(gtin):
                    rows[int(gtin)] = row
            document |= {
                "cursor": next_cursor,
                # A later page never undoes completeness: the copy stays complete as of its own date.
                "complete": bool(document.get("complete")) or not more,
                "register": register,
                "unreadable": sorted(unreadable),
            }
            if not more or not document.get("as_of"):
                document["as_of"] = _utc(as_of)
            self._store.commit({"products": rows, "copy": {_COPY: document}})
            self._forget(rows)

    def replace_all(
        self,
        products: Iterable[dict[str, Any]],
        next_cursor: str,
        register: dict[str, Any],
        as_of: datetime,
        *,
        source: str | None = None,
    ) -> None:
        """Put the whole register in place of the copy, in one replace. `source` is the server it came from.

        Raises StoreWriteError, and the old copy stands.
        """
        with self._writing:
            rows: dict[str, Any] = {}
            unreadable = set()
            for product in products:
                gtin, row = _read_change({"op": "upsert", "product": product})
                if row is None:
                    unreadable.add(gtin)
                else:
                    rows[str(int(gtin))] = row
            document = {
                "cursor": next_cursor,
                "complete": True,
                "register": register,
                "as_of": _utc(as_of),
                "source": source if source is not None else self._copy_document().get("source"),
                "unreadable": sorted(unreadable),
            }
            self._store.durable.write({"products": rows, "copy": {str(_COPY): document}})
            self._forget(None)

    def close(self) -> None:
        """Refuse every later change."""
        self._store.close()
        self._checked.close()

    def _rows(self) -> dict[str, Any]:
        return self._store.durable.read().get("products", {})

    def _copy_document(self) -> dict[str, Any]:
        return dict(self._store.table("copy").get(doc_id=_COPY) or {})

    def _product(self, key: int) -> Product | None:
        with self._lock:
            product = self._products.get(key)
            if product is None and (row := self._store.table("products").get(doc_id=key)) is not None:
                product = self._products[key] = Product.from_json(row)
            return product

    def _forget(self, changed: dict[int, dict[str, Any] | None] | None) -> None:
        """Drop what was derived from rows that are no longer there; None: all of it."""
        with self._indexing, self._lock:
            if changed is None:
                self._products.clear()
                self._search = self._codes = None
                return
            for key, row in changed.items():
                self._products.pop(key, None)
                if self._search is not None:
                    if row is None:
                        self._search.remove(key)
                    else:
                        _enter(self._search, key, row)
            if changed:
                self._codes = None


class _PackCodes:
    """The texts on packs beside the GTIN, by which a product can be found."""

    def __init__(self, rows: dict[str, Any]) -> None:
        owners: dict[str, dict[str, set[int]]] = {"exact": defaultdict(set), "prefix": defaultdict(set)}
        for key, row in rows.items():
            for code in row["codes"]:
                if code["kind"] in owners and code["value"]:
                    owners[code["kind"]][code["value"]].add(int(key))
        self._exact = owners["exact"]
        self._prefix = owners["prefix"]
        self._lengths = sorted({len(value) for value in self._prefix}, reverse=True)

    def find(self, text: str) -> int | None:
        if text in self._exact:
            return _only(self._exact[text])
        for length in self._lengths:
            if text[:length] in self._prefix:
                return _only(self._prefix[text[:length]])
        return None


def _only(keys: set[int]) -> int | None:
    return next(iter(keys)) if len(keys) == 1 else None


def _read_change(change: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """The GTIN of a change and the product as sent; None for a deletion or for what cannot be read."""
    if change.get("op") == "delete":
        return str(change.get("gtin")), None
    document = change.get("product")
    gtin = str(document.get("gtin")) if isinstance(document, dict) else "?"
    if change.get("op") != "upsert" or not isinstance(document, dict) or len(gtin) != 14 or not _is_number(gtin):
        return gtin, None
    try:
        product = Product.from_json(document)
    except (KeyError, TypeError, ValueError, AttributeError):
        return gtin, None
    places = [place.name for place in (product.former_unit, product.commune) if place]
    texts = [product.name, product.producer.name, product.producer.address, *places, *(c.value for c in product.codes)]
    return gtin, document if all(isinstance(text, str) for text in texts) else None


def _is_number(gtin: str) -> bool:
    return gtin.isascii() and gtin.isdigit() and len(gtin) <= 14


def _enter(index: SearchIndex, key: int, row: dict[str, Any]) -> None:
    places = [place["name"] for place in (row.get("commune"), row.get("former_unit")) if place]
    producer = row["producer"]
    index.put(key, row["name"], [producer["name"], *places, producer["address"]], f"{key:014d}")


def _same(document: dict[str, Any], cursor: str, register: dict[str, Any]) -> bool:
    return bool(document.get("cursor") == cursor and document.get("register") == register)


def _version(document: dict[str, Any]) -> str:
    """Which state of the copy it is."""
    return f"{document.get('source')} {document.get('cursor')}"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
