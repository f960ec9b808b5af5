from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.records.events import Event, EventBook
from services.storage.store import StoreWriteError
from tests.services.conftest import NOW, new_id

SERVER = "https://register.example"
RECORD = new_id()
EVENT = Event(new_id(), RECORD, NOW, "decided", "Đã thu hồi", "12/QĐ-XPHC")


@pytest.fixture
def events(tmp_path: Path) -> EventBook:
    return EventBook(tmp_path)


def test_events_and_cursor_are_there_after_opening_again(events: EventBook, tmp_path: Path) -> None:
    later = replace(EVENT, id=new_id(), at=NOW + timedelta(days=1), state="closed", number=None)
    events.keep("a", SERVER, [later, EVENT], "7")
    for each in (events, EventBook(tmp_path)):
        assert each.of(RECORD) == (EVENT, later), "oldest first"
        assert each.cursor("a", SERVER) == "7"
        assert each.of(new_id()) == ()


def test_two_records_of_one_id_are_told_apart_by_their_kind(events: EventBook, tmp_path: Path) -> None:
    other = replace(EVENT, id=new_id(), kind="audit")
    events.keep("a", SERVER, [EVENT, other], "7")
    for each in (events, EventBook(tmp_path)):
        assert each.of(RECORD) == (EVENT,)
        assert each.of(RECORD, kind="audit") == (other,)


def test_an_event_that_names_no_kind_is_about_a_note() -> None:
    kept = {name: value for name, value in EVENT.to_json().items() if name != "kind"}
    assert Event.from_json(kept) == EVENT


def test_another_account_sees_nothing_of_them(events: EventBook) -> None:
    events.keep("a", SERVER, [EVENT], "7")
    assert events.of(RECORD, lambda account: account == "b") == ()
    assert events.of(RECORD, lambda account: account == "a") == (EVENT,)
    assert events.cursor("b", SERVER) is None
    assert events.cursor("a", "https://other.example") is None


def test_what_is_known_already_is_not_doubled_and_not_written(events: EventBook, tmp_path: Path) -> None:
    told: list[None] = []
    events.subscribe(lambda: told.append(None))
    events.keep("a", SERVER, [EVENT], "7")
    before = (tmp_path / "events.json").stat().st_mtime_ns
    events.keep("a", SERVER, [EVENT], "7")
    events.keep("a", SERVER, [], "7")
    assert (tmp_path / "events.json").stat().st_mtime_ns == before
    assert events.of(RECORD) == (EVENT,)
    assert len(told) == 1


def test_a_page_without_anything_new_moves_the_cursor_and_tells_nobody(events: EventBook, tmp_path: Path) -> None:
    events.keep("a", SERVER, [EVENT], "7")
    told: list[None] = []
    events.subscribe(lambda: told.append(None))
    events.keep("a", SERVER, [EVENT], "8")
    assert [each.cursor("a", SERVER) for each in (events, EventBook(tmp_path))] == ["8", "8"]
    assert (events.of(RECORD), told) == ((EVENT,), [])


def test_damage_goes_back_to_what_was_known_before_and_asks_again_from_there(tmp_path: Path, events: EventBook) -> None:
    assert events.recovered is None
    events.keep("a", SERVER, [EVENT], "7")
    events.keep("a", SERVER, [replace(EVENT, id=new_id(), state="closed")], "8")
    (tmp_path / "events.json").write_bytes(b"")
    again = EventBook(tmp_path)
    assert again.recovered
    assert again.recovered.previous_used
    assert (again.of(RECORD), again.cursor("a", SERVER)) == ((EVENT,), "7")


def test_what_could_not_be_written_is_asked_for_again(events: EventBook) -> None:
    events.close()
    with pytest.raises(StoreWriteError):
        events.keep("a", SERVER, [EVENT], "7")
    assert events.of(RECORD) == ()
    assert events.cursor("a", SERVER) is None


@pytest.mark.parametrize(
    "changed",
    [
        *(
            {name: wrong}
            for name in EVENT.to_json()
            for wrong in (None, 7, 0, False, [], {})
            if (name, wrong) != ("number", None)
        ),
        {"id": "x"},
        {"at": "yesterday"},
        {"at": "2026-11-23T08:00:00"},
    ],
)
def test_what_is_no_event_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        Event.from_json(EVENT.to_json() | changed)
