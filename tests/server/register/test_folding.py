"""Texts of people in one form, and folded for searches; the app's own folding gives words, by the same letters."""

from __future__ import annotations

import time
import unicodedata

import pytest

from register.folding import fold, normal
from services.register.search import fold as fold_of_app

NAMES = [
    ("Chè hoa vàng Đầm Hà", "che hoa vang dam ha"),
    (unicodedata.normalize("NFD", "Chè hoa vàng Đầm Hà"), "che hoa vang dam ha"),
    ("ÐẦM HÀ", "dam ha"),  # U+00D0, which old Vietnamese fonts made of U+0110
    ("Ｃｈｅ\u3000ｈｏａ", "che hoa"),
    ("Ch\u200bè\ufeff h\u00adoa\u2060", "che hoa"),
    ("MỰC\u00a0ỐNG", "muc ong"),
    ("ﬁnal №5", "final no5"),
]


@pytest.mark.parametrize(("text", "folded"), NAMES)
def test_one_name_is_folded_to_one_text_however_it_is_written(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold_of_app(text) == folded


def test_numbers_keep_their_punctuation_and_every_dash_is_one() -> None:
    assert fold("QN-2024\u20130012") == fold("qn\u20112024-0012") == "qn-2024-0012"


def test_several_texts_are_folded_to_one() -> None:
    assert fold("Đầm Hà", "", "  Tổ 1 ") == "dam ha to 1"


def test_what_is_folded_stays_as_it_is() -> None:
    every = [chr(code) for code in range(0x30000) if not 0xD800 <= code < 0xE000]
    assert [letter for letter in every if fold(fold(letter)) != fold(letter)] == []


def test_a_text_is_kept_composed_and_without_what_is_never_seen() -> None:
    assert normal("Che\u0300 \u200b\ufeffe\u200b\u0301\x00") == "Chè é"
    assert normal("25 m² ① Ｑ") == "25 m² ① Ｑ"
    assert normal("👨\u200d👩\u200d👧 ❤\ufe0f\n") == "👨\u200d👩\u200d👧 ❤\ufe0f\n"


@pytest.mark.parametrize(
    "marks", ["\u0301" * 9000 + "\u0327" * 9000, "\uff9e" * 9000 + "\u0301" * 9000, "\u0f73" * 9000]
)
def test_marks_without_end_are_cut_before_they_are_ordered(marks: str) -> None:
    began = time.process_time()
    assert fold(f"Chè {marks} hoa") == "che hoa"
    assert normal(f"Che\u0300{marks} ẩ").startswith("Chè")
    assert len(normal(marks)) <= 60
    assert time.process_time() - began < 0.3
    assert normal("e" + "\u0302\u0301" * 5) == unicodedata.normalize("NFC", "e" + "\u0302\u0301" * 5)
