#!/usr/bin/env python
"""Holds packs one after another before the camera of a running audit, and counts what is wrong, twice or missing.

    .venv/bin/python benchmarks/audit_film.py [--codes 60] [--each 1.3]

The real app, the real browser, and a film as its camera. benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import measured_on, table  # noqa: E402 - of this project, not installed
from services.accounts.viewer import Viewer  # noqa: E402
from services.audits.audit import Line  # noqa: E402
from services.audits.audit_book import AuditBook  # noqa: E402
from services.codes import check_digit  # noqa: E402
from tests.services.decoding.pictures import ean13, qr  # noqa: E402
from tests.support import browser as driver  # noqa: E402
from tests.support.registry_server import RegistryServer, free_port  # noqa: E402
from tests.support.video import Picture  # noqa: E402

RATE = 30
"""Frames a second at which Chromium shows an MJPEG file."""

AWAY = 0.2
"""Seconds between two packs in which none is in view, as while a hand takes the next."""

BEFORE, AFTER = 8.0, 20.0
"""Seconds of an empty table: until the audit has begun, and before the film begins again."""


def codes(count: int) -> list[str]:
    """So many different GTINs: invented ones that no register has."""
    return [f"{digits}{check_digit(digits)}" for digits in (f"95299{n:07d}" for n in range(count))]


def frames(numbers: list[str], each: float) -> Iterator[Picture]:
    """The film: a table, then pack after pack, every second one with a QR code; each drifts a little."""
    random = np.random.default_rng(952)
    table_ = np.full((480, 640, 3), (120, 140, 150), np.uint8)

    noises = [random.normal(0, 3, table_.shape) for _number in range(8)]
    turn = itertools.cycle(noises)

    def noisy(frame: Picture) -> Picture:
        return np.clip(frame + next(turn), 0, 255).astype(np.uint8)

    empty = noisy(table_)
    for _number in range(round(BEFORE * RATE)):
        yield empty
    for place, number in enumerate(numbers):
        drawn = qr(f"https://id.ocop.example/01/0{number}", scale=5) if place % 2 else ean13(number, scale=3)
        label = np.repeat(np.asarray(drawn, np.uint8)[:, :, np.newaxis], 3, axis=2)
        rows, columns = label.shape[:2]
        for step in range(round((each - AWAY) * RATE)):
            frame = table_.copy()
            left, top = (640 - columns) // 2 + step // 2 - 8, (480 - rows) // 2 + step // 4
            frame[top : top + rows, left : left + columns] = label
            yield noisy(frame)
        for _number in range(round(AWAY * RATE)):
            yield empty
    for _number in range(round(AFTER * RATE)):
        yield empty


def film(numbers: list[str], each: float, path: Path) -> Path:
    """Write the film as Motion JPEG."""
    with path.open("wb") as out:
        for frame in frames(numbers, each):
            out.write(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
    return path


def lines_in(folder: Path) -> list[Line]:
    """The lines of the audit that runs in an app's data folder, once the app has ended."""
    found = []
    for device in sorted((folder / "devices").glob("*")):
        audit = AuditBook(device).current(Viewer(None))
        found += list(audit.lines) if audit else []
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--codes", type=int, default=60)
    parser.add_argument("--each", type=float, default=1.3, help="seconds from pack to pack (1.3)")
    options = parser.parse_args()
    numbers = codes(options.codes)
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder), free_port()
        camera = film(numbers, options.each, data / "camera.mjpeg")
        with (
            RegistryServer(data / "registry") as server,
            driver.app(data / "app", server.url, port) as address,
            sync_playwright() as playwright,
            driver.chromium(playwright, *driver.camera_flags(camera)) as chromium,
            driver.person(chromium, address, camera=True, frames_apart=0, path="/audits/now") as screen,
        ):
            screen.tap("audit-begin")
            screen.see("audit-ready", 60)
            screen.page.wait_for_selector("video", state="attached", timeout=60_000)
            began, last, packs = time.monotonic(), 0.0, 0
            while time.monotonic() - began < BEFORE + options.each * len(numbers) + AFTER / 2:
                now = int(screen.see("audit-total-outside").split()[-1])
                packs, last = (now, time.monotonic()) if now != packs else (packs, last)
                screen.page.wait_for_timeout(200)
            screen.page.close()
            time.sleep(1)
        found = lines_in(data / "app")
    seen = Counter({line.gtin or line.text: line.quantity for line in found})
    wanted = {f"0{number}" for number in numbers}
    wrong = [text for text in seen if text not in wanted]
    twice = [text for text, count in seen.items() if count > 1]
    missing = [text for text in wanted if text not in seen]
    first, end = min(line.at for line in found), max(line.last_at for line in found)
    rate = 60 * (len(found) - 1) / (end - first).total_seconds()
    head = ["", "a minute", "wrong", "twice", "missing"]
    what = f"{len(numbers)} codes, one every {options.each:g} s"
    print(table(head, [[what, f"{rate:.1f}", str(len(wrong)), str(len(twice)), str(len(missing))]]))
    print(f"\nLast shown {last - began - BEFORE:.1f} s after the first pack.\n{measured_on('flet', 'opencv-python')}")
    for name, texts in (("wrong", wrong), ("twice", twice), ("missing", missing)):
        if texts:
            print(f"{name}: {', '.join(sorted(texts))}", file=sys.stderr)
    return 1 if wrong or twice or missing or rate <= 40 else 0


if __name__ == "__main__":
    sys.exit(main())
