"""Opens, refreshes, reads and revokes sessions. Their tokens are opaque, and stored as SHA-256 hashes."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import AccessToken, DeviceSession, User
from querying.prepared import Prepared

ACCESS_LIFE = timedelta(minutes=15)
REFRESH_LIFE = timedelta(days=90)

_token_with_hash = Prepared(
    lambda token_hash: AccessToken.objects.select_related("session__user").filter(token_hash=token_hash), CharField()
)


class NotSignedIn(Exception):
    """The token is unknown, expired or revoked, or its account is closed."""


@dataclass(frozen=True)
class Tokens:
    """The tokens for a device: the only place where they are in clear."""

    user: User
    access: str
    refresh: str


@dataclass(frozen=True)
class Told:
    """What an app tells of itself: its version, and how many of the account's records wait there; earlier ones do not.

    An app says it whenever it opens or refreshes a session.
    """

    app: str = ""
    waiting: int | None = None


NOTHING = Told()


def sign_in(user: User, device: UUID, told: Told = NOTHING) -> Tokens:
    """Open a session of `user` on `device`; an earlier one there ends."""
    now = timezone.now()
    refresh = secrets.token_urlsafe(32)
    with transaction.atomic():
        session, _ = DeviceSession.objects.update_or_create(
            user=user,
            device=device,
            defaults={
                "refresh_hash": _hash(refresh),
                "password_mark": user.get_session_auth_hash(),
                "signed_in_at": now,
                "refreshed_at": now,
                "expires_at": now + REFRESH_LIFE,
                "revoked_at": None,
                "app_version": told.app,
                "waiting": told.waiting,
            },
        )
        session.access_tokens.all().delete()
        return Tokens(user, _new_access(session), refresh)


def refresh(token: str, told: Told = NOTHING) -> Tokens:
    """Give the session of this refresh token a new access token. Raises NotSignedIn."""
    now = timezone.now()
    with transaction.atomic():
        # Locked, so that a sign-out at the same moment cannot leave a live access token behind.
        session = DeviceSession.objects.select_for_update().filter(refresh_hash=_hash(token)).first()
        if session is None:
            raise NotSignedIn
        _check(session)
        session.refreshed_at, session.app_version, session.waiting = now, told.app, told.waiting
        session.save(update_fields=["refreshed_at", "app_version", "waiting"])
        session.access_tokens.filter(expires_at__lte=now).delete()
        return Tokens(session.user, _new_access(session), token)


def sign_out(token: str) -> None:
    """Revoke the session of this refresh token; nothing happens when there is none."""
    with transaction.atomic():
        session = DeviceSession.objects.select_for_update().filter(refresh_hash=_hash(token)).first()
        if session is not None:
            revoke(session)


def revoke(session: DeviceSession) -> None:
    """End a session at once, with every access token it has."""
    with transaction.atomic():
        if session.revoked_at is None:
            session.revoked_at = timezone.now()
            session.save(update_fields=["revoked_at"])
        session.access_tokens.all().delete()


def revoke_each(sessions: Iterable[DeviceSession]) -> int:
    """End these sessions as `revoke` does, and return how many."""
    found = list(sessions)
    for session in found:
        revoke(session)
    return len(found)


def revoke_all(user: User) -> None:
    """End the account's sessions on all devices."""
    revoke_each(DeviceSession.objects.filter(user=user, revoked_at=None))


def revoke_on(user: User, device: UUID) -> None:
    """End the account's session on a device, where it has one."""
    revoke_each(DeviceSession.objects.filter(user=user, device=device))


def open_ones(user: User) -> QuerySet[DeviceSession]:
    """The account's sessions on devices that open it now, the one heard of last first."""
    alive = DeviceSession.objects.filter(user=user, revoked_at=None, expires_at__gt=timezone.now())
    return alive.filter(password_mark=user.get_session_auth_hash()).order_by("-refreshed_at", "-pk")


def session_of(access: str) -> DeviceSession:
    """Return the session of this access token. Raises NotSignedIn."""
    found = _token_with_hash.first(_hash(access))
    if found is None:
        raise NotSignedIn
    if found.expires_at <= timezone.now():
        raise NotSignedIn
    _check(found.session)
    return found.session


def _check(session: DeviceSession) -> None:
    user = session.user
    alive = session.revoked_at is None and session.expires_at > timezone.now() and user.is_active
    if not (alive and constant_time_compare(session.password_mark, user.get_session_auth_hash())):
        raise NotSignedIn


def _new_access(session: DeviceSession) -> str:
    access = secrets.token_urlsafe(32)
    AccessToken.objects.create(session=session, token_hash=_hash(access), expires_at=timezone.now() + ACCESS_LIFE)
    return access


def _hash(token: str) -> str:
    # The tokens are 256 random bits: a fast hash without salt is enough (nothing to guess).
    return hashlib.sha256(token.encode()).hexdigest()
