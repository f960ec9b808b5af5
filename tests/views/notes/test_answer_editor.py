"""The answer that is being written in two windows, and what a scanner types into it."""

from __future__ import annotations

from pathlib import Path

from services.answers.answer_book import AnswerBook
from tests.services.answers.test_answer_book import EVENT, MINH, WHO
from views.notes.answer_editor import AnswerEditor

SCAN = "9520007900017"


def windows(folder: Path) -> tuple[AnswerEditor, AnswerEditor, list[str]]:
    book, told = AnswerBook(folder / "device"), list[str]()
    draft = book.begin(EVENT, MINH)
    return AnswerEditor(draft, book, told.append), AnswerEditor(draft, book, told.append), told


async def test_what_the_other_window_wrote_shows_here_once_this_one_saves(tmp_path: Path) -> None:
    one, other, told = windows(tmp_path)
    one.type("Số lô L-2311")
    await one._keep.flush()
    other.type("Nhập từ Hải Hà")
    await other._keep.flush()
    assert other.rewritten
    assert {"Số lô L-2311", "Nhập từ Hải Hà"} <= set(other.draft.text.split("\n"))
    assert told == []


async def test_what_was_sent_in_another_window_is_told_and_takes_no_more(tmp_path: Path) -> None:
    one, other, told = windows(tmp_path)
    one.type("Số lô L-2311")
    who = {name: value for name, value in WHO.items() if name != "now"}
    assert await one.sign(**who)
    other.type("Nhập từ Hải Hà")
    assert await other.sign(**who) is None
    assert other.gone
    assert told == []


async def test_a_scan_takes_out_its_own_keys_alone(tmp_path: Path) -> None:
    editor, _other, _told = windows(tmp_path)
    editor.type(f"Mã {SCAN} ghi hai lần")
    editor.take_out(SCAN, f"Mã {SCAN} ghi hai lần{SCAN}\n")
    assert editor.draft.text == f"Mã {SCAN} ghi hai lần"
    assert editor.rewritten
