"""What a person waits for in the browser version, by the page's own clock: the first screen, and a verdict."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import Browser, Page, Playwright

from tests.support.browser import ROOT, Screen, app, camera_flags, chromium
from tests.support.registry_server import RegistryServer, free_port
from tests.support.video import Picture, film, part

PHONE = {"width": 412, "height": 915}

# Notes when something happened for the first time, in milliseconds since 1970, and switches semantics on.
_WATCH = """
window.times = {};
const now = () => performance.timeOrigin + performance.now();
const note = (name) => { window.times[name] ??= now(); };
const look = () => {
  document.querySelector('flt-semantics-placeholder')?.click();
  for (const name of ['nav-scan', 'verdict'])
    if (document.querySelector(`[flt-semantics-identifier=${name}]`)) note(name);
  for (const video of document.querySelectorAll('video'))
    if (video.readyState >= 2) note('picture'); else video.addEventListener('loadeddata', () => note('picture'));
};
new MutationObserver(look).observe(document, {subtree: true, childList: true, attributes: true,
                                              attributeFilter: ['flt-semantics-identifier']});
addEventListener('flutter-first-frame', () => note('flutter'));
addEventListener('click', () => note('tap'), {capture: true});
"""


def label(file: str = "certified.png") -> Picture:
    """A sample label's pixels, BGR."""
    return np.asarray(cv2.imread(str(ROOT / "assets" / "samples" / file)), np.uint8)


def verdict_times(playwright: Playwright, rounds: int, which: str, scratch: Path) -> Iterator[dict[str, float]]:
    """Seconds to the verdict, once for each new person who opens the scan screen with a code before the camera.

    `which` is the half of the label that the camera sees: `qr` or `ean`. Gives `tapped`, from the tap on Scan, and
    `in view`, from the first picture that the page shows of its camera.
    """
    video = film(part(label(), which), scratch / f"{which}.y4m")
    with (
        RegistryServer(scratch / f"registry-{which}") as server,
        app(scratch / f"app-{which}", server.url, free_port()) as address,
        chromium(playwright, *camera_flags(video)) as browser,
    ):
        for _round in range(rounds):
            times = _verdict(browser, address)
            yield {"tapped": times["verdict"] - times["tap"], "in view": times["verdict"] - times["picture"]}


def _verdict(browser: Browser, address: str) -> dict[str, float]:
    page = _page(browser)
    try:
        page.goto(f"{address}/settings")
        page.locator("[flt-semantics-identifier=sign-in-name]").wait_for(state="attached", timeout=60_000)
        page.wait_for_timeout(500)
        page.evaluate("window.times = {}")
        Screen(page.context, page).tap("nav-scan")
        page.wait_for_function("window.times.verdict", timeout=60_000)
        return _seconds(page)
    finally:
        page.context.close()


def start_times(playwright: Playwright, rounds: int, scratch: Path) -> Iterator[dict[str, float]]:
    """Seconds from `main.py --web` to `answers` (its port), `first frame` (Flutter's) and `scan screen` (drawn).

    The register is on the device already; each browser is new, with nothing in its cache.
    """
    data = scratch / "app-start"
    with RegistryServer(scratch / "registry-start") as server, chromium(playwright) as browser:
        with app(data, server.url, free_port()) as address:  # fetch the register once
            _first_screen(browser, address)
            time.sleep(2)
        for _round in range(rounds):
            port = free_port()
            page = _page(browser)
            start = time.time()
            command = [
                "main.py",
                "--web",
                "--no-open",
                "--port",
                str(port),
                "--data",
                str(data),
                "--server",
                server.url,
            ]
            with (scratch / "app-start.log").open("ab") as log:
                process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=log, stderr=log)
            try:
                answers = _listening(port)
                page.goto(f"http://127.0.0.1:{port}")
                page.wait_for_function("window.times['nav-scan']", timeout=60_000)
                times = _seconds(page)
            finally:
                page.context.close()
                process.terminate()
                process.wait(timeout=20)
            yield {
                "answers": answers - start,
                "first frame": times["flutter"] - start,
                "scan screen": times["nav-scan"] - start,
            }


def _first_screen(browser: Browser, address: str) -> None:
    page = _page(browser)
    page.goto(address)
    page.wait_for_function("window.times['nav-scan']", timeout=60_000)
    page.context.close()


def _listening(port: int) -> float:
    """The time at which the port first takes a connection."""
    ends = time.time() + 60
    while time.time() < ends:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return time.time()
        time.sleep(0.005)
    raise RuntimeError("the app did not start")


def _page(browser: Browser) -> Page:
    context = browser.new_context(viewport=PHONE, locale="vi-VN", permissions=["camera"])  # type: ignore[arg-type]
    context.add_init_script(_WATCH)
    return context.new_page()


def _seconds(page: Page) -> dict[str, float]:
    times: dict[str, Any] = page.evaluate("window.times")
    return {name: milliseconds / 1000 for name, milliseconds in times.items()}
