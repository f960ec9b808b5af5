"""Gives links by which people set the password of their account themselves, once.

An administrator passes the link on, or shows it as a QR code. Its secret has 256 random bits; the server keeps the
SHA-256 alone, so that nobody can read it a second time.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Final, Literal

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts import guessing, passwords
from accounts.models import Invitation, User
from accounts.recording import record

LIFE: Final = timedelta(days=7)

State = Literal["open", "used", "expired", "revoked"]


class CannotRedeem(Exception):
    """The link opens nothing: `reason` is `unknown`, `used`, `expired` or `revoked`."""

    def __init__(self, reason: Literal["unknown", "used", "expired", "revoked"]) -> None:
        super().__init__(reason)
        self.reason = reason


def state_of(invitation: Invitation) -> State:
    """What has become of a link."""
    if invitation.used_at is not None:
        return "used"
    if invitation.revoked_at is not None or not invitation.user.is_active:
        return "revoked"
    return "open" if invitation.expires_at > timezone.now() else "expired"


def is_open() -> Q:
    """The links that still open something."""
    return Q(used_at=None, revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True)


def invite(user: User, by: User) -> tuple[Invitation, str]:
    """Give a new account its first link, and return the link's secret with it. An earlier link is revoked."""
    with transaction.atomic():
        record(by, user, "Mời vào: tạo liên kết đặt mật khẩu lần đầu.")
        return _new(user, by, Invitation.Purpose.FIRST)


def renew(user: User, by: User) -> tuple[Invitation, str]:
    """Take the account's password, which ends all its sessions at once, and give a link to set another.

    Raises LastAdministrator where nobody else could administer the server meanwhile.
    """
    with transaction.atomic():
        passwords.take(user)
        record(by, user, "Đặt lại mật khẩu: mật khẩu cũ và các phiên đang mở hết hiệu lực, tạo liên kết mới.")
        return _new(user, by, Invitation.Purpose.RENEWAL)


def revoke(user: User, by: User) -> int:
    """Revoke the account's open links, and return how many there were."""
    revoked = _open_ones(user).update(revoked_at=timezone.now())
    if revoked:
        record(by, user, "Thu hồi liên kết đặt mật khẩu.")
    return revoked


def find(secret: str) -> Invitation:
    """The open invitation with this secret. Raises CannotRedeem."""
    return _found(Invitation.objects.select_related("user"), secret)


def redeem(secret: str, password: str) -> User:
    """Set the password that the invited person chose, and use the link up. Raises CannotRedeem, ValidationError."""
    password_hash = passwords.hashed(find(secret).user, password)
    with transaction.atomic():
        # The account first, as whoever gives a link locks it: two ways round would wait for each other.
        User.objects.select_for_update(of=("self",)).filter(invitations__secret_hash=_hash(secret)).first()
        # Locked, so that of two who redeem it at the same moment the second is told that it was used.
        invitation = _found(Invitation.objects.select_for_update(of=("self",)).select_related("user"), secret)
        invitation.used_at = timezone.now()
        invitation.save(update_fields=["used_at"])
        passwords.keep(invitation.user, password_hash)
        guessing.unlock(invitation.user)
        record(invitation.user, invitation.user, f"Tự đặt mật khẩu bằng liên kết ({invitation.get_purpose_display()}).")
        return invitation.user


def _found(among: QuerySet[Invitation], secret: str) -> Invitation:
    found = among.filter(secret_hash=_hash(secret)).first()
    if found is None:
        raise CannotRedeem("unknown")
    if (state := state_of(found)) != "open":
        raise CannotRedeem(state)
    return found


def _new(user: User, by: User, purpose: Invitation.Purpose) -> tuple[Invitation, str]:
    now, secret = timezone.now(), secrets.token_urlsafe(32)
    # Locked, so that of two who give a link at the same moment one revokes the other's.
    User.objects.select_for_update().get(pk=user.pk)
    _open_ones(user).update(revoked_at=now)
    made = Invitation.objects.create(
        user=user, purpose=purpose, secret_hash=_hash(secret), by=by, at=now, expires_at=now + LIFE
    )
    return made, secret


def _open_ones(user: User) -> QuerySet[Invitation]:
    return Invitation.objects.filter(user=user, used_at=None, revoked_at=None).order_by(F("pk"))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
