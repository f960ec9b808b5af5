from __future__ import annotations

from pathlib import Path

import pytest

from services.storage.segments import Segments
from services.storage.store import StoreNotMigrated, StoreTooNew, StoreWriteError, Tables


def filled(folder: Path, *keys: int) -> Segments:
    segments = Segments(folder, table="notes", rows=2)
    for key in keys:
        segments.put(key, {"n": key})
    return segments


def with_colour(tables: Tables) -> Tables:
    return {"notes": {key: {**row, "colour": "đỏ"} for key, row in tables["notes"].items()}}


def failing(tables: Tables) -> Tables:
    raise KeyError("colour")


def test_documents_keep_the_order_they_came_in(tmp_path: Path) -> None:
    segments = filled(tmp_path, 5, 3, 9, 1, 7)
    segments.put(3, {"n": 33})
    for each in (segments, Segments(tmp_path, table="notes", rows=2)):
        assert list(each) == [5, 3, 9, 1, 7]
        assert list(reversed(each)) == [7, 1, 9, 3, 5]
        assert each.get(3) == {"n": 33}
        assert len(each) == 5
        assert 3 in each
        assert 4 not in each
        with pytest.raises(KeyError):
            each.get(4)
    assert {path.name for path in tmp_path.glob("??????.json")} == {"000001.json", "000002.json", "000003.json"}


def test_each_segment_is_migrated_and_written_in_its_new_schema_when_it_is_next_written(tmp_path: Path) -> None:
    filled(tmp_path, 1, 2, 3)
    old = (tmp_path / "000001.json").read_bytes()
    segments = Segments(tmp_path, table="notes", rows=2, migrations=[with_colour])
    assert [segments.get(key) for key in segments] == [{"n": key, "colour": "đỏ"} for key in (1, 2, 3)]
    segments.put(4, {"n": 4, "colour": "xanh"})
    assert (tmp_path / "000001.json").read_bytes() == old
    again = Segments(tmp_path, table="notes", rows=2, migrations=[with_colour])
    assert [again.get(key)["colour"] for key in again] == ["đỏ", "đỏ", "đỏ", "xanh"]
    with pytest.raises(StoreTooNew):
        Segments(tmp_path, table="notes", rows=2)


def test_a_migration_that_fails_changes_no_segment(tmp_path: Path) -> None:
    filled(tmp_path, 1, 2, 3)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(StoreNotMigrated):
        Segments(tmp_path, table="notes", rows=2, migrations=[failing])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_damaged_segment_goes_back_one_generation_and_the_others_stand(tmp_path: Path) -> None:
    filled(tmp_path, 1, 2, 3, 4, 5)
    (tmp_path / "000002.json").write_bytes(b"")
    segments = Segments(tmp_path, table="notes", rows=2)
    assert list(segments) == [1, 2, 3, 5]
    assert [recovery.reason for recovery in segments.recovered] == ["empty"]


@pytest.mark.parametrize("name", ["000001.tmp.json", "000001.prev.tmp.json", "000001.prev.json"])
def test_a_segment_is_found_under_any_name_that_a_write_may_have_left_it(tmp_path: Path, name: str) -> None:
    filled(tmp_path, 1)
    (tmp_path / "000001.json").rename(tmp_path / name)
    segments = Segments(tmp_path, table="notes", rows=2)
    assert list(segments) == [1]
    segments.put(2, {"n": 2})
    assert list(Segments(tmp_path, table="notes", rows=2)) == [1, 2]


def test_a_refused_write_leaves_what_was_there(tmp_path: Path) -> None:
    segments = filled(tmp_path, 1, 2)
    segments.close()
    with pytest.raises(StoreWriteError):
        segments.put(1, {"n": 11})
    assert segments.get(1) == {"n": 1}
    assert list(Segments(tmp_path, table="notes")) == [1, 2]
