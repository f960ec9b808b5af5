#!/usr/bin/env python
"""The device's store at a size: look-up, opening, memory, search, a page of changes, and saving a note.

    .venv/bin/python benchmarks/store.py [--products 100000] [--notes 5000] [--rounds 5] [--only PART]

Beside plain TinyDB and SQLite, in one run. benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tinydb import TinyDB, where
from tinydb.middlewares import CachingMiddleware
from tinydb.storages import JSONStorage

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import measured_on, median, percentile_95, table  # noqa: E402
from benchmarks.rivals import (  # noqa: E402 - of this project, not installed
    REGISTER,
    PlainTinyDB,
    Sqlite,
    documents,
    search_tinydb,
)
from services.notes.notebook import Notebook  # noqa: E402
from services.register.catalogue import Catalogue  # noqa: E402
from services.storage.store import Store, write_synced  # noqa: E402

Row = tuple[str, str, str, str]  # what, median, 95 % within, goal

PARTS = ("lookup", "open", "search", "changes", "note")
OURS, TINYDB, SQLITE = "OCOP Verify", "plain TinyDB", "SQLite"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
# Typed letter by letter: names, places, producers, a number, what there is none of, and what is in every address.
QUERIES = (
    "chè hoa vàng", "cha muc ha long", "htx dong trieu", "9520000", "rượu ba kích", "mat ong hai ha", "co so thuy san",
    "xa luong minh", "zzz", "tinh quang ninh",
)  # fmt: skip


def timed(call: Callable[..., object], *arguments: object) -> float:
    """Seconds of one call."""
    begin = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - begin


def spread(seconds: Sequence[float]) -> tuple[str, str]:
    """Median and 95th percentile in a unit that suits the median."""
    units = {"s": 1.0, "ms": 1e3, "µs": 1e6}
    unit = next((unit for unit, factor in units.items() if median(seconds) * factor >= 1), "µs")
    return f"{median(seconds) * units[unit]:,.2f} {unit}", f"{percentile_95(seconds) * units[unit]:,.2f} {unit}"


def verdict(ratio: float, goal: str, *, met: bool) -> str:
    """A ratio beside its goal."""
    return f"{ratio:,.{0 if ratio >= 100 else 2}f} x; goal {goal}: {'met' if met else 'NOT met'}"


@contextmanager
def without_fsync() -> Iterator[None]:
    """For filling a store before it is measured."""
    kept = os.fsync
    os.fsync = lambda fd: None  # noqa: ARG005 - called by this name
    try:
        yield
    finally:
        os.fsync = kept


class Register:
    """The same products in the three stores, in `folder`."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.rows = list(documents(count))
        self.gtins = [row["gtin"] for row in self.rows]
        random.Random(952).shuffle(self.gtins)
        catalogue = self.catalogue()
        catalogue.replace_all(self.rows, "1", REGISTER, NOW, source="benchmark")
        catalogue.close()
        PlainTinyDB.make(self.tinydb, self.rows)
        Sqlite.make(self.sqlite, self.rows)

    def catalogue(self) -> Catalogue:
        """Opened anew."""
        return Catalogue.open(self.folder / "ours")

    @property
    def ours(self) -> Path:
        """The app's own large file."""
        return self.folder / "ours" / "catalogue.json"

    @property
    def tinydb(self) -> Path:
        """TinyDB's file."""
        return self.folder / "tinydb.json"

    @property
    def sqlite(self) -> Path:
        """SQLite's file."""
        return self.folder / "register.sqlite3"

    def changed(self, count: int, n: int) -> list[dict[str, Any]]:
        """Page `n` of changes: `count` products with another name."""
        begin = n * count % max(1, len(self.rows) - count + 1)
        return [{**row, "name": f"{row['name']} {n}"} for row in self.rows[begin : begin + count]]


