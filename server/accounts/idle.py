"""Ends sessions of the back office in which nobody has done anything for a while (settings.IDLE_MINUTES)."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest

_SEEN = "seen"
_WRITE_EVERY = 60
"""Seconds between two notes of the time: each is a write to the database."""


def begin(request: HttpRequest | None, **_: Any) -> None:
    """Note the time of a sign-in (user_logged_in)."""
    if request is not None and hasattr(request, "session"):
        request.session[_SEEN] = int(time.time())


def seconds_left(request: HttpRequest) -> int | None:
    """How long the session still lives if nothing is done in it; None where it lives on, 0 where it has ended."""
    if not settings.IDLE_MINUTES:
        return None
    seen = request.session.get(_SEEN, int(time.time()))
    return max(0, int(seen + settings.IDLE_MINUTES * 60 - time.time()))


def touch(request: HttpRequest) -> None:
    """Note that something was done now."""
    if time.time() - request.session.get(_SEEN, 0) >= _WRITE_EVERY:
        request.session[_SEEN] = int(time.time())
