"""Reads a cell that names a decision: its number, its date, a batch, or several of these."""

from __future__ import annotations

import re
from dataclasses import dataclass

from imports.days import first_day_in
from imports.texts import clean
from imports.values import Read, asked, left_out, proposed, refused, taken
from register.letters import fold

_NUMBER = re.compile(r"(?<![\d/])\d{1,6}\s*/\s*(?:\d{4}\s*/\s*)?[^\W\d_]{1,6}(?:-[^\W\d_]+)+", re.IGNORECASE)
"""A number with its office: 5445/QĐ-UBND, 12/2024/QĐ-UBND."""
_ALONE = re.compile(r"(?:quyet dinh |qd )?(?:so )?:? ?(\d{1,6})(?:/qd)?")
_BATCH = re.compile(r"(?:nam \d{4} ?\(?)?(?:dot|lan) (?:\d{1,2}|[ivx]{1,4})(?:[/, ]*(?:nam )?\d{4})?\)?")
_NONE = {"-", "khong", "chua co", "chua"}
_ABOVE = re.compile(r"(?:quyết\s*định|qđ)\s*(?:số)?\s*:?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a cell says: `number` always something, `day` where a date stands beside it, folded text and reading."""

    number: Read
    day: tuple[str, Read] | None = None


def read_decision(text: str, order: str = "", *, by_person: bool = False) -> Decision:
    """Read a decision's cell; `order` is the order of day and month in its column."""
    words = fold(text).strip(" .;,")
    if words in _NONE:
        return Decision(left_out("decision_none"))
    found = first_day_in(text, order)
    numbers = list(dict.fromkeys(re.sub(r"\s*/\s*", "/", number) for number in _NUMBER.findall(clean(text))))
    if len(numbers) > 1:
        return Decision(asked("decision_several", *numbers), found)
    if numbers:
        return Decision(taken(numbers[0]), found)
    rest = words.replace(found[0], "") if found else words
    rest = re.sub(r"(?:ky )?ngay *$", "", rest.strip(" .;,()")).strip(" .;,()")
    if match := _ALONE.fullmatch(rest):
        if re.fullmatch(r"(?:19|20)\d\d", rest) and not by_person:
            return Decision(proposed("decision_maybe_year", match[1]), found)
        return Decision(taken(match[1], ("decision_number_alone", match[1])), found)
    if _BATCH.fullmatch(rest):
        return Decision(refused("decision_batch_only"), found)
    return Decision(refused("decision_unreadable"), found)


def decision_in_title(text: str) -> tuple[str, str, Read] | None:
    """The number and the day of the decision that a title row names, "Kèm theo Quyết định số … ngày …".

    A title is read only where both stand in it; its day in words or with a month above 12 decides itself.
    """
    words = clean(text)
    lead = _ABOVE.search(words)
    if lead is None:
        return None
    number = _NUMBER.match(words, lead.end())
    day = first_day_in(words[number.end() :], "") if number else None
    return (re.sub(r"\s*/\s*", "/", number[0]), *day) if number and day else None
