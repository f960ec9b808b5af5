"""Asks office staff for a second proof beside the password: a code of an authenticator app (TOTP, RFC 6238).

pyotp makes and reads the codes. What is kept (the secret sealed, recovery codes hashed), tries and replays are decided
here: a package with models of its own (django-otp) keeps secrets and recovery codes in clear.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import time
from datetime import datetime, timedelta

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import RecoveryCode, SecondFactor, User
from accounts.recording import record

STEP = 30  # seconds
TRIES, REST = 5, timedelta(minutes=15)
"""So many wrong codes in a row close the second step for so long."""
CODES, _LENGTH = 10, 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another


class TooManyTries(Exception):
    """Nothing is tried before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Unreadable(Exception):
    """The server's secret key is another one than when the secret was sealed."""


def is_required(user: User) -> bool:
    """Whether the account's role enters the back office with a second factor alone."""
    return user.role in settings.SECOND_FACTOR_ROLES


def new_secret() -> str:
    """A secret for an authenticator app, in base32."""
    return pyotp.random_base32()


def address_of(user: User, secret: str, issuer: str) -> str:
    """The text of the QR code that an authenticator app reads."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=user.username, issuer_name=issuer)


def set_up(user: User, secret: str, code: str) -> list[str] | None:
    """Take a new secret once a code of it was typed, and return recovery codes; None for a wrong code.

    An earlier secret and its codes hold until then, and no longer.
    """
    step = _step_of(secret, code)
    if step is None:
        return None
    codes, rows = _made_codes(user)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        kept = {"sealed": seal(user, secret), "last_step": step, "failures": 0, "failed_at": None}
        SecondFactor.objects.update_or_create(user=user, defaults=kept)
        user.second_factor_since = timezone.now()
        user.save(update_fields=["second_factor_since"])
        record(user, user, "Bật xác nhận hai bước.")
        _keep(user, rows)
    return codes


def check(user: User, typed: str) -> bool:
    """Whether this is a code of the account's app that was not used yet, or an unused recovery code; both are used up.

    Raises TooManyTries, Unreadable.
    """
    typed = "".join(typed.split()).lower()
    if not _begin_try(user):
        return False
    # Between two transactions: on SQLite nobody could write while ten recovery codes are hashed.
    recovery = _recovery_code(user, typed)
    with transaction.atomic():
        # Locked: of two requests with one code the second finds it used.
        factor = _locked(user)
        if factor is None:
            return False
        if recovery is not None and user.recovery_codes.filter(pk=recovery.pk).delete()[0]:
            record(user, user, f"Dùng một mã dự phòng, còn {codes_left(user)}.")
        else:
            step = _step_of(unseal(user, factor.sealed), typed)
            if step is None or step <= factor.last_step:
                record(user, user, "Gõ sai mã xác nhận hai bước.")
                return False
            factor.last_step = step
        factor.failures = 0
        factor.save()
        return True


def _begin_try(user: User) -> bool:
    """Count a try before it is judged, so that many at once are no more than TRIES; False where there is no factor.

    Raises TooManyTries.
    """
    with transaction.atomic():
        factor = _locked(user)
        if factor is None:
            return False
        if (until := locked_until(factor)) is not None:
            raise TooManyTries(until)
        recent = factor.failed_at is not None and factor.failed_at > timezone.now() - REST
        factor.failures = factor.failures + 1 if recent else 1
        factor.failed_at = timezone.now()
        factor.save()
        return True


def _locked(user: User) -> SecondFactor | None:
    return SecondFactor.objects.select_for_update().filter(user=user).first()


def locked_until(factor: SecondFactor) -> datetime | None:
    """Until when no code is tried; None where one may be."""
    if factor.failed_at is None or factor.failures < TRIES:
        return None
    until = factor.failed_at + REST
    return until if until > timezone.now() else None


def codes_left(user: User) -> int:
    """How many recovery codes are unused."""
    return user.recovery_codes.count()


def renew_codes(user: User) -> list[str]:
    """Give new recovery codes in place of all earlier ones."""
    codes, rows = _made_codes(user)
    with transaction.atomic():
        record(user, user, "Tạo mã dự phòng mới.")
        _keep(user, rows)
    return codes


def take_away(user: User, by: User, why: str) -> None:
    """Take an account's second factor: a lost phone opens nothing, and the next sign-in sets up another if need be."""
    with transaction.atomic():
        SecondFactor.objects.filter(user=user).delete()
        user.recovery_codes.all().delete()
        user.second_factor_since = None
        user.save(update_fields=["second_factor_since"])
        record(by, user, f"Gỡ xác nhận hai bước: {why}")


def unlock(user: User) -> None:
    """Forget the wrong codes."""
    SecondFactor.objects.filter(user=user).update(failures=0, failed_at=None)


def seal(user: User, secret: str) -> str:
    """The secret, encrypted with a key of the server's secret key and bound to the account."""
    nonce = secrets.token_bytes(12)
    return base64.urlsafe_b64encode(nonce + AESGCM(_key()).encrypt(nonce, secret.encode(), user.uuid.bytes)).decode()


def unseal(user: User, sealed: str) -> str:
    """The secret again. Raises Unreadable."""
    try:
        packed = base64.urlsafe_b64decode(sealed)
        return AESGCM(_key()).decrypt(packed[:12], packed[12:], user.uuid.bytes).decode()
    except (InvalidTag, ValueError, binascii.Error):
        raise Unreadable from None


def _key() -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"ocop second factor").derive(settings.SECRET_KEY.encode())


def _step_of(secret: str, code: str) -> int | None:
    """The step of time whose code this is: the present one, or one beside it for a clock that is a little off.

    With settings.EXACT_CODES the present one alone.
    """
    typed = "".join(code.split())
    totp, now = pyotp.TOTP(secret, interval=STEP), int(time.time()) // STEP
    steps = (now,) if settings.EXACT_CODES else (now, now - 1, now + 1)
    return next((step for step in steps if constant_time_compare(totp.at(step * STEP), typed)), None)


def _made_codes(user: User) -> tuple[list[str], list[RecoveryCode]]:
    """New codes, and the rows that keep them. To be made before a transaction: their hashes take a second or two."""
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(CODES)]
    rows = [RecoveryCode(user=user, code_hash=make_password(_hash(user, code))) for code in codes]
    return [f"{code[:5]}-{code[5:]}" for code in codes], rows


def _keep(user: User, rows: list[RecoveryCode]) -> None:
    user.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(rows)


def _recovery_code(user: User, typed: str) -> RecoveryCode | None:
    """The unused recovery code that was typed. To be asked outside a transaction: a second or two for a wrong one."""
    code = typed.replace("-", "")
    if len(code) != _LENGTH:  # each comparison costs as much as that of a password
        return None
    keyed = _hash(user, code)
    for kept in user.recovery_codes.all():
        # Codes of an earlier version are kept as keyed hashes alone.
        if constant_time_compare(kept.code_hash, keyed) or check_password(keyed, kept.code_hash):
            return kept
    return None


def _hash(user: User, code: str) -> str:
    return salted_hmac("recovery code", f"{user.uuid} {code}", algorithm=hashlib.sha256().name).hexdigest()
