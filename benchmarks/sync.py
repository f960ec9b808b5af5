#!/usr/bin/env python
"""Sync with the real server over loopback: the first copy of a register, an idle poll, and notes on their way up.

    .venv/bin/python benchmarks/sync.py [--products 100000] [--notes 1000] [--rounds 3] [--only PART]

The server runs on SQLite, or on the PostgreSQL that DATABASE_URL names, whose database must be empty.
benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import zlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import requests
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import measured_on, median, percentile_95, table  # noqa: E402 - of this project, not installed
from benchmarks.rivals import DAY, producers  # noqa: E402
from benchmarks.store import spread, timed, verdict, without_fsync  # noqa: E402
from services.accounts.accounts import Accounts  # noqa: E402
from services.accounts.sealing import KeyKeeper, SealingKey  # noqa: E402
from services.client.registry import Registry  # noqa: E402
from services.notes.notebook import Notebook  # noqa: E402
from services.records.events import EventBook  # noqa: E402
from services.register.catalogue import Catalogue  # noqa: E402
from services.storage.store import Store, write_synced  # noqa: E402
from services.sync.hearing import hear  # noqa: E402
from services.sync.outbox import send  # noqa: E402
from services.sync.passes import fetch  # noqa: E402
from tests.support.registry_server import RegistryServer  # noqa: E402
from tests.support.wire import Line  # noqa: E402

Row = tuple[str, str, str, str]  # what, median, 95 % within, goal

PARTS = ("first", "idle", "notes")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class CountingLine(Line):
    """A line in front of the server that counts the bytes of both directions."""

    def __init__(self, port: int) -> None:
        self._lock = threading.Lock()
        self.bytes = 0
        super().__init__(port)

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        self._pass_on(client, server)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        self._pass_on(server, client)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                with self._lock:
                    self.bytes += len(piece)
                target.sendall(piece)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def server_with(products: int, folder: Path) -> Iterator[RegistryServer]:
    """The real server with a sample register of this size."""
    folder.mkdir()
    environment = {key: value for key, value in os.environ.items() if key == "DATABASE_URL"}
    manage = [sys.executable, str(ROOT / "server" / "manage.py")]
    sample = ["sample_register", "--products", str(products), "--producers", str(producers(products))]
    for command in (["migrate", "-v0"], [*sample, "--today", DAY.isoformat()]):
        subprocess.run(
            [*manage, *command],
            env={**os.environ, "OCOP_SERVER_DATA": str(folder)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
    with RegistryServer(folder, env=environment) as server:
        yield server


def first_rows(server: RegistryServer, folder: Path, rounds: int) -> Iterator[Row]:
    """The whole register onto a device that has nothing, and what its parts take."""
    registry = Registry(server.url)
    made = first_sync(registry, folder / "made")
    found: dict[str, list[float]] = defaultdict(list)
    for n in range(rounds):
        # In turn, so that what else the machine does touches all.
        found["whole"].append(first_sync(registry, folder / str(n)))
        begin = time.perf_counter()
        with requests.get(f"{server.url}/api/v1/snapshot", stream=True, timeout=60) as response:
            wire = response.raw.read(decode_content=False)
        found["wire"].append(time.perf_counter() - begin)
        begin = time.perf_counter()
        text = zlib.decompress(wire, 31)
        found["gunzip"].append(time.perf_counter() - begin)
        found["parse"].append(timed(json.loads, text))
        gc.disable()
        found["parse without gc"].append(timed(json.loads, text))
        gc.enable()
        found["write"].append(timed(write_synced, folder / "plain", text))
        rows = Store(folder / str(n) / "catalogue.json", text_table="products").durable.read()
        again = Store(folder / f"{n}-again.json", text_table="products")
        found["store"].append(timed(again.durable.write, rows))
        begin = time.perf_counter()
        snapshot = registry.snapshot()
        found["fetched"].append(time.perf_counter() - begin)
        assert snapshot
        catalogue = Catalogue.open(folder / f"{n}-replaced")
        begin = time.perf_counter()
        catalogue.replace_all(snapshot.products, snapshot.next_cursor, snapshot.register, snapshot.as_of, source="x")
        found["kept"].append(time.perf_counter() - begin)
        del text, rows, again, snapshot, catalogue
    parts = {name: median(seconds) for name, seconds in found.items()}
    bound = parts["parse"] + parts["write"]
    strict = parts["parse without gc"] + parts["write"]
    ratio = parts["whole"] / bound
    goal = verdict(ratio, "under 3 x json.loads and write", met=ratio < 3)
    yield ("first sync, whole", *spread(found["whole"]), goal)
    yield ("the same, where the server has to make the answer first", *spread([made]), f"{made / bound:,.2f} x")
    yield ("`json.loads` on the same bytes", *spread(found["parse"]), f"{len(wire) / 1e6:,.1f} MB on the wire")
    no_gc = f"the whole is {parts['whole'] / strict:,.2f} x of this and the write"
    yield ("`json.loads`, the garbage collector off", *spread(found["parse without gc"]), no_gc)
    yield ("writing the same bytes, with fsync", *spread(found["write"]), "")
    yield ("part: server and wire", *spread(found["wire"]), "")
    yield ("part: gunzip", *spread(found["gunzip"]), "")
    apart = max(0.0, parts["fetched"] - parts["wire"] - parts["gunzip"])
    yield ("part: taking apart into products", spread([apart])[0], "", "")
    yield ("part: parsing and checking each product", spread([max(0.0, parts["kept"] - parts["store"])])[0], "", "")
    yield ("part: encoding and writing the store, with fsync", *spread(found["store"]), "")


def first_sync(registry: Registry, folder: Path) -> float:
    """Seconds until the copy is whole and durable."""
    catalogue = Catalogue.open(folder)
    begin = time.perf_counter()
    report = fetch(catalogue, registry)
    seconds = time.perf_counter() - begin
    assert report.problem is None, report
    assert catalogue.copy.complete
    catalogue.close()
    return seconds


def idle_rows(server: RegistryServer, folder: Path, rounds: int) -> Iterator[Row]:
    """A poll that finds nothing new: every byte in both directions, headers included."""
    proxy = CountingLine(server.port)
    catalogue = Catalogue.open(folder / "idle")
    fetch(catalogue, Registry(proxy.url))
    sizes, seconds = [], []
    for _ in range(5 * rounds):
        registry = Registry(proxy.url)  # a quarter of an hour later there is no connection left to use again
        before = proxy.bytes
        begin = time.perf_counter()
        report = fetch(catalogue, registry)
        seconds.append(time.perf_counter() - begin)
        assert (report.changes, report.problem) == (0, None), report
        sizes.append(float(proxy.bytes - before))
        registry.close()
    proxy.close()
    goal = "under 1 KiB: " + ("met" if max(sizes) < 1024 else "NOT met")
    yield ("an idle poll, bytes both ways", f"{median(sizes):,.0f} B", f"{percentile_95(sizes):,.0f} B", goal)
    yield ("an idle poll, its time", *spread(seconds), "")
    yield from idle_hearing_rows(server, folder, rounds)


def idle_hearing_rows(server: RegistryServer, folder: Path, rounds: int) -> Iterator[Row]:
    """The question whether the office has said something, when it has not."""
    proxy = CountingLine(server.port)
    accounts, events = Accounts.open(folder / "heard"), EventBook(folder / "heard")
    accounts.unlock(SealingKey(bytes(32), KeyKeeper.STORE))
    username = accounts.sign_in(Registry(proxy.url), "kiemtra01", "mau-kiemtra-01", str(uuid.UUID(int=953))).username
    hear(events, username, accounts, Registry(proxy.url), cancelled=lambda: False)
    sizes = []
    for _ in range(5 * rounds):
        registry = Registry(proxy.url)
        before = proxy.bytes
        hear(events, username, accounts, registry, cancelled=lambda: False)
        sizes.append(float(proxy.bytes - before))
        registry.close()
    proxy.close()
    goal = "under 1 KiB: " + ("met" if max(sizes) < 1024 else "NOT met")
    yield ("an idle question for the office's words, bytes both ways", f"{median(sizes):,.0f} B", "", goal)


def note_rows(server: RegistryServer, folder: Path, count: int) -> Iterator[Row]:
    """Notes with a photo each, from the outbox to the server, each confirmed by a receipt."""
    notebook, accounts = Notebook.open(folder / "device"), Accounts.open(folder / "device")
    device = str(uuid.UUID(int=952))
    size = 0
    with without_fsync():
        for n in range(count):
            draft = notebook.new_draft(outcome="mislabelled", text=f"Nhãn in 5 sao, số {n}")
            notebook.add_photo(draft.id, picture(n))
            note = notebook.sign(draft.id, account=None, device=device, now=NOW, clock_offset=0)
            size += sum(photo.size for photo in note.photos)
    begin = time.perf_counter()
    report = send(notebook.records, accounts, Registry(server.url), schemas={"note": (1,)})
    seconds = time.perf_counter() - begin
    assert (report.received, report.photos, report.waiting) == (count, count, 0), report
    each = f"{seconds / count * 1e3:,.1f} ms a note, photos of {size / count / 1e3:,.1f} kB"
    yield (f"{count:,} notes with a photo each, sent and confirmed", f"{seconds:,.1f} s", "", each)
    yield ("the same in a second", f"{count / seconds:,.0f} notes", "", "")


def picture(n: int) -> bytes:
    """A small picture unlike the others."""
    target = io.BytesIO()
    Image.frombytes("L", (240, 180), random.Random(n).randbytes(240 * 180)).save(target, "PNG")
    return target.getvalue()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measures sync with the real server over loopback.")
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--notes", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part; may be given again")
    options = parser.parse_args()
    parts = options.only or PARTS
    load = os.getloadavg()[0]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="ocop-benchmark-") as scratch:
        folder = Path(scratch)
        with server_with(options.products, folder / "server") as server:
            if "first" in parts:
                rows += first_rows(server, folder, options.rounds)
            if "idle" in parts:
                rows += idle_rows(server, folder, options.rounds)
            if "notes" in parts:
                rows += note_rows(server, folder, options.notes)
    print(table((f"{options.products:,} products", "median", "95 % within", "goal"), rows))
    database = "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite"
    print(f"\n{measured_on('requests')} The server on {database}, load {load:.1f} before.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
