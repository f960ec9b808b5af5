"""Figures in words: medians, tables in Markdown, the machine they were measured on, and their place in a document."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class Watch:
    """Seconds of each call, by what it does."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}

    def time(self, what: str, call: Callable[[], T]) -> T:
        begin = time.perf_counter()
        result = call()
        self.seconds.setdefault(what, []).append(time.perf_counter() - begin)
        return result


def median(values: Sequence[float]) -> float:
    """The median, 0 of nothing."""
    return statistics.median(values) if values else 0.0


def percentile_95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed, 0 of nothing."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else median(values)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; the first column holds words, the others figures."""
    align = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, align, *rows))


def measured_on(*packages: str) -> str:
    """The command, the day, the machine and the packages."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    versions = "".join(f", {package} {version(package)}" for package in packages)
    script = Path(sys.argv[0])
    given = ["PATH" if Path(argument).is_absolute() else argument for argument in sys.argv[1:]]  # where is no matter
    command = " ".join(["python", f"{script.parent.name}/{script.name}", *given])
    return (
        f"`{command}`, {date.today().isoformat()}: {model}, one of {os.cpu_count()} processors, "  # noqa: DTZ011 - a person's day
        f"load {os.getloadavg()[0]:.1f} at the end, Python {platform.python_version()}{versions}."
    )


def put_between(begin: str, end: str, document: Path, report: str) -> None:
    """Put the report between the two marks of a document. Raises ValueError where they are missing."""
    text = document.read_text(encoding="utf-8") if document.exists() else ""
    before, first, rest = text.partition(begin)
    _old, last, after = rest.partition(end)
    if not first or not last:
        raise ValueError(f"{document.name} has no {begin} ... {end}")
    document.write_text(f"{before}{begin}\n{report}\n{end}{after}", encoding="utf-8")
