"""Refuses what one address does too often without an account."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.rates import seconds_to_wait
from api.errors import ApiError


def throttle(request: HttpRequest, what: str, limit: int, *, count: int = 1) -> None:
    """Count one `what` for the sender's address in this hour. Raises ApiError 429 with Retry-After above `limit`.

    With `count` 0 it counts nothing, and refuses an address that was over the limit before.
    """
    wait = seconds_to_wait(request, what, limit, count=count)
    if wait:
        raise ApiError(429, "too_many_requests", "Too many requests from this address.", {"Retry-After": str(wait)})
