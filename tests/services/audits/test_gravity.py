"""What is to be taken down, what is to be looked at, and what is never held against a product."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.audits.audit import Line
from services.audits.gravity import Do, Klass, Urgency, Why, actions, klass, totals
from services.register.certificates import Today, believed_today
from services.verification import Status
from tests.services.audits.conftest import TODAY, gtin, line, verdict
from tests.support.record_kinds import NOW

BEHIND = replace(TODAY, clock_behind=True)
LATER = believed_today(NOW + timedelta(days=31))
DAY = TODAY.day


def of(status: Status, *reasons: str, **fields: Any) -> Line:
    return line(verdict=verdict(status, *reasons), **fields)


CASES: list[tuple[Line, Klass, Why | None]] = [
    (of(Status.CERTIFIED), Klass.GOOD, None),
    (of(Status.EXPIRES_SOON), Klass.LOOK, Why.CERTIFICATE_ENDS_90),
    (of(Status.NOT_REGISTERED), Klass.OUTSIDE, None),
    (of(Status.NOT_A_PRODUCT_CODE), Klass.OUTSIDE, None),
    (of(Status.NOT_REGISTERED, shows_mark=True), Klass.TAKE_DOWN, Why.MARK_NOT_REGISTERED),
    (of(Status.NOT_REGISTERED, stars_label=4), Klass.TAKE_DOWN, Why.MARK_NOT_REGISTERED),
    (of(Status.NOT_REGISTERED, "mark_not_registered"), Klass.TAKE_DOWN, Why.MARK_NOT_REGISTERED),
    (of(Status.NOT_IN_COPY, shows_mark=True), Klass.LOOK, Why.UNKNOWN),
    (of(Status.COPY_TOO_OLD), Klass.LOOK, Why.UNKNOWN),
    (of(Status.CLOCK_WRONG), Klass.LOOK, Why.UNKNOWN),
    (of(Status.NOT_CERTIFIED), Klass.LOOK, Why.NOT_CERTIFIED),
    (of(Status.UNKNOWN_LINK), Klass.LOOK, Why.UNKNOWN_LINK),
    (of(Status.DOUBTFUL_LINK), Klass.LOOK, Why.DOUBTFUL_LINK),
    (of(Status.WITHDRAWN), Klass.TAKE_DOWN, Why.WITHDRAWN),
    (of(Status.EXPIRED), Klass.TAKE_DOWN, Why.CERTIFICATE_ENDED),
    (of(Status.SUSPECTED_COPY), Klass.TAKE_DOWN, Why.SUSPECTED_COPY),
    (of(Status.CODE_MISMATCH), Klass.TAKE_DOWN, Why.CODE_MISMATCH),
    (of(Status.STATEMENT_INVALID), Klass.TAKE_DOWN, Why.STATEMENT_INVALID),
    (of(Status.STAR_MISMATCH), Klass.TAKE_DOWN, Why.STARS_ABOVE),
    (of(Status.MALFORMED), Klass.NOT_READ, Why.NOT_READ),
    (line(verdict=None), Klass.NOT_READ, Why.NOT_READ),
    (line(verdict=replace(verdict(), status="of_a_later_version")), Klass.LOOK, Why.UNKNOWN),
    (of(Status.CERTIFIED, expiry=DAY - timedelta(days=1)), Klass.TAKE_DOWN, Why.PACK_EXPIRED),
    (of(Status.NOT_REGISTERED, expiry=DAY - timedelta(days=1)), Klass.TAKE_DOWN, Why.PACK_EXPIRED),
    (of(Status.CERTIFIED, expiry=DAY), Klass.LOOK, Why.PACK_EXPIRES),
    (of(Status.CERTIFIED, expiry=DAY + timedelta(days=30)), Klass.LOOK, Why.PACK_EXPIRES),
    (of(Status.CERTIFIED, expiry=DAY + timedelta(days=31)), Klass.GOOD, None),
]


@pytest.mark.parametrize(("case", "of_class", "why"), CASES)
def test_each_verdict_has_its_class_and_its_action(case: Line, of_class: Klass, why: Why | None) -> None:
    assert klass(case, TODAY) is of_class
    assert [action.reason for action in actions([case], TODAY)] == ([why] if why else [])


def test_every_status_of_a_verdict_is_placed() -> None:
    assert {case.verdict.status for case, _klass, _why in CASES if case.verdict} >= {each.value for each in Status}


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.SUSPECTED_COPY, Status.STAR_MISMATCH])
@pytest.mark.parametrize("today", [LATER, BEHIND])
def test_a_stale_copy_and_a_wrong_clock_accuse_nobody(status: Status, today: Today) -> None:
    case = of(status, expiry=DAY - timedelta(days=1) if today is BEHIND else None)
    assert klass(case, today) is Klass.LOOK
    assert [(each.what, each.reason, each.also) for each in actions([case], today)] == [
        (Do.CHECK_AGAIN, Why.UNKNOWN, ())
    ]
    marked = of(Status.NOT_REGISTERED, shows_mark=True)
    assert klass(marked, today) is Klass.LOOK
    without_date = replace(case, expiry=None, verdict=replace(verdict(status), as_of=None))
    assert klass(without_date, TODAY) is Klass.LOOK


def test_a_withdrawal_and_what_a_pack_itself_says_hold_whatever_the_age_of_the_copy() -> None:
    for status in (Status.WITHDRAWN, Status.CODE_MISMATCH, Status.STATEMENT_INVALID):
        assert klass(of(status), LATER) is Klass.TAKE_DOWN


def test_actions_are_sorted_by_what_it_costs_to_ignore_them() -> None:
    certified = verdict()
    lines = [
        line(1, verdict=certified),
        line(2, verdict=verdict(Status.EXPIRES_SOON)),
        line(3, expiry=DAY + timedelta(days=20)),
        line(4, expiry=DAY + timedelta(days=2)),
        line(5, verdict=verdict(Status.UNKNOWN_LINK)),
        line(6, verdict=verdict(Status.NOT_REGISTERED), shows_mark=True),
        line(7, verdict=verdict(Status.STAR_MISMATCH)),
        line(8, verdict=verdict(Status.SUSPECTED_COPY)),
        line(9, verdict=verdict(Status.EXPIRED), expiry=DAY - timedelta(days=9)),
        line(10, verdict=verdict(Status.WITHDRAWN)),
        line(11, verdict=verdict(Status.WITHDRAWN), quantity=0),
        line(12, expiry=DAY - timedelta(days=3)),
    ]
    ends = {gtin(1): DAY + timedelta(days=31), gtin(2): DAY + timedelta(days=30), gtin(4): DAY + timedelta(days=400)}
    found = actions(lines, TODAY, ends)
    assert [each.n for each in found] == [10, 9, 12, 8, 7, 6, 5, 4, 3, 2, 1]
    assert [each.urgency for each in found] == sorted(each.urgency for each in found)
    by_n = {each.n: each for each in found}
    assert (by_n[9].reason, by_n[9].also, by_n[9].what) == (Why.CERTIFICATE_ENDED, (Why.PACK_EXPIRED,), Do.TAKE_DOWN)
    assert (by_n[12].days, by_n[4].days, by_n[2].days) == (-3, 2, 30)
    assert (by_n[2].reason, by_n[1].reason) == (Why.CERTIFICATE_ENDS_30, Why.CERTIFICATE_ENDS_60)
    assert (by_n[1].urgency, by_n[1].what) == (Urgency.PLAN, Do.RENEW)


def test_totals_count_lines_and_packs_by_class() -> None:
    lines = [line(1, quantity=3), line(2, verdict=verdict(Status.WITHDRAWN), quantity=2), line(3, quantity=0)]
    found = totals(lines, TODAY)
    assert (found.lines, found.packs) == (2, 5)
    assert (found.lines_of[Klass.GOOD], found.packs_of[Klass.GOOD], found.packs_of[Klass.TAKE_DOWN]) == (1, 3, 2)
    assert found.lines_of[Klass.LOOK] == 0


def test_the_day_is_vietnams() -> None:
    """At 23:30 UTC it is the next day there."""
    today = believed_today(NOW.replace(hour=23, minute=30))
    assert klass(line(expiry=date(2026, 11, 23)), today) is Klass.TAKE_DOWN
