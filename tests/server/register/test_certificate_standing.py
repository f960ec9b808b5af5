"""What a certificate is worth on a day, by the table that the app shares, and what day it is in Vietnam."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from register import days
from register.certificates import SOON, last_day, standing_on

ROOT = Path(__file__).resolve().parents[3]
CASES = json.loads((ROOT / "tests" / "support" / "certificate_cases.json").read_text("utf-8"))


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_a_case_of_the_table(case: dict[str, Any]) -> None:
    dates = [day(case[name]) for name in ("today", "valid_from", "valid_to", "withdrawn_on")]
    standing = standing_on(*dates)  # type: ignore[arg-type]
    assert (standing.state.value, standing.will_be_withdrawn_on) == (case["state"], day(case["will_be_withdrawn_on"]))


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_its_last_day_is_the_last_one_in_force(case: dict[str, Any]) -> None:
    """Counted day by day."""
    begin, end, withdrawn_on = (day(case[name]) for name in ("valid_from", "valid_to", "withdrawn_on"))
    assert begin
    assert end
    whole = [begin + timedelta(n) for n in range((end - begin).days + 2)]
    in_force = [one for one in whole if standing_on(one, begin, end, withdrawn_on).in_force]
    last = last_day(end, withdrawn_on)
    assert in_force == [one for one in whole if one <= last]


def test_the_end_is_near_for_ninety_days_and_its_last_day() -> None:
    begin, end = date(2025, 1, 1), date(2027, 12, 31)
    told = [end - timedelta(n) for n in range(-1, 120) if standing_on(end - timedelta(n), begin, end, None).ends_soon]
    assert (min(told), max(told)) == (end - SOON, end)


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        (datetime(2026, 11, 22, 16, 59, 59, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 17, 0, 0, tzinfo=UTC), date(2026, 11, 23)),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Auckland"])
def test_the_day_is_vietnams_whatever_zone_is_set(
    monkeypatch: pytest.MonkeyPatch, moment: datetime, there: date, zone: str
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)
    with timezone.override(zone):
        assert days.today() == there


def test_no_other_module_of_the_server_asks_which_day_it_is() -> None:
    asked = re.compile(r"localdate\(|date\.today\(|\.now\([^)]*\)\.date\(")
    found = {path.name for path in (ROOT / "server").rglob("*.py") if asked.search(path.read_text("utf-8"))}
    assert found == set()
