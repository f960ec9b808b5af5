"""Tells who sends a request: an account by its access token, another system by its key, or nobody."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from accounts import service_keys, sessions
from accounts.models import ServiceKey, User
from api.errors import ApiError
from api.throttle import count_of_address, count_of_key
from observing.observation import with_fields


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


class ServiceKeyToken(HttpBearer):
    """`Authorization: Bearer ocop_<secret>`: a key whose scopes name what the call reads."""

    def __init__(self, scope: service_keys.Scope) -> None:
        super().__init__()
        self._scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ServiceKey:
        """Return the key, and count its use, which the log tells by the key's number. Raises ApiError 401, 403, 429."""
        try:
            key = service_keys.key_of(token.strip())
        except service_keys.NotAKey:
            raise ApiError(401, "not_signed_in", "The service key is unknown, expired or revoked.") from None
        with_fields(request, service_key=key.pk)
        if not service_keys.may(key, self._scope):
            raise ApiError(403, "not_allowed", "The service key is not for this.")
        count_of_key(request, key.pk, key.per_minute)
        return key


class PerhapsServiceKey(ServiceKeyToken):
    """A service key where one is shown; another token, such as an account's, is passed over."""

    def authenticate(self, request: HttpRequest, token: str) -> ServiceKey | None:  # type: ignore[override]
        """Return the key as `ServiceKeyToken` does, None for what is none. Raises ApiError 401, 403, 429."""
        return super().authenticate(request, token) if token.lstrip().startswith(service_keys.MARK) else None


class Nobody:
    """The sender of a request without a token."""


NOBODY: Final = Nobody()


def nobody(request: HttpRequest) -> Nobody:
    """Let a request without a token pass as nobody. Raises ApiError 401 for another kind of Authorization."""
    if "Authorization" in request.headers:
        raise _refused()
    return NOBODY


def anybody(request: HttpRequest) -> Nobody:
    """Let anybody read, whatever they show, within what one address may. Raises ApiError 429."""
    count_of_address(request, settings.READING_RATE)
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
KEY_OR_ANYBODY = [PerhapsServiceKey(service_keys.Scope.PRODUCTS), anybody]
