from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.compatibility.old import HOSTS, unpack_server
from tests.faults.postgresql import binaries, temporary_postgresql
from tests.server.scratch_database import scratch_database
from tests.support.registry_server import RegistryServer


@dataclass(frozen=True)
class BroughtUp:
    """A running server, what version 0.1.0 knew of its data then, and where the data is: `url` if not in its folder."""

    server: RegistryServer
    then: dict[str, Any]
    url: str | None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL to make databases in: the one that DATABASE_URL names, else a temporary one."""
    named = os.environ.get("DATABASE_URL", "")
    if named.startswith("postgres"):
        yield named
        return
    if binaries() is None:
        pytest.skip("there is no PostgreSQL here, and DATABASE_URL names none")
    with temporary_postgresql() as cluster:
        yield cluster.url


KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@contextmanager
def _fresh(request: pytest.FixtureRequest) -> Iterator[tuple[str, str | None]]:
    """The kind of database, and the address of a fresh one where it is PostgreSQL."""
    if request.param == "sqlite":
        yield "sqlite", None
        return
    url = request.getfixturevalue("postgresql")
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("DATABASE_URL", url)
            fresh = stack.enter_context(scratch_database(empty=True))
        yield "postgresql", fresh["DATABASE_URL"]


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest) -> Iterator[tuple[str, str | None]]:
    """The kind of database, and the address of a fresh one where it is PostgreSQL."""
    with _fresh(request) as fresh:
        yield fresh


@pytest.fixture(scope="module", params=KINDS)
def brought_up(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BroughtUp]:
    """A database of version 0.1.0 that today's server has opened, for the tests that leave it as it is."""
    folder = tmp_path_factory.mktemp("server")
    with _fresh(request) as (kind, url):
        then = unpack_server(folder, kind, url)
        with RegistryServer(folder, env=HOSTS | ({"DATABASE_URL": url} if url else {})) as server:
            yield BroughtUp(server, then, url)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The server's data folder."""
    made = tmp_path / "server"
    made.mkdir()
    return made
