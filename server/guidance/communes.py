"""Finds the commune that people name in the words of an address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from register import days
from register.folding import fold
from register.models import Locality

_GAP = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class Communes:
    """The communes of a day: their full names by code, and their codes by full name in folded words."""

    names: dict[str, str]
    codes: dict[str, str]

    @classmethod
    def of_today(cls) -> Self:
        """Those that exist today."""
        return cls.among(Locality.objects.all())

    @classmethod
    def among(cls, localities: Any) -> Self:
        """Those of these localities that exist today; a migration gives those of its own state of the table."""
        today = days.today()
        rows = localities.filter(level=Locality.Level.COMMUNE)
        communes = [one for one in rows if (one.valid_from or today) <= today <= (one.valid_to or today)]
        names = {one.code: f"{one.kind} {one.name}" for one in communes}
        return cls(names, {words(name): code for code, name in names.items()})

    def named_in(self, text: str) -> str | None:
        """The code of the one commune that a text names with its kind ("phường Hồng Gai"); None for none or several.

        The bare name is not enough: markets and streets are named like communes elsewhere.
        """
        found = {self.codes[name] for name in runs(text, self.longest) if name in self.codes}
        return found.pop() if len(found) == 1 else None

    @cached_property
    def longest(self) -> int:
        """The words of the longest name."""
        return max((name.count(" ") + 1 for name in self.codes), default=0)


def runs(text: str, longest: int) -> Iterator[str]:
    """Every run of at most so many words of a text: what is named in it is one of them.

    So a name is looked up, and not each of thousands of names looked for.
    """
    there = words(text).split(" ")
    for begin in range(len(there)):
        for end in range(begin + 1, min(len(there), begin + longest) + 1):
            yield " ".join(there[begin:end])


def words(text: str) -> str:
    """The words of a text, folded, with one space between them."""
    return _GAP.sub(" ", fold(text)).strip()
