#!/usr/bin/env python
"""Twenty products in a row, recorded in an open round: the whole app in a browser whose camera shows a film of packs.

    .venv/bin/python benchmarks/inspections.py [--products 20]

Each pack is judged, recorded with a photo and one finding, and sent. benchmarks/README.md says what each figure means.
Ends with 1 where an inspection or a photo is lost, or is on the server twice.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.fuzz_pictures import drawn  # noqa: E402 - of this project, not installed
from benchmarks.report import measured_on, median, percentile_95, table  # noqa: E402
from services.decoding import Symbology  # noqa: E402
from tests.support.browser import app, camera_flags, chromium, person  # noqa: E402
from tests.support.inspecting import Recorded, record, sign_in  # noqa: E402
from tests.support.registry_server import RegistryServer, free_port  # noqa: E402
from tests.support.video import Picture, film, turn_to  # noqa: E402

INSPECTOR = ("kiemtra01", "mau-kiemtra-01")
PATIENCE = 60.0
"""Seconds that the last inspections may take until the server has them."""


def pack(number: int, gtin: str) -> Picture:
    """What is on a pack: in turn an EAN-13 and a QR code with a Digital Link."""
    text, symbology = gtin.removeprefix("0"), Symbology.EAN_13
    if number % 2:
        text, symbology = f"https://id.ocop.example/01/{gtin}", Symbology.QR_CODE
    code = np.pad(drawn(text, symbology, 3), 40, constant_values=255)
    return np.asarray(cv2.cvtColor(code, cv2.COLOR_GRAY2BGR), np.uint8)


def stored(server: RegistryServer) -> list[tuple[str, int]]:
    """The products of all inspections that the server holds, each with how many photos of it have arrived."""
    photos = "SELECT count(*) FROM rounds_inspectionphoto WHERE record_id = rounds_inspection.id AND file <> ''"
    return [(gtin, count) for gtin, count in server.rows(f"SELECT gtin, ({photos}) FROM rounds_inspection")]


def work(server: RegistryServer, products: int, scratch: Path) -> tuple[list[Recorded], float, list[str]]:
    """Record so many products: what each took, all seconds, and the GTINs in order."""
    gtins = [gtin for (gtin,) in server.rows(f"SELECT gtin FROM register_product ORDER BY gtin LIMIT {products}")]
    films = [film(pack(number, gtin), scratch / f"{number}.y4m") for number, gtin in enumerate(gtins)]
    camera = Path(shutil.copy(films[0], scratch / "camera.y4m"))
    found = []
    with (
        app(scratch / "app", server.url, free_port()) as address,
        sync_playwright() as playwright,
        chromium(playwright, *camera_flags(camera)) as browser,
        person(browser, address, camera=True, frames_apart=0, path="/settings") as screen,
    ):
        sign_in(screen, *INSPECTOR)
        screen.open(f"{address}/rounds")
        screen.tap("new-round")
        screen.tap("place-market")
        screen.type_into("round-name", "Chợ Cửa Sông")
        screen.tap("begin-round")
        began = time.monotonic()
        for number, gtin in enumerate(gtins):
            turn = partial(turn_to, films[(number + 1) % products], camera)
            found.append(record(screen, gtin.removeprefix("0"), "matches", number + 1, turn))
            print(number + 1, gtin, found[-1], file=sys.stderr, flush=True)
        seconds = time.monotonic() - began
        ends = time.monotonic() + PATIENCE
        while [count for _gtin, count in stored(server)] != [1] * products and time.monotonic() < ends:
            time.sleep(0.5)
    return found, seconds, gtins


def main() -> int:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--products", type=int, default=20)
    products = options.parse_args().products
    with tempfile.TemporaryDirectory() as folder, RegistryServer(Path(folder) / "registry") as server:
        found, seconds, gtins = work(server, products, Path(folder))
        there = stored(server)
    rows = [
        (what, f"{median(each):.1f} s", f"{percentile_95(each):.1f} s")
        for what, each in (
            ("the person's own, a product", [one.own for one in found]),
            ("pack before the camera to saved", [one.whole for one in found]),
        )
    ]
    rows.append((f"all {products}, in a row", f"{seconds:.0f} s", ""))
    print(table(("what", "median", "95 % within"), rows))
    held = [gtin for gtin, _photos in there]
    lost = sorted(set(gtins) - set(held))
    twice = sorted({gtin for gtin in held if held.count(gtin) > 1})
    bare = [gtin for gtin, photos in there if photos != 1]
    print(f"taps a product: {sorted({one.taps for one in found})}; lost {lost}, twice {twice}, not one photo {bare}")
    print(measured_on())
    return int(bool(lost or twice or bare))


if __name__ == "__main__":
    sys.exit(main())
