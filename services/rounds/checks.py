"""What keeps an inspection or a round from being signed: told early, and named so that the person can mend it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.checklists.filled import FAILED
from services.rounds.inspection import (
    LONGEST_REASON,
    LONGEST_SAID,
    LONGEST_SEAL,
    LONGEST_TEXT,
    LONGEST_UNIT,
    MOST_CODES,
    MOST_PHOTOS,
    MOST_SAMPLES,
    Answered,
    Finding,
    Found,
    InspectionDraft,
    ItemAnswer,
    Picture,
    Quantity,
    Sale,
    Seal,
    Sealed,
)
from services.rounds.place import LONGEST_ADDRESS, LONGEST_NAME, PlaceKind
from services.rounds.round import OpenRound

LONGEST_LOT, LONGEST_REGISTRATION, LONGEST_CASE, LONGEST_TITLE = 90, 60, 100, 200
MOST_PEOPLE, MOST_ANSWERS, MOST_SIGNATURES = 50, 300, 8
MOST = 1_000_000_000_000
"""The highest amount and price."""

_NOT_JUDGED = frozenset({Answered.NOT_APPLICABLE, Answered.NOT_CHECKED})


class RoundClosed(Exception):
    """There is no such round or draft any more: it was closed, finished or thrown away."""


@dataclass(frozen=True)
class Problem:
    """What is wrong, and at which item of the checklist (None: not at an item)."""

    reason: str
    item: str | None = None


class RoundInvalid(Exception):
    """The round or the inspection cannot be signed or changed so; `problem` says why.

    The reasons of an inspection are those of `inspection_problems`, of a round those of `round_problems`, and for
    both `too_large`, `not_canonical` (NaN, or no Unicode) and `no_account`. The book adds its own (RoundBook).
    """

    def __init__(self, reason: str, item: str | None = None) -> None:
        super().__init__(reason if item is None else f"{reason}: {item}")
        self.problem = Problem(reason, item)

    @property
    def reason(self) -> str:
        return self.problem.reason


class ItemRule(Protocol):
    """What an item of a checklist asks for: see docs/api.md, CHECKLIST."""

    @property
    def photo(self) -> str: ...
    @property
    def reason(self) -> str: ...


Rules = Mapping[str, ItemRule]
"""The items of the checklist that is used, by id."""


def inspection_problems(draft: InspectionDraft, rules: Rules | None = None) -> Iterator[Problem]:
    """What keeps the draft from being signed, in the order in which a form shows it.

    `rules` are those of its checklist; without them nothing is forced of an answer. The bounds are those of the server
    (docs/api.md, INSPECTION).
    """
    found, sent = draft.found, [picture for picture in draft.pictures if picture.sent]
    if not (found.findings or found.text.strip() or sent or _judged(found)):
        yield Problem("nothing_said")
    findings = set(found.findings)
    if not findings <= set(Finding) or len(findings) < len(found.findings):
        yield Problem("unknown_finding")
    if Finding.MATCHES in findings and len(findings) > 1:
        yield Problem("findings_contradict")
    if len(found.codes) > MOST_CODES:
        yield Problem("too_many_codes")
    if found.sale is not None and found.sale not in set(Sale):
        yield Problem("unknown_sale")
    if found.seal is not None and found.seal not in set(Seal):
        yield Problem("unknown_seal")
    yield from map(Problem, _wrong_amounts(found))
    yield from map(Problem, _wrong_words(found))
    yield from map(Problem, dict.fromkeys(map(not_understood, draft.typed)))
    yield from _wrong_pictures(draft.pictures, sent)
    if any(mark["mark"] == "cover" for picture in draft.pictures for mark in draft.marks.get(picture.file.sha256, ())):
        yield Problem("cover_not_kept")  # what the person has covered would be seen
    yield from _wrong_answers(found, sent, rules or {})


def not_understood(field: str) -> str:
    """The reason for a field whose text is no amount, no price or no day, by its name in InspectionDraft.typed."""
    if field == "price":
        return "price_invalid"
    return "amount_invalid" if field.endswith("amount") else "day_invalid"


def _judged(found: Found) -> bool:
    answers = found.checklist.answers if found.checklist else ()
    return any(answer.answer != Answered.NOT_CHECKED and answer.by == "person" for answer in answers)


def _wrong_amounts(found: Found) -> Iterator[str]:
    goods: list[Quantity | Sealed] = [*found.samples]
    goods += [each for each in (found.quantity, found.held) if each]
    if not all(math.isfinite(each.amount) and 0 <= each.amount <= MOST for each in goods):
        yield "amount_invalid"
    if not all(len(each.unit) <= LONGEST_UNIT for each in goods):
        yield "unit_too_long"
    if found.price is not None and not 0 <= found.price <= MOST:
        yield "price_invalid"
    if len(found.samples) > MOST_SAMPLES:
        yield "too_many_samples"
    if not all((sample.seal_number or "").strip() for sample in found.samples):
        yield "no_seal_number"
    numbers = [each.seal_number or "" for each in (*found.samples, found.held) if each]
    if not all(len(number) <= LONGEST_SEAL for number in numbers):
        yield "seal_number_too_long"


def _wrong_words(found: Found) -> Iterator[str]:
    if len(found.text) > LONGEST_TEXT:
        yield "text_too_long"
    if len(found.seller_said) > LONGEST_SAID:
        yield "said_too_long"
    if any(len(lot or "") > LONGEST_LOT for lot in (found.lot.code, found.lot.label)):
        yield "lot_too_long"
    days = (each for both in (found.produced, found.expiry) for each in (both.code, both.label))
    if not all(day is None or is_day(day) for day in days):
        yield "day_invalid"


def is_day(text: str) -> bool:
    """Whether a text is a day in ISO form, as records have it."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _wrong_pictures(pictures: tuple[Picture, ...], sent: list[Picture]) -> Iterator[Problem]:
    if len(sent) > MOST_PHOTOS:
        yield Problem("too_many_photos")
    copied = {picture.copy_of for picture in sent if picture.copy_of}
    if not all(picture.sent or picture.file.sha256 in copied for picture in pictures):
        yield Problem("original_without_copy")  # it would leave no trace in the record


