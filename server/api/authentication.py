"""Tells who sends a request: an account by its access token, or nobody."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest
from ninja.security import HttpBearer

from accounts import sessions
from accounts.models import User
from api.errors import ApiError


class BearerToken(HttpBearer):
    """`Authorization: Bearer <access>`."""

    def authenticate(self, request: HttpRequest, token: str) -> User:
        """Return the account. Raises ApiError 401."""
        try:
            session = sessions.session_of(token)
        except sessions.NotSignedIn:
            raise _refused() from None
        request.session_device = session.device  # type: ignore[attr-defined]  # read by session_device alone
        return session.user


class Nobody:
    """The sender of a request without a token."""


NOBODY: Final = Nobody()


def nobody(request: HttpRequest) -> Nobody:
    """Let a request without a token pass as nobody. Raises ApiError 401 for another kind of Authorization."""
    if "Authorization" in request.headers:
        raise _refused()
    return NOBODY


def sender(request: HttpRequest) -> User | None:
    """The account that sends this request, None for nobody."""
    auth = getattr(request, "auth", None)
    return auth if isinstance(auth, User) else None


def session_device(request: HttpRequest) -> UUID | None:
    """The device whose session sends this request, None for nobody's."""
    device = getattr(request, "session_device", None)
    return device if isinstance(device, UUID) else None


def _refused() -> ApiError:
    return ApiError(401, "not_signed_in", "The access token is unknown, expired or revoked.")


ACCOUNT = BearerToken()
ACCOUNT_OR_NOBODY = [ACCOUNT, nobody]
