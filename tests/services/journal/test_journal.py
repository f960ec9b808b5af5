"""Notes, inspections and rounds in one list: found by words and filters, of all devices of the account."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from services.journal.journal import Became, JournalFilter
from services.journal.visits import visits_of
from services.notes.content import NotedCode, NotedVerdict
from services.notes.note import NoteState
from services.records.elsewhere import MOST, Elsewhere
from services.records.record import Receipt
from services.rounds.inspection import Finding
from tests.services.conftest import new_id
from tests.services.journal.conftest import AUTHOR, LAN, MINH, SERVER, Books
from tests.support.record_kinds import NOW


def test_all_kinds_stand_in_one_list_newest_first_after_the_drafts(books: Books) -> None:
    note = books.note("Nhãn mờ", day=-1)
    said = books.open()
    inspection = books.inspection(said)
    closed = books.rounds.close(said.id, AUTHOR, now=NOW + timedelta(hours=2))
    draft = books.notebook.new_draft(text="dở", account="acc-minh")
    entries = books.journal.entries(MINH)
    assert [entry.id for entry in entries] == [draft.id, closed.id, inspection.id, note.id]
    assert [entry.kind for entry in entries] == ["note", "round", "inspection", "note"]
    assert entries[1].said.inspections == 1
    assert entries[2].said.round == said.id
    assert books.journal.entries(MINH) is entries, "read once"
    assert books.journal.entries(LAN) == []


def test_words_find_names_places_numbers_and_what_the_office_wrote(books: Books) -> None:
    code = NotedCode("9520000000011", "EAN-13", gtin="09520000000011", lot="L-2311")
    note = books.note("Nhãn ghi 5 sao", code=code)
    said = books.open()
    inspection = books.inspection(said, seller_said="Lấy của HTX Đầm Hà")
    books.say(note.id, "decided", text="Thu hồi lô hàng Ba Chẽ")

    def found(query: str) -> list[str]:
        return [entry.id for entry in books.journal.find(MINH, query)]

    assert found("") == [inspection.id, note.id]
    for query in ("tra hoa", "NHÃN 5", "0000011", "2311", "thu hồi", "ba che sao"):
        assert found(query) == [note.id], query
    for query in ("muc kho", "cua song", "dam ha", "Mực Sông"):
        assert found(query) == [inspection.id], query
    assert found("khong co") == []
    assert found("ua song") == [], "words are found by their beginnings"


def test_each_filter_lets_its_own_through(books: Books) -> None:
    code = NotedCode("9520000000011", "EAN-13", gtin="09520000000011")
    old = books.note("cũ", day=-30, code=code, verdict=NotedVerdict("withdrawn"), outcome="expired")
    said = books.open()
    inspection = books.inspection(said)
    books.say(old.id, "more_wanted")
    day = (NOW + timedelta(hours=7)).date()
    for where, ids in (
        (JournalFilter(since=day), [inspection.id]),
        (JournalFilter(until=day - timedelta(days=1)), [old.id]),
        (JournalFilter(kind="inspection"), [inspection.id]),
        (JournalFilter(place="Chợ Cửa Sông"), [inspection.id]),
        (JournalFilter(product="09520000000011"), [old.id]),
        (JournalFilter(verdict="withdrawn"), [old.id]),
        (JournalFilter(finding=Finding.STARS_DIFFER), [inspection.id]),
        (JournalFilter(finding=Finding.PAST_DATE), [old.id]),
        (JournalFilter(became=Became.ASKED), [old.id]),
        (JournalFilter(became=Became.WAITING), [inspection.id]),
        (JournalFilter(kind="note", place="Chợ Cửa Sông"), []),
    ):
        assert [entry.id for entry in books.journal.find(MINH, "", where)] == ids, where
    choices = books.journal.choices(MINH)
    assert choices.places == ("Chợ Cửa Sông",)
    assert dict(choices.products) == {"09520000000011": "Trà hoa vàng Ba Chẽ", "09520000000028": "Mực khô Vân Đồn"}
    assert choices.months == (day.replace(day=1), (day - timedelta(days=30)).replace(day=1))
    assert set(choices.became) == {Became.ASKED, Became.WAITING}


@pytest.mark.parametrize(
    ("states", "became"),
    [
        ((), Became.RECEIVED),
        (("received", "reviewing"), Became.REVIEWING),
        (("more_wanted",), Became.ASKED),
        (("more_wanted", "decided"), Became.DECIDED),
        (("of_tomorrow",), Became.REVIEWING),
    ],
)
def test_what_became_of_a_record_is_what_the_office_did_last(
    books: Books, states: tuple[str, ...], became: Became
) -> None:
    note = books.note("x")
    books.notebook.records.record_receipt(Receipt(note.id, note.sha256, NOW))
    books.say(note.id, *states)
    (entry,) = books.journal.entries(MINH)
    assert (entry.became, entry.state) == (became, NoteState.RECEIVED)


def test_records_of_another_device_are_seen_by_their_account_alone(books: Books, tmp_path: Path) -> None:
    here = books.note("ở đây")
    body = here.body | {"id": new_id(), "text": "ở máy khác"}
    books.send_elsewhere("note", body)
    books.send_elsewhere("note", dict(here.body), own=[here.id])
    books.send_elsewhere("note", {"id": new_id(), "of": "a later version"})
    books.send_elsewhere("report", body | {"id": new_id()})
    entries = books.journal.entries(MINH)
    assert [(entry.said.text, entry.elsewhere) for entry in entries] == [("ở đây", False), ("ở máy khác", True)]
    assert entries[1].state is NoteState.RECEIVED
    assert books.journal.entries(LAN) == []
    assert books.journal.find(MINH, "may khac") == [entries[1]]
    books.elsewhere.close()
    again = Elsewhere(tmp_path / "device")
    assert {record.body.get("text") for record in again.of(MINH.owns)} >= {"ở máy khác"}
    assert again.of(LAN.owns) == []
    assert again.cursor("acc-minh", SERVER) is not None


def test_an_answer_from_another_device_answers_here_too(books: Books) -> None:
    note = books.note("x")
    (asked,) = books.say(note.id, "more_wanted")
    books.send_elsewhere("answer", {"id": new_id(), "event": asked.id, "text": "Rồi"})
    (entry,) = books.journal.entries(MINH)
    assert entry.became is Became.ANSWERED


def test_the_copy_of_other_devices_keeps_the_latest_within_its_bound(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.records.elsewhere.MOST", 3)
    assert MOST == 2000
    note = books.note("x")
    rows = [
        {"kind": "note", "id": new_id(), "sha256": "ab" * 32, "received_at": f"2026-11-2{n}T09:00:00Z", "files": [],
         "body": note.body | {"text": str(n)}}
        for n in range(6)
    ]  # fmt: skip
    books.elsewhere.keep("acc-minh", SERVER, rows, "6", ())
    assert sorted(record.body["text"] for record in books.elsewhere.of(MINH.owns)) == ["3", "4", "5"]


def test_visits_are_what_was_signed_off_with_where_it_was(books: Books) -> None:
    books.notebook.new_draft(text="dở", account="acc-minh", code=NotedCode("x", "typed", gtin="09520000000011"))
    books.inspection(books.open())
    (visit,) = visits_of(books.journal.entries(MINH))
    assert (visit.gtin, visit.place, visit.at) == ("09520000000028", "Chợ Cửa Sông", None)
