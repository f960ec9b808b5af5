#!/usr/bin/env python
"""Scans with a handheld scanner into the browser version over a busy line, and counts what goes wrong.

    .venv/bin/python benchmarks/handheld_scans.py [--scans 2000] [--held 5] [--tree FOLDER]

The real app and the real browser; between them a line that delays every packet and holds some of them longer.
benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import TimeoutError as NotInTime
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import measured_on, table  # noqa: E402 - of this project, not installed
from tests.support import browser as driver  # noqa: E402
from tests.support.registry_server import RegistryServer, free_port  # noqa: E402
from views.parts.wedge import GAP  # noqa: E402

CODES = (
    ("9520007900017", "Chứng nhận còn hiệu lực"),
    ("9520021000021", "Chứng nhận đã hết hạn"),
    ("9529999999993", "Không có trong sổ đăng ký"),
)
"""Products of the sample register and one that is not in it, with the words of their verdicts, all different."""

DELAY, HOLD = 0.03, 0.2
"""Seconds by which the line delays every packet, and those by which it holds some of them."""

PACE = 0.01
"""Seconds from key to key."""

PATIENCE = 5.0
"""Seconds after which a scan whose verdict is not on the screen counts as silent."""


@contextmanager
def line(port: int, held: float, seed: int) -> Iterator[int]:
    """Give the port of a line to `port`: each packet is delayed, and a share of `held` is held, with all behind it."""
    chance = random.Random(seed)  # no secret
    own = free_port()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        packets: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, data = await packets.get()
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                writer.write(data)
                await writer.drain()
                if not data:
                    writer.close()
                    return

        delivering = asyncio.create_task(deliver())
        with suppress(ConnectionError):
            while data := await reader.read(1400):
                extra = HOLD if chance.random() < held else 0.0
                await packets.put((time.monotonic() + DELAY + extra, data))
        await packets.put((0.0, b""))
        with suppress(ConnectionError):
            await delivering

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            with suppress(asyncio.CancelledError):  # the line is closed
                await asyncio.gather(carry(reader, there_writer), carry(there_reader, writer))
        finally:
            writer.close()
            there_writer.close()

    begun = threading.Event()
    told: list[Callable[[], object]] = []

    async def run() -> None:
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with await asyncio.start_server(connected, "127.0.0.1", own):
            told.append(lambda: loop.call_soon_threadsafe(over.set))
            begun.set()
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    begun.wait(10)
    try:
        yield own
    finally:
        told[0]()
        thread.join(10)


async def pull(session: Any, digits: str) -> None:
    """Press the keys of one scan at a scanner's pace, without waiting for the browser to answer."""
    keys = [{"key": digit, "code": f"Digit{digit}", "text": digit, "number": ord(digit)} for digit in digits]
    keys.append({"key": "Enter", "code": "Enter", "text": "\r", "number": 13})
    sent = []
    for key in keys:
        for kind in ("keyDown", "keyUp"):
            told = {"type": kind, "key": key["key"], "code": key["code"], "windowsVirtualKeyCode": key["number"]}
            told |= {"text": key["text"]} if kind == "keyDown" else {}
            sent.append(asyncio.ensure_future(session.send(method="Input.dispatchKeyEvent", params=told, timeout=None)))
        await asyncio.sleep(PACE)
    await asyncio.gather(*sent)


def scan_all(screen: driver.Screen, scans: int, patience: float = PATIENCE) -> Counter[str]:
    """Scan one code after another; each is `right`, `wrong`, `refused` aloud, or `silent`.

    `halting` are those of the refused whose keys reached the browser with a longer pause than a scan may have.
    """
    found: Counter[str] = Counter()
    screen.page.evaluate("pressed = []; addEventListener('keyup', event => pressed.push(event.timeStamp), true)")
    session = screen.context.new_cdp_session(screen.page)
    for number in range(scans):
        code, word = CODES[number % len(CODES)]
        before = screen.page.url
        session._sync(pull(session._impl_obj, code))
        what = outcome(screen, code, word, before, patience)
        found[what] += 1
        times = screen.page.evaluate("pressed.splice(0)")
        pauses = [after - at for at, after in itertools.pairwise(times)]
        if what == "refused" and max(pauses) > GAP * 1000:
            found["halting"] += 1
        if what != "right":
            said = [number, code, what, screen.page.url, screen.words()[:300], [round(pause) for pause in pauses]]
            print(*said, file=sys.stderr, flush=True)
        if number % 100 == 99:
            print(number + 1, dict(found), file=sys.stderr, flush=True)
    return found


def outcome(screen: driver.Screen, code: str, word: str, before: str, patience: float) -> str:
    """What has become of the scan of this code: the first screen that it led to counts, as it does for a person."""
    try:
        screen.page.wait_for_url(lambda url: url != before, timeout=patience * 1000)
        asked = urlsplit(screen.page.url)
        if asked.path == "/refused":
            screen.find("refused-scan").first.wait_for(state="attached", timeout=patience * 1000)
            return "refused"
        if parse_qs(asked.query).get("c") != [code]:
            return "wrong"
        screen.wait_for_text("verdict", word, patience)
    except NotInTime:
        return "silent"
    return "right"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scans", type=int, default=2000)
    parser.add_argument("--held", type=float, default=5, help="per cent of the packets that are held (5)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tree", type=Path, default=ROOT, help="the project's folder whose app is tried (this one)")
    options = parser.parse_args()
    driver.ROOT = options.tree.resolve()
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder), free_port()
        with (
            RegistryServer(data / "registry") as server,
            driver.app(data / "app", server.url, port),
            line(port, options.held / 100, options.seed) as busy,
            sync_playwright() as playwright,
            driver.chromium(playwright) as chromium,
            driver.person(chromium, f"http://127.0.0.1:{busy}") as screen,
        ):
            screen.find("code-entry").first.wait_for(state="attached", timeout=60_000)
            screen.page.wait_for_timeout(3000)
            found = scan_all(screen, options.scans)
    kinds = ("right", "refused", "halting", "wrong", "silent")
    what = f"{options.scans} scans, {options.held:g} % of the packets held for {HOLD * 1000:.0f} ms"
    print(
        table(
            ["", "right", "refused", "of them halting", "wrong", "silent"],
            [[what, *(str(found[kind]) for kind in kinds)]],
        )
    )
    print(f"\n{measured_on()}")
    return 1 if found["wrong"] or found["silent"] else 0


if __name__ == "__main__":
    sys.exit(main())
