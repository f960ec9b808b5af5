"""Free-text search that forgives: without diacritics, without case, by the beginnings of words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """The words of `text` without diacritics and case, with one space between them.

    >>> fold("Chè hoa vàng Đầm Hà - 25 g")
    'che hoa vang dam ha 25 g'
    """
    decomposed = unicodedata.normalize("NFD", text)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().replace("đ", "d")
    return " ".join(_WORD.findall(plain))


class _Entry(NamedTuple):
    name: str
    key: int
    words: str
    digits: str


class SearchIndex:
    """What can be found, by key (the GTIN as a number). Not locked: the catalogue that owns it is."""

    def __init__(self) -> None:
        self._entries: dict[int, _Entry] = {}
        self._ordered: list[_Entry] | None = None

    def put(self, key: int, name: str, others: Iterable[str], digits: str) -> None:
        """Enter a product by its name, the other texts it is known by, and its number."""
        folded = " " + fold(name)
        # Spaces mark the beginnings of words, so that `" " + word in words` is a test for a prefix.
        words = " ".join([folded, *(fold(other) for other in others)])
        self._entries[key] = _Entry(folded, key, words, digits)
        self._ordered = None

    def remove(self, key: int) -> None:
        if self._entries.pop(key, None):
            self._ordered = None

    def find(self, query: str) -> list[int]:
        """Keys of all entries in which every word of `query` begins a word or, if it is digits, stands in the number.

        Those whose name alone answers come first; within both, by name. An empty query finds everything.
        """
        if self._ordered is None:
            self._ordered = sorted(self._entries.values())
        words = fold(query).split()
        found = self._ordered
        for word in words:
            begin = " " + word
            if word.isdigit():
                found = [e for e in found if begin in e.words or word in e.digits]
            else:
                found = [e for e in found if begin in e.words]
        begins = [" " + word for word in words]
        by_name = [e.key for e in found if all(begin in e.name for begin in begins)]
        if len(by_name) == len(found):
            return by_name
        named = set(by_name)
        return by_name + [e.key for e in found if e.key not in named]
