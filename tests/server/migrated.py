"""Migrates the tests' database once, and not in every process.

A migrated SQLite file is kept for a day and a state of the server's code, a PostgreSQL database for one run.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection
from filelock import FileLock
from scratch_database import drop

from tests.support.registry_server import ROOT, state_of_the_server

_KEPT = ROOT / ".pytest_cache" / "migrated"


@contextmanager
def migrated_once() -> Iterator[None]:
    """Let the next `migrate` copy a migrated database where there is one; those after it really migrate."""
    with pytest.MonkeyPatch.context() as patch:
        migrate = Migrate.handle

        def copy(self: Migrate, *args: Any, **options: Any) -> None:
            patch.undo()
            if connection.vendor != "sqlite":
                _once_in_a_run(lambda: migrate(self, *args, **options))
                return
            _KEPT.mkdir(parents=True, exist_ok=True)
            file = _KEPT / f"{settings.SETTINGS_MODULE}-{state_of_the_server()}.sqlite3"
            with FileLock(_KEPT / "lock"):
                if not file.exists():
                    for other in _KEPT.glob("*.sqlite3"):
                        if other.stat().st_mtime < time.time() - 3600:  # others may be copying a newer one
                            other.unlink()
                    migrate(self, *args, **options)
                    _copy_to(file)
                    return
            connection.ensure_connection()
            with closing(sqlite3.connect(file)) as migrated:
                migrated.backup(connection.connection)

        patch.setattr(Migrate, "handle", copy)
        yield


def _once_in_a_run(migrate: Callable[[], None]) -> None:
    """Put a copy of the migrated database in the place of this one; the first process makes it, of its own."""
    kept = f"ocop_migrated_{settings.SETTINGS_MODULE}_{state_of_the_server()[:12]}"
    url, name = os.environ["DATABASE_URL"], connection.settings_dict["NAME"]
    connection.close()  # a database is copied, or dropped, while nobody is connected
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext('ocop_migrated'))")
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [kept]).fetchone():
            server.execute(f'DROP DATABASE "{name}"'.encode())
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{kept}"'.encode())
        else:
            migrate()
            connection.close()
            server.execute(f'CREATE DATABASE "{kept}" TEMPLATE "{name}"'.encode())
            atexit.register(drop, url, kept)


def _copy_to(file: Path) -> None:
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        made = Path(folder) / file.name
        with closing(sqlite3.connect(made)) as migrated:
            connection.connection.backup(migrated)
        shutil.move(made, file)
