#!/usr/bin/env python
"""Slow lines that are cut: a photo on its way up, the whole register on its way down, a note beside that.

    .venv/bin/python benchmarks/slow_lines.py [--only PART] [--products 20000] [--patience 1200] [--clock 10]

The line is a proxy in front of the real server. It carries so many bytes a second in each direction, has a queue of
16 KiB down, and cuts every connection after each so many bytes. The register comes by a clock that is faster: the rate
is so many times as high, the time-outs are so many times as short, and the seconds are counted so many times.
benchmarks/README.md says what the figures mean.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import requests
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import measured_on, table  # noqa: E402 - of this project, not installed
from benchmarks.sync import server_with  # noqa: E402
from services.accounts.accounts import Accounts  # noqa: E402
from services.client.registry import Registry  # noqa: E402
from services.records.book import RecordBook  # noqa: E402
from services.records.files import PhotoFolder  # noqa: E402
from services.records.kind import NOTE  # noqa: E402
from services.register.catalogue import Catalogue  # noqa: E402
from services.sync.outbox import send  # noqa: E402
from services.sync.passes import fetch  # noqa: E402
from services.workspace import Workspace  # noqa: E402
from tests.support.bad_line import BadLine  # noqa: E402
from tests.support.record_kinds import sign  # noqa: E402
from tests.support.registry_server import RegistryServer  # noqa: E402

PARTS = ("photo", "cuts", "slow", "three", "note")
PHOTO = 400_000
CUT = 200_000
# What an app of this project waits: to connect, for the next piece, for a whole answer or its head.
TIMES = (5.0, 20.0, 60.0)


@dataclass(frozen=True)
class Found:
    """What came of one part: whether all arrived, and when, by the line's seconds.

    `needed` is how many bytes of bodies would have been enough.
    """

    arrived: str
    seconds: float
    line: BadLine
    needed: int
    bodies: int

    def row(self, name: str) -> tuple[str, ...]:
        carried = f"{self.line.carried:,}"
        twice = max(0, self.bodies - self.needed)
        share = f"{twice:,} ({100 * twice / self.needed:.1f} %)" if self.needed else "–"
        return name, self.arrived, f"{self.seconds:,.0f}", f"{self.needed:,}", carried, share, str(self.line.cuts)


def registry_over(line: BadLine, clock: float = 1) -> Registry:
    connect, piece, answer = (seconds / clock for seconds in TIMES)
    return Registry(line.url, timeout=(connect, piece), deadline=answer)


def until(done: Callable[[], bool], work: Callable[[], object], patience: float) -> float:
    """Repeat a pass as the app does, with a second between two; how long that took."""
    began = time.monotonic()
    while not done() and time.monotonic() - began < patience:
        work()
        time.sleep(0 if done() else 1)
    return time.monotonic() - began


def photo(server: RegistryServer, folder: Path, options: argparse.Namespace) -> Found:
    """A note with a photo at 1 kB/s, which is cut every 200 kB."""
    book = RecordBook(folder, NOTE, PhotoFolder(folder / "photos"))
    accounts = Accounts.open(folder)
    jpeg = BytesIO()
    Image.new("RGB", (640, 480), "green").save(jpeg, "JPEG")
    file = book.files.keep(jpeg.getvalue() + random.Random(1).randbytes(PHOTO - len(jpeg.getvalue())))
    record = sign(book, files=(file,))
    line = BadLine(server.port, rate=1000, cut_every=CUT)
    registry = registry_over(line)
    took = until(
        lambda: not book.outbox(),
        lambda: send(book, accounts, registry, schemas={"note": (1,)}),
        options.patience,
    )
    arrived = "no" if book.outbox() else "yes"
    return Found(arrived, took, line, len(record.canonical()) + file.size, line.bodies_up)


def register(server: RegistryServer, folder: Path, options: argparse.Namespace, *, rate: float, cut: int) -> Found:
    """The whole register onto a device that has none. `rate` is what the fast clock makes ten times as fast."""
    needed = snapshot_bytes(server)
    line = BadLine(server.port, rate=rate * options.clock, cut_every=cut or None)
    registry, catalogue = registry_over(line, options.clock), Catalogue.open(folder)
    took = until(lambda: catalogue.copy.complete, lambda: fetch(catalogue, registry), options.patience / options.clock)
    arrived = "yes" if catalogue.copy.complete else "no"
    return Found(arrived, took * options.clock, line, needed, line.bodies_down)


def three_fetches(server: RegistryServer, folder: Path) -> Found:
    """What three fetches bring of the whole register, where the line is cut after 90 % of it each time."""
    needed = snapshot_bytes(server)
    line = BadLine(server.port, rate=1_000_000, cut_every=int(needed * 0.9))
    registry, catalogue = registry_over(line), Catalogue.open(folder)
    began = time.monotonic()
    for _ in range(3):
        fetch(catalogue, registry)
    arrived = "yes" if catalogue.copy.complete else "no"
    return Found(arrived, time.monotonic() - began, line, needed, line.bodies_down)


def note(server: RegistryServer, folder: Path, options: argparse.Namespace) -> Found:
    """A note without photos, signed while the register is on its way at 1 kB/s: until its receipt is there."""
    line = BadLine(server.port, rate=1000, queued=32 * 1024)
    workspace = Workspace.open(folder, server=line.url)
    device = workspace.device("local")
    time.sleep(60)  # the download has filled the queue
    draft = device.notebook.new_draft(text="Nhãn in 5 sao", outcome="mislabelled")
    signed = device.notebook.sign(
        draft.id, account=None, device=str(uuid.UUID(int=7)), now=datetime.now(UTC), clock_offset=None
    )
    took = until(lambda: device.notebook.records.has_receipt(signed.id), lambda: None, options.patience)
    arrived = "yes" if device.notebook.records.has_receipt(signed.id) else "no"
    workspace.close(1)
    return Found(arrived, took, line, 0, 0)


def snapshot_bytes(server: RegistryServer) -> int:
    with requests.get(f"{server.url}/api/v1/snapshot", stream=True, timeout=120) as answer:
        return len(answer.raw.read(decode_content=False))


def rows(options: argparse.Namespace, folder: Path) -> list[tuple[str, ...]]:
    parts = options.only or PARTS
    clock = f"clock x {options.clock:g}"
    found: list[tuple[str, ...]] = []
    with server_with(options.products, folder / "server") as server:
        many = f"{options.products:,} products"
        for part in parts:
            to = folder / part.replace(" ", "-")
            if part == "photo":
                found.append(photo(server, to, options).row("note with a photo, 1 kB/s, cut every 200 kB"))
            elif part == "cuts":
                result = register(server, to, options, rate=1000, cut=CUT)
                found.append(result.row(f"{many}, 1 kB/s, cut every 200 kB ({clock})"))
            elif part == "slow":
                result = register(server, to, options, rate=1500, cut=0)
                found.append(result.row(f"{many}, 1.5 kB/s ({clock})"))
            elif part == "three":
                found.append(three_fetches(server, to).row(f"{many}, three fetches, each cut after 90 %"))
            else:
                found.append(note(server, to, options).row("note beside the register, 1 kB/s"))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="What arrives over slow lines that are cut, and what it costs.")
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--patience", type=float, default=1200, help="seconds of the line after which a part ends")
    parser.add_argument("--clock", type=float, default=10, help="how many times as fast the register comes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ocop-slow-lines-") as folder:
        head = ("what", "arrived", "line-seconds", "bytes needed", "bytes carried", "of them again", "cuts")
        print(table(head, rows(options, Path(folder))))
    print(f"\n{measured_on('requests', 'urllib3')}")


if __name__ == "__main__":
    main()
