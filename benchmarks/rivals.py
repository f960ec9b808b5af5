"""A fictional register of any size, as the server would send it, and the two rivals of the device's store."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from tinydb import TinyDB
from tinydb.table import Document, Table

from services.register.products import Product
from services.register.search import fold

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2026, 11, 23)
REGISTER: dict[str, Any] = {"name": "OCOP Quảng Ninh (dữ liệu mẫu)", "sample": True}


def producers(products: int) -> int:
    """How many producers a register of so many products has: five products each."""
    return max(1, products // 5)


def documents(count: int) -> Iterator[dict[str, Any]]:
    """PRODUCT of docs/api.md for `count` products of the server's sample register, the same ones every time."""
    server = str(ROOT / "server")
    if server not in sys.path:
        sys.path.append(server)
    # Imported here: the server is no package that the type checker knows.
    sample, localities = import_module("register.sample"), import_module("register.localities")
    names = {place.code: place.name for place in (*localities.FORMER_UNITS, *localities.COMMUNES)}
    for made in sample.build(sample.SEED, DAY, count, producers(count)).products:
        producer = made.producer
        yield {
            "gtin": made.gtin,
            "name": made.name,
            "group": made.group,
            "producer": {
                "id": producer.number,
                "name": producer.name,
                "address": producer.address,
                "phone": producer.phone,
            },
            "former_unit": {"code": made.former_unit, "name": names[made.former_unit]},
            "commune": {"code": made.commune, "name": names[made.commune]},
            "certificates": [
                {
                    "number": certificate.number,
                    "stars": certificate.stars,
                    "decision": certificate.decision,
                    "issuer": certificate.issuer,
                    "valid_from": certificate.valid_from.isoformat(),
                    "valid_to": certificate.valid_to.isoformat(),
                    "withdrawn_on": certificate.withdrawn_on.isoformat() if certificate.withdrawn_on else None,
                    "withdrawn_reason": certificate.withdrawn_reason,
                }
                for certificate in made.certificates
            ],
            "codes": [{"kind": code.kind, "value": code.value} for code in made.codes],
            "updated_at": "2026-11-23T08:00:00Z",
        }


def text_of(document: Any) -> str:
    """A document as compact JSON."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


class PlainTinyDB:
    """TinyDB as it comes. Every answer reads and parses the file, every change writes all of it (with fsync)."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.db = TinyDB(path, encoding="utf-8", ensure_ascii=False, separators=(",", ":"), **options)
        self.products: Table = self.db.table("products")

    @staticmethod
    def make(path: Path, rows: Iterable[dict[str, Any]]) -> None:
        """Write a register as TinyDB would, a product's document number being its GTIN."""
        path.write_text(text_of({"products": {str(int(row["gtin"])): row for row in rows}}), encoding="utf-8")

    def change(self, rows: list[dict[str, Any]], cursor: str) -> None:
        """Put products in the place of those with their GTINs, and keep the cursor."""
        self.products.remove(doc_ids=[int(row["gtin"]) for row in rows])
        self.products.insert_multiple(Document(row, int(row["gtin"])) for row in rows)
        self.db.table("copy").upsert(Document({"cursor": cursor}, 1))


class Sqlite:
    """SQLite with a row for each product under its GTIN as the primary key, the document as JSON, and FTS5."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        # FULL: as durable as the app's own store.
        self.connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")

    @classmethod
    def make(cls, path: Path, rows: Iterable[dict[str, Any]]) -> None:
        """Write a register."""
        made = cls(path)
        made.connection.execute("CREATE TABLE products (gtin INTEGER PRIMARY KEY, document TEXT)")
        made.connection.execute("CREATE TABLE copy (id INTEGER PRIMARY KEY, cursor TEXT)")
        made.change(rows, "1")
        made.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        made.connection.close()

    def text(self, gtin: str) -> str:
        """The product's row."""
        (document,) = self.connection.execute("SELECT document FROM products WHERE gtin = ?", (int(gtin),)).fetchone()
        return str(document)

    def product(self, gtin: str) -> Product:
        """The same Product that the app's look-up gives."""
        return Product.from_json(json.loads(self.text(gtin)))

    def change(self, rows: Iterable[dict[str, Any]], cursor: str) -> None:
        """Put products in the place of those with their GTINs, and the cursor, in one transaction."""
        self.connection.execute("BEGIN")
        self.connection.executemany(
            "INSERT OR REPLACE INTO products VALUES (?, ?)", ((int(row["gtin"]), text_of(row)) for row in rows)
        )
        self.connection.execute("INSERT OR REPLACE INTO copy VALUES (1, ?)", (cursor,))
        self.connection.execute("COMMIT")

    def index_words(self) -> None:
        """Build the full-text index. FTS5 leaves the letter đ as it is, so it is replaced here and in `search`."""
        self.connection.execute("BEGIN")
        self.connection.execute(
            "CREATE VIRTUAL TABLE words USING fts5(name, others, gtin,"
            " content='', tokenize='unicode61 remove_diacritics 2', prefix='1 2 3')"
        )
        rows = self.connection.execute("SELECT gtin, document FROM products").fetchall()
        self.connection.executemany(
            "INSERT INTO words (rowid, name, others, gtin) VALUES (?, ?, ?, ?)",
            ((gtin, *_searched(json.loads(document))) for gtin, document in rows),
        )
        self.connection.execute("COMMIT")

    def search(self, query: str, limit: int) -> list[Product]:
        """Products in which every word begins a word, best matches first."""
        words = " AND ".join(f'"{word}"*' for word in fold(query).split())
        found = self.connection.execute(
            "SELECT document FROM (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?) AS best"
            " JOIN products ON gtin = best.rowid",
            (words, limit),
        )
        return [Product.from_json(json.loads(document)) for (document,) in found]


def search_tinydb(products: Table, query: str, limit: int) -> list[Product]:
    """What the app's search finds, by folding the texts of every product."""
    words = [" " + word for word in fold(query).split()]

    def holds(value: Mapping[Any, Any]) -> bool:
        text = " " + fold(" ".join(_searched(value)))
        return all(word in text for word in words)

    return [Product.from_json(dict(row)) for row in products.search(holds)[:limit]]


def _searched(row: Mapping[Any, Any]) -> tuple[str, str, str]:
    places = " ".join(row[place]["name"] for place in ("commune", "former_unit") if row[place])
    texts = row["name"], f"{row['producer']['name']} {places} {row['producer']['address']}", row["gtin"]
    return texts[0].replace("đ", "d").replace("Đ", "D"), texts[1].replace("đ", "d").replace("Đ", "D"), texts[2]
