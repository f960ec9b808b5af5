"""A database for one live server."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def scratch_database() -> Iterator[dict[str, str]]:
    """DATABASE_URL of a fresh database in the PostgreSQL that DATABASE_URL names; nothing where it names none."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield {}
        return
    name = f"ocop_live_{uuid.uuid4().hex[:8]}"
    base, _, options = url.partition("?")
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield {"DATABASE_URL": f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{options}" if options else "")}
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
