"""Deletes rows of sign-ins that are no longer needed: names, addresses, devices, tokens (docs/server.md).

Whoever knows how long things are kept has it done in rounds, after requests (`also_forget`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import Error
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import AccessToken, DeviceSession

logger = logging.getLogger(__name__)

EVERY = 3600.0
"""Seconds between two rounds of one process."""

_last = time.monotonic()
_all: list[Callable[[], object]] = []


def also_forget(what: Callable[[], object]) -> None:
    """Let something be forgotten in these rounds."""
    _all.append(what)


def due(days: int | None = None, ahead: timedelta = timedelta(0)) -> list[QuerySet[Any]]:
    """Tries, sign-ins and ended sessions older than so many days, SIGN_INS_DAYS unless given. `ahead`: by then."""
    old = timezone.now() + ahead - timedelta(days=settings.SIGN_INS_DAYS if days is None else days)
    return [
        AccessAttempt.objects.filter(attempt_time__lt=old),
        AccessLog.objects.filter(attempt_time__lt=old),
        DeviceSession.objects.filter(Q(expires_at__lt=old) | Q(revoked_at__lt=old)),
    ]


def forget(days: int | None = None) -> int:
    """Delete those rows, and tokens and sessions of browsers that have expired. Returns how many of the former."""
    now = timezone.now()
    AccessToken.objects.filter(expires_at__lt=now).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    return sum(rows.delete()[0] for rows in due(days))


def forget_all() -> None:
    """Forget what is old."""
    for one in _all:
        one()


def forget_in_time(**_: object) -> None:
    """After a request: forget, where the last time is an hour ago. So it needs nobody to run it."""
    global _last  # only a pace, which each process may have of its own
    if time.monotonic() - _last < EVERY:
        return
    _last = time.monotonic()
    try:
        forget_all()
    except Error as error:  # the next round tries again
        logger.warning("what is to be forgotten could not be deleted: %s", type(error).__name__)
