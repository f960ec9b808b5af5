"""A database for one live server."""

from __future__ import annotations

import atexit
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.support.registry_server import RegistryServer, state_of_the_server


@contextmanager
def scratch_database(*, empty: bool = False) -> Iterator[dict[str, str]]:
    """DATABASE_URL of a new database in the PostgreSQL that DATABASE_URL names; nothing where it names none.

    The sample register is in it, and no key that signs: the server that is started on it makes its own.
    """
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield {}
        return
    name = f"ocop_live_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as server:
        if empty:
            server.execute(f'CREATE DATABASE "{name}"'.encode())
        else:
            _copy(server, name)
        try:
            yield {"DATABASE_URL": _url(name)}
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _copy(server: psycopg.Connection[Any], name: str) -> None:
    """Copy the prepared database. Migrating takes long: the first that needs it makes it, and drops it in the end."""
    prepared = f"ocop_prepared_{state_of_the_server()}"
    server.execute("SELECT pg_advisory_lock(hashtext('ocop_prepared'))")
    try:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [prepared]).fetchone():
            making = f"{prepared}_making"
            server.execute(f'DROP DATABASE IF EXISTS "{making}"'.encode())
            server.execute(f'CREATE DATABASE "{making}"'.encode())
            with tempfile.TemporaryDirectory() as data:
                RegistryServer(Path(data), env={"DATABASE_URL": _url(making)}).start().stop()
            with psycopg.connect(_url(making)) as made:
                made.execute("DELETE FROM register_issuerkey; DELETE FROM register_historicalissuerkey")
            server.execute(f'ALTER DATABASE "{making}" RENAME TO "{prepared}"'.encode())
            atexit.register(drop, os.environ["DATABASE_URL"], prepared)
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{prepared}"'.encode())
    finally:
        server.execute("SELECT pg_advisory_unlock(hashtext('ocop_prepared'))")


def _url(name: str) -> str:
    base, _, options = os.environ["DATABASE_URL"].partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{options}" if options else "")


def drop(url: str, name: str) -> None:
    """Drop a database of the PostgreSQL at this address."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"'.encode())
