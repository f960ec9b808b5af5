"""Gives keys by which other systems read from the API: each for what its scopes name, until it expires or is revoked.

A key's secret has 256 random bits and is shown once; the server keeps its SHA-256 alone.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Literal

from django.db import models, transaction
from django.utils import timezone

from accounts.models import ServiceKey, User
from accounts.rates import in_passing

MARK = "ocop_"
"""What every secret begins with, so that people, and programs that look for leaked secrets, know one."""
LONGEST_DAYS = 730
PER_MINUTE, MOST_PER_MINUTE = 60, 6000
"""How many calls a minute a key may make: unless something else is said, and at most."""
_SHOWN = len(MARK) + 6
_USES = timedelta(minutes=1)
"""The time of the last use is kept to the minute, so that not every call writes."""

State = Literal["open", "expired", "revoked"]


class Scope(models.TextChoices):
    """What a key may read."""

    PRODUCTS = "products:read", "Sản phẩm của sổ đăng ký"
    EPCIS = "epcis:read", "Sự kiện kiểm tra (EPCIS)"


class NotAKey(Exception):
    """The secret opens nothing: it is unknown, expired or revoked."""


def make(
    name: str, scopes: list[Scope], days: int, by: User | None, per_minute: int = PER_MINUTE
) -> tuple[ServiceKey, str]:
    """A new key and its secret, which nobody can read a second time. `by` is None where it is made by command."""
    secret, now = MARK + secrets.token_urlsafe(32), timezone.now()
    key = ServiceKey.objects.create(
        name=name, beginning=secret[:_SHOWN], secret_hash=_hash(secret), scopes=" ".join(scopes), by=by, at=now,
        expires_at=now + timedelta(days=days), per_minute=per_minute,
    )  # fmt: skip
    return key, secret


def revoke(key: ServiceKey, reason: str) -> bool:
    """End a key at once, and say whether it was still to end."""
    with transaction.atomic():
        locked = ServiceKey.objects.select_for_update().get(pk=key.pk)
        if locked.revoked_at is not None:
            return False
        locked.revoked_at, locked.revoked_reason = timezone.now(), reason
        locked.save(update_fields=["revoked_at", "revoked_reason"])
    return True


def key_of(secret: str) -> ServiceKey:
    """The open key with this secret; its use is noted. Raises NotAKey."""
    now = timezone.now()
    key = ServiceKey.objects.filter(secret_hash=_hash(secret)).first()
    if key is None or state_of(key, now) != "open":
        raise NotAKey
    if key.last_used_at is None or now - key.last_used_at > _USES:
        with in_passing():
            ServiceKey.objects.filter(pk=key.pk).update(last_used_at=now)  # no change that the logbook follows
    return key


def may(key: ServiceKey, scope: Scope) -> bool:
    """Whether a key reads what this scope names."""
    return scope in key.scopes.split()


def labels(key: ServiceKey) -> list[str]:
    """What a key may read, in the back office's words."""
    return [str(scope.label) for scope in Scope if may(key, scope)]


def state_of(key: ServiceKey, now: datetime | None = None) -> State:
    """What has become of a key."""
    if key.revoked_at is not None:
        return "revoked"
    return "open" if key.expires_at > (now or timezone.now()) else "expired"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
