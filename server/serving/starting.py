"""Lets one server at a time prepare a database: migrations, the sample register, the first key."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from django.db import connection
from django.db.backends.utils import CursorWrapper

# Any number will do, as long as nothing else on the database takes a lock of this name.
_LOCK = 0x0C0B
_SECONDS_BETWEEN_TRIES = 0.2
# A large database may take long to migrate.
WAIT_SECONDS = 3600


@contextmanager
def alone() -> Iterator[None]:
    """Wait while another server prepares the same database, then keep the others waiting.

    The lock ends with the process, however it ends. Raises TimeoutError after an hour.
    """
    with _alone_on_postgresql() if connection.vendor == "postgresql" else _alone_on_sqlite():
        yield


@contextmanager
def _alone_on_postgresql() -> Iterator[None]:
    # The lock is a transaction's, on a connection of its own: a pooler lends a session to others in between. A
    # transaction that does nothing has no snapshot, so it holds up no migration that builds an index beside writers.
    own = connection.copy()
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            # Tried again and again, since a statement that waits has a snapshot.
            end = time.monotonic() + WAIT_SECONDS
            while not _taken(cursor):
                if time.monotonic() > end:
                    raise TimeoutError("another server has been preparing this database for an hour")
                time.sleep(_SECONDS_BETWEEN_TRIES)
        yield
    finally:
        own.close()


def _taken(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
    return bool(cursor.fetchone()[0])


@contextmanager
def _alone_on_sqlite() -> Iterator[None]:
    """Hold SQLite's lock of an empty file beside the database, which every system has and no crash leaves behind."""
    path = f"{connection.settings_dict['NAME']}.starting"
    with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise TimeoutError("another server has been preparing this database for an hour") from error
        yield
