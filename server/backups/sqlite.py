"""Copies an SQLite database while it is in use, reads the copy back, and puts one in the place of another."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from backups.folder import NOT_MADE, BackupRefused, sync_file
from backups.rows import Rows, differences, record_tables
from records.storage import sync_folder

FILE = "database.sqlite3"


def name() -> str:
    """The name by which whoever replaces this database has to call it."""
    return _path().name


def is_empty() -> bool:
    """Whether nothing would be lost where another database took this one's place."""
    path = _path()
    if not path.exists() or not path.stat().st_size:
        return True
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as found:
        return not found.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def size() -> int:
    """How many bytes a backup of it may need, at most."""
    return sum(path.stat().st_size for path in (_path(), Path(f"{_path()}-wal")) if path.exists())


def refuse_while_used() -> None:
    """Raise BackupRefused where another program holds the database open."""
    if not _path().exists():
        return
    connection.close()
    try:
        with contextlib.closing(sqlite3.connect(_path(), timeout=1)) as own:
            # Leaving this mode takes a lock that nobody else may share, and clears the files beside the database.
            own.execute("PRAGMA journal_mode=DELETE").fetchone()
            own.execute("PRAGMA journal_mode=WAL").fetchone()
    except sqlite3.OperationalError:
        raise BackupRefused(f"{_path()} is in use. Stop the server, and try again. Nothing was changed.") from None


def dump(path: Path) -> None:
    """Copy the database as the transaction of this process sees it. Raises BackupRefused."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as copy:
            connection.connection.backup(copy)
    except sqlite3.Error as error:
        raise BackupRefused(f"The database could not be copied ({error}). {NOT_MADE}") from error
    sync_file(path)


def read_back(path: Path) -> Rows:
    """Read all of a copy. Raises BackupRefused where it is damaged."""
    found = Rows()
    try:
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            if (told := copy.execute("PRAGMA integrity_check").fetchone()) != ("ok",):
                raise BackupRefused(f"{path} is damaged: {told[0]}")
            if copy.execute("PRAGMA foreign_key_check").fetchone():
                raise BackupRefused(f"{path} is damaged: rows name others that are not there.")
            named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
            for (table,) in copy.execute(named).fetchall():
                (found.counted[table],) = copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
            for table in record_tables() & found.counted.keys():
                columns = {row[1] for row in copy.execute(f'PRAGMA table_info("{table}")')}
                whole = " WHERE erased_at IS NULL" if "erased_at" in columns else ""
                for record, sha256, body in copy.execute(f'SELECT id, sha256, body FROM "{table}"{whole}'):  # noqa: S608
                    found.look_at(table, str(record), sha256, body.encode())
    except sqlite3.Error as error:
        raise BackupRefused(f"{path} is damaged ({error}).") from error
    return found


def load(path: Path, rows: Mapping[str, int], afterwards: Sequence[str]) -> str:
    """Put a copy in the place of the database, after some statements; where the one before it is now, or nothing.

    All is made ready aside and compared with `rows`. Then one renaming puts it in place. Raises BackupRefused.
    """
    target = _path()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = target.with_name(f".restoring-{target.name}")
    try:
        for journal in _beside(aside):
            journal.unlink()
        shutil.copyfile(path, aside)
        if told := differences(rows, read_back(aside).counted):
            raise BackupRefused(f"What was restored is not what was backed up: {'; '.join(told)}")
        with contextlib.closing(sqlite3.connect(aside, isolation_level=None)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE").fetchone()
            copy.execute("BEGIN")
            for statement in afterwards:
                copy.execute(statement)
            copy.execute("COMMIT")
        sync_file(aside)
        before, stamp = "", f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        if target.exists():
            refuse_while_used()
            _settle(target)
            kept = target.with_name(f"{target.name}.{stamp}")
            os.link(target, kept)
            before = str(kept)
        connection.close()
        for journal in _beside(target):  # of a database that somebody moved away: it may hold what that one lacks
            journal.rename(journal.with_name(journal.name.replace(target.name, f"{target.name}.{stamp}", 1)))
        aside.replace(target)
        sync_folder(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise BackupRefused(f"{target} could not be written ({error}). The database before it stays.") from error
    finally:
        aside.unlink(missing_ok=True)
    return before


def _beside(database: Path) -> list[Path]:
    """The journals of a database that is not there any more. SQLite would play them into the next of this name."""
    journals = (database.with_name(f"{database.name}{end}") for end in ("-journal", "-wal", "-shm"))
    return [journal for journal in journals if journal.exists()]


def _settle(target: Path) -> None:
    """Bring what stands beside a database into it, so that it is whole where it is kept."""
    with contextlib.closing(sqlite3.connect(target, timeout=1)) as own:
        own.execute("PRAGMA journal_mode=DELETE").fetchone()


def _path() -> Path:
    return Path(connection.settings_dict["NAME"]).resolve()
