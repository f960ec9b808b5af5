"""The answers to a checklist, with where each item stands and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from printing.record_content import Block, Column, Line, Table
from printing.record_content import Words as Lines
from services.papers.products import day_words
from services.papers.words import ANSWERED_BY, ANSWERS, Both
from services.rounds.inspection import Answered, Found, ItemAnswer
from services.wording import mark

_NO_WORDS = mark(
    "The words of this version of the checklist are not on this device, nor how sure each ground is. "
    "Its items are named by their marks."
)
_FAILED = (Answered.MISSING, Answered.WRONG, Answered.UNREADABLE)


@dataclass(frozen=True)
class ItemWords:
    """What an item of a checklist asks, in Vietnamese and English, where that stands, and whether that is assumed."""

    text: str
    text_en: str
    citation: str
    citation_en: str
    assumed: bool


@dataclass(frozen=True)
class ListWords:
    """The words of a version of the checklists: the law's name in both languages, and the items by their ids."""

    law: str
    law_en: str
    items: Mapping[str, ItemWords]


ListOf = Callable[[str, str], ListWords | None]
"""Gives the words of a checklist by the hash of its version and the law's id; None where they are not here."""


def checklist(found: Found, lists: ListOf, both: Both) -> tuple[Block, ...]:
    """The items that are not in order as a table, and all others below each other by their answer."""
    filled = found.checklist
    if filled is None:
        return ()
    words = lists(filled.version, filled.law)
    law = both.each(lambda one: words.law_en if one.language == "en" else words.law) if words else filled.law
    by, day = both.say(mark("By")), both.say(mark("For the day"))
    chosen = f"{by}: {law}. {day}: {day_words(filled.day, both)}."
    told = [Line(chosen, small=True)]
    if words is None:
        told.append(Line(both.say(_NO_WORDS), small=True))
    blocks: list[Block] = [Lines(tuple(told))]
    failed = [answer for answer in filled.answers if answer.answer in _FAILED]
    if failed:
        columns = tuple(
            Column(both.say(head), share)
            for head, share in ((mark("Item"), 76), (mark("Where it stands"), 58), (mark("Answer"), 56))
        )
        rows = tuple(
            (
                (Line(_item(answer, words, both)),),
                (Line(_citation(answer, words, both)),),
                tuple([Line(_answer(answer, both), bold=True)] + ([Line(answer.reason)] if answer.reason else [])),
            )
            for answer in failed
        )
        blocks.append(Table(columns, rows))
    for value in (Answered.OK, Answered.NOT_APPLICABLE, Answered.NOT_CHECKED):
        same = [answer for answer in filled.answers if answer.answer == value]
        if same:
            lines = [Line(f"{both.of(ANSWERS, value)} ({len(same)})", bold=True)]
            for citation in dict.fromkeys(_citation(answer, words, both) for answer in same):
                items = [_in_a_row(each, words, both) for each in same if _citation(each, words, both) == citation]
                lines.append(Line(": ".join(filter(None, [citation, "; ".join(items)])), small=True))
            blocks.append(Lines(tuple(lines)))
    return tuple(blocks)


def _in_a_row(answer: ItemAnswer, words: ListWords | None, both: Both) -> str:
    by = both.of(ANSWERED_BY, answer.by) if answer.by in ANSWERED_BY else ""
    within = ", ".join(filter(None, [by, answer.reason]))
    return f"{_item(answer, words, both)} ({within})" if within else _item(answer, words, both)


def _item(answer: ItemAnswer, words: ListWords | None, both: Both) -> str:
    item = words.items.get(answer.item) if words else None
    return both.each(lambda one: item.text_en if one.language == "en" else item.text) if item else answer.item


def _citation(answer: ItemAnswer, words: ListWords | None, both: Both) -> str:
    item = words.items.get(answer.item) if words else None
    if item is None:
        return ""
    told = both.each(lambda one: item.citation_en if one.language == "en" else item.citation)
    assumed = both.say(mark("assumed, not confirmed"))
    return f"{told} ({assumed})" if item.assumed else told


def _answer(answer: ItemAnswer, both: Both) -> str:
    words = both.of(ANSWERS, answer.answer)
    return f"{words} ({both.of(ANSWERED_BY, answer.by)})" if answer.by in ANSWERED_BY else words
