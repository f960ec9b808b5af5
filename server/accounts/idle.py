"""Ends sessions of the back office: unused ones (settings.IDLE_MINUTES), and old ones (settings.SESSION_HOURS)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest

SEEN, BEGAN = "seen", "began"
"""What a session keeps: the seconds since 1970 of its last use, and of its sign-in."""
FRESH = 15 * 60
"""Seconds after a sign-in in which nobody is asked again who they are."""
_WRITE_EVERY = 60
"""Seconds between two notes of the time: each is a write to the database."""


def begin(request: HttpRequest | None, **_: Any) -> None:
    """Note the time of a sign-in (user_logged_in)."""
    if request is not None and hasattr(request, "session"):
        request.session[SEEN] = request.session[BEGAN] = int(time.time())


def seconds_to_end(request: HttpRequest) -> int:
    """How long the session still lives whatever is done in it; 0 where its sign-in is too long ago.

    One that was opened before this was kept begins now.
    """
    return _to_end(request.session.setdefault(BEGAN, int(time.time())))


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person has signed in just now, so that what opens the account may be changed."""
    return bool(time.time() - request.session.get(BEGAN, 0) < FRESH)


def seconds_left(request: HttpRequest) -> int | None:
    """How long the session still lives if nothing is done in it; None where it lives on, 0 where it has ended."""
    return _left(request.session.get(SEEN, int(time.time())))


def is_over(held: Mapping[str, Any]) -> bool:
    """Whether the session that keeps this has ended, by its age or for want of use."""
    now = int(time.time())
    return 0 in {_to_end(held.get(BEGAN, now)), _left(held.get(SEEN, now))}


def touch(request: HttpRequest) -> None:
    """Note that something was done now."""
    if time.time() - request.session.get(SEEN, 0) >= _WRITE_EVERY:
        request.session[SEEN] = int(time.time())


def _to_end(began: int) -> int:
    return max(0, int(began + settings.SESSION_HOURS * 3600 - time.time()))


def _left(seen: int) -> int | None:
    return max(0, int(seen + settings.IDLE_MINUTES * 60 - time.time())) if settings.IDLE_MINUTES else None
