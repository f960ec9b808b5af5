"""Sets passwords that people choose for themselves; the rules of a good one are settings.AUTH_PASSWORD_VALIDATORS."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import sessions
from accounts.entries import password_of
from accounts.models import Invitation, User


def choose(user: User, password: str) -> None:
    """Let the account's owner set a password. What was open ends; nobody has to change it any more.

    Raises ValidationError, in Vietnamese, for a password that is not good enough, or is the one before.
    """
    keep(user, hashed(user, password))


def hashed(user: User, password: str) -> str:
    """The hash of a password that the account's owner may set. Raises ValidationError as `choose` does.

    To be made before a transaction: judging and hashing take a good part of a second, in which nobody else could write.
    """
    validate_password(password_of(password), user)
    if user.has_usable_password() and user.check_password(password):
        raise ValidationError("Mật khẩu mới phải khác mật khẩu đang dùng.", code="password_same")
    return make_password(password_of(password))


def keep(user: User, password_hash: str) -> None:
    """Set the password that was hashed. What was open ends; nobody has to change it any more."""
    with transaction.atomic():
        user.password = password_hash
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        end_what_is_open(user)


def take(user: User) -> None:
    """Take the password away, so that all that is open ends at once. Raises LastAdministrator."""
    with transaction.atomic():
        user.set_unusable_password()
        user.save(update_fields=["password"])
        end_what_is_open(user)


def end_what_is_open(user: User) -> None:
    """End the account's sessions on devices, and the links by which its password can be set.

    So neither comes to life again: a link with the next password, nor both where a closed account is opened again.
    """
    with transaction.atomic():
        sessions.revoke_all(user)
        open_links = Invitation.objects.filter(user=user, used_at=None, revoked_at=None)
        open_links.update(revoked_at=timezone.now())
