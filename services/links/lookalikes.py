"""Finds the known domain that another domain could be taken for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from services.codes.faults import CodeError
from services.links.addresses import decoded_label, is_ip, read_address
from services.links.confusables import plain, skeleton
from services.links.domains import registrable_domain
from services.links.lists import PLACES, SHARED_HOSTS, SHORTENERS, STATE_SUFFIXES

_TELLING = 5
"""Shorter names are alike by chance: `tiki` and `kiki` are two firms, as are `fpt.vn` and `fpt.com`."""
_LONG = 10
"""From this length on a name with two slips in it is still read as the same."""
_COMPOUND = 8
"""From this length on a name is more than one word: another name that contains it copies it (`shop-traxanh.vn`)."""

_LONGEST_HOST = 253

_Token = tuple[str, bool]
"""A word of a name, and whether it follows a hyphen."""


@dataclass(frozen=True)
class _Name:
    """A registrable domain: the label that its owner chose, in plain letters, and the public suffix after it."""

    domain: str
    label: str
    suffix: str
    skeleton: str
    letters: int
    places: frozenset[str]
    ascii: bool

    @classmethod
    def of(cls, domain: str) -> _Name:
        """Take apart a registrable domain in ASCII."""
        label, _, suffix = domain.partition(".")
        text = decoded_label(label)
        bare = plain(text).replace("-", "")
        return cls(
            domain=domain,
            label=bare,
            suffix=suffix,
            skeleton=skeleton(text).replace("-", ""),
            letters=_letters(bare),
            places=frozenset(place for place in PLACES if place in bare),
            ascii=text.isascii(),
        )


class KnownDomains:
    """The hosts of the register and its products, prepared for comparing other hosts with them."""

    def __init__(self, names: Iterable[str]) -> None:
        hosts = {host for name in names if (host := _host(name))}
        owned = {host: domain for host in hosts if not is_shared(host) and (domain := _domain(host))}
        self._alone = frozenset(hosts - owned.keys())
        self._with_all_below = frozenset(owned)
        self._domains = frozenset(owned.values())
        self._names = [_Name.of(domain) for domain in sorted(self._domains)]
        self._by_skeleton: dict[str, list[_Name]] = {}
        for name in self._names:
            self._by_skeleton.setdefault(name.skeleton, []).append(name)
        self._by_words: dict[tuple[str, ...], str] = {}
        for host, domain in sorted({**owned, **{domain: domain for domain in owned.values()}}.items()):
            words = tuple(word for word, _ in _words(host))
            if len(words) > 1:
                self._by_words[words] = domain
        self._lengths = {len(words) for words in self._by_words}
        self._run_together = {"".join(words): domain for words, domain in self._by_words.items()}

    def __contains__(self, host: str) -> bool:
        """Whether a host (ASCII) is known, or lies under a known one."""
        return host in self._alone or any(name in self._with_all_below for name in _with_all_above(host))

    def resembled(self, host: str, user_info: str = "") -> str | None:
        """The known registrable domain (ASCII) that a host (ASCII) could be taken for; None for a known host.

        `user_info` is what stands before the host in the address; it may look like a host itself.
        """
        if host in self:
            return None
        domain = _domain(host)
        if domain in self._domains:
            return None
        text = f"{user_info[:_LONGEST_HOST]}.{host}" if user_info else host
        return self._written_out(text) or (self._alike(domain) if domain else None)

    def _written_out(self, text: str) -> str | None:
        """Find a known host in a longer or altered one: `check.net.vn.evil.com`, `check-net.vn`, `wwwcheck.net.vn`."""
        found = _words(text)
        words = tuple(word for word, _ in found)
        for index, (word, hyphen) in enumerate(found):
            if hyphen and len(word) < _COMPOUND:
                continue
            for length in self._lengths:
                if domain := self._by_words.get(words[index : index + length]):
                    return domain
        labels = _without_hyphens(found)
        whole = "".join(labels)
        for together in (whole, whole.removeprefix("www"), *(label for label in labels if len(label) > _TELLING)):
            if together in self._run_together:
                return self._run_together[together]
        return None

    def _alike(self, domain: str) -> str | None:
        name = _Name.of(domain)
        if name.suffix in STATE_SUFFIXES:
            return None
        for other in self._by_skeleton.get(name.skeleton, ()):
            if _is_read_as(name, other):
                return other.domain
        return next((other.domain for other in self._names if _is_slip(name, other)), None)


@lru_cache(maxsize=4)
def known_domains(names: frozenset[str]) -> KnownDomains:
    """Prepare the known domains, once for each set of names."""
    return KnownDomains(names)


def is_shared(host: str) -> bool:
    """Whether anybody may have an address on this host (ASCII)."""
    return any(name in SHARED_HOSTS or name in SHORTENERS for name in _with_all_above(host))


def is_shortener(host: str) -> bool:
    """Whether this host (ASCII) forwards to an address that it does not show."""
    return any(name in SHORTENERS for name in _with_all_above(host))


def _is_read_as(name: _Name, other: _Name) -> bool:
    """Whether two names that look the same could be confused: short names under different suffixes could not."""
    if name.suffix == other.suffix:
        return len(name.label) >= _TELLING - 1 or not name.ascii
    return len(name.label) >= _TELLING and name.label not in PLACES


def _is_slip(name: _Name, other: _Name) -> bool:
    """Whether one name is the other with one or two letters missing, added, changed or swapped."""
    one, two = name.label, other.label
    shorter = min(len(one), len(two))
    slips = 2 if shorter >= _LONG else 1
    if len(two) < _TELLING or abs(len(one) - len(two)) > slips:
        return False
    if (name.letters ^ other.letters).bit_count() > 2 * slips:
        return False
    if name.places - other.places or re.sub("[0-9]", "0", one) == re.sub("[0-9]", "0", two):
        return False  # another place or another number makes another name
    distance = slips_between(one, two, slips)
    if not 0 < distance <= slips:
        return False
    if distance == 1 and shorter >= _COMPOUND:
        return True
    # Words that differ at their ends are different words: `bring` and `spring`, `shop` and `shops`.
    begins_alike = one[0] == two[0] or one[:2] == two[1::-1]
    return begins_alike and (one[-1] == two[-1] or (distance == 1 and name.suffix == other.suffix))


def slips_between(one: str, two: str, most: int) -> int:
    """Count the letters missing, added, changed or swapped with the next, up to `most`; `most` + 1 means more.

    This is the optimal string alignment distance.
    """
    before: list[int] = []
    last = list(range(len(two) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, other in enumerate(two, 1):
            least = min(last[j - 1] + (letter != other), last[j] + 1, row[j - 1] + 1)
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)


def _with_all_above(host: str) -> Iterator[str]:
    while host:
        yield host
        host = host.partition(".")[2]


def _words(text: str) -> list[_Token]:
    """The words of a host, as they look, and whether each follows a hyphen."""
    shown = plain(".".join(map(_decoded, text.split("."))))
    return [(skeleton(found[2]), found[1] == "-") for found in re.finditer(r"(^|[\W_])([^\W_]+)", shown)]


def _without_hyphens(words: list[_Token]) -> list[str]:
    labels: list[str] = []
    for word, hyphen in words:
        if hyphen and labels:
            labels[-1] += word
        else:
            labels.append(word)
    return labels


def _decoded(label: str) -> str:
    try:
        return decoded_label(label)
    except ValueError:  # the text before a host may be anything
        return label


def _domain(host: str) -> str | None:
    return None if is_ip(host) else registrable_domain(host)


def _host(name: str) -> str | None:
    name = name.strip()
    try:
        return read_address(f"https://[{name}]" if name.count(":") > 1 and name[0] != "[" else f"https://{name}").host
    except CodeError:
        return None


def _letters(name: str) -> int:
    """The set of letters in a name, as bits."""
    bits = 0
    for letter in name:
        bits |= 1 << (ord(letter) & 63)
    return bits
