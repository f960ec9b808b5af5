"""Finds products by the texts on their packs other than the GTIN (`codes` in docs/api.md)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from functools import lru_cache

from services.links import clean_address, is_shared
from services.register.products import CODE_KINDS

_NONE = (b'"codes": []', b'"codes":[]')  # in a JSON text, quotation marks would be escaped
_HOST = re.compile(r"https?://(?:[^/?@]*@)?([^/?:@\[]+|\[[^/?\]]*\])(?::[0-9]+)?(?=[/?]|$)")
_LETTER = re.compile(r"[^\W_]")
_GOES_UP = re.compile(r"(?i)/(?:\.|%2e){1,2}(?:[/?]|$)")
_RUN = "[^/?&#]+"
"""What `*` in a pattern stands for."""


class PackCodes:
    """Products' keys by the texts on their packs: exact texts, patterns and prefixes. Not locked."""

    def __init__(self) -> None:
        self._owners: dict[str, dict[str, tuple[str, ...]]] = {"exact": {}, "pattern": {}, "prefix": {}}
        self._prefix_lengths: Counter[int] = Counter()
        self._patterns = _Patterns()
        self._on_host: Counter[str] = Counter()
        self._hosts: frozenset[str] | None = None
        self._with_others: set[str] = set()

    @property
    def has_unread(self) -> bool:
        """Whether there is a code of a kind that this version does not know."""
        return bool(self._with_others)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts (ASCII) of all codes that are web addresses, except sites on which anybody may have an address."""
        if self._hosts is None:
            self._hosts = frozenset(host for host in +self._on_host if not is_shared(host))
        return self._hosts

    def add(self, key: str, row: bytes) -> None:
        """Add the codes of the product with this key and text."""
        for kind, value in _codes(row):
            if kind not in self._owners:
                self._with_others.add(key)
                continue
            owners = self._owners[kind].get(value, ())
            if not owners:
                self._count(kind, value, 1)
            if key not in owners:
                self._owners[kind][value] = (*owners, key)

    def remove(self, key: str, row: bytes) -> None:
        """Remove the codes of the product, given with the same text as when they were added."""
        self._with_others.discard(key)
        for kind, value in _codes(row):
            owners = self._owners.get(kind, {}).pop(value, ())
            left = tuple(owner for owner in owners if owner != key)
            if left:
                self._owners[kind][value] = left
            elif owners:
                self._count(kind, value, -1)

    def find(self, text: str) -> str | None:
        """The key of the only product that this text belongs to.

        An exact text comes first, then the matching pattern with the most letters, then the longest prefix. A text that
        belongs to several products equally well gives None.
        """
        text = _comparable(text)
        owners = self._owners["exact"].get(text)
        if owners is None and not _GOES_UP.search(text):  # `.../p/1/../2` does not lie under `.../p/1/`
            owners = self._by_pattern(text) or self._by_prefix(text)
        return owners[0] if owners and len(owners) == 1 else None

    def _by_pattern(self, text: str) -> tuple[str, ...]:
        patterns = self._patterns.matching(text)
        most = max(map(_letters, patterns), default=0)
        return tuple({key for each in patterns if _letters(each) == most for key in self._owners["pattern"][each]})

    def _by_prefix(self, text: str) -> tuple[str, ...]:
        for length in sorted(+self._prefix_lengths, reverse=True):
            owners = self._owners["prefix"].get(text[:length]) if length <= len(text) else None
            if owners and _ends_whole(text, length):
                return owners
        return ()

    def _count(self, kind: str, value: str, change: int) -> None:
        if kind == "prefix":
            self._prefix_lengths[len(value)] += change
        elif kind == "pattern":
            self._patterns.count(value, change)
        if found := _HOST.match(value):
            host = found[1]
            self._on_host[host] += change
            if self._on_host[host] == max(change, 0):  # the first code on this host was added, or the last removed
                self._hosts = None


class _Patterns:
    """Patterns with `*`, by the text before the first and after the last, so that only few are compared."""

    def __init__(self) -> None:
        self._by_ends: dict[tuple[str, str], list[str]] = {}
        self._heads: Counter[int] = Counter()
        self._tails: dict[str, Counter[int]] = {}

    def count(self, pattern: str, change: int) -> None:
        """Add a pattern (1) or remove it (-1)."""
        head, *_, tail = pattern.split("*")
        together = self._by_ends.setdefault((head, tail), [])
        if change > 0:
            together.append(pattern)
        else:
            together.remove(pattern)
            if not together:
                del self._by_ends[head, tail]
        self._heads[len(head)] += change
        tails = self._tails.setdefault(head, Counter())
        tails[len(tail)] += change
        if not any(tails.values()):
            del self._tails[head]

    def matching(self, text: str) -> list[str]:
        """All patterns that match the whole text."""
        found: list[str] = []
        for length in +self._heads:
            head = text[:length]
            for tail_length in +self._tails.get(head, Counter()):
                end = len(text) - tail_length
                if end <= length:
                    continue
                alike = self._by_ends.get((head, text[end:]), ())
                found += [pattern for pattern in alike if _between(pattern).fullmatch(text, length, end)]
        return found


@lru_cache(maxsize=1024)
def _between(pattern: str) -> re.Pattern[str]:
    """A regular expression for what may stand between a pattern's first and last part.

    Each part in between is matched where it first occurs. That leaves the most text for the rest, so nothing is tried
    twice.
    """
    return re.compile("".join(f"(?>{_RUN}?{re.escape(part)})" for part in pattern.split("*")[1:-1]) + _RUN)


def _comparable(text: str) -> str:
    return clean_address(unicodedata.normalize("NFC", text))


def _letters(pattern: str) -> int:
    return len(pattern) - pattern.count("*")


def _ends_whole(text: str, length: int) -> bool:
    """Whether a prefix of this length ends a whole name or number: `.../p/1` does not in `.../p/10`."""
    return len(text) == length or text[length] in "/?#&" or not _LETTER.match(text[length - 1])


def _codes(row: bytes) -> list[tuple[str, str]]:
    if any(none in row for none in _NONE):
        return []
    product = json.loads(row) or {"codes": []}
    codes = []
    for code in product["codes"]:
        kind, value = code["kind"], _comparable(code["value"])
        if kind == "pattern" and "*" not in value:
            kind = "exact"
        if bool(value) if kind == "exact" else kind not in CODE_KINDS or _says_which(value):
            codes.append((kind, value))
    return codes


def _says_which(value: str) -> bool:
    """Whether a prefix or pattern has anything specific: in a web address, something after the host."""
    if value.lower().startswith(("http:", "https:")):
        host = _HOST.match(value)
        return host is not None and "*" not in host[0] and bool(_LETTER.search(value, host.end()))
    return bool(_LETTER.search(value))
