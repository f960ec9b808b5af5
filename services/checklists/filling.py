"""Fills a checklist with what is known and what a person answers, and tells what it amounts to.

What an answer still lacks, a reason or a photo, is told with all else that an inspection lacks (services/rounds).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from services.checklists.choosing import Checklist
from services.checklists.document import Certainty, Item, PhotoNeed
from services.checklists.filled import FAILED, Answered, AnsweredBy, FilledChecklist, ItemAnswer
from services.checklists.knowledge import Facts, known_of


def begin(checklist: Checklist, facts: Facts, earlier: FilledChecklist | None = None) -> FilledChecklist:
    """Begin to fill a list with what is known.

    What a person has answered of another list of the same version stays where it fits. In another version an id may
    stand for something else.
    """
    version = checklist.document.sha256
    answers = earlier.answers if earlier and earlier.version == version else ()
    kept = tuple(each for each in answers if is_persons(each))
    filled = FilledChecklist(version, checklist.group, checklist.law.id, checklist.day.isoformat(), kept)
    return refresh(checklist, filled, facts)


def refresh(checklist: Checklist, filled: FilledChecklist, facts: Facts) -> FilledChecklist:
    """Answer anew what code and certificate answer, by what is known now; a person's answers stay as they are.

    So does what a person has added to an answer of theirs. The answers are in the order of the items.
    """
    answers = []
    for item in checklist.items:
        given, known = filled.answer(item.id), known_of(item, facts)
        if given is not None and (is_persons(given) or given.reason or given.photo):
            answers.append(given)
        elif known and known.answer:
            answers.append(ItemAnswer(item.id, known.answer.value, known.by.value))
    return replace(filled, answers=tuple(answers))


def answer(filled: FilledChecklist, item: str, given: Answered) -> FilledChecklist:
    """Take over a person's answer to one item; its reason and photo stay."""
    before = filled.answer(item) or ItemAnswer(item, given.value)
    return _put(filled, replace(before, answer=given.value, by=AnsweredBy.PERSON.value))


def give_reason(filled: FilledChecklist, item: str, reason: str) -> FilledChecklist:
    """Take over the reason of an item that has an answer."""
    before = filled.answer(item)
    return _put(filled, replace(before, reason=reason)) if before else filled


def give_photo(filled: FilledChecklist, item: str, photo: str | None) -> FilledChecklist:
    """Take over an item's photo by its hash, None: none. An item without an answer is `not_checked` then."""
    before = filled.answer(item) or ItemAnswer(item, Answered.NOT_CHECKED.value)
    return _put(filled, replace(before, photo=photo))


def all_in_order(
    checklist: Checklist, filled: FilledChecklist, photo: str | None = None
) -> tuple[FilledChecklist, tuple[ItemAnswer, ...]]:
    """Answer all that has no answer with `ok`; which answers those are, so that they can be taken back.

    What applies to some goods only stays open: whether it applies is for the person to say. `photo` is the hash of one
    that shows the label: it stands for an item that wants a photo whatever its answer is.
    """
    fresh = tuple(
        ItemAnswer(item.id, Answered.OK.value, photo=photo if item.photo is PhotoNeed.ALWAYS else None)
        for item in checklist.items
        if filled.answer(item.id) is None and not item.optional
    )
    return in_order(checklist, replace(filled, answers=(*filled.answers, *fresh))), fresh


def take_back(filled: FilledChecklist, given: Iterable[ItemAnswer]) -> FilledChecklist:
    """Take back what `all_in_order` answered; what a person has changed since stays."""
    untouched = set(given)
    return replace(filled, answers=tuple(each for each in filled.answers if each not in untouched))


def in_order(checklist: Checklist, filled: FilledChecklist) -> FilledChecklist:
    """Put the answers into the order of the items; an answer to an item that is not in the list is left out."""
    found = (filled.answer(item.id) for item in checklist.items)
    return replace(filled, answers=tuple(each for each in found if each is not None))


def answered(checklist: Checklist, filled: FilledChecklist) -> int:
    """How many of the items have an answer."""
    return sum(filled.answer(item.id) is not None for item in checklist.items)


def not_in_order(checklist: Checklist, filled: FilledChecklist) -> tuple[Item, ...]:
    """The items that are answered as not in order."""
    found = ((item, filled.answer(item.id)) for item in checklist.items)
    return tuple(item for item, given in found if given is not None and given.answer in FAILED)


def violations(checklist: Checklist, filled: FilledChecklist) -> tuple[Item, ...]:
    """The items that can make a violation, each by itself.

    A person has answered `wrong` or `missing`, and it is sure that the law asks for it. What is only assumed, what
    applies to some goods only and is missing, and what no person has confirmed never makes one.
    """
    found = []
    for item in not_in_order(checklist, filled):
        given = filled.answer(item.id)
        if given is None or not is_persons(given) or item.certainty is not Certainty.FOUND:
            continue
        if given.answer == Answered.WRONG or (given.answer == Answered.MISSING and not item.optional):
            found.append(item)
    return tuple(found)


def is_persons(given: ItemAnswer) -> bool:
    """Whether a person has answered, and not the code or the certificate alone."""
    return given.by == AnsweredBy.PERSON


def _put(filled: FilledChecklist, fresh: ItemAnswer) -> FilledChecklist:
    """Replace the answer to an item, or add it."""
    if filled.answer(fresh.item) is None:
        return replace(filled, answers=(*filled.answers, fresh))
    return replace(filled, answers=tuple(fresh if each.item == fresh.item else each for each in filled.answers))
