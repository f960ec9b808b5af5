"""An account's sessions of the back office: which are open, and ending them.

Django keeps a session as one sealed text, so whose it is can only be told by opening it. Only those are opened that
were used lately enough to live, which are few.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import idle
from accounts.models import User


@dataclass(frozen=True)
class OfficeSession:
    """One browser in which the account is signed in to the back office. `mark` names it and opens nothing."""

    mark: str
    began: datetime
    used: datetime


def mark_of(session_key: str) -> str:
    """A name for a session by which it can be asked for, and which does not open it."""
    return salted_hmac("office session", session_key, algorithm="sha256").hexdigest()[:32]


def open_ones(user: User) -> list[OfficeSession]:
    """The account's sessions that still open the back office, the one that was used last first."""
    return sorted((told for _, told in _open(user)), key=lambda one: one.used, reverse=True)


def end(user: User, marks: set[str]) -> int:
    """End those of the account's sessions that have these marks, and return how many."""
    keys = [row.pk for row, told in _open(user) if told.mark in marks]
    return Session.objects.filter(pk__in=keys).delete()[0]


def _open(user: User) -> Iterator[tuple[Session, OfficeSession]]:
    # Each use saves the session, which then expires a cookie's age later.
    life = timedelta(minutes=settings.IDLE_MINUTES) or timedelta(hours=settings.SESSION_HOURS)
    saved_since = timezone.now() - life + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    now = timezone.now().timestamp()
    for row in Session.objects.filter(expire_date__gt=saved_since):
        held = row.get_decoded()
        if held.get(SESSION_KEY) != str(user.pk):
            continue
        if not constant_time_compare(held.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
            continue  # of an earlier password
        if not idle.is_over(held):
            times = (datetime.fromtimestamp(held.get(name, now), UTC) for name in (idle.BEGAN, idle.SEEN))
            yield row, OfficeSession(mark_of(row.pk), *times)
