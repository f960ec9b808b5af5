"""What scripts/test installs follows from the tests that were asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("arguments", "needs"),
    [
        ("tests/durability/test_power_cut.py tests/test_server_load.py", ["strace", "postgresql"]),
        ("tests/e2e/test_live.py tests/test_server_load.py -k live", ["chromium"]),
        ("tests/durability/test_random_kills.py", []),
    ],
)
def test_only_what_the_chosen_tests_need_is_named(arguments: str, needs: list[str]) -> None:
    command = [sys.executable, "-m", "tests.support.needs", *arguments.split()]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.splitlines() == needs
