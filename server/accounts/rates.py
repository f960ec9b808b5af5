"""Counts how often one address does something that needs no account, and how often one key is used."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.addresses import client_address
from accounts.models import RequestCount

logger = logging.getLogger(__name__)

HOUR = 3600
MINUTE = 60
# One request in so many deletes the counts of past hours.
_SWEEP = 200
_PATIENCE_MS = 250
"""So long a reading waits for another writer of an SQLite database before it goes on uncounted."""


@dataclass(frozen=True)
class Use:
    """What one use has left of a limit of `limit` uses in `window` seconds, which begins anew in `anew` seconds.

    `over` tells that this use was one too many.
    """

    limit: int
    window: int
    left: int
    anew: int
    over: bool


def use(sender: str, what: str, limit: int, window: int = HOUR, *, count: int = 1) -> Use:
    """Count one `what` of a sender in this window, or `count` of them: 0 asks and counts nothing.

    A single SQL statement counts, so that several workers or servers lose no request. Senders are kept as hashes.
    """
    now = time.time()
    hour, part = int(now // HOUR), int(now // window)
    name = f"{what} {sender} {hour}" if window == HOUR else f"{what} {sender} {window} {part}"
    key = salted_hmac("api.throttle", name, algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_requestcount (key, hour, count) VALUES (%s, %s, %s) "
            "ON CONFLICT (key) DO UPDATE SET count = accounts_requestcount.count + %s RETURNING count",
            [key, hour, count, count],
        )
        (counted,) = cursor.fetchone()
    if random.randrange(_SWEEP) == 0:  # noqa: S311 - no secret
        RequestCount.objects.filter(hour__lt=hour).delete()
    anew = max(1, int((part + 1) * window - now))
    return Use(limit, window, max(0, limit - counted), anew, over=counted > limit)


def seconds_to_wait(request: HttpRequest, what: str, limit: int, *, count: int = 1) -> int:
    """Count one `what` of the request's address in this hour, or `count` of them.

    Returns 0 within the limit, otherwise the seconds until it may be tried again.
    """
    used = use(client_address(request), what, limit, count=count)
    return used.anew if used.over else 0


@contextmanager
def in_passing() -> Iterator[None]:
    """Write what a reading leaves behind, such as its count, where the database takes it at once; else leave it.

    Whoever reads waits for no long writer, and is answered though the disk is full or the database only to be read.
    """
    connection.ensure_connection()
    sqlite = connection.connection if connection.vendor == "sqlite" else None
    try:
        if sqlite is not None:
            sqlite.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
        yield
    except DatabaseError as error:
        logger.warning("a reading could not be counted: %s", type(error).__name__)
    finally:
        if sqlite is not None:
            usual = settings.DATABASES["default"].get("OPTIONS", {}).get("timeout", 5)
            sqlite.execute(f"PRAGMA busy_timeout = {int(usual * 1000)}")
