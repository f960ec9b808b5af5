"""Each benchmark of the store and of sync runs, with tiny numbers, and speaks of every part."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            "store",
            ["look-up", "open and answer once", "memory", "search", "page of 500", "page of 1 ", "saving a note"],
        ),
        ("sync", ["first sync", "part: ", "idle poll", "3 notes"]),
    ],
)
def test_it_runs_and_prints_a_table(script: str, said: list[str]) -> None:
    command = [sys.executable, f"benchmarks/{script}.py", "--products", "50", "--notes", "3", "--rounds", "1"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    rows = [line.split("|")[1:-1] for line in run.stdout.splitlines() if line.startswith("| ")]
    assert len({len(row) for row in rows}) == 1
    for part in said:
        figures = [row[1] for row in rows if part in row[0]]
        assert figures, f"nothing of {part}"
        assert all(re.search(r"\d", figure) for figure in figures)
