"""Migrates the tests' SQLite database once a day for each state of the server's code, and not in every process."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection
from filelock import FileLock

from tests.support.registry_server import ROOT, state_of_the_server

_KEPT = ROOT / ".pytest_cache" / "migrated"


@contextmanager
def migrated_once() -> Iterator[None]:
    """Let the next `migrate` of an SQLite database copy a migrated one; those after it really migrate."""
    with pytest.MonkeyPatch.context() as patch:
        migrate = Migrate.handle

        def copy(self: Migrate, *args: Any, **options: Any) -> None:
            patch.undo()
            if connection.vendor != "sqlite":
                migrate(self, *args, **options)
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


def _copy_to(file: Path) -> None:
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        made = Path(folder) / file.name
        with closing(sqlite3.connect(made)) as migrated:
            connection.connection.backup(migrated)
        shutil.move(made, file)
