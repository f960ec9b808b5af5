"""What scans, keys and undo do to lines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audits.audit import MOST_QUANTITY, Done, Named, Seen
from services.audits.counting import Count, later, line_size, written
from services.verification import Status
from tests.services.audits.conftest import gtin, line, pack, verdict
from tests.support.record_kinds import NOW


def taken(count: Count, *packs: Seen) -> list[tuple[int | None, int, int]]:
    """The line of each pack, with its quantity and how often it was scanned."""
    found = []
    for each in packs:
        n = count.apply(count.seen(each, NOW))
        assert n is not None
        found.append((n, count.lines[n].quantity, count.lines[n].times))
    return found


def change(what: str, n: int | None = None, **fields: Any) -> dict[str, Any]:
    return {"what": what, "at": NOW.isoformat(), "n": n, **fields}


def test_what_comes_again_adds_to_its_line_and_another_lot_expiry_or_shelf_is_another_line() -> None:
    count, day = Count(), date(2027, 1, 31)
    assert taken(count, pack(), pack(), pack(quantity=12)) == [(1, 1, 1), (1, 2, 2), (1, 14, 3)]
    assert taken(count, pack(2), pack()) == [(2, 1, 1), (1, 15, 4)]
    assert taken(count, pack(lot="L1"), pack(lot="L1", expiry=day), pack(lot="L1")) == [(3, 1, 1), (4, 1, 1), (3, 2, 2)]
    count.apply(change("shelf", shelf="Kệ 2"))
    assert taken(count, pack(), pack(gtin=None), pack(gtin=None)) == [(5, 1, 1), (6, 1, 1), (6, 2, 2)]
    assert (count.lines[4].expiry_by, count.lines[1].expiry_by) == ("code", None)


def test_the_same_pack_by_its_serial_number_is_not_counted_twice() -> None:
    count = Count()
    found = taken(count, pack(serial="S1"), pack(serial="S2"), pack(serial="S1"), pack(2, serial="S1"))
    assert found == [(1, 1, 1), (1, 2, 2), (1, 2, 3), (2, 1, 1)]
    count.apply(change("shelf", shelf="Kệ 2"))
    assert taken(count, pack(serial="S1", lot="L1")) == [(1, 2, 4)], "on whichever shelf, and by whichever of its codes"
    assert taken(count, pack(lot="L1", serial="S3"), pack(lot="L2", serial="S3")) == [(3, 1, 1), (4, 1, 1)]


def test_a_line_holds_so_many_and_no_more() -> None:
    count = Count()
    assert taken(count, pack(quantity=MOST_QUANTITY), pack(quantity=9))[1] == (1, MOST_QUANTITY, 2)


def test_what_is_taken_down_and_scanned_again_is_to_be_taken_down_again() -> None:
    count = Count()
    taken(count, pack(serial="S1"))
    count.apply(change("done", 1, done="taken_down"))
    taken(count, pack(serial="S1"))
    assert count.lines[1].done, "the pack that was taken down was only scanned"
    taken(count, pack())
    assert count.lines[1].done is None


def test_two_lines_that_turn_out_to_be_the_same_become_one() -> None:
    count, day = Count(), date(2027, 1, 31)
    taken(count, pack(expiry=day, quantity=3), pack(), pack(2))
    assert count.apply(change("changed", 2, fields=written({"expiry": day, "expiry_by": "person"}))) == 1
    assert [*count.lines] == [1, 3]
    one = count.lines[1]
    assert (one.quantity, one.times, one.expiry, one.expiry_by) == (4, 2, day, "person")
    assert taken(count, pack()) == [(4, 1, 1)], "the next without a date is a line of its own again"
    told = {"price": 9, "stars_label": 4, "shows_mark": True, "expiry": day, "expiry_by": "person"}
    count.apply(change("changed", 4, fields=written(told)))
    one = count.lines[1]
    assert (one.price, one.stars_label, one.shows_mark) == (9, 4, True), "what was said of either stands"


def test_a_newer_verdict_stands_unless_a_pack_itself_spoke_against_it() -> None:
    good, gone, mismatch = verdict(), verdict(Status.WITHDRAWN), verdict(Status.CODE_MISMATCH)
    assert later(verdict(Status.NOT_IN_COPY), good) == good
    assert later(gone, good) == good, "the register's word of today"
    assert later(mismatch, good) == mismatch, "another pack of the product, or its barcode alone, refutes nothing"
    assert later(good, mismatch) == mismatch
    assert (later(None, good), later(good, None)) == (good, good)


@pytest.mark.parametrize(
    ("before", "after", "stands"),
    [
        (Status.WITHDRAWN, Status.CERTIFIED, "before"),
        (Status.CERTIFIED, Status.EXPIRED, "before"),
        (Status.CERTIFIED, Status.NOT_REGISTERED, "before"),
        (Status.CERTIFIED, Status.NOT_IN_COPY, "before"),
        (Status.WITHDRAWN, Status.COPY_TOO_OLD, "before"),
        (Status.CERTIFIED, Status.COPY_TOO_OLD, "after"),
        (Status.NOT_IN_COPY, Status.CERTIFIED, "after"),
        (Status.CLOCK_WRONG, Status.WITHDRAWN, "after"),
    ],
)
def test_an_older_copy_of_the_register_takes_nothing_back(before: Status, after: Status, stands: str) -> None:
    newer, older = verdict(before, days_old=1), verdict(after, days_old=20)
    assert later(newer, older) == (newer if stands == "before" else older)
    assert later(older, newer) == newer


def test_a_change_of_a_line_that_a_damaged_file_has_lost_does_nothing() -> None:
    whole = Count()
    changes = [whole.seen(pack(), NOW)]
    whole.apply(changes[0])
    changes += [whole.seen(pack(), NOW), change("quantity", 1, quantity=5), change("done", 1, done="checked")]
    assert Count(changes[1:]).lines == {}


_DAYS = st.sampled_from([None, date(2027, 1, 31), date(2027, 2, 28)])
_SEEN = st.builds(
    lambda n, lot, day, quantity, serial: pack(n, lot=lot, expiry=day, quantity=quantity, serial=serial),
    st.integers(1, 3), st.sampled_from([None, "L1"]), _DAYS, st.integers(1, 12), st.sampled_from([None, "S1"]),
)  # fmt: skip
_STEP = st.one_of(
    _SEEN,
    st.sampled_from(["Kệ 1", "Kệ 2"]).map(lambda name: change("shelf", shelf=name)),
    st.builds(lambda n, q: change("quantity", n, quantity=q), st.integers(1, 6), st.integers(0, 50)),
    st.builds(
        lambda n, day: change("changed", n, fields=written({"expiry": day, "expiry_by": day and "person"})),
        st.integers(1, 6),
        _DAYS,
    ),
    st.builds(lambda n: change("done", n, done="checked"), st.integers(1, 6)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_STEP, max_size=25))
def test_lines_follow_from_the_changes_alone_so_leaving_out_the_last_undoes_it(steps: list[Any]) -> None:
    count, changes, states = Count(), [], [Count()]
    packs = 0
    for step in steps:
        made = count.seen(step, NOW) if isinstance(step, Seen) else step
        if isinstance(step, Seen):
            packs += 0 if count.is_counted(step) else step.quantity
        elif made["what"] == "quantity" and made["n"] in count.lines:
            packs += made["quantity"] - count.lines[made["n"]].quantity
        changes.append(made)
        count.apply(made)
        states.append(Count(changes))
    assert sum(line.quantity for line in count.lines.values()) == packs, "no pack is lost or counted twice"
    assert len({line.key for line in count.lines.values()}) == len(count.lines), "one line for each key"
    assert count.size() == Count(changes).size()
    for left, state in zip(range(len(changes), -1, -1), reversed(states), strict=True):
        again = Count(changes[:left])
        assert (again.lines, again.shelf, again.last) == (state.lines, state.shelf, state.last)
    assert count.lines == states[-1].lines


def test_a_moment_keeps_its_fraction_so_that_the_newest_is_on_top() -> None:
    count, at = Count(), datetime(2026, 11, 29, 1, 2, 3, 456789, tzinfo=UTC)
    n = count.apply(count.seen(pack(text="\udc80" + gtin(1)), at))
    assert n is not None
    assert count.lines[n].last_at == at
    assert count.lines[n].text.startswith("?"), "half a surrogate pair is valid nowhere"


def test_the_size_of_a_line_is_never_more_than_is_reckoned() -> None:
    least = line(verdict=None, gtin=None, product=None, shelf="", text="")
    most = line(
        999_999, shelf="k" * 100, text="\x1d" * 500, symbology="gs1_databar_expanded_stacked", input="scanner",
        product=Named("ệ" * 500, '"' * 500), own_name="\\" * 200, lot="l" * 100, expiry=date(2027, 1, 31),
        expiry_by="person", price=1_000_000_000, quantity=999_999, times=999_999, stars_label=5, shows_mark=False,
        verdict=verdict(Status.STATEMENT_INVALID, *["statement_key_not_in_use"] * 9), done=Done("taken_down", NOW),
    )  # fmt: skip
    for each in (least, most):
        size = len(rfc8785.dumps(each.to_json())) + 1
        assert size <= line_size(each) <= size + 250
