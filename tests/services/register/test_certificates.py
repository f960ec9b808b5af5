"""What day it is believed to be, and what certificates are worth on it: the table of cases that the server runs too."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.register.certificates import (
    SOON,
    VIETNAM,
    CertificateState,
    ProductState,
    Standing,
    believed_today,
    soon_after,
    standing_of,
    standing_on,
    worth,
    worth_of_rows,
)
from services.register.products import Certificate

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "support" / "certificate_cases.json").read_text(encoding="utf-8")
)
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def certificate(first: int, last: int, on: int | None = None, *, stars: int = 3) -> Certificate:
    """Valid from `first` to `last`, withdrawn on `on`, in days from today."""
    withdrawn_on = None if on is None else TODAY + timedelta(on)
    valid = TODAY + timedelta(first), TODAY + timedelta(last)
    return Certificate("1/QĐ-UBND", stars, "148/QĐ-TTg", "UBND tỉnh", *valid, withdrawn_on)


def row(one: Certificate) -> dict[str, Any]:
    """CERTIFICATE of docs/api.md."""
    return {
        "number": one.number,
        "stars": one.stars,
        "valid_from": one.valid_from.isoformat(),
        "valid_to": one.valid_to.isoformat(),
        "withdrawn_on": one.withdrawn_on.isoformat() if one.withdrawn_on else None,
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_every_case_of_the_table(case: dict[str, Any]) -> None:
    today, begin, end = (date.fromisoformat(case[name]) for name in ("today", "valid_from", "valid_to"))
    standing = standing_on(today, begin, end, day(case["withdrawn_on"]))
    assert (standing.state.value, standing.will_be_withdrawn_on) == (case["state"], day(case["will_be_withdrawn_on"]))
    issued = replace(certificate(0, 0), valid_from=begin, valid_to=end, withdrawn_on=day(case["withdrawn_on"]))
    assert standing_of(issued, today) == standing


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_every_case_of_the_table_as_the_register_is_searched(case: dict[str, Any]) -> None:
    state, stars = worth_of_rows(
        [{**case, "stars": 3}], case["today"], soon_after(date.fromisoformat(case["today"])).isoformat()
    )
    said = {
        "not_yet": {ProductState.NOT_CERTIFIED},
        "in_force": {ProductState.CERTIFIED, ProductState.ENDS_SOON},
        "ended": {ProductState.ENDED},
        "withdrawn": {ProductState.WITHDRAWN},
    }
    assert state in said[case["state"]]
    assert stars == (3 if case["state"] == "in_force" else 0)


def test_every_state_is_in_the_table() -> None:
    assert {case["state"] for case in CASES} == set(CertificateState)


def test_soon_begins_ninety_days_before_the_last_day() -> None:
    def soon(last: int) -> tuple[bool, ProductState]:
        issued = certificate(-1, last)
        return standing_of(issued, TODAY).ends_soon, worth([issued], TODAY).state

    assert soon(SOON.days) == (True, ProductState.ENDS_SOON)
    assert soon(SOON.days + 1) == (False, ProductState.CERTIFIED)
    assert soon(-1) == (False, ProductState.ENDED), "what has ended does not end soon"
    assert soon_after(date.max) == date.max, "a clock may stand at the end of all years"


# Days from today: first, last, withdrawn; then the one that speaks, by its place, and what it says.
@pytest.mark.parametrize(
    ("issued", "speaks", "state", "stars"),
    [
        ([], None, ProductState.NOT_CERTIFIED, 0),
        ([(-300, 600, None)], 0, ProductState.CERTIFIED, 3),
        ([(-300, 600, None), (-100, 200, None)], 0, ProductState.CERTIFIED, 4),
        ([(-1000, 9, None), (30, 1100, None)], 0, ProductState.ENDS_SOON, 3),
        ([(-1200, -100, None), (-90, 1000, None)], 1, ProductState.CERTIFIED, 4),
        ([(-1200, -100, None), (30, 1100, None)], 1, ProductState.NOT_CERTIFIED, 0),
        ([(-1200, -100, None), (-2400, -1300, -2000)], 0, ProductState.ENDED, 0),
        ([(-1200, -100, None), (-90, 900, -9)], 1, ProductState.WITHDRAWN, 0),
        # Of two in force, the one that stays so the longest speaks: a withdrawal ahead shortens it.
        ([(-300, 600, 1), (-300, 500, None)], 1, ProductState.CERTIFIED, 4),
        ([(-300, 600, 550), (-300, 500, None)], 0, ProductState.CERTIFIED, 4),
        ([(-300, 600, 500), (-300, 500, None)], 1, ProductState.CERTIFIED, 4),
        ([(-300, 600, 1), (-300, 60, None)], 1, ProductState.ENDS_SOON, 4),
        ([(-300, 600, 900), (-300, 500, None)], 0, ProductState.CERTIFIED, 4),
    ],
)
def test_which_of_several_certificates_speaks(
    issued: list[tuple[int, int, int | None]], speaks: int | None, state: ProductState, stars: int
) -> None:
    certificates = [certificate(*dates, stars=3 + place) for place, dates in enumerate(issued)]
    found = worth(certificates, TODAY)
    assert found.speaks is (None if speaks is None else certificates[speaks])
    assert (found.state, found.stars) == (state, stars)


CERTIFICATES = st.lists(
    st.builds(
        lambda first, length, on, stars: certificate(first, first + length, on, stars=stars),
        st.integers(-40, 40),
        st.integers(0, 200),
        st.none() | st.integers(-60, 260),
        st.sampled_from([3, 4, 5]),
    ),
    max_size=4,
)


@given(CERTIFICATES)
def test_days_and_their_texts_come_to_the_same(issued: list[Certificate]) -> None:
    found = worth(issued, TODAY)
    searched = worth_of_rows([row(one) for one in issued], TODAY.isoformat(), soon_after(TODAY).isoformat())
    assert searched == (found.state, found.stars)


@given(CERTIFICATES)
def test_what_speaks_agrees_with_its_own_standing(issued: list[Certificate]) -> None:
    found = worth(issued, TODAY)
    in_force = [one for one in issued if standing_of(one, TODAY).state is CertificateState.IN_FORCE]
    assert list(found.in_force) == in_force
    if found.speaks is None:
        assert not issued
        return
    standing = standing_of(found.speaks, TODAY)
    assert (standing.state is CertificateState.IN_FORCE) == bool(in_force)
    assert standing.ends_soon == (found.state is ProductState.ENDS_SOON)
    # Nothing in force outlives what speaks.
    later = TODAY
    while any(standing_of(one, later).state is CertificateState.IN_FORCE for one in in_force):
        last, later = later, later + timedelta(days=1)
        assert standing_of(found.speaks, last) != Standing(CertificateState.ENDED)
        assert standing_of(found.speaks, last).state is CertificateState.IN_FORCE


@pytest.mark.parametrize(
    ("now", "passed", "moment", "behind"),
    [
        (NOW, [], NOW, False),
        (NOW, [None, None], NOW, False),
        (NOW, [NOW - timedelta(days=400)], NOW, False),
        (NOW, [NOW + timedelta(hours=1)], NOW + timedelta(hours=1), False),
        (NOW, [NOW + timedelta(days=1)], NOW + timedelta(days=1), False),
        (NOW, [None, NOW + timedelta(days=1, seconds=1)], NOW + timedelta(days=1, seconds=1), True),
        (NOW - timedelta(days=400), [NOW, NOW - timedelta(days=9)], NOW, True),
    ],
)
def test_the_latest_moment_that_has_come_is_believed(
    now: datetime, passed: list[datetime | None], moment: datetime, behind: bool
) -> None:
    today = believed_today(now, *passed)
    assert (today.moment, today.clock_behind) == (moment, behind)


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        (datetime(2026, 11, 22, 16, 59, 59, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 0, 0, tzinfo=VIETNAM), date(2026, 11, 23)),
        (datetime(2026, 11, 22, 8, 0, tzinfo=timezone(timedelta(hours=-10))), date(2026, 11, 23)),
    ],
)
def test_the_day_is_that_of_vietnam(moment: datetime, there: date) -> None:
    assert believed_today(moment).day == there
