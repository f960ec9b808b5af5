"""One's own looks: kept, found, and gone for good when they are deleted."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.accounts.viewer import Viewer
from services.history.history import History, Look
from services.storage.segments import Segments
from services.storage.store import Store, StoreWriteError
from services.tables import csv_table

NOW = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
ANYBODY = Viewer(None)


def look(n: int, **fields: Any) -> Look:
    told: dict[str, Any] = {"gtin": f"0952{n:010d}", "name": "Chả mực Hạ Long"} | fields
    at = told.pop("at", NOW + timedelta(hours=n))
    return Look(at, told.pop("text", f"952{n:010d}"), told.pop("verdict", "certified"), "Còn hiệu lực", **told)


def numbers(history: History, query: str = "", viewer: Viewer = ANYBODY) -> list[int]:
    return [each.key for each in history.find(viewer, query).looks]


def on_disk(folder: Path, words: str) -> bool:
    return any(words.encode() in path.read_bytes() for path in folder.rglob("*.json"))


def test_a_look_is_kept_as_it_was_shown(tmp_path: Path) -> None:
    History(tmp_path).add(look(1))
    (found,) = History(tmp_path).find(ANYBODY).looks
    assert found == look(1, key=1)


def test_the_newest_come_first_page_by_page(tmp_path: Path) -> None:
    history = History(tmp_path)
    for n in range(1, 6):
        history.add(look(n))
    found = history.find(ANYBODY, limit=2, offset=1)
    assert ([each.key for each in found.looks], found.in_all) == ([4, 3], 5)
    assert history.products(2) == ["09520000000005", "09520000000004"]


def test_words_find_looks_whatever_their_diacritics(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.add(look(1))
    history.add(look(2, name=None, gtin=None, text="https://dễ-nhầm.example/x"))
    assert numbers(history, "cha MUC ha") == [1]
    assert numbers(history, "con hieu") == [2, 1]
    assert numbers(history, "de nham") == [2]
    assert numbers(history, "9520000000001") == numbers(history, "09520000000001") == [1]
    assert numbers(history, "uc") == []


def test_a_verdict_that_changes_at_once_is_the_same_look(tmp_path: Path) -> None:
    history = History(tmp_path)
    first = history.add(look(1, at=NOW, verdict="not_in_copy", name=None))
    later = history.add(look(1, at=NOW + timedelta(minutes=2)))
    assert history.add(look(1, at=NOW + timedelta(minutes=3))) == later
    assert (later.key, later.at, later.verdict) == (first.key, NOW, "certified")
    assert numbers(history, "cha muc") == [1]
    history.add(look(1, at=NOW + timedelta(minutes=10)))
    assert numbers(history) == [2, 1]


def test_beyond_the_bound_the_oldest_go(tmp_path: Path) -> None:
    history = History(tmp_path, most=100)
    for n in range(1, 102):
        history.add(look(n))
    assert numbers(history)[-1] == 65
    assert len(history.find(ANYBODY, limit=500).looks) == 101 - 64
    assert not on_disk(tmp_path, look(1).text)


def test_a_deleted_look_is_in_no_file(tmp_path: Path) -> None:
    history = History(tmp_path)
    for n in (1, 2, 3):
        history.add(look(n))
    told: list[int] = []
    history.subscribe(lambda: told.append(1))
    history.delete([2, 99])
    assert not on_disk(tmp_path, look(2).text)
    assert numbers(History(tmp_path)) == numbers(history) == [3, 1]
    assert not History(tmp_path).recovered
    assert told


def test_all_is_deleted_and_begins_anew(tmp_path: Path) -> None:
    history = History(tmp_path)
    for n in range(1, 70):
        history.add(look(n))
    (tmp_path / "000001.damaged-20261128T080000Z-1.json").write_text(look(1).text)
    history.delete_all(ANYBODY)
    assert os.listdir(tmp_path) == []  # noqa: PTH208
    history.add(look(7))
    assert len(numbers(History(tmp_path))) == 1


def test_on_a_shared_device_each_sees_and_deletes_their_own(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.add(look(1))
    history.add(look(2, owner="lan"))
    history.add(look(3, owner="minh"))
    assert (numbers(history), numbers(history, "", Viewer("lan"))) == ([1], [2, 1])
    history.delete_all(Viewer("lan"))
    assert numbers(History(tmp_path), "", Viewer("minh")) == [3]


def test_after_the_end_nothing_is_written(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.close()
    with pytest.raises(StoreWriteError):
        history.add(look(1))
    assert not list(tmp_path.iterdir())


def test_a_file_of_which_nothing_is_left_goes_its_earlier_generations_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found alone, an earlier generation would count as the good one, and the deleted would be back."""
    segments = Segments(tmp_path, table="looks", rows=2)
    for key in (1, 2):
        segments.put(key, {"n": key})
    gone: list[str] = []
    unlink = Path.unlink

    def seen(path: Path, missing_ok: bool = False) -> None:
        gone.append(path.name)
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", seen)
    segments.erase([1, 2])
    assert gone[-1] == "000001.json"
    assert len(segments) == 0
    assert not list(tmp_path.iterdir())


def test_what_is_erased_is_in_no_earlier_generation(tmp_path: Path) -> None:
    store = Store(tmp_path / "x.json")
    for n in (1, 2):
        store.commit({"looks": {n: {"text": f"look {n}"}}})
    store.commit({"looks": {1: None}})
    assert on_disk(tmp_path, "look 1")
    store.durable.remove_earlier()
    assert not on_disk(tmp_path, "look 1")
    assert Store(tmp_path / "x.json").recovered is None


def test_no_cell_of_a_table_is_a_formula() -> None:
    texts = ("=1+1", "+1", "-1", "@x", "\t=1", "\n=1", "\uff1d1", "chè")
    table = csv_table([{"Code": text} for text in texts]).decode("utf-8-sig")
    written = ["'=1+1", "'+1", "'-1", "'@x", "'\t=1", '"\'\n=1"', "'\uff1d1", "chè"]
    assert table.split("\r\n") == ["Code", *written, ""]


def test_what_was_deleted_by_mistake_is_put_back_in_its_place(tmp_path: Path) -> None:
    history = History(tmp_path)
    first, second, third = (history.add(look(n)) for n in (1, 2, 3))
    history.delete([second.key])
    history.put_back(second)
    assert numbers(history) == numbers(History(tmp_path)) == [3, 2, 1]
    history.delete([third.key])
    history.add(look(4))
    history.put_back(third)
    assert [each.text for each in history.find(ANYBODY).looks][-2:] == [second.text, first.text]
    assert len(numbers(history)) == 4
