"""How often one address may do something that needs no account."""

from __future__ import annotations

import time

from django.core.cache import cache
from django.http import HttpRequest

from accounts.addresses import client_address
from api.errors import ApiError

HOUR = 3600


def throttle(request: HttpRequest, what: str, limit: int) -> None:
    """Count one `what` for the sender's address in this hour. Raises ApiError 429 with Retry-After above `limit`.

    Counted here rather than by ninja's throttles, which keep a request's state in an object that all threads share.
    """
    now = time.time()
    window = int(now // HOUR)
    key = f"{what}:{client_address(request)}:{window}"
    cache.add(key, 0, timeout=HOUR)
    try:
        count = cache.incr(key)
    except ValueError:  # culled between the two calls
        return
    if count > limit:
        wait = max(1, int((window + 1) * HOUR - now))
        raise ApiError(
            429, "too_many_requests", "Too many requests from this address.", headers={"Retry-After": str(wait)}
        )
