"""Refuses what one address does too often without an account, and tells who reads how much is left to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.addresses import client_address
from accounts.rates import MINUTE, Use, in_passing, seconds_to_wait, use
from api.errors import ApiError

LIMITED = ("RateLimit-Policy", "RateLimit")
"""The headers of answers under a limit that is told."""


def throttle(request: HttpRequest, what: str, limit: int, *, count: int = 1) -> None:
    """Count one `what` for the sender's address in this hour. Raises ApiError 429 with Retry-After above `limit`.

    With `count` 0 it counts nothing, and refuses an address that was over the limit before.
    """
    wait = seconds_to_wait(request, what, limit, count=count)
    if wait:
        raise ApiError(429, "too_many_requests", "Too many requests from this address.", {"Retry-After": str(wait)})


def count_of_address(request: HttpRequest, limit: int) -> None:
    """Count one reading for the sender's address in this minute. Raises ApiError 429."""
    with in_passing():
        _tell(request, "address", use(client_address(request), "reading", limit, MINUTE), "from this address")


def count_of_key(request: HttpRequest, key: int, limit: int) -> None:
    """Count one call with a service key in this minute. Raises ApiError 429."""
    with in_passing():
        _tell(request, "key", use(f"key {key}", "service key", limit, MINUTE), "with this key")


def _tell(request: HttpRequest, name: str, used: Use, whose: str) -> None:
    request.api_limit = name, used  # type: ignore[attr-defined]  # read by tells_limit alone
    if used.over:
        headers = {"Retry-After": str(used.anew)}
        raise ApiError(429, "too_many_requests", f"Too many requests {whose}.", headers)


def tells_limit(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the answers of a call, refusals too, tell the limit that it was counted under."""

    @wraps(view)
    def telling(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        counted: tuple[str, Use] | None = getattr(request, "api_limit", None)
        if counted is not None:
            name, used = counted
            answer.headers[LIMITED[0]] = f'"{name}";q={used.limit};w={used.window}'
            answer.headers[LIMITED[1]] = f'"{name}";r={used.left};t={used.anew}'
        return answer

    return telling
