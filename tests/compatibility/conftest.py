from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.postgresql import binaries, temporary_postgresql
from tests.server.scratch_database import scratch_database


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL to make databases in: the one that DATABASE_URL names, else a temporary one."""
    named = os.environ.get("DATABASE_URL", "")
    if named.startswith("postgres"):
        yield named
        return
    if binaries() is None:
        pytest.skip("there is no PostgreSQL here, and DATABASE_URL names none")
    with temporary_postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Iterator[tuple[str, str | None]]:
    """The kind of database, and the address of a fresh one where it is PostgreSQL."""
    if request.param == "sqlite":
        yield "sqlite", None
        return
    url = request.getfixturevalue("postgresql")
    with ExitStack() as stack:
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        environment.setenv("DATABASE_URL", url)
        fresh = stack.enter_context(scratch_database(empty=True))
        yield "postgresql", fresh["DATABASE_URL"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The server's data folder."""
    made = tmp_path / "server"
    made.mkdir()
    return made
