"""Answers to the office's questions: one draft a question, signed once, chained, bound."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.accounts.viewer import Viewer
from services.answers.answer import LONGEST_TEXT, MOST_PHOTOS, AnswerDraft, AnswerInvalid
from services.answers.answer_book import AnswerBook, AnswerClosed
from services.records.book import RecordState
from services.records.events import Event
from tests.services.conftest import new_id, picture
from tests.support.record_kinds import DEVICE, NOW

MINH, LAN = Viewer("acc-minh", frozenset({"kiemtra01"})), Viewer("acc-lan")
EVENT = Event(new_id(), new_id(), NOW, "more_wanted", "Ảnh chụp số lô?", None, "inspection")
WHO: dict[str, Any] = {"account": "kiemtra01", "viewer": MINH, "device": DEVICE, "now": NOW, "clock_offset": 3}


@pytest.fixture
def book(tmp_path: Path) -> AnswerBook:
    return AnswerBook(tmp_path / "device")


def begun(book: AnswerBook, text: str = "Số lô L-2311", viewer: Viewer = MINH) -> AnswerDraft:
    draft = book.begin(EVENT, viewer)
    return book.save(replace(draft, text=text), draft)


def test_an_answer_names_its_question_and_follows_the_one_before(book: AnswerBook, tmp_path: Path) -> None:
    draft = book.add_photo(begun(book), picture())
    answer = book.sign(draft, **WHO)
    assert answer.body["to"] == {"kind": "inspection", "id": EVENT.record}
    assert (answer.event, answer.text, answer.owner) == (EVENT.id, "Số lô L-2311", "acc-minh")
    assert [file.sha256 for file in answer.files] == [draft.photos[0].sha256]
    later = replace(EVENT, id=new_id())
    second = book.begin(later, MINH)
    second = book.sign(book.save(replace(second, text="Thêm"), second), **WHO)
    assert (answer.prev, second.prev) == (None, answer.sha256)
    book.close()
    again = AnswerBook(tmp_path / "device")
    assert [kept.answer for kept in again.answers(MINH)] == [second, answer]
    assert again.answers(MINH)[0].state is RecordState.WAITING
    assert again.answered(MINH) == {EVENT.id, later.id}
    assert again.answered(LAN) == frozenset()
    assert again.drafts(MINH) == []


def test_a_draft_outlives_a_restart_and_belongs_to_its_account(book: AnswerBook, tmp_path: Path) -> None:
    draft = book.add_photo(begun(book), picture())
    book.close()
    again = AnswerBook(tmp_path / "device")
    assert again.begin(EVENT, MINH) == draft
    assert again.begin(EVENT, LAN).is_empty
    with pytest.raises(AnswerClosed):
        again.sign(draft, **WHO | {"viewer": LAN})


def test_what_another_window_wrote_is_kept_and_only_one_of_them_answers(book: AnswerBook) -> None:
    base = begun(book, "Số lô")
    book.save(replace(base, text="Số lô L-1"), base)
    both = book.save(replace(base, text="Kính gửi: Số lô"), base)
    assert both.text == "Kính gửi: Số lô L-1"
    book.sign(both, **WHO)
    for refused in (lambda: book.sign(base, **WHO), lambda: book.save(base, base)):
        with pytest.raises(AnswerClosed):
            refused()


@pytest.mark.parametrize(("text", "reason"), [("  \n", "no_text"), ("a" * (LONGEST_TEXT + 1), "text_too_long")])
def test_what_the_server_would_refuse_stays_a_draft(book: AnswerBook, text: str, reason: str) -> None:
    draft = begun(book, text)
    with pytest.raises(AnswerInvalid, match=reason):
        book.sign(draft, **WHO)
    assert book.drafts(MINH) == [draft]


def test_photos_have_a_bound_and_leave_the_disk_when_they_are_taken_out(book: AnswerBook) -> None:
    draft = begun(book)
    draft = book.add_photo(draft, picture("blue"))
    photo = draft.photos[0]
    assert book.add_photo(draft, picture("blue")).photos == (photo,), "once"
    full = replace(draft, photos=tuple(replace(photo, sha256=f"{n:064x}") for n in range(MOST_PHOTOS)))
    book._drafts[draft.id] = full
    with pytest.raises(AnswerInvalid, match="too_many_photos"):
        book.add_photo(full, picture())
    book._drafts[draft.id] = draft
    assert book.remove_photo(draft, photo.sha256).photos == ()
    assert not book.photos.path(photo.sha256).exists()


def test_what_waits_in_a_folder_that_was_lost_comes_along(book: AnswerBook, tmp_path: Path) -> None:
    signed = book.sign(book.add_photo(begun(book), picture()), **WHO)
    other = replace(EVENT, id=new_id())
    draft = book.begin(other, MINH)
    draft = book.save(replace(draft, text="dở"), draft)
    assert AnswerBook.may_hold(tmp_path / "device", MINH)
    mine = AnswerBook(tmp_path / "other")
    assert mine.bring_back(book, LAN) == 0
    assert mine.bring_back(book, MINH) == 2
    assert mine.records.record(signed.id).canonical() == signed.canonical()
    assert mine.photos.read(signed.files[0].sha256)
    assert (mine.drafts(MINH), book.drafts(MINH)) == ([draft], [])
    assert mine.bring_back(book, MINH) == 0


def test_a_copied_folder_gives_its_drafts_other_ids(book: AnswerBook) -> None:
    draft = begun(book)
    book.renew_drafts()
    (renewed,) = book.drafts(MINH)
    assert renewed == replace(draft, id=renewed.id) != draft


def test_two_windows_that_begin_before_either_has_written_give_one_answer(book: AnswerBook) -> None:
    one, other = book.begin(EVENT, MINH), book.begin(EVENT, MINH)
    written = book.save(replace(one, text="Số lô L-1"), one)
    book.sign(written, **WHO)
    with pytest.raises(AnswerClosed):
        book.save(replace(other, text="Số lô L-1"), other)
    assert len(book.answers(MINH)) == 1
    assert book.begin(EVENT, MINH).id != one.id, "such as after a refusal"
