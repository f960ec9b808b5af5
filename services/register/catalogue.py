"""The device's copy of the register: changed only by what the server sends, and looked up without network.

    catalogue.json   the whole register as it was when this file was written
    changes.json     what has changed since, and the cursor and the date that hold with it
    checked.json     when the server last said that nothing changed
    snapshot.part    the part of the whole register that has come, until it is there (services.register.arriving)

A page of changes rewrites `changes.json` alone. That file names the `catalogue.json` it belongs to, and is ignored
beside any other, whose own cursor and date then hold. So the cursor always matches the products.
"""

from __future__ import annotations

import json
import re
import threading
import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from services.register.about import Register
from services.register.arriving import Arriving
from services.register.lookup import BY_NAME, Filter, Lookup, Order
from services.register.pack_codes import PackCodes
from services.register.products import Product, is_product
from services.register.reading import UNNAMED, is_number, key_of, read_change, read_product
from services.register.search import fold
from services.storage.rows import Rows
from services.storage.store import Recovery, Store, StoreWriteError

_COPY = "1"  # the one document of the tables `copy` and `checked`
_GONE = b"null"  # stands for a product that was deleted
_PRODUCTS_KEPT = 1000
_PICTURE = re.compile(rb'"sha256": ?"([0-9a-f]{64})"')
_COPIES = re.compile(rb'"copies": ?\[ ?\{')


@dataclass(frozen=True)
class CopyState:
    """What the copy holds, and how old it is.

    `as_of` is the server's time of the last answer that was applied. A copy is `whole` once the server's last page was
    reached, and `complete` where also every product could be read. `set_aside` are the GTINs of those that could not,
    and UNNAMED for those that do not even tell it; `unreadable` is their number. `refused` says why the server's newest
    state was not taken, None where it was (see `CopyRefused`).
    """

    products: int
    as_of: datetime | None
    complete: bool
    cursor: str | None
    register_name: str
    sample: bool
    source: str | None = None
    unreadable: int = 0
    whole: bool = False
    set_aside: tuple[str, ...] = ()
    refused: str | None = None


