from __future__ import annotations

import pytest

from services.search import SearchIndex, fold


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


@pytest.fixture
def index() -> SearchIndex:
    index = SearchIndex()
    index.put(1, "Chè hoa vàng", ["HTX Ba Chẽ"], "09520000000011")
    index.put(2, "Chả mực Hạ Long", ["Cơ sở Hoa Biển"], "09520000000028")
    index.put(3, "Mật ong rừng", ["HTX Đầm Hà"], "09520000000035")
    return index


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
    assert index.find(query) == found


def test_entries_change_and_go(index: SearchIndex) -> None:
    assert index.find("che") == [1]
    index.put(1, "Trà xanh", [], "09520000000011")
    index.remove(3)
    assert (index.find("che"), index.find("tra xanh"), index.find("mat ong")) == ([], [1], [])
