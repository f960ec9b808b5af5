"""Counts how often one address does something that needs no account, and how often one key is used."""

from __future__ import annotations

import random
import time

from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.addresses import client_address
from accounts.models import RequestCount

HOUR = 3600
# One request in so many deletes the counts of past hours.
_SWEEP = 200


def seconds_to_wait(request: HttpRequest, what: str, limit: int, *, count: int = 1) -> int:
    """Count one `what` of the request's address, or `count` of them: 0 asks and counts nothing.

    Returns 0 within the limit, otherwise the seconds until it may be tried again.
    """
    return seconds_to_wait_for(client_address(request), what, limit, count=count)


def seconds_to_wait_for(sender: str, what: str, limit: int, *, count: int = 1) -> int:
    """The same for any sender.

    A single SQL statement counts, so that several workers or servers lose no request. Senders are kept as hashes.
    """
    now = time.time()
    hour = int(now // HOUR)
    key = salted_hmac("api.throttle", f"{what} {sender} {hour}", algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_requestcount (key, hour, count) VALUES (%s, %s, %s) "
            "ON CONFLICT (key) DO UPDATE SET count = accounts_requestcount.count + %s RETURNING count",
            [key, hour, count, count],
        )
        (counted,) = cursor.fetchone()
    if random.randrange(_SWEEP) == 0:  # noqa: S311 - no secret
        RequestCount.objects.filter(hour__lt=hour).delete()
    return max(1, int((hour + 1) * HOUR - now)) if counted > limit else 0
