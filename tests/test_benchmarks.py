"""Each benchmark of the store, sync, verdicts and the office runs, with tiny numbers, and speaks of every part."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            "store --notes 3",
            ["look-up", "open and answer once", "memory", "search", "page of 500", "page of 1 ", "saving a note"],
        ),
        (
            "office_lists --notes 60",
            ["notes: the list", "notes: a deep page", "notes: search", "inspections", "rounds", "sessions", "products"],
        ),
        ("office_overview --inspections 40", ["the page", "theo-tuan.xlsx", "list: findings", "list: products"]),
        ("sync --notes 3", ["first sync", "part: ", "idle poll", "3 notes"]),
        ("verdict", ["signature: the whole", "Ed25519 alone", "verdict: of a barcode", "verdict: of all", "whole way"]),
    ],
)
def test_it_runs_and_prints_a_table(command: str, said: list[str]) -> None:
    script, *options = command.split()
    whole = [sys.executable, f"benchmarks/{script}.py", *options, "--products", "50", "--rounds", "1"]
    run = subprocess.run(whole, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    rows = [line.split("|")[1:-1] for line in run.stdout.splitlines() if line.startswith("| ")]
    assert len({len(row) for row in rows}) == 1
    for part in said:
        figures = [row[1] for row in rows if part in row[0]]
        assert figures, f"nothing of {part}"
        assert all(re.search(r"\d", figure) for figure in figures)


def test_the_simulation_of_copies_finds_some_and_accuses_nobody_else() -> None:
    command = [sys.executable, "benchmarks/copies.py", "--products", "12", "--packs", "100", "--only", "100 packs"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    base, many = [line.split("|")[1:-1] for line in run.stdout.splitlines() if line.startswith("| ")][2:]
    assert (base[0].strip(), many[0].strip()) == ("as assumed", "100 packs with the copied label")
    assert float(many[1].split()[0]) > 0