class CopyRefused(Exception):
    """What the server sent is not taken, and the copy stays as it is.

    `reason`: `wrong_count` (the copy would hold another number of products than the register names), `emptied` (it
    would hold none that can be read, where it now holds some).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Listing:
    """The first products found: those that surely match, and those that possibly lie in the place.

    `surely_in_all` and `possibly_in_all` count all matches.
    """

    surely: list[Product]
    possibly: list[Product]
    surely_in_all: int
    possibly_in_all: int


@dataclass(frozen=True)
class _Copy:
    """All products, those of them that are not in `catalogue.json` yet, and the document with cursor and date.

    In the document, `base` names the `catalogue.json` it belongs to and `size` is the bytes of its products; files of
    the previous version have neither, so the first page replaces them. `written` is how many bytes of `changes.json`
    have been written since.
    """

    rows: Rows
    since: dict[str, bytes]
    document: dict[str, Any]


class Catalogue:
    """Products by GTIN, by the other codes on their packs, and by words. Safe to share between threads.

    Reading never waits for a write: a page of changes becomes visible as a whole, once it is on the disk.
    """

    def __init__(self, store: Store, changes: Store, checked: Store) -> None:
        self._store = store
        self._changes = changes
        self._checked = checked
        self.arriving = Arriving(store.durable.path.parent / "snapshot.part")
        self._copy = _read_copy(store, changes)
        self._writing = threading.Lock()
        self._lock = threading.Lock()
        self._products: dict[str, Product] = {}
        self._refused: str | None = None
        # The copy before the first page of changes whose last has not come yet.
        self._before: _Copy | None = None
        self._register: tuple[dict[str, Any], Register] | None = None
        # A lock of its own: building these takes a second for a large register, and a look-up must not wait for it.
        self._indexing = threading.Lock()
        self._codes: PackCodes | None = None
        self._pictures: tuple[Rows, dict[str, int]] | None = None
        self._known: tuple[tuple[frozenset[str], tuple[str, ...], tuple[str, ...]], frozenset[str]] | None = None
        self._search: Lookup | None = None

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False) -> Catalogue:
        """Open or begin the copy in `folder`. Raises StoreError."""
        return cls(
            Store(folder / "catalogue.json", read_only=read_only, text_table="products"),
            Store(folder / "changes.json", read_only=read_only, text_table="products"),
            Store(folder / "checked.json", read_only=read_only),
        )

    @property
    def recovered(self) -> Recovery | None:
        return self._store.recovered or self._changes.recovered

    @property
    def copy(self) -> CopyState:
        now = self._copy
        checked = self._checked.durable.read().get("checked", {}).get(_COPY)
        as_of = checked["as_of"] if checked and checked["of"] == _version(now.document) else now.document.get("as_of")
        set_aside = tuple(now.document.get("unreadable", []))
        whole = bool(now.document.get("complete"))
        return CopyState(
            products=len(now.rows),
            as_of=datetime.fromisoformat(as_of) if as_of else None,
            complete=whole and not set_aside,
            cursor=now.document.get("cursor"),
            register_name=self.register.name,
            sample=self.register.sample,
            source=now.document.get("source"),
            unreadable=len(set_aside),
            whole=whole,
            set_aside=set_aside,
            refused=self._refused,
        )

    @property
    def register(self) -> Register:
        """What the copy says of the register itself, such as its keys, domains and localities."""
        document = self._copy.document.get("register") or {}
        with self._lock:
            if self._register is None or self._register[0] is not document:
                self._register = document, Register.from_json(document)
            return self._register[1]

    def product(self, gtin: str) -> Product | None:
        """The product with this GTIN (8 to 14 digits), or None."""
        return self._product(key_of(gtin)) if is_number(gtin) else None

    def product_for_text(self, text: str) -> Product | None:
        """The product whose pack carries exactly `text`, or else the longest registered beginning of it.

        None for a code that the register lists for several products.
        """
        with self._indexing:
            owner = self._pack_codes().find(text)
        return None if owner is None else self._product(owner)

    def holds_unread(self, gtin: str | None, text: str) -> bool:
        """Whether the register holds a product with this GTIN, or else this text, which this version cannot read."""
        key = key_of(gtin) if gtin and is_number(gtin) else None
        if key in {key_of(each) for each in self._copy.document.get("unreadable", []) if is_number(each)}:
            return True
        if key not in self._copy.rows.texts:
            with self._indexing:
                key = self._pack_codes().find(text)
        return key is not None and self._product(key) is None

    @property
    def has_unread_codes(self) -> bool:
        """Whether a product has a code of a kind that this version does not know."""
        with self._indexing:
            return self._pack_codes().has_unread

    @property
    def known_domains(self) -> frozenset[str]:
        """The hosts and domains of the register, of the platforms it knows, and of its products' own codes."""
        document = self._copy.document
        sources = (document.get("source"), *document.get("earlier_sources", []))
        own = tuple(host for source in sources if source and (host := urlsplit(source).hostname))
        with self._indexing:
            parts = (self._pack_codes().hosts, self.register.domains, own)
            if self._known is None or self._known[0] != parts:
                self._known = parts, frozenset(parts[0]).union(*parts[1:])
            return self._known[1]

    def pictures(self) -> Mapping[str, int]:
        """The names of all pictures of products, each with a number that changes when its product does."""
        rows = self._copy.rows
        with self._indexing:
            if self._pictures is None or self._pictures[0] is not rows:
                found: dict[str, int] = {}
                for row in rows.texts.values():
                    for name in _PICTURE.findall(row):
                        found[name.decode()] = found.get(name.decode(), 0) ^ zlib.crc32(row)
                self._pictures = rows, found
            return self._pictures[1]

    def labels(self) -> list[tuple[Product, str]]:
        """Every product that has a picture of its label, with the name of the first such picture, by GTIN."""
        found = []
        for row in [row for row in self._copy.rows.texts.values() if b'"label"' in row]:
            document = json.loads(row)
            if is_product(document):
                product = Product.from_json(document)
                label = next((picture.sha256 for picture in product.pictures if picture.shows == "label"), None)
                if label:
                    found.append((product, label))
        return sorted(found, key=lambda each: each[0].gtin)

    def with_copies(self) -> list[Product]:
        """The products that bear a serial number which is suspected to be on more than one pack."""
        keys = [key for key, row in self._copy.rows.texts.items() if _COPIES.search(row)]
        return [product for key in keys if (product := self._product(key)) and product.copies]

    def of_producer(self, producer: int) -> list[Product]:
        """The products of the producer with this id (PRODUCER of docs/api.md), by name. Looks at every product."""
        named = re.compile(rb'"id": ?%d[,}]' % producer)  # parsing all would take ten times as long
        keys = [key for key, row in self._copy.rows.texts.items() if named.search(row)]
        found = [product for key in keys if (product := self._product(key))]
        return sorted((one for one in found if one.producer.id == producer), key=lambda one: (fold(one.name), one.gtin))

    def search(self, query: str, *, limit: int = 50, offset: int = 0) -> list[Product]:
        """Products where each word of `query` begins a word of the name, producer or place, or is part of the GTIN.

        Diacritics and case are ignored: "che hoa vang" finds "Chè hoa vàng". Best matches first, then by name.
        """
        return self._products_of(self._lookup().search(query, limit=limit, offset=offset))

    def find(
        self,
        query: str,
        where: Filter,
        today: date,
        *,
        limit: int = 50,
        order: Order = BY_NAME,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Listing | None:
        """Products that match words and a filter, and their number; None where cancelled. See `Lookup.find`."""
        found = self._lookup().find(query, where, today, limit=limit, order=order, cancelled=cancelled)
        if found is None:
            return None
        first = min(found.surely, limit)
        return Listing(
            self._products_of(found.keys[:first]), self._products_of(found.keys[first:]), found.surely, found.possibly
        )

    def _lookup(self) -> Lookup:
        localities = self.register.localities
        with self._indexing:
            if self._search is None or self._search.gazetteer.localities != localities:
                self._search = Lookup(self._copy.rows.texts, localities)
            return self._search

    def _products_of(self, keys: Iterable[int]) -> list[Product]:
        return [product for key in keys if (product := self._product(str(key)))]

    def apply(
        self,
        changes: list[dict[str, Any]],
        next_cursor: str,
        *,
        more: bool,
        register: dict[str, Any] | None,
        as_of: datetime,
    ) -> None:
        """Apply one page of changes; the products and the cursor become durable in one replace.

        `register` is None where it has not changed. A product that cannot be read is set aside; the others are applied.
        Raises StoreWriteError, and CopyRefused: for a last page, with which the copy goes back to before the first, and
        for a first page of a register that says it is empty.
        """
        with self._writing:
            document = dict(self._copy.document)
            register = document.get("register", {}) if register is None else register
            if not changes and document.get("complete") and _same(document, next_cursor, register):
                self._check(self._copy.rows, document)
                self._checked.durable.write({"checked": {_COPY: {"of": _version(document), "as_of": _utc(as_of)}}})
                self._refused = None
                return
            unreadable = set(document.get("unreadable", []))
            rows: dict[str, bytes] = {}
            for change in changes:
                gtin, row = read_change(change)
                unreadable.discard(gtin)
                if row is None and change.get("op") != "delete":
                    unreadable.add(gtin)
                if is_number(gtin):
                    rows[key_of(gtin)] = row or _GONE
            document |= {
                "cursor": next_cursor,
                # A later page never makes the copy incomplete: it stays complete as of its own date.
                "complete": bool(document.get("complete")) or not more,
                "register": register,
                "unreadable": sorted(unreadable),
            }
            if not more or not document.get("as_of"):
                document["as_of"] = _utc(as_of)
            after = _with_changes(self._copy.rows, rows)
            if more:
                if register.get("products") == 0 and self._copy.rows:
                    self._refuse("emptied")
                self._before = self._before or self._copy
            else:
                try:
                    self._check(after, document)
                except CopyRefused:
                    self._go_back()
                    raise
            self._write(rows, after, document)
            if not more:
                self._refused = self._before = None

    def replace_all(
        self,
        products: Iterable[bytes | Mapping[str, Any]],
        next_cursor: str,
        register: dict[str, Any],
        as_of: datetime,
        *,
        source: str | None = None,
    ) -> None:
        """Replace the copy by the whole register, in one write. `source` is the server that it came from.

        A product given as the bytes of its JSON is kept as it is. On StoreWriteError and CopyRefused the old copy
        remains.
        """
        with self._writing:
            texts: dict[str, bytes] = {}
            unreadable = set()
            for product in products:
                gtin, text = read_product(product)
                if text is None:
                    unreadable.add(gtin)
                else:
                    texts[key_of(gtin)] = text
            document = {
                "cursor": next_cursor,
                "complete": True,
                "register": register,
                "as_of": _utc(as_of),
                "source": source if source is not None else self._copy.document.get("source"),
                "unreadable": sorted(unreadable),
            }
            if source in (None, self._copy.document.get("source")) and "earlier_sources" in self._copy.document:
                document["earlier_sources"] = self._copy.document["earlier_sources"]
            rows = Rows(texts)
            self._check(rows, document)
            self._write_base(rows, document)
            self._refused = self._before = None
            with self._indexing:
                self._search = self._codes = None

    def move(self, source: str) -> None:
        """Take over that the server which the copy came from was proven to be at another address now."""
        with self._writing:
            document = dict(self._copy.document)
            earlier = [*document.get("earlier_sources", []), document.get("source")]
            self._write({}, self._copy.rows, document | {"source": source, "earlier_sources": earlier})

    def _check(self, rows: Rows, document: dict[str, Any]) -> None:
        """Hold a copy that would be whole against what the register says of itself. Raises CopyRefused.

        Products that were set aside have been received. Servers of version 0.1.0 name no number.
        """
        named = Register.from_json(document.get("register", {})).products
        unreadable = document.get("unreadable", [])
        received = len(rows) + len(unreadable)
        if named is not None and (received > named or (received < named and UNNAMED not in unreadable)):
            self._refuse("wrong_count")
        elif not rows and self._copy.rows:
            self._refuse("emptied")

    def _refuse(self, reason: str) -> NoReturn:
        self._refused = reason
        raise CopyRefused(reason)

    def _go_back(self) -> None:
        """Take back the pages before a last one that is refused, so that the old copy stays."""
        before, self._before = self._before, None
        if before is not None and before.document.get("complete"):
            self._write_base(before.rows, before.document)
            with self._indexing:
                self._search = self._codes = None

    def close(self) -> None:
        """Refuse every later change."""
        for store in (self._store, self._changes, self._checked):
            store.close()

    def _pack_codes(self) -> PackCodes:
        if self._codes is None:
            self._codes = PackCodes()
            for key, row in self._copy.rows.texts.items():
                self._codes.add(key, row)
        return self._codes

    def _write(self, rows: dict[str, bytes], after: Rows, document: dict[str, Any]) -> None:
        before = self._copy.rows
        since = Rows(self._copy.since | rows)
        written = document.get("written", 0) + since.size()
        # Once as many bytes of changes were written as the whole has, the whole is written. So the bytes written in all
        # are at most twice the least possible, whatever the size of the pages.
        if written >= document.get("size", 0):
            self._write_base(after, document)
        else:
            document["written"] = written
            self._replace(self._changes, since, document)
            self._show(_Copy(after, since.texts, document))
        with self._indexing:
            for key, row in rows.items():
                if self._codes is not None:
                    self._codes.remove(key, before.texts.get(key, _GONE))
                    self._codes.add(key, row)
            if self._search is not None:
                changed = {key: None if row == _GONE else row for key, row in rows.items()}
                self._search.change(after.texts, changed)

    def _write_base(self, rows: Rows, document: dict[str, Any]) -> None:
        document = document | {"base": uuid.uuid4().hex, "size": rows.size(), "written": 0}
        self._replace(self._store, rows, document)
        self._show(_Copy(rows, {}, document))

    def _replace(self, store: Store, rows: Rows, document: dict[str, Any]) -> None:
        try:
            store.durable.write({"products": rows, "copy": {_COPY: document}})
        except StoreWriteError:
            # The file may have been replaced and only the sync of its folder failed: then the disk has the new state.
            self._show(_read_copy(self._store, self._changes))
            with self._indexing:
                self._search = self._codes = None
            raise

    def _show(self, copy: _Copy) -> None:
        with self._lock:
            self._copy = copy
            self._products.clear()

    def _product(self, key: str) -> Product | None:
        with self._lock:
            product = self._products.get(key)
            if product is None and (text := self._copy.rows.texts.get(key)):
                document = json.loads(text)
                if not is_product(document):  # an older version, which checked less, has let it in
                    return None
                if len(self._products) == _PRODUCTS_KEPT:
                    self._products.clear()
                product = self._products[key] = Product.from_json(document)
            return product


def _read_copy(store: Store, changes: Store) -> _Copy:
    tables = store.durable.read()
    rows: Rows = tables.get("products", Rows({}))
    document: dict[str, Any] = tables.get("copy", {}).get(_COPY, {})
    later = changes.durable.read()
    changed: dict[str, Any] = later.get("copy", {}).get(_COPY, {})
    if "base" not in document or changed.get("base") != document["base"]:
        return _Copy(rows, {}, document)
    since: Rows = later["products"]
    return _Copy(_with_changes(rows, since.texts), since.texts, changed)


def _with_changes(rows: Rows, changes: dict[str, bytes]) -> Rows:
    texts = rows.texts | changes
    for key, text in changes.items():
        if text == _GONE:
            del texts[key]
    return Rows(texts)


def _same(document: dict[str, Any], cursor: str, register: dict[str, Any]) -> bool:
    return bool(document.get("cursor") == cursor and document.get("register") == register)


def _version(document: dict[str, Any]) -> str:
    """A text that tells this state of the copy from others."""
    return f"{document.get('source')} {document.get('cursor')}"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
