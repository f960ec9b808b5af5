"""Where a window stood, and whether it can be reached there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from services.settings import SettingsFile
from services.window_place import Area, WindowPlace

TWO_SCREENS = Area(-1280, 0, 3200, 1080)


@pytest.mark.parametrize(
    ("left", "top", "reached"),
    [(0, 0, True), (-1200, 40, True), (1800, 900, True), (-1230, -32, False), (1880, 10, False), (100, 1070, False)],
)
def test_a_window_is_put_where_its_upper_edge_can_be_taken_hold_of(left: int, top: int, reached: bool) -> None:
    assert WindowPlace(Area(left, top, 1000, 700)).in_reach(TWO_SCREENS) is reached


def test_a_window_on_a_screen_that_is_gone_is_not_put_there() -> None:
    place = WindowPlace(Area(-1200, 40, 1000, 700))
    assert not place.in_reach(Area(0, 0, 1920, 1080))
    assert not place.in_reach(None), "nobody knows what the screens are"


@pytest.mark.parametrize(
    "kept", [None, "", [1, 2, 3, 4], [0, 0, 10, 700, 0], [0, 0, 1000, "x", 0], [-32000, 0, 900, 700, 0]]
)
def test_what_is_no_place_is_refused(kept: Any) -> None:
    with pytest.raises(ValueError, match="window"):
        WindowPlace.of(kept)


def test_it_is_kept_over_a_restart_and_a_bad_one_is_ignored(tmp_path: Path) -> None:
    place = WindowPlace(Area(20, 30, 1000, 700), maximized=True)
    settings = SettingsFile.open(tmp_path)
    settings.change(window=place.row, last_screen="/notes")
    settings.close()
    file = tmp_path / "settings.json"
    opened = SettingsFile.open(tmp_path)
    assert opened.value.window == place.row
    assert WindowPlace.of(opened.value.window) == place
    assert opened.value.last_screen == "/notes"
    with pytest.raises(ValueError, match="window"):
        opened.change(window=(0, 0, 1, 1, 0))
    opened.close()
    assert file.exists()
