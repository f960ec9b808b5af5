"""GET /auth/sessions, POST /auth/sessions/end: where an account is signed in, and ending it there."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from ninja import Router
from ninja.decorators import decorate_view

from accounts import sessions
from accounts.models import User
from accounts.recording import record
from api.answers import answers
from api.authentication import ACCOUNT, sender, session_device
from api.bodies import small_body
from api.errors import ApiError
from api.password_tries import authenticated
from api.schemas import MOST_SESSIONS, EndedSessions, EndSessions, OpenSessionOut, OwnSessions
from api.throttle import count_of_address, throttle

router = Router(tags=["accounts"])


@router.get(
    "/auth/sessions",
    auth=ACCOUNT,
    summary="Where the account is signed in",
    **answers({200: OwnSessions}, "not_signed_in", "too_many_requests"),
)
def own_sessions(request: HttpRequest) -> OwnSessions:
    """The account's own sessions on devices: the one that asks first, then by when they were heard of last.

    Browsers of the back office are not among them: that shows them itself.
    """
    count_of_address(request, settings.READING_RATE)
    user, here = _who(request)
    found = sorted(sessions.open_ones(user)[:MOST_SESSIONS], key=lambda session: session.device != here)
    return OwnSessions(sessions=[OpenSessionOut.of(session, here) for session in found])


@router.post(
    "/auth/sessions/end",
    auth=ACCOUNT,
    summary="End own sessions on other devices",
    **answers(
        {200: EndedSessions}, "bad_request", "not_signed_in", "wrong_credentials", "too_large", "too_many_requests"
    ),
)
@decorate_view(small_body)
def end_own_sessions(request: HttpRequest, payload: EndSessions) -> EndedSessions:
    """End the account's session on one other device, or on all others (null), at once. Asks for its password again.

    A session that has ended already counts for nothing. That of the device that asks ends by `POST /auth/sign-out`.
    """
    throttle(request, "sign-in", settings.SIGN_IN_RATE)
    user, here = _who(request)
    if payload.device == here:
        raise ApiError(400, "bad_request", "device: The session that asks is ended by POST /auth/sign-out.")
    authenticated(request, user.username, payload.password, here)
    others = sessions.open_ones(user).exclude(device=here)
    if payload.device is not None:
        others = others.filter(device=payload.device)
    with transaction.atomic():
        ended = sessions.revoke_each(others)
        if ended:
            record(user, user, f"Tự kết thúc {ended} phiên của mình trên máy khác, trong ứng dụng.")
    return EndedSessions(ended=ended)


def _who(request: HttpRequest) -> tuple[User, UUID]:
    user, device = sender(request), session_device(request)
    assert user is not None and device is not None  # noqa: S101, PT018 - ACCOUNT has seen to both
    return user, device
