from __future__ import annotations

from typing import Any

import pytest

from tests.support.coverage_table import BEGIN, END, put, rooms, table


def measured(*counts: int) -> dict[str, Any]:
    names = ("num_statements", "covered_lines", "num_branches", "covered_branches")
    return {"summary": dict(zip(names, counts, strict=True))}


APP = {
    "files": {
        "services/codes/gtin.py": measured(10, 9, 4, 3),
        "services/codes/deep/table.py": measured(30, 30, 0, 0),
        "services/__init__.py": measured(0, 0, 0, 0),
        "printing/sheet.py": measured(8, 8, 0, 0),
    }
}
SERVER = {"files": {"server/api/api.py": measured(2, 1, 2, 0)}}


def test_files_are_added_up_by_room() -> None:
    assert rooms([APP, SERVER]) == {
        "printing": [8, 8, 0, 0],
        "server/api": [2, 1, 2, 0],
        "services/codes": [40, 39, 4, 3],
    }


def test_the_table_has_a_line_a_room_and_one_for_all() -> None:
    assert table([APP, SERVER]).splitlines()[2:] == [
        "| `printing` | 8 | 100.0 % | 0 | – |",
        "| `server/api` | 2 | 50.0 % | 2 | 0.0 % |",
        "| `services/codes` | 40 | 97.5 % | 4 | 75.0 % |",
        "| all | 50 | 96.0 % | 6 | 50.0 % |",
    ]


def test_it_takes_the_place_of_the_last_one() -> None:
    assert put("new", f"a\n{BEGIN}\nold\n{END}\nb") == f"a\n{BEGIN}\nnew\n{END}\nb"
    with pytest.raises(ValueError, match="no one place"):
        put("new", "a")
