"""The picture of the rooms is drawn from the code, and no room stands in a circle."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_picture_shows_the_rooms_as_they_are() -> None:
    run = subprocess.run(
        [sys.executable, "scripts/make_rooms", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_no_room_stands_in_a_circle() -> None:
    picture = (ROOT / "docs" / "rooms.svg").read_text(encoding="utf-8")
    assert re.findall(r"(\w+)/: \d+ rooms, \d+ arrows, (\d+) circles", picture) == [
        ("views", "0"),
        ("services", "0"),
        ("server", "0"),
    ]
