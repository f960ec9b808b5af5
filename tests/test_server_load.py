"""The load on the server runs, with tiny numbers, and every request of its devices succeeds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.postgresql
@pytest.mark.skipif(not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")), reason="PostgreSQL is not installed")
def test_it_runs_and_nothing_fails() -> None:
    command = [sys.executable, "benchmarks/server_load.py", "--devices", "10", "--seconds", "3", "--pause", "0.2"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    head, _, row = ([cell.strip() for cell in line.split("|")[1:-1]] for line in run.stdout.splitlines()[:3])
    figures = dict(zip(head, row, strict=True))
    assert (figures["devices"], figures["failed"], figures["5xx"]) == ("10", "0", "0")
    assert int(figures["requests"]) > 20
    for kind in ("note p95", "poll p95", "refresh p95"):
        assert int(figures[kind]) > 0, kind
