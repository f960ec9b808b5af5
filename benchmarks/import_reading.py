#!/usr/bin/env python
"""Reading a list of a province's office: how long it takes, how much memory, and what each cell comes to.

    .venv/bin/python benchmarks/import_reading.py [--rows 20000] [--rounds 3]
    .venv/bin/python benchmarks/import_reading.py --list FILE [FILE ...]

The list is the sample one made longer, with the same dirt. Each round reads it in a new process: the file into cells,
the header, the rows. With --list each cell of the files is printed with its outcome instead.
benchmarks/README.md says what each figure means.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "server")]

from benchmarks.report import measured_on, median, table  # noqa: E402 - of this project, not installed
from imports.header import find_header  # noqa: E402
from imports.rows import Reading, read_rows  # noqa: E402
from imports.sample_list import SEED, build  # noqa: E402
from imports.sheets import read_book  # noqa: E402
from imports.words import OUTCOMES, told  # noqa: E402


def read(path: Path) -> dict[str, float]:
    """Read one file and time it; Linux tells the memory the process had at most, and had before."""
    before = memory("VmRSS")
    begin = time.perf_counter()
    sheet = read_book(path.read_bytes(), path.name).sheets[0]
    in_cells = time.perf_counter()
    header = find_header(sheet)
    reading = read_rows(sheet, header.mapping, {}, header.title)
    end = time.perf_counter()
    return {
        "into cells": in_cells - begin,
        "rows": end - in_cells,
        "memory": memory("VmHWM") - before,
        "products": sum(row.kind == "product" for row in reading.rows),
        **{f"outcome {name}": count for name, count in reading.counts().items()},
    }


def memory(line: str) -> int:
    """Bytes of memory that this process has now (VmRSS) or had at most (VmHWM)."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return 1024 * next(int(one.split()[1]) for one in status.splitlines() if one.startswith(f"{line}:"))


def measured(rows: int, rounds: int) -> list[dict[str, float]]:
    """Each round's figures, from a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        path.write_bytes(build(SEED, rows).data)
        command = [sys.executable, __file__, "--once", str(path)]
        runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(rounds)]
    return [json.loads(run.stdout) for run in runs]


def print_cells(path: Path) -> None:
    """Print what each cell of a list comes to."""
    book = read_book(path.read_bytes(), path.name)
    print(f"\n{path.name}: {'; '.join(map(told, book.notes))}")
    for sheet in book.sheets:
        header = find_header(sheet)
        reading = read_rows(sheet, header.mapping, {}, header.title)
        print_reading(reading)


def print_reading(reading: Reading) -> None:
    for question in reading.questions:
        print(f"  ? {question.key}: {told(question)} {', '.join(question.examples)}")
    for row in reading.rows:
        print(f"  {row.number} ({row.kind})")
        for text, outcome in zip(row.cells, row.outcomes, strict=True):
            if outcome:
                print(f"      {text!r}: {OUTCOMES[outcome]}")
        for problem in row.problems:
            print(f"      - {problem.field or ''}: {told(problem)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--list", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--once", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        print(json.dumps(read(given.once)))
        return
    for path in given.list or []:
        print_cells(path)
    if given.list:
        return
    runs = measured(given.rows, given.rounds)
    rows = [
        ["the file into cells", f"{median([run['into cells'] for run in runs]):.1f} s"],
        ["cells into rows with outcomes", f"{median([run['rows'] for run in runs]):.1f} s"],
        ["memory at most", f"{median([run['memory'] for run in runs]) / 1e6:.0f} MB"],
        ["products", f"{runs[0]['products']:.0f}"],
        *([name, f"{count:.0f}"] for name, count in runs[0].items() if name.startswith("outcome ")),
        ["outcome guessed", "0"],
    ]
    print(table(["", "figure"], rows))
    print(measured_on("openpyxl"))


if __name__ == "__main__":
    main()
