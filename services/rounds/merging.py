"""Merges what two windows wrote into one inspection or one round, field by field."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

from services.notes.merging import merge_texts
from services.rounds.inspection import FilledChecklist, Finding, Found, InspectionDraft
from services.rounds.round import OpenRound

T = TypeVar("T", Found, OpenRound)

_TEXTS = ("text", "seller_said", "remarks")
_OF_THE_BOOK = ("id", "opened_at", "pauses", "looked_at", "signatures", "closed_at", "account")
"""What of a round the book itself writes, one change at a time."""


def merge_draft(base: InspectionDraft, mine: InspectionDraft, stored: InspectionDraft) -> InspectionDraft:
    """Return `stored` with what `mine` changed since `base`, the draft from which both began.

    A field that only one side changed is that side's. Where both changed it, mine counts, since it was chosen last; of
    texts, findings and answers all that either gave is kept. Pictures are those stored, because each is stored as it
    is taken.
    """
    found = _merged(base.found, mine.found, stored.found)
    findings = _either(base.found.findings, mine.found.findings, stored.found.findings)
    if Finding.MATCHES in findings and len(findings) > 1:
        findings = mine.found.findings  # chosen last, and what contradicts it is no longer said
    checklist = _merged_checklist(base.found.checklist, mine.found.checklist, stored.found.checklist)
    return replace(
        stored,
        found=replace(found, findings=findings, checklist=checklist),
        typed=stored.typed if mine.typed == base.typed else mine.typed,
        marks=stored.marks if mine.marks == base.marks else mine.marks,
    )


def merge_round(base: OpenRound, mine: OpenRound, stored: OpenRound) -> OpenRound:
    """Return `stored` with what `mine` changed of place, people and words since `base`, in the same way."""
    return _merged(base, mine, stored, leave=_OF_THE_BOOK)


def _merged(base: T, mine: T, stored: T, *, leave: tuple[str, ...] = ()) -> T:
    changes: dict[str, Any] = {}
    for field in fields(stored):
        was, is_mine, is_stored = (getattr(each, field.name) for each in (base, mine, stored))
        if field.name in leave or is_mine == was:
            continue
        changes[field.name] = merge_texts(was, is_mine, is_stored) if field.name in _TEXTS else is_mine
    return replace(stored, **changes)


def _either(base: tuple[str, ...], mine: tuple[str, ...], stored: tuple[str, ...]) -> tuple[str, ...]:
    gone = set(base) - set(mine)
    return tuple(dict.fromkeys([each for each in stored if each not in gone] + [m for m in mine if m not in base]))


def _merged_checklist(
    base: FilledChecklist | None, mine: FilledChecklist | None, stored: FilledChecklist | None
) -> FilledChecklist | None:
    """The answers of both, where both fill the same list; otherwise the list that was changed last."""
    if mine == base or mine is None or stored is None or _list_of(mine) != _list_of(stored):
        return stored if mine == base else mine
    was = {answer.item: answer for answer in base.answers} if base and _list_of(base) == _list_of(mine) else {}
    answers = {answer.item: answer for answer in stored.answers}
    said = {answer.item: answer for answer in mine.answers}
    answers |= {item: answer for item, answer in said.items() if was.get(item) != answer}
    answers = {item: answer for item, answer in answers.items() if item in said or item not in was}
    return replace(mine, answers=tuple(answers.values()))


def _list_of(checklist: FilledChecklist) -> tuple[str, str, str, str]:
    return checklist.version, checklist.group, checklist.law, checklist.day
