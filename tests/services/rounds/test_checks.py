"""What keeps an inspection from being signed, by name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from services.records.files import Photo
from services.rounds.checks import inspection_problems
from services.rounds.inspection import (
    Answered,
    Compared,
    FilledChecklist,
    Finding,
    Found,
    InspectionDraft,
    ItemAnswer,
    Picture,
    Quantity,
    Sealed,
    Shows,
)
from tests.support.record_kinds import NOW

SAID = Found(findings=(Finding.OTHER,))
PHOTO, OTHER = Picture(Photo("a" * 64, 1), Shows.LABEL), Picture(Photo("b" * 64, 1), Shows.FRONT)


@dataclass(frozen=True)
class Rule:
    photo: str = "never"
    reason: str = "never"


def problems(found: Found, *pictures: Picture, **rules: Rule) -> list[tuple[str, str | None]]:
    draft = InspectionDraft("1", "2", NOW, found, pictures)
    return [(problem.reason, problem.item) for problem in inspection_problems(draft, rules)]


def listed(*answers: ItemAnswer) -> FilledChecklist:
    return FilledChecklist("0" * 64, "tp", "law", "2026-11-28", answers)


@pytest.mark.parametrize(
    "said",
    [
        Found(findings=(Finding.NO_PAPERS,)),
        Found(text="Tem mờ"),
        Found(checklist=listed(ItemAnswer("c1", Answered.OK))),
        replace(SAID, quantity=Quantity(0, "hộp"), price=0, expiry=Compared("2027-01-31", None)),
    ],
)
def test_one_thing_said_is_enough(said: Found) -> None:
    assert problems(said) == []
    assert problems(Found(), PHOTO) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"findings": ()}, "nothing_said"),
        ({"findings": (), "text": " \n", "checklist": listed(ItemAnswer("c1", Answered.NOT_CHECKED))}, "nothing_said"),
        ({"findings": (), "checklist": listed(ItemAnswer("c1", Answered.OK, "code"))}, "nothing_said"),
        ({"findings": (Finding.MATCHES, Finding.OTHER)}, "findings_contradict"),
        ({"findings": ("stolen",)}, "unknown_finding"),
        ({"seal": "melted"}, "unknown_seal"),
        ({"sale": "eaten"}, "unknown_sale"),
        ({"quantity": Quantity(-1, "kg")}, "amount_invalid"),
        ({"quantity": Quantity(float("nan"), "kg")}, "amount_invalid"),
        ({"held": Sealed(float("inf"), "kg")}, "amount_invalid"),
        ({"quantity": Quantity(1, "x" * 41)}, "unit_too_long"),
        ({"price": -1}, "price_invalid"),
        ({"samples": (Sealed(1, "hộp", "n"),) * 11}, "too_many_samples"),
        ({"samples": (Sealed(1, "hộp", " "),)}, "no_seal_number"),
        ({"held": Sealed(1, "hộp", "x" * 61)}, "seal_number_too_long"),
        ({"text": "x" * 5001}, "text_too_long"),
        ({"seller_said": "x" * 2001}, "said_too_long"),
        ({"lot": Compared(None, "x" * 91)}, "lot_too_long"),
        ({"expiry": Compared(None, "31/01/2027")}, "day_invalid"),
        ({"produced": Compared("20270131", None)}, "day_invalid"),
    ],
)
def test_each_thing_that_is_wrong_has_its_name(change: dict[str, Any], reason: str) -> None:
    assert problems(replace(SAID, **change)) == [(reason, None)]


def test_photos_have_a_bound_and_an_original_leaves_a_trace() -> None:
    many = [Picture(Photo(f"{n:064x}", 1), Shows.FRONT) for n in range(21)]
    assert problems(SAID, *many) == [("too_many_photos", None)]
    assert problems(SAID, *many[:20], replace(many[20], sent=False)) == [("original_without_copy", None)]
    copy = replace(many[0], copy_of=many[20].file.sha256)
    assert problems(SAID, copy, *many[1:20], replace(many[20], sent=False)) == []


@pytest.mark.parametrize(
    ("answer", "rule", "wants"),
    [
        (Answered.WRONG, Rule(reason="on_fail"), "answer_without_reason"),
        (Answered.OK, Rule(reason="on_fail"), None),
        (Answered.NOT_APPLICABLE, Rule(photo="always", reason="on_fail"), None),
        (Answered.OK, Rule(photo="always"), "answer_without_photo"),
        (Answered.OK, Rule(photo="always_on_fail"), None),
        (Answered.MISSING, Rule(photo="always_on_fail"), "answer_without_photo"),
        (Answered.UNREADABLE, Rule(photo="on_fail"), None),
    ],
)
def test_an_answer_wants_what_its_item_insists_on(answer: Answered, rule: Rule, wants: str | None) -> None:
    said = replace(SAID, checklist=listed(ItemAnswer("c1", answer)))
    assert problems(said, PHOTO, c1=rule) == ([(wants, "c1")] if wants else [])
    given = replace(SAID, checklist=listed(ItemAnswer("c1", answer, reason="Mờ", photo="a" * 64)))
    assert problems(given, PHOTO, c1=rule) == []
    assert problems(given, OTHER, c1=rule) == [("photo_of_answer_gone", "c1")]
    assert problems(said) == []


def test_answers_have_bounds() -> None:
    long = replace(SAID, checklist=listed(ItemAnswer("c1", Answered.WRONG, reason="x" * 501)))
    assert problems(long) == [("reason_too_long", "c1")]
    twice = replace(SAID, checklist=listed(ItemAnswer("c1", Answered.OK), ItemAnswer("c1", Answered.OK)))
    assert problems(twice) == [("too_many_answers", None)]
