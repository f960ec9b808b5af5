"""Which of the two ways a database is copied by: SQLite's or PostgreSQL's. Both modules have the same functions."""

from __future__ import annotations

from types import ModuleType

from django.db import connection

from backups import postgresql, sqlite
from backups.folder import BackupRefused

_ENGINES = {"sqlite": sqlite, "postgresql": postgresql}


def engine() -> ModuleType:
    """The way of the database that this server uses."""
    return _ENGINES[connection.vendor]


def engine_of(name: str) -> ModuleType:
    """The way of a backup's database. Raises BackupRefused for one that this server does not use."""
    if name != connection.vendor:
        raise BackupRefused(
            f"The backup is of a database of {name}, and DATABASE_URL leads to one of {connection.vendor}. "
            "Nothing was changed. Set DATABASE_URL to a database of the same kind."
        )
    return engine()
