"""Takes a password from an app, and stops those who guess."""

from __future__ import annotations

from uuid import UUID

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest

from accounts import guessing
from accounts.models import User
from api.errors import ApiError


def authenticated(request: HttpRequest, username: str, password: str, device: UUID) -> User:
    """The account that bears this name, or has borne it, where the password is right. A wrong one counts as a try.

    Raises ApiError 401 `wrong_credentials`, and 429 where there were too many tries, unless those came from elsewhere
    and the account was signed in to on this device before.
    """
    meant, name = guessing.account_named(username)
    _refuse_if_locked(request, name)
    if guessing.is_guessed(name) and not (meant and guessing.knows_device(meant, device)):
        raise _locked()
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        _refuse_if_locked(request, name)
        raise ApiError(401, "wrong_credentials", "The user name or the password is wrong.")
    return user


def _refuse_if_locked(request: HttpRequest, username: str) -> None:
    if not AxesProxyHandler.is_allowed(request, {"username": username}):
        raise _locked()


def _locked() -> ApiError:
    wait = int(settings.AXES_COOLOFF_TIME.total_seconds())
    return ApiError(429, "too_many_requests", "Too many failed tries; wait a while.", {"Retry-After": str(wait)})
