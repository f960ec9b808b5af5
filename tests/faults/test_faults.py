"""The whole: everything goes wrong, both ends and the database are killed, and each note and photo arrives once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.plan import Plan
from tests.faults.postgresql import binaries, temporary_postgresql
from tests.faults.run import REQUESTS_A_NOTE, report
from tests.faults.trial import Trial

# `python -m tests.faults.run` does the same with 1,000 notes, which takes some minutes.
NOTES = 30
APP_KILLS, SERVER_KILLS, DATABASE_KILLS = 3, 1, 1
RENAMES = MOVES = 2


@pytest.mark.postgresql
@pytest.mark.skipif(binaries() is None, reason="needs PostgreSQL, which scripts/test installs")
def test_nothing_is_lost_and_nothing_arrives_twice(tmp_path: Path) -> None:
    plan = Plan(
        2026,
        requests=REQUESTS_A_NOTE * NOTES,
        app_kills=APP_KILLS,
        server_kills=SERVER_KILLS,
        database_kills=DATABASE_KILLS,
        renames=RENAMES,
        moves=MOVES,
    )
    with temporary_postgresql() as postgresql:
        outcome = Trial(tmp_path, plan, NOTES, postgresql).run()
    print(report(outcome, NOTES))
    assert outcome.findings.faults == []
    assert (outcome.findings.notes, outcome.findings.photos) == (NOTES, 2 * NOTES)
    # It was not for want of faults.
    assert (outcome.app_kills, outcome.server_kills) == (APP_KILLS, SERVER_KILLS)
    assert outcome.database_kills == DATABASE_KILLS
    assert (outcome.faults["account_renamed"], outcome.faults["address_moved"]) == (RENAMES, MOVES)
    assert outcome.faults.total() > NOTES / 4
    assert outcome.deduplicated > 0
