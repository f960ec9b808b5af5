"""The benchmark of links runs, with tiny numbers, and speaks of every part."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]


def test_it_runs_and_prints_its_tables() -> None:
    command = [sys.executable, "benchmarks/links.py", "--rounds", "1", "--products", "20", "--times", "2"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    for part in ("a letter of another script", "all", "an unknown link", "look-up, exact", "entering 20 exact codes"):
        assert re.search(rf"^\| {part}[^|]*\| [0-9]", run.stdout, re.MULTILINE), part
    assert "Of 315 ordinary names 0 were called" in run.stdout
