"""POST /auth/sign-in, /auth/key, /auth/refresh, /auth/sign-out."""

from __future__ import annotations

from contextlib import suppress

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest
from ninja import Router, Status
from ninja.decorators import decorate_view

from accounts import guessing, sessions
from accounts.models import User
from api.authentication import ACCOUNT, sender
from api.bodies import small_body
from api.errors import ApiError, Error
from api.schemas import CertificateOfKey, NewKey, RefreshToken, SessionOut, SignIn
from api.throttle import throttle
from records.device_keys import KeyRefused, certify

router = Router(tags=["accounts"])


@router.post(
    "/sign-in", response={200: SessionOut, 400: Error, 401: Error, 413: Error, 429: Error}, summary="Open a session"
)
@decorate_view(small_body)
def sign_in(request: HttpRequest, payload: SignIn) -> SessionOut:
    """Open a session for one account on one device; an earlier one there ends. Certifies the key that comes along."""
    throttle(request, "sign-in", settings.SIGN_IN_RATE)
    meant, name = guessing.account_named(payload.username)
    _refuse_if_locked(request, name)
    if guessing.is_guessed(name) and not (meant and guessing.knows_device(meant, payload.device)):
        raise _locked()
    user = authenticate(request, username=name, password=payload.password)
    if not isinstance(user, User):
        _refuse_if_locked(request, name)
        raise ApiError(401, "wrong_credentials", "The user name or the password is wrong.")
    tokens = sessions.sign_in(user, payload.device)
    certificate = None
    if payload.key is not None:
        # A key that is refused does not keep a person from working: the device asks again with another.
        with suppress(KeyRefused):
            certificate = certify(user, payload.device, payload.key)
    return SessionOut.of(tokens, certificate)


@router.post(
    "/key",
    auth=ACCOUNT,
    response={200: CertificateOfKey, 400: Error, 401: Error, 409: Error, 413: Error},
    summary="Certify a device's key for an open session",
)
@decorate_view(small_body)
def certify_key(request: HttpRequest, payload: NewKey) -> CertificateOfKey:
    """The certificate of the account's key on a device; 409 for a key that was revoked or is another's."""
    user = sender(request)
    assert user is not None  # noqa: S101 - ACCOUNT has seen to it
    try:
        return CertificateOfKey(certificate=certify(user, payload.device, payload.key))
    except KeyRefused:
        raise ApiError(409, "key_refused", "The key was revoked, or is another account's or device's.") from None


@router.post("/refresh", response={200: SessionOut, 400: Error, 401: Error, 413: Error}, summary="A new access token")
@decorate_view(small_body)
def refresh(request: HttpRequest, payload: RefreshToken) -> SessionOut:  # noqa: ARG001 - ninja's signature
    """The refresh token stays the same; earlier access tokens are valid until they expire."""
    try:
        return SessionOut.of(sessions.refresh(payload.refresh))
    except sessions.NotSignedIn:
        raise ApiError(401, "not_signed_in", "The refresh token is unknown, expired or revoked.") from None


@router.post("/sign-out", response={204: None, 400: Error, 413: Error}, summary="Revoke the session")
@decorate_view(small_body)
def sign_out(request: HttpRequest, payload: RefreshToken) -> Status[None]:  # noqa: ARG001
    """Revoke the session; 204 also for a token that is already revoked."""
    sessions.sign_out(payload.refresh)
    return Status(204, None)


def _refuse_if_locked(request: HttpRequest, username: str) -> None:
    if not AxesProxyHandler.is_allowed(request, {"username": username}):
        raise _locked()


def _locked() -> ApiError:
    wait = int(settings.AXES_COOLOFF_TIME.total_seconds())
    return ApiError(429, "too_many_requests", "Too many failed tries; wait a while.", {"Retry-After": str(wait)})
