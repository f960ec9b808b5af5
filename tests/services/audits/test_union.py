"""What stands on the shelves by all tills, and what has changed since the last time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.audits.audit import Line
from services.audits.comparing import Change, compare
from services.audits.union import Looked, ShelfState, union
from services.register.certificates import believed_today
from services.verification import Status
from tests.services.audits.conftest import TODAY, gtin, line, looked, verdict
from tests.support.record_kinds import NOW

YESTERDAY = NOW - timedelta(days=1)


def told(state: ShelfState) -> dict[str, dict[str | None, int]]:
    return {shelf.name: {each.gtin: each.quantity for each in shelf.lines} for shelf in state.shelves}


def test_a_shelf_stands_as_on_its_newest_day_by_all_tills_of_that_day() -> None:
    state = union(
        [
            looked("1", [line(1, at=YESTERDAY), line(2, at=YESTERDAY, shelf="Kệ 2", quantity=7)], "a"),
            looked("2", [line(2, quantity=2)], "a"),
            looked("3", [line(2, quantity=3), line(3, quantity=0)], "b"),
        ]
    )
    assert told(state) == {"Kệ 1": {gtin(2): 5}, "Kệ 2": {gtin(2): 7}}
    assert [(shelf.day, shelf.audits) for shelf in state.shelves] == [
        (date(2026, 11, 23), ("2", "3")),
        (date(2026, 11, 22), ("1",)),
    ]
    assert [each.n for each in state.lines] == [1, 2]
    assert state.shelves[0].standing[0].sources == (("2", 2), ("3", 2))


def test_one_till_that_counts_a_line_again_on_a_day_has_corrected_it_and_what_it_left_out_still_stands() -> None:
    later = NOW + timedelta(hours=1)
    state = union([looked("1", [line(1, quantity=5), line(2)]), looked("2", [line(1, at=later, quantity=4)])])
    assert told(state) == {"Kệ 1": {gtin(1): 4, gtin(2): 1}}


def test_an_audit_over_midnight_is_of_one_day() -> None:
    midnight = NOW.replace(hour=17, minute=0)  # in Vietnam
    before, after = midnight - timedelta(minutes=5), midnight + timedelta(minutes=5)
    state = union([looked("1", [line(1, at=before), line(2, at=after)]), looked("2", [line(3, at=before)], "b")])
    assert told(state) == {"Kệ 1": {gtin(1): 1, gtin(2): 1}}
    assert state.shelves[0].day == date(2026, 11, 24)


def test_a_till_with_a_wrong_clock_has_not_looked_tomorrow() -> None:
    ahead = NOW + timedelta(days=400)
    right = looked("1", [line(1)])
    known = looked("2", [line(2, at=ahead)], "b", clock_offset=-400 * 86_400)
    arrived = looked("3", [line(3, at=ahead)], "c", not_after=NOW + timedelta(minutes=1))
    assert told(union([right, known, arrived])) == {"Kệ 1": {gtin(1): 1, gtin(2): 1, gtin(3): 1}}


def test_a_clock_at_the_end_of_all_times_hides_no_shelf() -> None:
    end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    state = union([looked("1", [line(1, at=end)], "b", clock_offset=9, not_after=NOW), looked("2", [line(2)])])
    assert told(state) == {"Kệ 1": {gtin(1): 1, gtin(2): 1}}


def test_what_one_till_was_told_of_the_label_stands_where_the_other_was_not() -> None:
    asked, not_asked = line(stars_label=4, shows_mark=True, price=9), line(at=NOW + timedelta(hours=1))
    (each,) = union([looked("1", [asked]), looked("2", [not_asked], "b")]).lines
    assert (each.stars_label, each.shows_mark, each.price) == (4, True, 9)


def test_a_pack_that_one_till_found_wrong_is_not_made_good_by_another() -> None:
    wrong = line(verdict=verdict(Status.CODE_MISMATCH))
    good = line(at=NOW + timedelta(hours=1))
    (each,) = union([looked("1", [wrong]), looked("2", [good], "b")]).lines
    assert each.verdict
    assert (each.verdict.status, each.quantity) == (Status.CODE_MISMATCH, 2)


_LINES = st.lists(
    st.builds(
        lambda n, shelf, quantity, hours: line(
            n, shelf=shelf, quantity=quantity, at=NOW - timedelta(hours=hours), gtin=gtin(n % 3)
        ),
        st.integers(1, 6),
        st.sampled_from(["", "Kệ 1", "Kệ 2"]),
        st.integers(0, 4),
        st.integers(0, 48),
    ),
    max_size=4,
    unique_by=(lambda each: each.n, lambda each: each.key),
)
_AUDITS = st.lists(
    st.builds(lambda lines, till: (lines, till), _LINES, st.sampled_from("ab")), min_size=1, max_size=4
).map(lambda audits: [looked(str(n), lines, till) for n, (lines, till) in enumerate(audits)])


@settings(max_examples=40, deadline=None)
@given(_AUDITS, st.randoms(use_true_random=False))
def test_the_union_does_not_depend_on_the_order_and_an_audit_counts_once(audits: list[Looked], chance: object) -> None:
    state = union(audits)
    shuffled = [*audits, audits[0]]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert union(shuffled) == state
    named = {each["shelf"] for audit in audits for each in audit.lines if each["quantity"]}
    assert {shelf.name for shelf in state.shelves} == named, "no shelf is lost"
    counted = Counter({each.key: each.quantity for each in state.lines})
    assert len(counted) == len(state.lines), "one line for each key"
    for shelf in state.shelves:
        own = [Line.from_json(each) for a in audits if a.audit in shelf.audits for each in a.lines if each["quantity"]]
        assert {each.key for each in own if each.shelf == shelf.name} == {each.key for each in shelf.lines}
        for key in {each.key for each in shelf.lines}:
            packs = [each.quantity for each in own if each.key == key]
            assert counted[key] <= sum(packs), "none more than was seen"
            assert counted[key] == sum(packs) or len(packs) > 1


def test_what_is_gone_new_or_otherwise_is_told_of_shelves_that_were_looked_at_both_times() -> None:
    before = union(
        [
            looked(
                "1",
                [
                    line(1, at=YESTERDAY),
                    line(2, at=YESTERDAY, quantity=3),
                    line(3, at=YESTERDAY),
                    line(4, at=YESTERDAY, lot="L1"),
                    line(5, at=YESTERDAY, shelf="Kệ 9"),
                ],
            )
        ]
    )
    after = union(
        [
            looked(
                "2",
                [
                    line(2, quantity=1),
                    line(3, verdict=verdict(Status.WITHDRAWN)),
                    line(4, lot="L2"),
                    line(6),
                    line(7, shelf="Kệ 2"),
                ],
            )
        ]
    )
    found = compare(before, after, TODAY)
    assert [(each.change, (each.after or each.before).gtin) for each in found.differences] == [  # type: ignore[union-attr]
        (Change.STATE, gtin(3)),
        (Change.GONE, gtin(1)),
        (Change.NEW, gtin(6)),
        (Change.QUANTITY, gtin(2)),
    ]
    assert (found.differences[3].packs_before, found.differences[3].packs_after) == (3, 1)
    assert (found.compared, found.not_looked_at, found.first_time, found.same) == (("Kệ 1",), ("Kệ 9",), ("Kệ 2",), 1)


def test_what_was_not_known_is_no_change_and_a_date_that_passed_is_one() -> None:
    def change(then: Line, now: Line) -> list[Change]:
        before, after = union([looked("1", [replace(then, last_at=YESTERDAY)])]), union([looked("2", [now])])
        return [each.change for each in compare(before, after, TODAY).differences]

    outside, unknown = verdict(Status.NOT_REGISTERED), verdict(Status.NOT_IN_COPY)
    assert change(line(verdict=outside), line(verdict=unknown)) == []
    assert change(line(verdict=None), line()) == []
    day = date(2026, 11, 22)
    assert change(line(expiry=day), line(expiry=day)) == [Change.STATE]
    much_later = believed_today(NOW + timedelta(days=40))
    stale = union([looked("1", [line(verdict=verdict(Status.EXPIRED))])])
    assert compare(stale, stale, much_later).differences == (), "an old copy cannot say it any more"
