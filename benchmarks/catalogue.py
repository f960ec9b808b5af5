#!/usr/bin/env python
"""The catalogue at a size: how long its first page, each next one, orders, filters and words take to be drawn.

    .venv/bin/python benchmarks/catalogue.py [--products 20000] [--rounds 5] [--width 412]

The app's own screens run on a Flet session without a window. benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import measured_on, median, percentile_95, table  # noqa: E402
from benchmarks.rivals import REGISTER, documents  # noqa: E402 - of this project, not installed
from services.workspace import Workspace  # noqa: E402
from tests.views.headless import Client  # noqa: E402
from views.parts.sought import PAGE  # noqa: E402

_STEPS = (
    ("words: `che hoa`", "/register?q=che+hoa"),
    ("order: stars", "/register?sort=-stars"),
    ("order: end", "/register?sort=end"),
    ("order: place", "/register?sort=place"),
    ("filter: ends soon", "/register?state=ends_soon"),
    ("filter: place and group", "/register?place=06685&group=do_uong"),
)
_BEAT = 0.005


@dataclass
class _Figures:
    """Seconds until it was drawn, those of the processor, and the longest that the event loop heard nobody."""

    drawn: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    deaf: list[float] = field(default_factory=list)


async def measure(workspace: Workspace, rounds: int, width: int) -> dict[str, _Figures]:
    """Draw everything `rounds` times; the first page of the first round builds the indexes, and is told apart."""
    figures: dict[str, _Figures] = {}
    for number in range(rounds):
        async with Client(workspace, route="/settings", width=width) as app:
            first = "first page, indexes to build" if number == 0 else "first page"
            async with _timed(figures, first):
                await app.go("/register")
                await app.until(lambda: len(app.known("register-row")) == PAGE, 120)
            for page in (2, 3):
                async with _timed(figures, "next page"):
                    app.session.search.show_more()
                    await app.until(_shows(app, page * PAGE), 120)
            for name, address in _STEPS:
                before = _found(app)
                async with _timed(figures, name if number else f"{name}, for the first time"):
                    await app.go(address)
                    await app.until(lambda before=before: _found(app) != before, 120)  # type: ignore[misc]
    return figures


def _shows(app: Client, rows: int) -> Callable[[], bool]:
    return lambda: len(app.known("register-row")) == rows


def _found(app: Client) -> list[str | None]:
    """What is listed, in order."""
    return [row.key for row in app.known("register-row")]  # type: ignore[misc]


@asynccontextmanager
async def _timed(figures: dict[str, _Figures], name: str) -> AsyncIterator[None]:
    gaps: list[float] = []

    async def beat() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(_BEAT)
            gaps.append(time.perf_counter() - began - _BEAT)

    heart = asyncio.create_task(beat())
    began, worked = time.perf_counter(), time.process_time()
    yield
    taken, worked = time.perf_counter() - began, time.process_time() - worked
    heart.cancel()
    with suppress(asyncio.CancelledError):
        await heart
    found = figures.setdefault(name, _Figures())
    found.drawn.append(taken)
    found.worked.append(worked)
    found.deaf.append(max(gaps, default=0))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--width", type=int, default=412, help="the window's width in logical pixels")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.open(Path(folder), server=None)
        workspace.catalogue.replace_all(documents(options.products), "1", REGISTER, datetime.now(UTC))
        figures = asyncio.run(measure(workspace, options.rounds, options.width))
        workspace.close()
    rows = [
        (
            name,
            f"{median(each.drawn) * 1000:.0f} ms",
            f"{percentile_95(each.drawn) * 1000:.0f} ms",
            f"{median(each.worked) * 1000:.0f} ms",
            f"{max(each.deaf) * 1000:.0f} ms",
        )
        for name, each in figures.items()
    ]
    print(table(("what is drawn", "median", "95 % within", "processor", "loop busy at most"), rows))
    print(f"\n{measured_on('flet')} {options.products} products, window {options.width} px wide.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
