#!/usr/bin/env python
"""What a first and a second visit of the browser version load over a slow line, and how long they take.

    .venv/bin/python benchmarks/first_visit.py [--before PATH] [--rounds 1] [--update-readme]

`--before` names another checkout of this project that is measured in the same run. benchmarks/README.md says what each
figure means.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import measured_on, put_between, table  # noqa: E402 - of this project, not installed
from tests.support.browser import chromium  # noqa: E402
from tests.support.registry_server import RegistryServer, free_port  # noqa: E402

LATENCY = 150
"""Milliseconds from a request to the first byte of its answer, as Chromium's own throttling counts them."""

RATES = (9.0, 1.6)
"""Megabits a second, in both directions: a good mobile line and a slow one."""

BEGIN, END = "<!-- first_visit: begin -->", "<!-- first_visit: end -->"

_WATCH = """
window.times = {};
const note = (name) => { window.times[name] ??= performance.now() / 1000; };
addEventListener('flutter-first-frame', () => note('first frame'));
new MutationObserver(() => {
  document.querySelector('flt-semantics-placeholder')?.click();
  if (document.querySelector('[flt-semantics-identifier]')) note('screen');
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ['flt-semantics-identifier']});
"""


@dataclass(frozen=True)
class Visit:
    """Bytes on the wire until the first screen is there and at rest, and seconds from the request to what is drawn."""

    received: int
    first_frame: float
    screen: float


@contextmanager
def web_app(tree: Path, scratch: Path, server: str) -> Iterator[str]:
    """The browser version of a checkout; gives its address once it answers."""
    port = free_port()
    command = [sys.executable, "main.py", "--web", "--no-open", "--port", str(port), "--data", str(scratch / "data")]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), "PYTHONPATH": str(tree)}
    with (scratch / "log").open("ab") as log:
        process = subprocess.Popen([*command, "--server", server], cwd=tree, stdout=log, stderr=log, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _until(lambda: _answer(address).status == 200, 60)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _until(true: Callable[[], object], seconds: float) -> None:
    """Wait until something is true; what cannot be asked yet is not. Raises TimeoutError."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with contextlib.suppress(OSError):
            if true():
                return
        time.sleep(0.2)
    raise TimeoutError(f"nothing after {seconds} s")


def _answer(address: str) -> HTTPResponse:
    asked = urllib.request.Request(address, headers={"accept-encoding": "br"})
    answer: HTTPResponse = urllib.request.urlopen(asked, timeout=60)
    return answer


def visit(context: BrowserContext, address: str, rate: float) -> Visit:
    """Open the app in a page of its own over a line of `rate` megabits a second; 0 for as fast as it can be."""
    page = context.new_page()
    page.add_init_script(_WATCH)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    if rate:
        each_way = rate * 1e6 / 8
        line = {"offline": False, "latency": LATENCY, "downloadThroughput": each_way, "uploadThroughput": each_way}
        session.send("Network.emulateNetworkConditions", line)
    received: list[int] = []
    session.on("Network.loadingFinished", lambda told: received.append(told["encodedDataLength"]))
    page.goto(address, wait_until="commit", timeout=180_000)
    page.wait_for_function("window.times.screen", timeout=180_000)
    page.wait_for_timeout(3000)  # what comes after the first frame counts too
    times = page.evaluate("window.times")
    page.close()
    return Visit(sum(received), times["first frame"], times["screen"])


def visits(browser: Browser, address: str, rate: float) -> tuple[Visit, Visit]:
    """A first visit of a new person, and the same person's second one."""
    context = browser.new_context(viewport={"width": 412, "height": 915}, locale="vi-VN")
    first, second = (visit(context, address, rate) for _ in range(2))
    context.close()
    return first, second


def packed_at_their_best(browser: Browser, address: str) -> None:
    """Visit once and wait until what that visit asked for is packed as small as the app packs it."""
    context = browser.new_context()
    page = context.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    page.goto(address)
    page.wait_for_selector("flt-semantics-placeholder", state="attached", timeout=60_000)
    context.close()
    packed = [url for url in asked if "/engine/" in url]
    _until(lambda: all(_is_best(url) for url in packed), 300)


def _is_best(url: str) -> bool:
    with _answer(url) as answer:
        return str(answer.headers["etag"]).endswith('.br"')


def rows(name: str, tree: Path, rounds: int, scratch: Path) -> Iterator[tuple[str, ...]]:
    """The rows of one checkout."""
    scratch.mkdir()
    with (
        RegistryServer(scratch / "registry") as server,
        web_app(tree, scratch, server.url) as address,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        packed_at_their_best(browser, address)
        for rate in RATES:
            found: dict[str, list[Visit]] = defaultdict(list)
            for _ in range(rounds):
                for which, seen in zip(("first", "second"), visits(browser, address, rate), strict=True):
                    found[which].append(seen)
            for which, seen_each in found.items():
                yield (
                    f"{name}{rate:g} Mbit/s, {which} visit",
                    f"{statistics.median(one.received for one in seen_each) / 1e6:.3f} MB",
                    f"{statistics.median(one.first_frame for one in seen_each):.1f} s",
                    f"{statistics.median(one.screen for one in seen_each):.1f} s",
                )


def main() -> int:
    """Measure, print, and put it into the README where asked."""
    parser = argparse.ArgumentParser(description="Measures first and second visits of the browser version.")
    parser.add_argument("--before", type=Path, metavar="PATH", help="another checkout, measured in the same run")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--update-readme", action="store_true", help="put what is printed into README.md")
    options = parser.parse_args()
    trees = [("before, ", options.before.resolve())] if options.before else []
    trees.append(("now, " if options.before else "", ROOT))
    with tempfile.TemporaryDirectory(prefix="ocop-benchmark-") as scratch:
        found = [row for name, tree in trees for row in rows(name, tree, options.rounds, Path(scratch) / name[:3])]
    head = (f"{LATENCY} ms, medians of {options.rounds}", "on the wire", "Flutter's first frame", "first screen")
    report = f"{table(head, found)}\n\n{measured_on('flet-web')}"
    print(report)
    if options.update_readme:
        put_between(BEGIN, END, ROOT / "README.md", report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