def lookup_rows(register: Register, rounds: int) -> Iterator[Row]:
    """A product by its GTIN."""
    catalogue, sqlite = register.catalogue(), Sqlite(register.sqlite)
    texts = Store(register.ours, text_table="products", read_only=True).durable.read()["products"].texts
    calls: dict[str, Callable[[str], object]] = {
        f"{OURS}, a GTIN for the first time": catalogue.product,
        f"{OURS}, again": catalogue.product,
        f"{SQLITE}, by primary key, to the same Product": sqlite.product,
        f"{OURS}, the row alone": lambda gtin: texts[str(int(gtin))],
        f"{SQLITE}, the row alone": sqlite.text,
    }
    found: dict[str, list[float]] = {name: [] for name in calls}
    for begin in range(0, min(20_000, len(register.gtins)), 100):
        gtins = register.gtins[begin : begin + 100]
        for name, call in calls.items():  # in turn, so that what else the machine does touches all
            found[name].append(timed(list, map(call, gtins)) / len(gtins))
    plain, cached = (
        PlainTinyDB(register.tinydb),
        PlainTinyDB(
            register.tinydb,
            storage=CachingMiddleware(JSONStorage),  # type: ignore[no-untyped-call]
        ),
    )
    cached.products.get(doc_id=1)  # reads the file
    for name, db in (TINYDB, plain), (f"{TINYDB}, CachingMiddleware", cached):
        found[name] = [timed(db.products.search, where("gtin") == gtin) for gtin in register.gtins[:rounds]]
    first, rival = median(found[f"{OURS}, a GTIN for the first time"]), f"{SQLITE}, by primary key, to the same Product"
    quicker = median(found[TINYDB]) / first
    goals = {
        TINYDB: verdict(quicker, "at least 10,000 x ours", met=quicker >= 10_000),
        rival: verdict(median(found[rival]) / first, "at least 1 x ours", met=median(found[rival]) >= first),
    }
    for name, seconds in found.items():
        yield (f"look-up: {name}", *spread(seconds), goals.get(name, ""))


def open_rows(register: Register, rounds: int) -> Iterator[Row]:
    """From nothing to the first answer, each time in a new process, and the memory it takes."""
    paths = {OURS: register.ours.parent, TINYDB: register.tinydb, SQLITE: register.sqlite}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in paths}
    for n in range(rounds):
        for name, path in paths.items():
            found[name].append(probe(name, path, register.gtins[n]))
    seconds = {name: [taken["seconds"] for taken in each] for name, each in found.items()}
    share = median(seconds[OURS]) / median(seconds[TINYDB])
    goals = {OURS: verdict(share, "under 0.5 x plain TinyDB", met=share < 0.5)}
    for name in paths:
        yield (f"open and answer once: {name}", *spread(seconds[name]), goals.get(name, ""))
    size = register.ours.stat().st_size
    for name, words in (("resident", "memory"), ("peak", "memory at most"), ("searched", "memory, all searched once")):
        for store, each in found.items():
            if name in each[0]:
                taken = [one[name] for one in each]
                goal = verdict(median(taken) / size, "under 5 x the file", met=median(taken) < 5 * size)
                figures = (f"{value(taken) / 1e6:,.1f} MB" for value in (median, percentile_95))
                yield (f"{words}: {store}", *figures, goal if store == OURS else "")  # type: ignore[misc]
    yield ("the file", f"{size / 1e6:,.1f} MB", "", "")


def probe(name: str, path: Path, gtin: str) -> dict[str, float]:
    """Open a store in a new process."""
    run = subprocess.run(
        [sys.executable, __file__, "--probe", name, str(path), gtin], capture_output=True, text=True, check=True
    )
    measured: dict[str, float] = json.loads(run.stdout)
    return measured


def measure_opening(name: str, path: Path, gtin: str) -> dict[str, float]:
    """In the new process: seconds to the first answer, and bytes of memory more than before."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is counted from here
    before = memory("VmRSS")
    begin = time.perf_counter()
    if name == OURS:
        catalogue = Catalogue.open(path)
        product: object = catalogue.product(gtin)
    elif name == TINYDB:
        db = PlainTinyDB(path)
        product = db.products.get(doc_id=int(gtin))
    else:
        sqlite = Sqlite(path)
        product = sqlite.product(gtin)
    taken = {"seconds": time.perf_counter() - begin, "resident": memory("VmRSS") - before}
    assert product
    taken["peak"] = memory("VmHWM") - before
    if name == OURS:
        catalogue.search("chè")
        catalogue.product_for_text("x")
        taken["searched"] = memory("VmRSS") - before
    return taken


def search_rows(register: Register, rounds: int) -> Iterator[Row]:
    """As one types: each letter more is a search for the first 50."""
    typed = [query[:n] for query in QUERIES for n in range(1, len(query) + 1) if not query[:n].endswith(" ")]
    catalogue, sqlite, plain = register.catalogue(), Sqlite(register.sqlite), PlainTinyDB(register.tinydb)
    yield (f"search, building the index: {OURS}", spread([timed(catalogue.search, "x")])[0], "", "")
    yield (f"search, building the index: {SQLITE} FTS5", spread([timed(sqlite.index_words)])[0], "", "")
    found: dict[str, list[float]] = {OURS: [], f"{SQLITE} FTS5": []}
    for query in typed * min(rounds, 3):
        found[OURS].append(timed(catalogue.search, query))
        found[f"{SQLITE} FTS5"].append(timed(sqlite.search, query, 50))
    found[TINYDB] = [timed(search_tinydb, plain.products, query, 50) for query in QUERIES[:rounds]]
    for name, seconds in found.items():
        yield (f"search, each of {len(typed)} keystrokes: {name}", *spread(seconds), "")


def change_rows(register: Register, rounds: int) -> Iterator[Row]:
    """Pages of changes one after another, with the cursor, each durable."""
    catalogue, sqlite, plain = register.catalogue(), Sqlite(register.sqlite), PlainTinyDB(register.tinydb)
    pages = 8 * rounds

    def apply(rows: list[dict[str, Any]], cursor: str) -> None:
        changes = [{"op": "upsert", "product": row} for row in rows]
        catalogue.apply(changes, cursor, more=False, register=REGISTER, as_of=NOW)

    for count in (500, 1):
        stores = ((OURS, apply, pages), (SQLITE, sqlite.change, pages), (TINYDB, plain.change, min(2, rounds)))
        for name, change, times in stores:
            seconds, before = [], written()
            for n in range(times):
                rows = register.changed(min(count, len(register.rows)), n)
                seconds.append(timed(change, rows, str(n + 2)))
            each = f"{(written() - before) / times / 1e6:,.2f} MB written, longest {max(seconds) * 1e3:,.0f} ms"
            yield (f"a page of {count} changes, {times} pages: {name}", *spread(seconds), each)


def written() -> int:
    """Bytes that this process has given the system to write so far; 0 where the system does not count them."""
    counted = Path("/proc/self/io")
    return int(counted.read_text().split("wchar: ")[1].split()[0]) if counted.exists() else 0


def memory(line: str) -> int:
    """Bytes of memory that this process has now (VmRSS) or had at most (VmHWM): Linux's count."""
    return int(Path("/proc/self/status").read_text().split(f"{line}:")[1].split()[0]) * 1024


