"""A worker that is killed leaves no file to be given away, and another makes the whole one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.server.scratch_database import scratch_database
from tests.support.registry_server import prepared_register


def test_a_file_whose_worker_was_killed_is_made_whole_by_the_next(tmp_path: Path) -> None:
    shutil.copy(prepared_register() / "registry.sqlite3", tmp_path / "registry.sqlite3")
    script = Path(__file__).with_name("killed_files.py")
    with scratch_database() as env:
        command = [sys.executable, str(script), str(tmp_path)]
        run = subprocess.run(command, env=os.environ | env, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    assert [line for line in run.stdout.splitlines() if "|" in line] == [
        "drawing|making|0|ready|True|1",
        "half written|making|2|ready|True|3",  # what it wrote aside stays until it is old enough to be removed
        "kept|making|4|ready|True|5",
        "not killed|ready|6|ready|True|6",
    ]
