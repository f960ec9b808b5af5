"""What an upgrade does to the database is survived by the version before, which goes on beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.migration_lint import WAYS, refused
from tests.support.registry_server import ROOT

REASON = "Nothing has read this column since the release before; a test searches the code for it."
SURVIVED = {
    "null", "default in the database", "a reference", "a new table", "forgotten by the models alone",
    "forgotten, with a default", "an index beside writers", "an index dropped beside writers", "rows filled",
}  # fmt: skip


def ask(module: str, url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "OCOP_SERVER_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.postgresql
@pytest.mark.slow
def test_migrations_since_the_last_release_are_survived(postgresql: str, tmp_path: Path) -> None:
    told = ask("tests.support.migration_lint", postgresql, tmp_path)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.postgresql
@pytest.mark.slow
def test_each_kind_of_change_is_told_apart(postgresql: str, tmp_path: Path) -> None:
    told = ask("tests.compatibility.made_up_migrations", postgresql, tmp_path)
    assert told.returncode == 0, told.stderr
    found: dict[str, list[str]] = json.loads(told.stdout)
    assert {name for name, codes in found.items() if not codes} == SURVIVED
    assert {name: codes for name, codes in found.items() if codes} == {
        "forgotten, without a default": ["FORGOTTEN"],
        "a reference with its index": ["CREATE_INDEX"],
        "no default": ["NOT_NULL"],
        "default in Python alone": ["NOT_NULL"],
        "default in Python beside one in the database": ["NOT_NULL"],
        "null no more": ["NOT_NULL"],
        "dropped": ["DROP_COLUMN"],
        "renamed": ["RENAME_COLUMN"],
        "another type": ["ALTER_COLUMN"],
        "table renamed": ["RENAME_TABLE"],
        "table dropped": ["DROP_TABLE"],
        "an index that keeps writers": ["CREATE_INDEX"],
        "an index that keeps writers behind one of a new table": ["CREATE_INDEX"],
        "an index dropped": ["CREATE_INDEX", "DROP_INDEX"],
        "unique": ["ADD_UNIQUE"],
        "unique behind a new table": ["ADD_UNIQUE"],
        "a constraint": ["ADD_CONSTRAINT"],
        "a constraint for what comes": ["ADD_CONSTRAINT"],
        "a table changed by a function": ["RUNPYTHON_SCHEMA"],
        "no way back": ["RUNPYTHON_REVERSIBLE"],
    }
    assert {code for codes in found.values() for code in codes} <= set(WAYS)


def test_an_exception_needs_a_reason_and_only_where_it_is_one() -> None:
    assert refused({"DROP_COLUMN"}, {}) == {"DROP_COLUMN"}
    assert refused({"DROP_COLUMN"}, {"DROP_COLUMN": REASON}) == set()
    assert refused({"DROP_COLUMN"}, {"DROP_COLUMN": "old"}) == {"NO_REASON"}
    assert refused({"DROP_COLUMN", "NOT_NULL"}, {"DROP_COLUMN": REASON}) == {"NOT_NULL"}
    assert refused(set(), {"DROP_COLUMN": REASON}) == {"NO_NEED"}
