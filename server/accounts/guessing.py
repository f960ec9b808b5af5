"""Stops those who guess one account's password from many addresses, without locking its owner out.

django-axes counts failed tries for an account from one address. Here those from all addresses count together. Above the
limit, the account may be signed in to only from where it has been signed in to before: a device that has had a session
of it, or a browser with the mark that the back office left there (OWASP, "Slow Down Online Guessing Attacks with Device
Cookies"). It opens to all again once the tries of the last AXES_COOLOFF_TIME are few, or when an administrator says so.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from axes.models import AccessAttempt
from django.conf import settings
from django.core.signing import BadSignature
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.entries import name_of
from accounts.models import DeviceSession, User

_MARK = "ocop-known"
_MARK_LIFE = timedelta(days=365)


def account_named(typed: str) -> tuple[User | None, str]:
    """The account that somebody means who types this name, if there is one, and the name by which tries are counted.

    A former name means its account too, and must not give those who guess a second count.
    """
    try:
        user = User.objects.get_by_natural_key(typed)
    except User.DoesNotExist:
        return None, name_of(typed)
    return user, user.username


def is_guessed(username: str) -> bool:
    """Whether there were too many failed tries for this name lately, from all addresses together.

    Names that no account bears are counted alike, so that the answer does not tell which accounts there are. Of one
    address no more tries count than lock it out by itself, so that nobody can lock an account from a single one.
    """
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    tries = AccessAttempt.objects.filter(username=username, attempt_time__gt=since).order_by()
    by_address = tries.values_list("ip_address").annotate(Sum("failures_since_start"))
    counted: int = sum(min(n, settings.AXES_FAILURE_LIMIT) for _, n in by_address)
    return counted >= int(settings.ACCOUNT_FAILURE_LIMIT)


def knows_device(user: User, device: UUID) -> bool:
    """Whether the account has been signed in to on this device, and nobody revoked that."""
    return DeviceSession.objects.filter(user=user, device=device, revoked_at=None).exists()


def knows_browser(request: HttpRequest, user: User) -> bool:
    """Whether the account has been signed in to in this browser."""
    return str(user.uuid) in _marked(request)


def remember_browser(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Leave a mark in the browser in which somebody has just signed in."""
    response.set_signed_cookie(
        _MARK,
        " ".join(dict.fromkeys([str(user.uuid), *_marked(request)[:9]])),
        salt=_MARK,
        max_age=_MARK_LIFE,
        path="/admin/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _marked(request: HttpRequest) -> list[str]:
    try:
        return (request.get_signed_cookie(_MARK, salt=_MARK, max_age=_MARK_LIFE) or "").split()
    except (KeyError, BadSignature):
        return []


def unlock(user: User) -> None:
    """Forget the failed tries for an account, from every address."""
    AccessAttempt.objects.filter(username__in=user.borne_names).delete()
