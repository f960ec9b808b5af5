"""Fills a checklist: what is known, one answer, all but a few. Tells what is still wanted, and what it amounts to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.checklists.choosing import Checklist
from services.checklists.document import Certainty, Item, PhotoNeed, ReasonNeed
from services.checklists.filled import Answered, AnsweredBy, FilledChecklist, ItemAnswer
from services.checklists.knowledge import Facts, known_of

FAILS = (Answered.WRONG, Answered.MISSING, Answered.UNREADABLE)
"""The answers that say that an item is not in order."""


@dataclass(frozen=True)
class Want:
    """What an item's answer still lacks."""

    item: Item
    reason: bool
    photo: bool


def begin(checklist: Checklist, facts: Facts, earlier: FilledChecklist | None = None) -> FilledChecklist:
    """Begin to fill a list with what is known. What a person has answered of the `earlier` one stays where it fits."""
    filled = FilledChecklist(
        checklist.document.sha256, checklist.group, checklist.law.id, checklist.day.isoformat(), ()
    )
    ids = {item.id for item in checklist.items}
    kept = tuple(each for each in earlier.answers if each.item in ids and _is_persons(each)) if earlier else ()
    return refresh(checklist, replace(filled, answers=kept), facts)


def refresh(checklist: Checklist, filled: FilledChecklist, facts: Facts) -> FilledChecklist:
    """Answer anew what code and certificate answer, by what is known now; a person's answers stay as they are."""
    answers = []
    for item in checklist.items:
        given, known = filled.answer(item.id), known_of(item, facts)
        if given is not None and _is_persons(given):
            answers.append(given)
        elif known and known.answer:
            before = given or ItemAnswer(item.id, known.answer.value)
            answers.append(replace(before, answer=known.answer.value, by=known.by.value))
        elif given is not None and (given.reason or given.photo):  # a person has added to it
            answers.append(given)
    return replace(filled, answers=tuple(answers))


def answer(checklist: Checklist, filled: FilledChecklist, item: str, given: Answered) -> FilledChecklist:
    """Take over a person's answer to one item; its reason and photo stay."""
    before = filled.answer(item) or ItemAnswer(item, given.value)
    return _put(checklist, filled, [replace(before, answer=given.value, by=AnsweredBy.PERSON.value)])


def give_reason(checklist: Checklist, filled: FilledChecklist, item: str, reason: str) -> FilledChecklist:
    """Take over the reason of an item that has an answer."""
    before = filled.answer(item)
    return _put(checklist, filled, [replace(before, reason=reason)]) if before else filled


def give_photo(checklist: Checklist, filled: FilledChecklist, item: str, photo: str | None) -> FilledChecklist:
    """Take over an item's photo by its hash, None: none. An item without an answer is `not_checked` then."""
    before = filled.answer(item) or ItemAnswer(item, Answered.NOT_CHECKED.value)
    return _put(checklist, filled, [replace(before, photo=photo)])


def all_in_order(checklist: Checklist, filled: FilledChecklist) -> tuple[FilledChecklist, tuple[str, ...]]:
    """Answer all that has no answer with `ok`; which items those are, so that it can be taken back.

    What applies to some goods only is not answered: whether it applies is for the person to say.
    """
    open_items = [item.id for item in checklist.items if filled.answer(item.id) is None and not item.optional]
    fresh = [ItemAnswer(item, Answered.OK.value) for item in open_items]
    return _put(checklist, filled, fresh), tuple(open_items)


def take_back(filled: FilledChecklist, items: Iterable[str]) -> FilledChecklist:
    """Take back what `all_in_order` answered; what a person has changed since stays."""
    taken = {*items}
    left = [each for each in filled.answers if each.item not in taken or each != ItemAnswer(each.item, "ok")]
    return replace(filled, answers=tuple(left))


def wants(checklist: Checklist, filled: FilledChecklist) -> tuple[Want, ...]:
    """The answers that lack the reason or the photo on which their items insist."""
    found = []
    for item in checklist.items:
        given = filled.answer(item.id)
        if given is None:
            continue
        want = Want(item, wants_reason(item, given) and not given.reason.strip(), insists_on_photo(item, given))
        want = replace(want, photo=want.photo and given.photo is None)
        if want.reason or want.photo:
            found.append(want)
    return tuple(found)


def fails(given: ItemAnswer) -> bool:
    """Whether the answer says that the item is not in order."""
    return given.answer in FAILS


def wants_reason(item: Item, given: ItemAnswer) -> bool:
    """Whether the item insists on a reason for this answer."""
    return item.reason is ReasonNeed.ON_FAIL and fails(given)


def insists_on_photo(item: Item, given: ItemAnswer) -> bool:
    """Whether the item insists on a photo for this answer."""
    if item.photo is PhotoNeed.ALWAYS:
        return given.answer not in (Answered.NOT_APPLICABLE, Answered.NOT_CHECKED)
    return item.photo is PhotoNeed.ALWAYS_ON_FAIL and fails(given)


def violations(checklist: Checklist, filled: FilledChecklist) -> tuple[Item, ...]:
    """The items that can make a violation, each by itself.

    A person has answered `wrong` or `missing`, and it is sure that the law asks for it. What is only assumed, what
    applies to some goods only and is missing, and what no person has confirmed never makes one.
    """
    found = []
    for item in checklist.items:
        given = filled.answer(item.id)
        if given is None or not _is_persons(given) or item.certainty is not Certainty.FOUND:
            continue
        if given.answer == Answered.WRONG or (given.answer == Answered.MISSING and not item.optional):
            found.append(item)
    return tuple(found)


def not_in_order(checklist: Checklist, filled: FilledChecklist) -> tuple[tuple[Item, ItemAnswer], ...]:
    """The items that are not in order, with their answers."""
    pairs = ((item, filled.answer(item.id)) for item in checklist.items)
    return tuple((item, given) for item, given in pairs if given is not None and fails(given))


def _is_persons(given: ItemAnswer) -> bool:
    return given.by == AnsweredBy.PERSON


def _put(checklist: Checklist, filled: FilledChecklist, fresh: Iterable[ItemAnswer]) -> FilledChecklist:
    """Replace or add answers, in the order of the items."""
    answers = {each.item: each for each in filled.answers} | {each.item: each for each in fresh}
    order = [item.id for item in checklist.items if item.id in answers]
    return replace(filled, answers=tuple(answers[each] for each in order))
