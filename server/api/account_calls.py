"""POST /auth/sign-in, /auth/key, /auth/refresh, /auth/sign-out, /invitations/look, /invitations/redeem."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status
from ninja.decorators import decorate_view

from accounts import invitations, passwords, second_factor, sessions
from accounts.models import Role, User
from accounts.recording import record
from api.answers import answers
from api.authentication import ACCOUNT, sender
from api.bodies import small_body
from api.errors import ApiError, Code
from api.password_tries import authenticated
from api.schemas import (
    AskInvitation,
    CertificateOfKey,
    InvitationOut,
    NewKey,
    Redeem,
    RefreshToken,
    SessionOut,
    SignIn,
    SignOut,
)
from api.throttle import throttle
from records.device_keys import KeyRefused, certify
from register.days import rfc3339
from register.description import Register

router = Router(tags=["accounts"])
_NO_INVITATION: tuple[Code, ...] = (
    "invitation_unknown", "invitation_used", "invitation_expired", "invitation_revoked",
)  # fmt: skip


@router.post(
    "/auth/sign-in",
    summary="Open a session",
    **answers(
        {200: SessionOut},
        "bad_request", "weak_password", "wrong_credentials", "password_change_needed", "password_change_in_office",
        "second_factor_needed", "second_factor_wrong", "too_large", "too_many_requests",
    ),
)  # fmt: skip
@decorate_view(small_body)
def sign_in(request: HttpRequest, payload: SignIn) -> SessionOut:
    """Open a session for one account on one device; an earlier one there ends. Certifies the key that comes along.

    Whoever has been given a password by somebody else has to send a `new_password` along: 403 says so. An account with
    a second factor sends a `code` of it along, and changes its password in the back office alone: 403 says so too.
    """
    throttle(request, "sign-in", settings.SIGN_IN_RATE)
    user = authenticated(request, payload.username, payload.password, payload.device)
    if user.second_factor_since is not None:
        if payload.new_password is not None or user.must_change_password:
            raise _in_office()
        _check_second_factor(user, payload.code)
    if payload.new_password is not None:
        with _weak_refused():
            passwords.choose(user, payload.new_password)
            record(user, user, "Tự đổi mật khẩu trong ứng dụng.")
    elif user.must_change_password:
        raise ApiError(403, "password_change_needed", "The account has to be given a password of its owner's first.")
    return _opened(user, payload.device, payload.key, payload.told)


@router.post(
    "/invitations/look",
    summary="Whom an invitation is for",
    **answers({200: InvitationOut}, "bad_request", *_NO_INVITATION, "too_large", "too_many_requests"),
)
@decorate_view(small_body)
def look_at_invitation(request: HttpRequest, payload: AskInvitation) -> InvitationOut:
    """Tell the holder of an invitation's link whom it is for; it is not used up."""
    throttle(request, "sign-in", settings.SIGN_IN_RATE)
    with _closed_refused():
        invitation = invitations.find(payload.token)
    register = Register.objects.first()
    return InvitationOut(
        username=invitation.user.username,
        name=invitation.user.name,
        role=Role(invitation.user.role),
        register_name=register.name if register else "",
        expires_at=rfc3339(invitation.expires_at),
    )


@router.post(
    "/invitations/redeem",
    summary="Set the password of an invited account, and open a session",
    **answers(
        {200: SessionOut},
        "bad_request",
        "weak_password",
        "password_change_in_office",
        *_NO_INVITATION,
        "too_large",
        "too_many_requests",
    ),
)
@decorate_view(small_body)
def redeem_invitation(request: HttpRequest, payload: Redeem) -> SessionOut:
    """Set the password and open a session as a sign-in does. The invitation is used up by it.

    An account with a second factor uses it in a browser, which opens nothing by it: 403 says so.
    """
    throttle(request, "sign-in", settings.SIGN_IN_RATE)
    with _closed_refused(), _weak_refused():
        if invitations.find(payload.token).user.second_factor_since is not None:
            raise _in_office()
        user = invitations.redeem(payload.token, payload.password)
    return _opened(user, payload.device, payload.key, payload.told)


@router.post(
    "/auth/key",
    auth=ACCOUNT,
    summary="Certify a device's key for an open session",
    **answers({200: CertificateOfKey}, "bad_request", "not_signed_in", "key_refused", "too_large"),
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


@router.post(
    "/auth/refresh",
    summary="A new access token",
    **answers({200: SessionOut}, "bad_request", "not_signed_in", "too_large"),
)
@decorate_view(small_body)
def refresh(request: HttpRequest, payload: RefreshToken) -> SessionOut:  # noqa: ARG001 - ninja's signature
    """The refresh token stays the same; earlier access tokens are valid until they expire."""
    try:
        return SessionOut.of(sessions.refresh(payload.refresh, payload.told))
    except sessions.NotSignedIn:
        raise ApiError(401, "not_signed_in", "The refresh token is unknown, expired or revoked.") from None


@router.post("/auth/sign-out", summary="Revoke the session", **answers({204: None}, "bad_request", "too_large"))
@decorate_view(small_body)
def sign_out(request: HttpRequest, payload: SignOut) -> Status[None]:  # noqa: ARG001
    """Revoke the session; 204 also for a token that is already revoked."""
    sessions.sign_out(payload.refresh)
    return Status(204, None)


def _in_office() -> ApiError:
    return ApiError(
        403, "password_change_in_office", "An account with a second factor changes its password in the back office."
    )


def _check_second_factor(user: User, code: str | None) -> None:
    """Let go on who has sent a code of the account's second factor, which is then used up."""
    if not code:
        raise ApiError(403, "second_factor_needed", "The account has a second factor: send a code of it along.")
    try:
        right = second_factor.check(user, code)
    except second_factor.TooManyTries as locked:
        wait = math.ceil((locked.until - timezone.now()).total_seconds())
        told = {"Retry-After": str(max(wait, 1))}
        raise ApiError(429, "too_many_requests", "Too many wrong codes; wait a while.", told) from None
    except second_factor.Unreadable:
        right = False  # a recovery code still is one
    if not right:
        raise ApiError(403, "second_factor_wrong", "The code of the second factor is wrong, or was used.")


def _opened(user: User, device: UUID, key: str | None, told: sessions.Told) -> SessionOut:
    tokens = sessions.sign_in(user, device, told)
    certificate = None
    if key is not None:
        # A key that is refused does not keep a person from working: the device asks again with another.
        with suppress(KeyRefused):
            certificate = certify(user, device, key)
    return SessionOut.of(tokens, certificate)


@contextmanager
def _weak_refused() -> Iterator[None]:
    try:
        yield
    except ValidationError:
        raise ApiError(400, "weak_password", "The new password is too short, too common or the one before.") from None


@contextmanager
def _closed_refused() -> Iterator[None]:
    try:
        yield
    except invitations.CannotRedeem as why:
        status, code, detail = _CLOSED[why.reason]
        raise ApiError(status, code, detail) from None


_CLOSED: dict[str, tuple[int, Code, str]] = {
    "unknown": (404, "invitation_unknown", "This server has given no such invitation."),
    "used": (410, "invitation_used", "The invitation was used already."),
    "expired": (410, "invitation_expired", "The invitation has expired."),
    "revoked": (410, "invitation_revoked", "The invitation was revoked, or its account closed."),
}
