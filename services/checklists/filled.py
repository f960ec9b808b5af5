"""A checklist with its answers, as a draft and a record have it (docs/api.md, INSPECTION)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LONGEST_REASON = 500


class Answered(StrEnum):
    """The answer to an item of a checklist."""

    OK = "ok"
    MISSING = "missing"
    WRONG = "wrong"
    UNREADABLE = "unreadable"
    NOT_APPLICABLE = "not_applicable"
    NOT_CHECKED = "not_checked"


FAILED = frozenset({Answered.MISSING, Answered.WRONG, Answered.UNREADABLE})
"""The answers that say that an item is not in order."""


class AnsweredBy(StrEnum):
    """Who or what answered an item."""

    PERSON = "person"
    CODE = "code"
    CERTIFICATE = "certificate"


@dataclass(frozen=True)
class ItemAnswer:
    """The answer to one item: a value of Answered, and who answered (a value of AnsweredBy)."""

    item: str
    answer: str
    by: str = "person"
    reason: str = ""
    photo: str | None = None

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> ItemAnswer:
        """Read the wire form. Raises KeyError."""
        return cls(**{name: document[name] for name in ("item", "answer", "by", "reason", "photo")})


@dataclass(frozen=True)
class FilledChecklist:
    """A checklist with its answers: the hash of its version, the annex group, the law and the day it was chosen for."""

    version: str
    group: str
    law: str
    day: str
    answers: tuple[ItemAnswer, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return vars(self) | {"answers": [answer.to_json() for answer in self.answers]}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> FilledChecklist:
        """Read the wire form. Raises KeyError."""
        answers = tuple(map(ItemAnswer.from_json, document["answers"]))
        return cls(document["version"], document["group"], document["law"], document["day"], answers)

    def answer(self, item: str) -> ItemAnswer | None:
        """The answer to this item; None where it has none yet."""
        return next((each for each in self.answers if each.item == item), None)
