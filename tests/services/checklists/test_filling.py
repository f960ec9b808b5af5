"""What code and certificate answer, what a person answers, and what a checklist amounts to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product as combinations

import pytest

from services.checklists.choosing import Checklist, choose, chosen
from services.checklists.document import Certainty, bundled, read
from services.checklists.filled import Answered, AnsweredBy, FilledChecklist, ItemAnswer
from services.checklists.filling import (
    all_in_order,
    answer,
    answered,
    begin,
    give_photo,
    give_reason,
    in_order,
    not_in_order,
    refresh,
    take_back,
    violations,
)
from services.checklists.knowledge import CertificateFact, Facts, Known, Says, Seen, known_of

DAY = date(2026, 11, 28)
OWN = read(bundled())
NOTHING = Facts(DAY)
IN_FORCE = CertificateFact("QN-2025-0158", 4, date(2028, 5, 12), in_force=True)
ENDED = replace(IN_FORCE, valid_to=date(2026, 5, 12), in_force=False)


def listed(group: str = "thuc_pham_bao_goi", day: date = DAY) -> Checklist:
    found = choose(OWN, group, day)
    assert found
    return found


PACKED = listed()
PROBED = ("thuc_pham_bao_goi", "ruou", "dich_vu")


def given(filled: FilledChecklist) -> dict[str, tuple[str, str]]:
    return {each.item: (each.answer, each.by) for each in filled.answers}


def told(item: str, facts: Facts) -> Known | None:
    return known_of(OWN.items[item], facts)


def test_of_nothing_nothing_is_answered() -> None:
    assert begin(PACKED, NOTHING).answers == ()


def test_the_day_in_the_code_answers_only_whether_it_has_passed() -> None:
    code = Facts(DAY, produced=Seen("2026-01-05"), expiry=Seen("2027-09-14"), lot=Seen("L260914"), net="0.5 kg")
    assert given(begin(PACKED, code)) == {"d2": ("ok", "code")}
    assert told("tp3", code) == Known(Says.CODE_DAY, (date(2027, 9, 14),))
    assert told("tp2", code) == Known(Says.CODE_DAY, (date(2026, 1, 5),))
    assert told("tp1", code) == Known(Says.CODE_TEXT, ("0.5 kg",))
    assert told("ru6", code) == Known(Says.CODE_TEXT, ("L260914",))


@pytest.mark.parametrize(("last", "word"), [("2026-11-28", "ok"), ("2026-11-27", "wrong")])
def test_the_last_good_day_counts(last: str, word: str) -> None:
    assert given(begin(PACKED, Facts(DAY, expiry=Seen(last)))) == {"d2": (word, "code")}


def test_where_code_and_label_differ_the_person_says_whether_the_day_has_passed() -> None:
    facts = Facts(DAY, expiry=Seen("2027-09-14", "2026-11-01"), lot=Seen(None, "L1"))
    assert given(begin(PACKED, facts)) == {"d3": ("wrong", "code")}
    assert told("d2", facts) == told("tp3", facts) == Known(Says.LABEL_DAY, (date(2026, 11, 1),))
    assert told("ru6", facts) == Known(Says.LABEL_TEXT, ("L1",))
    assert begin(PACKED, Facts(DAY, expiry=Seen(None, "2026-11-01"))).answers == ()
    same = Facts(DAY, expiry=Seen("2027-09-14", "2027-09-14"))
    assert given(begin(PACKED, same)) == {"d2": ("ok", "code"), "d3": ("ok", "code")}


@pytest.mark.parametrize(
    ("label", "answer"),
    [("L260914", "ok"), ("LOT: L26-0914", None), ("l260914", None), ("Lô L260914 A", None), ("L260915", "wrong")],
)
def test_a_lot_that_is_only_written_otherwise_is_for_the_person_to_compare(label: str, answer: str | None) -> None:
    facts = Facts(DAY, lot=Seen("L260914", label))
    assert given(begin(PACKED, facts)).get("d3", (None,))[0] == answer
    assert (told("d3", facts) or Known(Says.SAME)).says is (Says.SAME if answer == "ok" else Says.DIFFERS)


def test_what_is_typed_and_corrected_on_the_label_leaves_nothing_behind() -> None:
    right, mistyped = (Facts(DAY, expiry=Seen("2027-09-14", day)) for day in ("2027-09-14", "2020-09-14"))
    filled = begin(PACKED, right)
    assert refresh(PACKED, refresh(PACKED, filled, mistyped), right) == filled


@pytest.mark.parametrize(
    ("facts", "answers"),
    [
        (Facts(DAY, certificate=IN_FORCE), {"o1": "ok", "o3": "ok"}),
        (Facts(DAY, certificate=ENDED), {}),
        (Facts(DAY, certificate=IN_FORCE, label_stars=4), {"o1": "ok", "o2": "ok", "o3": "ok"}),
        (Facts(DAY, certificate=IN_FORCE, label_stars=0), {"o1": "ok", "o2": "ok", "o3": "ok"}),
        (Facts(DAY, certificate=IN_FORCE, label_stars=5), {"o1": "ok", "o2": "wrong", "o3": "ok"}),
        (Facts(DAY, certificate=IN_FORCE, too_many_stars=True), {"o1": "ok", "o2": "wrong", "o3": "ok"}),
        (Facts(DAY, certificate=ENDED, label_stars=5), {}),
        (Facts(DAY, label_stars=5), {}),
    ],
)
def test_the_certificate_answers_what_it_knows(facts: Facts, answers: dict[str, str]) -> None:
    assert given(begin(PACKED, facts)) == {item: (word, "certificate") for item, word in answers.items()}


def test_the_register_never_says_that_the_code_is_on_the_right_pack() -> None:
    named = Facts(DAY, product_name="Trà hoa vàng", producer_name="Hộ Gia Quang")
    assert begin(PACKED, named).answers == ()
    assert told("t3", named) == Known(Says.PRODUCT, ("Trà hoa vàng",))
    assert given(begin(PACKED, replace(named, codes_differ=True))) == {"t3": ("wrong", "code")}
    assert given(begin(PACKED, replace(named, read_trace_code=True))) == {"t1": ("ok", "code")}


def test_a_rule_of_a_later_version_tells_nothing() -> None:
    facts = Facts(DAY, expiry=Seen("2027-09-14"))
    assert known_of(replace(OWN.items["d2"], prefill="a_later_rule"), facts) is None


def test_only_a_persons_answer_to_a_sure_item_makes_a_violation() -> None:
    for group, day in combinations(PROBED, (DAY, date(2026, 1, 2))):
        checklist = listed(group, day)
        for item, word, by in combinations(checklist.items, Answered, AnsweredBy):
            filled = replace(begin(checklist, NOTHING), answers=(ItemAnswer(item.id, word, by),))
            makes = (
                item.certainty is Certainty.FOUND
                and by is AnsweredBy.PERSON
                and (word is Answered.WRONG or (word is Answered.MISSING and not item.optional))
            )
            assert violations(checklist, filled) == ((item,) if makes else ()), (group, item.id, word, by)


def test_an_assumed_item_that_is_wrong_is_told_and_makes_no_violation() -> None:
    filled = answer(answer(begin(PACKED, NOTHING), "c1", Answered.MISSING), "tp4", Answered.MISSING)
    assert [item.id for item in not_in_order(PACKED, filled)] == ["c1", "tp4"]
    assert [item.id for item in violations(PACKED, filled)] == ["c1"]


def test_all_but_one_takes_two_steps_and_can_be_taken_back() -> None:
    begun = begin(PACKED, Facts(DAY, expiry=Seen("2026-01-01"), certificate=IN_FORCE))
    all_ok, fresh = all_in_order(PACKED, begun)
    assert given(all_ok)["d2"] == ("wrong", "code")  # what is known stays
    assert answered(PACKED, all_ok) == len(PACKED.items) - 1  # whether d3 applies is for the person to say
    assert "d3" not in {each.item for each in fresh}
    but_one = answer(all_ok, "c6", Answered.WRONG)
    assert given(but_one)["c6"] == ("wrong", "person")
    assert take_back(all_ok, fresh) == begun
    assert given(take_back(but_one, fresh)) == {**given(begun), "c6": ("wrong", "person")}


def test_all_but_one_takes_a_photo_of_the_label_where_an_item_always_wants_one() -> None:
    checklist = listed("do_uong", DAY)
    all_ok, fresh = all_in_order(checklist, begin(checklist, NOTHING), "a" * 64)
    assert {each.item: each.photo for each in all_ok.answers if each.photo} == {"o2": "a" * 64}
    assert take_back(all_ok, fresh) == begin(checklist, NOTHING)


def test_reason_and_photo_stay_with_an_answer_that_is_changed() -> None:
    filled = give_reason(answer(begin(PACKED, NOTHING), "c6", Answered.WRONG), "c6", "dán đè hạn dùng")
    filled = answer(give_photo(filled, "c6", "ab" * 32), "c6", Answered.MISSING)
    assert filled.answers == (ItemAnswer("c6", "missing", "person", "dán đè hạn dùng", "ab" * 32),)
    assert give_photo(begin(PACKED, NOTHING), "c6", "ab" * 32).answers[0].answer == "not_checked"
    assert give_reason(begin(PACKED, NOTHING), "c6", "x").answers == ()


def test_new_facts_change_what_code_and_certificate_answered_and_nothing_else() -> None:
    begun = begin(PACKED, Facts(DAY, expiry=Seen("2026-01-01"), certificate=IN_FORCE))
    filled = give_photo(answer(begun, "d2", Answered.OK), "o3", "ab" * 32)
    later = refresh(PACKED, filled, NOTHING)
    assert given(later) == {"d2": ("ok", "person"), "o3": ("ok", "certificate")}  # a photo was added to the last


def test_another_group_keeps_what_a_person_has_answered_of_the_same_items() -> None:
    filled = answer(answer(begin(PACKED, NOTHING), "c1", Answered.OK), "tp1", Answered.WRONG)
    other = begin(listed("luong_thuc"), NOTHING, filled)
    assert given(other) == {"c1": ("ok", "person")}
    assert (other.group, other.law, other.day) == ("luong_thuc", "ND37/2026", "2026-11-28")
    assert begin(PACKED, NOTHING, replace(filled, version="0" * 64)).answers == ()  # there the ids may mean others


def test_a_list_that_was_filled_is_found_again_in_its_own_version_only() -> None:
    filled = begin(PACKED, NOTHING)
    assert chosen(OWN, filled) == PACKED
    assert chosen(OWN, replace(filled, version="0" * 64)) is None
    assert chosen(OWN, replace(filled, group="unknown")) is None


def test_answers_stand_in_the_order_of_the_items() -> None:
    filled = answer(answer(begin(PACKED, NOTHING), "t4", Answered.OK), "c1", Answered.OK)
    assert [each.item for each in in_order(PACKED, filled).answers] == ["c1", "t4"]
