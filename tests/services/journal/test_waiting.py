"""What waits for a person: questions, refused records and news, and when each has been dealt with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from services.accounts.viewer import Viewer
from services.journal.seen import OLD, SeenEvents
from services.journal.waiting import Matter, Waits, matters
from services.records.events import Event
from tests.services.journal.conftest import MINH, Books
from tests.support.record_kinds import DEVICE, NOW


def waiting(books: Books, viewer: Viewer = MINH) -> list[Matter]:
    journal, answers = books.journal, books.answers.answers(viewer)
    return matters(journal.entries(viewer), answers, journal.answered(viewer), books.seen, viewer, NOW)


def whys(books: Books) -> list[Waits]:
    return [matter.why for matter in waiting(books)]


def answer(books: Books, event: Event) -> str:
    draft = books.answers.begin(event, MINH)
    draft = books.answers.save(replace(draft, text="Đây ạ"), draft)
    who = {"account": "kiemtra01", "viewer": MINH, "device": DEVICE, "now": NOW, "clock_offset": None}
    return books.answers.sign(draft, **who).id  # type: ignore[arg-type]


def test_a_question_waits_until_it_is_answered_and_a_refused_answer_waits_again(books: Books) -> None:
    note = books.note("x")
    assert waiting(books) == []
    (asked,) = books.say(note.id, "more_wanted", text="Ảnh đâu?")
    assert [(matter.why, matter.event) for matter in waiting(books)] == [(Waits.ASKED, asked)]
    answer_id = answer(books, asked)
    assert waiting(books) == []
    books.answers.records.record_refusal(answer_id, "bad_request", "no")
    (matter,) = waiting(books)
    assert matter.why is Waits.REFUSED
    assert matter.answer is not None
    assert waiting(books, Viewer(None)) == []


def test_a_decision_ends_a_question(books: Books) -> None:
    note = books.note("x")
    books.say(note.id, "more_wanted", "decided", "more_wanted")
    assert whys(books) == [Waits.ASKED, Waits.NEWS]


def test_news_waits_until_it_is_seen_and_not_for_ever(books: Books, tmp_path: Path) -> None:
    note = books.note("x")
    old = books.say(note.id, "closed", at=NOW - OLD - timedelta(days=1))
    assert waiting(books) == []
    events = books.say(note.id, "received", "reviewing", "decided")
    assert whys(books) == [Waits.NEWS]
    books.seen.see("acc-lan", events, NOW)
    assert whys(books) == [Waits.NEWS], "another account's eyes"
    books.seen.see("acc-minh", [*old, *events], NOW)
    assert waiting(books) == []
    books.seen.close()
    again = SeenEvents(tmp_path / "device")
    assert not again.is_new("acc-minh", events[-1], NOW)
    later = Event("00000000-0000-4000-8000-000000000001", note.id, NOW + OLD, "decided", "", None)
    again.see("acc-minh", [later], NOW + OLD + timedelta(days=1))
    assert list(again._of["acc-minh"]) == [later.id], "what is old is not kept"


def test_questions_come_first_then_refused_records_until_they_are_corrected(books: Books) -> None:
    refused, asked, decided = books.note("a"), books.note("b"), books.note("c")
    books.notebook.records.record_refusal(refused.id, "bad_request", "no")
    books.say(decided.id, "decided")
    books.say(asked.id, "more_wanted")
    assert whys(books) == [Waits.ASKED, Waits.REFUSED, Waits.NEWS]
    books.note("a2", supersedes=refused.id)
    assert whys(books) == [Waits.ASKED, Waits.NEWS]
