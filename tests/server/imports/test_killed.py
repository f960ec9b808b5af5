"""A process that is killed while it publishes leaves all of the list in the register, or nothing of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.server.scratch_database import scratch_database
from tests.support.registry_server import prepared_register


def test_a_kill_at_any_moment_leaves_all_or_nothing(tmp_path: Path) -> None:
    shutil.copy(prepared_register() / "registry.sqlite3", tmp_path / "registry.sqlite3")
    script = Path(__file__).with_name("killed.py")
    with scratch_database() as env:
        command = [sys.executable, str(script), str(tmp_path)]
        run = subprocess.run(command, env=os.environ | env, capture_output=True, text=True, timeout=300, check=False)
    lines = [line.split("|") for line in run.stdout.splitlines() if "|" in line]
    assert run.returncode == 0, run.stderr
    nothing = ["preview", "0", "0", "0", "False"]
    everything = ["published", "40", "40", "40", "True"]
    before = ("worked out", "kept", "locked", "half written", "written", "marked")
    assert lines[:-1] == [*([moment, *nothing] for moment in before), ["committed", *everything]]
    assert lines[-1][:4] == ["not killed", "published", "40", "40"]
