"""Lets a migration wait for its locks without holding up everybody else."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import OperationalError, connection

from querying.pooler import is_pooled

logger = logging.getLogger(__name__)

# Who wants a table for itself alone waits for all that use it now, and all that come later wait behind it.
LONGEST_WAIT = "250ms"
PAUSE = 1.0
# A backup reads for as long as it takes.
LONGEST = 3600.0
_NO_LOCK = "55P03"  # PostgreSQL: lock_not_available


def patiently(migrate: Callable[[], object]) -> None:
    """Run `migrate` until each of its steps has got its locks at once, on PostgreSQL; elsewhere just run it.

    A step that has to wait is taken back and tried again after a second, so that nobody else waits any longer than it
    did. Raises what `migrate` raises, and after an hour of tries the last OperationalError.
    """
    if connection.vendor == "postgresql":
        _in_tries(migrate)
    else:
        migrate()


def _in_tries(migrate: Callable[[], object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        before = cursor.fetchone()[0]
    end = time.monotonic() + LONGEST
    try:
        while not _got_its_locks(migrate, is_last=time.monotonic() > end):
            logger.info("migration_waits")
            time.sleep(PAUSE)
    finally:
        _set(before)


def _got_its_locks(migrate: Callable[[], object], *, is_last: bool) -> bool:
    _set(LONGEST_WAIT)
    try:
        migrate()
    except OperationalError as error:
        if is_last or getattr(error.__cause__, "sqlstate", None) != _NO_LOCK:
            raise
        return False
    return True


def _set(lock_timeout: str) -> None:
    if is_pooled():  # it would be set for others; the role has its own limit
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [lock_timeout])
