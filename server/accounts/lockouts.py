"""Lists what is locked because of wrong passwords and codes, and opens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Literal

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.utils import timezone

from accounts import guessing, second_factor
from accounts.models import SecondFactor, User
from accounts.recording import record

Kind = Literal["address", "everywhere", "second_factor"]


@dataclass(frozen=True)
class Lockout:
    """Something that is locked: a name from one address, a name from everywhere new, or somebody's second step.

    `user` is None for a name that no account bears; `address` is empty where it is not of one address.
    """

    kind: Kind
    name: str
    user: User | None
    address: str
    tries: int
    since: datetime
    until: datetime


@dataclass(frozen=True)
class _Tries:
    address: str
    count: int
    at: datetime


def lockouts() -> list[Lockout]:
    """All that is locked now, what lasts longest first."""
    found = [*_by_name(), *_second_steps()]
    return sorted(found, key=lambda each: each.until, reverse=True)


def unlock(name: str, by: User) -> bool:
    """Forget the wrong tries for the name, from every address, and at the second step; False where nothing was locked.

    It is recorded with what was open again.
    """
    locked = [each for each in lockouts() if each.name == name]
    if not locked:
        return False
    user = locked[0].user
    if user is None:
        AccessAttempt.objects.filter(username=name).delete()
    else:
        guessing.unlock(user)
        second_factor.unlock(user)
    record(by, user or name, f"Mở khóa đăng nhập sau {sum(each.tries for each in locked)} lần thử sai.")
    return True


def _by_name() -> list[Lockout]:
    rest = settings.AXES_COOLOFF_TIME
    recent = AccessAttempt.objects.filter(attempt_time__gt=timezone.now() - rest)
    # One address may have tried with several browsers, which count together.
    by_name: dict[str, list[_Tries]] = {}
    for name, address, tries, at in (
        recent.values_list("username", "ip_address")
        .annotate(Sum("failures_since_start"), Max("attempt_time"))
        .order_by("attempt_time__max")
    ):
        by_name.setdefault(name or "", []).append(_Tries(str(address or ""), tries, at))
    users = {user.username: user for user in User.objects.filter(username__in=by_name)}
    found = []
    for name, tried in by_name.items():
        user = users.get(name)
        found += [
            Lockout("address", name, user, each.address, each.count, each.at, each.at + rest)
            for each in tried
            if each.count >= settings.AXES_FAILURE_LIMIT
        ]
        counted = [min(each.count, settings.AXES_FAILURE_LIMIT) for each in tried]
        total = sum(counted)
        if total >= settings.ACCOUNT_FAILURE_LIMIT:
            # It opens once so many of the earliest tries are too old that those left are fewer than the limit.
            left = [total - gone for gone in accumulate(counted)]
            last = next(each.at for each, n in zip(tried, left, strict=True) if n < settings.ACCOUNT_FAILURE_LIMIT)
            found.append(Lockout("everywhere", name, user, "", total, tried[-1].at, last + rest))
    return found


def _second_steps() -> list[Lockout]:
    found = []
    for factor in SecondFactor.objects.filter(failures__gte=second_factor.TRIES).select_related("user"):
        until = second_factor.locked_until(factor)
        if until is not None and factor.failed_at is not None:
            user = factor.user
            found.append(Lockout("second_factor", user.username, user, "", factor.failures, factor.failed_at, until))
    return found
