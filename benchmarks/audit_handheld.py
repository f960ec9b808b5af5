#!/usr/bin/env python
"""Scans into a running audit over a busy line, and measures what goes wrong, how late it is shown, and the memory.

    .venv/bin/python benchmarks/audit_handheld.py [--scans 1000] [--held 5] [--pace 0.6] [--memory]

The real app and the real browser; between them a line that delays every packet and holds some of them longer.
benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.handheld_scans import DELAY, HOLD, PACE, PATIENCE, line, pull  # noqa: E402 - of this project, not installed
from benchmarks.report import measured_on, median, percentile_95, table  # noqa: E402
from tests.support import browser as driver  # noqa: E402
from tests.support.registry_server import RegistryServer, free_port  # noqa: E402

CODES = (
    ("9520007900017", "Trà hoa vàng Đầm Hà nụ sấy"),
    ("9520021000021", "Trà hoa vàng Tiên Yên túi lọc"),
    ("9529999999993", "9529999999993"),
)
"""Products of the sample register and one that is not in it, with the names on their lines."""

SETTLED, FLAT = 500, 0.05
"""After so many scans memory may grow by this share at most."""

WATCH = """
seen = []; enters = []; drawn = []; last = '';
addEventListener('keyup', event => { if (event.key === 'Enter') enters.push(event.timeStamp) }, true);
const draws = ImageBitmapRenderingContext.prototype, draw = draws.transferFromImageBitmap;
const pixels = Object.assign(document.createElement('canvas'), {width: 300, height: 40});
const glass = pixels.getContext('2d', {willReadFrequently: true});
let before = '';
draws.transferFromImageBitmap = function (frame) {
  const line = frame && document.querySelector('[flt-semantics-identifier=audit-line]')?.getBoundingClientRect();
  if (line) {
    const scale = frame.width / innerWidth;
    glass.drawImage(frame, line.x * scale, line.y * scale, 600 * scale, 40 * scale, 0, 0, 300, 40);
    let sum = 0;
    for (const byte of glass.getImageData(0, 0, 300, 40).data) sum = (sum * 31 + byte) | 0;
    if (sum !== before) { before = sum; drawn.push(performance.now()); }
  }
  return draw.call(this, frame);
};
(function look() {
  const top = document.querySelector('[flt-semantics-identifier=audit-line]');
  const said = top ? (top.ariaLabel || top.innerText) : '';
  const refused = document.querySelectorAll('[flt-semantics-identifier=audit-refused]').length;
  if (said + refused !== last) { last = said + refused; seen.push([performance.now(), said, refused]); }
  requestAnimationFrame(look);
})()
"""
"""Notes each Enter, and each change of the line on top of the list and of the number of refused scans.

