"""Counts how often one address does something that needs no account, and how often one key is used."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.addresses import client_address
from accounts.models import RequestCount

HOUR = 3600
MINUTE = 60
# One request in so many deletes the counts of past hours.
_SWEEP = 200


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
