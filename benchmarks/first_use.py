#!/usr/bin/env python
"""What a first user waits for: the app's start, a verdict, and the reading of one camera frame.

    .venv/bin/python benchmarks/first_use.py [--rounds 20] [--only start|verdict|frames] [--update-readme]

benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.browser_times import start_times, verdict_times  # noqa: E402 - of this project, not installed
from benchmarks.frame_times import BARE, frame_times  # noqa: E402

README = ROOT / "README.md"
BEGIN, END = "<!-- first_use: begin -->", "<!-- first_use: end -->"
PARTS = ("start", "verdict", "frames")


def median_and_p95(seconds: Sequence[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    if len(seconds) == 1:
        return seconds[0], seconds[0]
    return statistics.median(seconds), statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def start_rows(rounds: int, scratch: Path) -> list[str]:
    """From the command to the first screen."""
    found: dict[str, list[float]] = defaultdict(list)
    with sync_playwright() as playwright:
        for times in start_times(playwright, rounds, scratch):
            for name, seconds in times.items():
                found[name].append(seconds)
    words = {
        "answers": "`main.py --web` to its port answering",
        "first frame": "`main.py --web` to Flutter's first frame",
        "scan screen": "`main.py --web` to the scan screen drawn",
    }
    return [_row(words[name], seconds, "s") for name, seconds in found.items()]


def verdict_rows(rounds: int, scratch: Path) -> list[str]:
    """From a code in view to its verdict."""
    rows = []
    for which, code in (("qr", "QR code"), ("ean", "EAN-13")):
        found: dict[str, list[float]] = defaultdict(list)
        with sync_playwright() as playwright:
            for times in verdict_times(playwright, rounds, which, scratch):
                for name, seconds in times.items():
                    found[name].append(seconds)
        rows += [
            _row(f"{code} in view to its verdict on the screen", found["in view"], "s"),
            _row(f"tap on Scan, camera opening, to the verdict ({code})", found["tapped"], "s"),
        ]
    return rows


def frame_rows(rounds: int) -> list[str]:
    """One frame, beside the bare decoders."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for shown, name, seconds in frame_times(rounds):
        found[shown][name].append(seconds)
    rows = []
    for shown, decoders in found.items():
        bare = statistics.median(decoders[BARE])
        for name, times in decoders.items():
            ratio = "" if name == BARE else f" ({statistics.median(times) / bare:.1f} x zxing-cpp)"
            rows.append(_row(f"frame {shown}: {name}{ratio}", times, "ms"))
    return rows


def _row(what: str, seconds: Sequence[float], unit: str) -> str:
    factor, digits = {"s": (1, 2), "ms": (1000, 1)}[unit]
    median, p95 = (f"{value * factor:.{digits}f} {unit}" for value in median_and_p95(seconds))
    return f"| {what} | {median} | {p95} |"


def machine() -> str:
    """The processor, how many of it, how busy it is with other things, and what runs on it."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    browser = shutil.which("chromium") or "chromium"
    version = subprocess.run([browser, "--version"], capture_output=True, text=True, check=False).stdout.split()
    return (
        f"{model}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before the run, no GPU, "
        f"Python {platform.python_version()}, Chromium {version[1] if len(version) > 1 else '?'}"
    )


def update_readme(report: str) -> None:
    """Put the report between README's two marks. Raises ValueError where they are missing."""
    text = README.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md has no {BEGIN} ... {END}")
    README.write_text(f"{before}{BEGIN}\n{report}\n{END}{after}", encoding="utf-8")


def main() -> int:
    """Measure, print, and put it into the README where asked."""
    parser = argparse.ArgumentParser(description="Measures what a first user waits for.")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part; may be given again")
    parser.add_argument("--update-readme", action="store_true", help="put what is printed into README.md")
    options = parser.parse_args()
    parts = options.only or PARTS
    if options.update_readme and set(parts) != set(PARTS):
        parser.error("--update-readme wants every part")
    where = machine()
    rows: list[str] = []
    with tempfile.TemporaryDirectory(prefix="ocop-benchmark-") as scratch:
        if "frames" in parts:
            rows += frame_rows(options.rounds)
        if "start" in parts:
            rows = start_rows(options.rounds, Path(scratch)) + rows
        if "verdict" in parts:
            rows = verdict_rows(options.rounds, Path(scratch)) + rows
    report = "\n".join(
        [
            f"| medians of {options.rounds} | median | 95 % within |",
            "| --- | --- | --- |",
            *rows,
            "",
            f"`python benchmarks/first_use.py --rounds {options.rounds}`, {date.today().isoformat()}: {where}.",  # noqa: DTZ011 - a person's day
        ]
    )
    print(report)
    if options.update_readme:
        update_readme(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
