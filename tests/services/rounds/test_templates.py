"""Sentences that are written often: learned on this device, for their account alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.accounts.viewer import Viewer
from services.rounds import templates
from services.rounds.templates import Templates

LAN, HOA, NOBODY = Viewer("lan"), Viewer("hoa"), Viewer(None)
TORN = "Tem rách, dán đè lên mã."


def test_a_sentence_is_offered_once_it_was_written_twice(tmp_path: Path) -> None:
    book = Templates(tmp_path)
    book.learn(f"{TORN}\nKệ số 3.", LAN)
    assert book.offered(LAN) == []
    book.learn(f"  Tem  rách,  dán đè lên mã. \nok\n{'a' * 64} nhãn", LAN)
    assert book.offered(LAN) == [TORN]
    book.close()
    assert Templates(tmp_path).offered(LAN) == [TORN], "after a restart too"


def test_what_one_account_writes_is_not_offered_to_another(tmp_path: Path) -> None:
    book = Templates(tmp_path)
    book.keep(TORN, LAN)
    book.keep("Không có tài khoản", NOBODY)
    assert book.offered(LAN) == [TORN]
    assert book.offered(HOA) == book.offered(NOBODY) == []


def test_a_sentence_can_be_kept_changed_and_forgotten(tmp_path: Path) -> None:
    book = Templates(tmp_path)
    book.keep("Tem rách", LAN)
    book.change("Tem rách", TORN, LAN)
    assert book.offered(LAN) == [TORN]
    book.learn(TORN, LAN)
    book.forget(TORN, LAN)
    assert book.offered(LAN) == []
    assert TORN.encode() not in b"".join(file.read_bytes() for file in tmp_path.glob("*.json")), "gone from the disk"
    book.learn(TORN, LAN)
    assert book.offered(LAN) == [], "learned from the beginning"


def test_the_list_stays_short_and_forgets_what_is_not_offered_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templates, "MOST", 3)
    book = Templates(tmp_path)
    book.keep(TORN, LAN)
    for number in range(6):
        book.learn(f"Câu chỉ viết một lần, số {number}", LAN)
    book.learn("Câu chỉ viết một lần, số 5", LAN)
    assert book.offered(LAN) == ["Câu chỉ viết một lần, số 5", TORN]
    book.learn("Câu chỉ viết một lần, số 0", LAN)
    assert len(book.offered(LAN)) == 2, "the first were forgotten"
