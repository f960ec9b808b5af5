from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.coverage_table import BEGIN, END, main, put, rooms, table, unexplained


def measured(*counts: int, lines: tuple[int, ...] = (), ways: tuple[tuple[int, int], ...] = ()) -> dict[str, Any]:
    names = ("num_statements", "covered_lines", "num_branches", "covered_branches")
    summary = dict(zip(names, counts, strict=True))
    gap = {"missing_lines": list(lines), "missing_branches": [list(way) for way in ways]}
    return {"summary": summary, "functions": {"Kind.of": gap, "": {"missing_lines": [], "missing_branches": []}}}


APP = {
    "files": {
        "services/codes/gtin.py": measured(10, 9, 4, 3, lines=(7,), ways=((5, 7), (9, -1))),
        "services/codes/deep/table.py": measured(30, 30, 0, 0),
        "services/__init__.py": measured(0, 0, 0, 0),
        "printing/sheet.py": measured(8, 8, 0, 0, lines=(1,)),
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


def test_a_gap_where_none_may_be_is_told_until_it_is_explained() -> None:
    for said in ("", "`of`", "| `services/codes/gtin.py` | `off` |", "`services/codes/gtin.py`\n`of`"):
        assert unexplained([APP, SERVER], said) == ["services/codes/gtin.py, Kind.of: 7, 5->7, 9->exit"]
    assert unexplained([APP, SERVER], "| `services/codes/gtin.py` | `of`: it is so |") == []


def test_only_the_table_is_written_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document, report = tmp_path / "coverage.md", tmp_path / "app.json"
    document.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    report.write_text(json.dumps(APP), encoding="utf-8")
    assert main([str(report), str(document)]) == 1
    assert "services/codes/gtin.py, Kind.of: 7, 5->7, 9->exit" in capsys.readouterr().out
    said = document.read_text(encoding="utf-8")
    assert said == f"before\n{BEGIN}\n{table([APP])}\n{END}\nafter\n"
    document.write_text(f"{said}`services/codes/gtin.py`, `of`: it is so.\n", encoding="utf-8")
    assert main([str(report), str(document)]) == 0
