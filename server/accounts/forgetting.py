"""Deletes rows of sign-ins that are no longer needed: names, addresses, devices, tokens (docs/server.md).

Other rooms let theirs be forgotten in the same rounds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import Error
from django.db.models import Q
from django.utils import timezone

from accounts.models import AccessToken, DeviceSession

logger = logging.getLogger(__name__)

EVERY = 3600.0
"""Seconds between two rounds of one process."""

_last = time.monotonic()
_others: list[Callable[[], object]] = []


def also_forget(what: Callable[[], object]) -> None:
    """Let another room's rows be forgotten in the same rounds."""
    _others.append(what)


def forget() -> None:
    """Delete tries and sign-ins older than SIGN_INS_DAYS, and sessions that ended before that."""
    now = timezone.now()
    old = now - timedelta(days=settings.SIGN_INS_DAYS)
    AccessAttempt.objects.filter(attempt_time__lt=old).delete()
    AccessLog.objects.filter(attempt_time__lt=old).delete()
    AccessToken.objects.filter(expires_at__lt=now).delete()
    DeviceSession.objects.filter(Q(expires_at__lt=old) | Q(revoked_at__lt=old)).delete()
    Session.objects.filter(expire_date__lt=now).delete()


def forget_all() -> None:
    """Forget what is old, this room's rows and those of the others."""
    for one in (forget, *_others):
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