def note_rows(folder: Path, waiting: int, rounds: int) -> Iterator[Row]:
    """Saving one note more where many wait to be sent."""
    notebook, plain = Notebook.open(folder / "device"), TinyDB(folder / "notes.json", encoding="utf-8")
    device = str(uuid.UUID(int=952))

    def write(n: int) -> tuple[float, float]:
        begin = time.perf_counter()
        draft = notebook.new_draft(outcome="mislabelled", text=f"Nhãn in 5 sao, số {n}. {'x' * 200}")
        middle = time.perf_counter()
        notebook.sign(draft.id, account=None, device=device, now=NOW, clock_offset=0)
        return time.perf_counter() - begin, time.perf_counter() - middle

    with without_fsync():
        for n in range(waiting):
            write(n)
    assert len(notebook.outbox()) == waiting
    bodies = [{"id": note.id, "body": note.body, "sha256": note.sha256} for note in notebook.outbox()]
    plain.insert_multiple(bodies)
    blob, probe_file = json.dumps(bodies[0]).encode(), folder / "probe"
    synced, ours, rival = [], [], []
    for n in range(20 * rounds):
        synced.append(timed(write_synced, probe_file, blob))
        ours.append(write(waiting + n))
        if n < 4 * rounds:
            rival.append(timed(plain.insert, bodies[0]))
    signing = [second for _, second in ours]
    goal = "under 30 ms: " + ("met" if median(signing) < 0.03 else "NOT met")
    yield (f"saving a note, {waiting} waiting: {OURS}, the button (sign)", *spread(signing), goal)
    yield (f"saving a note, {waiting} waiting: {OURS}, with beginning its draft", *spread([a for a, _ in ours]), "")
    yield (f"saving a note, {waiting} waiting: {TINYDB}", *spread(rival), "")
    yield ("one small file with fsync", *spread(synced), "")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measures the device's store beside plain TinyDB and SQLite.")
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--notes", type=int, default=5_000, help="notes that wait in the outbox")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part; may be given again")
    parser.add_argument("--probe", nargs=3, metavar=("STORE", "PATH", "GTIN"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.probe:
        name, path, gtin = options.probe
        print(json.dumps(measure_opening(name, Path(path), gtin)))
        return 0
    parts = options.only or PARTS
    load = os.getloadavg()[0]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="ocop-benchmark-") as scratch:
        if set(parts) - {"note"}:
            register = Register(Path(scratch), options.products)
            measured = {"lookup": lookup_rows, "open": open_rows, "search": search_rows, "changes": change_rows}
            for part in measured:
                if part in parts:
                    rows += measured[part](register, options.rounds)
        if "note" in parts:
            rows += note_rows(Path(scratch), options.notes, options.rounds)
    print(table((f"{options.products:,} products", "median", "95 % within", "goal"), rows))
    print(f"\n{measured_on('tinydb')} SQLite {sqlite3.sqlite_version}, load {load:.1f} before.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