def _wrong_answers(found: Found, sent: list[Picture], rules: Rules) -> Iterator[Problem]:
    answers = found.checklist.answers if found.checklist else ()
    hashes = {picture.file.sha256 for picture in sent} | {picture.copy_of for picture in sent}
    if len(answers) > MOST_ANSWERS or len({answer.item for answer in answers}) < len(answers):
        yield Problem("too_many_answers")
    for answer in answers:
        if len(answer.reason) > LONGEST_REASON:
            yield Problem("reason_too_long", answer.item)
        if answer.photo is not None and answer.photo not in hashes:
            yield Problem("photo_of_answer_gone", answer.item)
        rule = rules.get(answer.item)
        if rule is None:
            continue
        if rule.reason == "on_fail" and answer.answer in FAILED and not answer.reason.strip():
            yield Problem("answer_without_reason", answer.item)
        if answer.photo is None and _wants_photo(answer, rule):
            yield Problem("answer_without_photo", answer.item)


def _wants_photo(answer: ItemAnswer, rule: ItemRule) -> bool:
    """Whether the item insists on a photo: `on_fail` asks for one, and may be left without."""
    if rule.photo == "always":
        return answer.answer not in _NOT_JUDGED
    return rule.photo == "always_on_fail" and answer.answer in FAILED


def round_problems(said: OpenRound) -> Iterator[Problem]:
    """What keeps a round from being opened or changed so."""
    place, inspected = said.place, said.inspected
    if place.kind not in set(PlaceKind):
        yield Problem("unknown_place")
    if not (place.name.strip() or place.address.strip()):
        yield Problem("no_place")
    if len(place.name) > LONGEST_NAME or len(place.address) > LONGEST_ADDRESS:
        yield Problem("place_too_long")
    if len(said.people) > MOST_PEOPLE:
        yield Problem("too_many_people")
    names = [person.name for person in said.people] + ([inspected.name] if inspected else [])
    if not all(name.strip() for name in names):
        yield Problem("no_name")
    if not all(len(name) <= LONGEST_NAME for name in names):
        yield Problem("name_too_long")
    if not all(len(person.title) <= LONGEST_TITLE for person in said.people):
        yield Problem("title_too_long")
    if len(said.case_number or "") > LONGEST_CASE:
        yield Problem("case_number_too_long")
    if inspected and len(inspected.registration or "") > LONGEST_REGISTRATION:
        yield Problem("registration_too_long")
    if len(said.remarks) > LONGEST_TEXT:
        yield Problem("text_too_long")
