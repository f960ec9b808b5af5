from __future__ import annotations

import random

import pytest

from services.register.search import Searchable, SearchIndex, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Chè hoa vàng", "che hoa vang"),
        ("ĐẦM HÀ, Đông Triều", "dam ha dong trieu"),
        ("Rượu  ba-kích (500 ml)", "ruou ba kich 500 ml"),
        ("Che\u0300 hoa", "che hoa"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


TEA = Searchable(9520000000011, "Chè hoa vàng", "HTX Ba Chẽ")
SQUID = Searchable(9520000000028, "Chả mực Hạ Long", "Cơ sở Hoa Biển")
HONEY = Searchable(9520000000035, "Mật ong rừng", "HTX Đầm Hà")


@pytest.fixture
def index() -> SearchIndex:
    return SearchIndex([TEA, SQUID, HONEY])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("che hoa vang", [1]),
        ("CHÈ", [1]),
        ("vang che", [1]),
        ("hoa", [1, 2]),
        ("ch", [2, 1]),
        ("ang", []),
        ("dam ha", [3]),
        ("che dam", []),
        ("9520000000028", [2]),
        ("0028", [2]),
        ("", [2, 1, 3]),
        ("!?", [2, 1, 3]),
    ],
)
def test_every_word_begins_a_word(index: SearchIndex, query: str, found: list[int]) -> None:
    keys = {1: TEA.key, 2: SQUID.key, 3: HONEY.key}
    assert list(index.find(query)) == [keys[n] for n in found]


def test_a_phrase_is_one_word() -> None:
    ward = Searchable(1, "Chả mực", "phường Hạ Long")
    city = Searchable(2, "Chả cá", "phường Hồng Gai, thành phố Hạ Long")
    index = SearchIndex([ward, city])
    assert list(index.find("phuong ha long")) == [2, 1]
    phrases = ["thanh pho ha long", "phuong ha long"]
    assert list(index.find("phuong ha long", phrases)) == [1]
    assert list(index.find("Phường HẠ LONG cha m", phrases)) == [1]
    assert list(index.find("ca thanh pho ha long", phrases)) == [2]
    assert list(index.find("phuong ha lo", phrases)) == [2, 1], "not typed to its end"


def test_a_search_under_way_sees_what_there_was(index: SearchIndex) -> None:
    under_way = index.find("")
    first = next(under_way)
    index.change({TEA.key: None, HONEY.key: None})
    assert [first, *under_way] == [SQUID.key, TEA.key, HONEY.key]


def test_entries_change_and_go_and_come(index: SearchIndex) -> None:
    index.change({TEA.key: TEA._replace(name="Trà xanh"), HONEY.key: None})
    assert [list(index.find(query)) for query in ("che hoa", "tra xanh", "mat ong")] == [[], [TEA.key], []]
    index.change({HONEY.key: HONEY, 9520000000042: Searchable(9520000000042, "Chả cá", "")})
    assert list(index.find("")) == [9520000000042, SQUID.key, HONEY.key, TEA.key]
    assert list(index.find("cha")) == [9520000000042, SQUID.key]


def test_letters_that_are_not_latin_and_line_breaks_in_texts() -> None:
    index = SearchIndex([Searchable(1, "Chè\nhoa", "茶\txanh"), Searchable(2, "mực", "")])
    assert [list(index.find(query)) for query in ("che hoa", "茶", "xanh", "c", "1")] == [[1], [1], [1], [1], [1]]
    assert list(index.find("muc")) == [2]


def test_all_that_a_plain_search_finds_and_nothing_else() -> None:
    chance = random.Random(952)
    words = ["chè", "chả", "hoa", "hà", "Đầm", "mực", "3", "95", "lạng"]
    entries = [
        Searchable(9520000000000 + n, *(" ".join(chance.choices(words, k=chance.randint(0, 4))) for _ in "no"))
        for n in range(300)
    ]
    index = SearchIndex(entries[:200])
    index.change({entry.key: entry for entry in entries[150:250]})
    index.change({entry.key: None for entry in entries[240:260]})
    there = entries[:240]

    def holds(text: str, query: str, number: str = "") -> bool:
        return all(
            any(word.startswith(part) for word in fold(text).split()) or (part.isdigit() and part in number)
            for part in fold(query).split()
        )

    for query in ("", "c", "ch", "che h", "ha dam", "3", "95 hoa", "0000", "lang muc hoa", "z"):
        named = sorted((" ".join(["", fold(e.name)]), e.key) for e in there if holds(e.name, query))
        rest = sorted(
            (" ".join(["", fold(e.name)]), e.key)
            for e in there
            if not holds(e.name, query) and holds(f"{e.name} {e.others}", query, f"{e.key:014d}")
        )
        assert list(index.find(query)) == [key for _, key in named + rest], query