`drawn` are the moments at which the browser was given a picture in which the place of that line looks otherwise.
"""


def scan_all(
    screen: driver.Screen, scans: int, pace: float, app: int | None
) -> tuple[Counter[str], list[float], list[float], list[float], list[int]]:
    """Scan one code after another; gives what became of each, three times of each in ms, and the memory.

    The times go from the Enter to the line in the page, from the Enter to its picture, and from the first key to that.
    A scan is right once the line on top names its product and has been scanned once more than before.
    """
    found: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    times: list[float] = []
    pictures: list[float] = []
    whole: list[float] = []
    memory: list[int] = []
    refusals = 0
    screen.page.evaluate(WATCH)
    session = screen.context.new_cdp_session(screen.page)
    for number in range(scans):
        code, name = CODES[number % len(CODES)]
        began = time.monotonic()
        session._sync(pull(session._impl_obj, code))
        wanted = f"lần {counted[code] + 1}" if counted[code] else ""
        what = ""
        while not what and time.monotonic() - began < PATIENCE:
            seen: list[list[Any]] = screen.page.evaluate("seen.splice(0)")
            for at, said, refused in seen:
                entered = screen.page.evaluate("enters.at(-1)")
                if refused > refusals:
                    what, refusals = "refused", refused
                elif name in said and (f"{wanted} " in f"{said} ".replace("\n", " ") if wanted else "lần " not in said):
                    what = "right"
                    counted[code] += 1
                    times.append(at - entered)
                    pictures.append(drawn_with(screen, entered, at) - entered)
                    whole.append(pictures[-1] + 1000 * PACE * len(code))
                elif said and at > entered and not any(other in said for _code, other in CODES):
                    what = "wrong"
            if not what:
                screen.page.wait_for_timeout(20)
        found[what or "silent"] += 1
        if what != "right":
            print(number, code, what or "silent", screen.words()[:300], file=sys.stderr, flush=True)
        if app and number % 100 == 99:
            memory.append(resident(app))
            print(number + 1, dict(found), f"{memory[-1] / 1e6:.1f} MB", file=sys.stderr, flush=True)
        screen.page.wait_for_timeout(max(0, 1000 * (pace - (time.monotonic() - began))))
    packs = sum(int(screen.see(f"audit-total-{name}").split()[-1]) for name in ("good", "look", "take_down", "outside"))
    found["too many"] = packs - found["right"]
    return found, times, pictures, whole, memory


def drawn_with(screen: driver.Screen, entered: float, at: float) -> float:
    """When the line that was in the page at this moment, in ms of the page's clock, was drawn; infinite: not at all.

    The page is looked at once a frame, so the picture may be a frame older than what was seen of the page. It is the
    last change since the Enter (`entered`) until that moment, or else the first one after it.
    """
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        moments = [float(one) for one in screen.page.evaluate("drawn.splice(0)") if one >= entered]
        if moments:
            return max((one for one in moments if one <= at), default=moments[0])
        screen.page.wait_for_timeout(10)
    return float("inf")


def resident(process: int) -> int:
    """The memory that a process holds, in bytes (VmRSS)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


def process_of(port: int) -> int | None:
    """The process of the app that serves on a port, by its command line."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"--port" in command and str(port).encode() in command and any(b.endswith(b"main.py") for b in command):
            return int(folder.name)
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scans", type=int, default=1000)
    parser.add_argument("--held", type=float, default=5, help="per cent of the packets that are held (5)")
    parser.add_argument("--pace", type=float, default=0.6, help="seconds from scan to scan (0.6)")
    parser.add_argument("--memory", action="store_true", help="also tell how the app's memory grows")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder), free_port()
        with (
            RegistryServer(data / "registry") as server,
            driver.app(data / "app", server.url, port),
            line(port, options.held / 100, options.seed) as busy,
            sync_playwright() as playwright,
            driver.chromium(playwright) as chromium,
            driver.person(chromium, f"http://127.0.0.1:{busy}", path="/audits/now") as screen,
        ):
            screen.page.set_viewport_size({"width": 1280, "height": 800})
            screen.tap("audit-begin")
            screen.see("audit-ready", 60)
            screen.page.wait_for_timeout(2000)
            app = process_of(port) if options.memory else None
            found, times, pictures, whole, memory = scan_all(screen, options.scans, options.pace, app)
    kinds = ("right", "refused", "wrong", "silent", "too many")
    what = f"{options.scans} scans, {60 / options.pace:.0f} a minute, {options.held:g} % held for {HOLD * 1000:.0f} ms"
    print(table(["", *kinds], [[what, *(str(found[kind]) for kind in kinds)]]))
    rows = (("from Enter to the page", times), ("from Enter to the picture", pictures), ("from the first key", whole))
    print()
    print(
        table(
            ["", "median", "95 %"], [[name, f"{median(of):.0f} ms", f"{percentile_95(of):.0f} ms"] for name, of in rows]
        )
    )
    print(f"\nThe line delays every packet for {DELAY * 1000:.0f} ms.")
    grown = 0.0
    if settled := memory[SETTLED // 100 - 1 :]:
        grown = max(settled) / settled[0] - 1
        print(
            f"Memory after {SETTLED} scans {settled[0] / 1e6:.1f} MB, at most {max(settled) / 1e6:.1f} MB: {grown:+.1%}"
        )
    print(measured_on())
    return 1 if found["wrong"] or found["silent"] or found["too many"] or grown > FLAT else 0


if __name__ == "__main__":
    sys.exit(main())
