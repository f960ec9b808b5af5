"""Tolerant free-text search: without diacritics, case, width and unseen characters, by the beginnings of words."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import merge
from itertools import accumulate
from typing import NamedTuple

from services.texts import UNSEEN

_MARKS = re.compile(r"[\u0300-\u036f]+")
_D = str.maketrans("đðɖ", "ddd")
"""Letters that people take for one; old Vietnamese fonts made a capital Đ (U+0110) of Ð (U+00D0)."""
_BETWEEN_WORDS = re.compile(r"[^\w\n]+")
# What separates words in ASCII; text in ASCII alone is folded in one step.
_SPACES = bytes(code if chr(code).isalnum() or chr(code) in "_\n" else 32 for code in range(128)) + bytes(128)
_SAMPLE = 100_000  # characters sampled to guess which of several words is the rarest


def fold(text: str) -> str:
    """The words of `text` without diacritics, case, width and unseen characters, with one space between them.

    >>> fold("Chè hoa vàng ÐẦM HÀ - ２５ g")
    'che hoa vang dam ha 25 g'
    """
    return " ".join(_fold(text).split())


def _fold(text: str) -> str:
    """`text` folded line by line, with spaces for everything that is no word."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", UNSEEN.sub("", text))).casefold().translate(_D)
    if plain.isascii():
        return plain.encode().translate(_SPACES).decode()
    return _BETWEEN_WORDS.sub(" ", plain)


class Searchable(NamedTuple):
    """A product that can be found: its key (the GTIN as a number), its name, and its other texts."""

    key: int
    name: str
    others: str


class SearchIndex:
    """An index of products. One thread may change it while others search: each search sees the state when it began.

    All folded text is one string, which is scanned as a whole: a hundred thousand products are searched in
    milliseconds, and take no more memory than their names.
    """

    def __init__(self, entries: Iterable[Searchable] = ()) -> None:
        self._first = _Lines(list(entries))
        self._since: tuple[dict[int, Searchable | None], _Lines] = {}, _Lines([])

    def change(self, entries: dict[int, Searchable | None]) -> None:
        """Replace the entries with these keys; None removes one."""
        changed = self._since[0] | entries
        self._since = changed, _Lines([entry for entry in changed.values() if entry])

    def find(self, query: str, phrases: Collection[str] = ()) -> Iterator[int]:
        """Keys of all entries where each word of `query` begins a word or, if it is digits, is part of the number.

        `phrases`, folded, count as one word where the query contains them; of two that overlap, the first counts.
        Entries whose name alone matches come first, then the others, each by name. An empty query finds everything.
        Only as much is searched as the caller takes.
        """
        words = _words(query, phrases)
        changed, later = self._since
        for by_name in (True, False):
            first = (found for found in self._first.find(words, by_name) if found[1] not in changed)
            for _, key in merge(first, later.find(words, by_name)):
                yield key


class _Lines:
    """Entries in the order of their names, a line each, in two texts: the names alone, and everything."""

    def __init__(self, entries: Sequence[Searchable]) -> None:
        # Each word has a space before it, which marks its beginning.
        names = _fold_each([entry.name for entry in entries])
        others = _fold_each([entry.others for entry in entries])
        order = sorted(range(len(entries)), key=lambda n: (names[n], entries[n].key))
        self._keys = array("Q", [entries[n].key for n in order])
        self._names = _Text([names[n] for n in order])
        self._all = _Text([f"{names[n]}{others[n]}\t{entries[n].key:014d}" for n in order])

    def find(self, words: Sequence[str], by_name: bool) -> Iterator[tuple[str, int]]:
        """Name and key of each entry whose name has all words; without `by_name`, of those found by other texts."""
        text, numbers = (self._names, False) if by_name else (self._all, True)
        for line in text.lines_with(words, numbers):
            if by_name or not self._names.holds(line, words, False):
                yield self._names.line(line), self._keys[line]


class _Text:
    """Lines of text in one string."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._text = "\n".join([*lines, ""])
        self._begins = array("Q", accumulate((len(line) + 1 for line in lines), initial=0))

    def line(self, number: int) -> str:
        return self._text[self._begins[number] : self._begins[number + 1] - 1]

    def lines_with(self, words: Sequence[str], numbers: bool) -> Iterator[int]:
        """The numbers of the lines that have all words."""
        if not words:
            yield from range(len(self._begins) - 1)
            return
        sample = self._text[:_SAMPLE]
        rarest = min(
            (_needle(word, numbers) for word in words), key=lambda needle: (sample.count(needle), -len(needle))
        )
        at = self._text.find(rarest)
        while at >= 0:
            line = bisect_right(self._begins, at) - 1
            if self.holds(line, words, numbers):
                yield line
            at = self._text.find(rarest, self._begins[line + 1])

    def holds(self, line: int, words: Iterable[str], numbers: bool) -> bool:
        begin, end = self._begins[line], self._begins[line + 1]
        for word in words:
            if self._text.find(" " + word, begin, end) >= 0:
                continue
            # The number is at the end of the line, after a tab.
            if not (numbers and word.isdigit() and self._text.find(word, end - 15, end) >= 0):
                return False
        return True


def _words(query: str, phrases: Collection[str]) -> list[str]:
    text, kept = f" {fold(query)} ", []
    for phrase in phrases:
        if f" {phrase} " in text:
            kept.append(phrase)
            text = text.replace(f" {phrase} ", "  ")
    return [*kept, *text.split()]


def _needle(word: str, numbers: bool) -> str:
    return word if numbers and word.isdigit() else " " + word


def _fold_each(texts: Sequence[str]) -> list[str]:
    """Fold each text, with a space before each word; all in one call, since a call costs more than a text."""
    return _fold("\n".join(" " + text.replace("\n", " ") for text in texts)).split("\n") if texts else []
