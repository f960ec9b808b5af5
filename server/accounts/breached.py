"""Refuses passwords that were in breaches (OWASP ASVS 5.0, 6.2.12), without asking anybody elsewhere.

Two lists: `breached.txt.gz`, which the server comes with (`scripts/make_breached`), and where the operator has one, all
that are known: the file that "Have I Been Pwned" offers, lines `SHA-1:COUNT` in the order of the hashes
(settings.BREACHED_PASSWORDS). It has tens of gigabytes, so it is searched where it lies.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import os
from bisect import bisect_left
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings
from django.core.exceptions import ValidationError

logger = logging.getLogger(__name__)

_LISTED: Final = Path(__file__).with_name("breached.txt.gz")
_DIGITS: Final = 40  # of a SHA-1 in hexadecimal
_AFTER_ALL: Final = b"\x7f"


class BreachedValidator:
    """One of settings.AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002 - Django's signature
        """Raise ValidationError for a password that was in a breach."""
        if is_listed(password) or _is_in_file(password):
            raise ValidationError(
                "Mật khẩu này đã bị lộ ở nơi khác, nên người lạ sẽ thử nó trước. Hãy chọn mật khẩu khác.",
                code="password_breached",
            )

    def get_help_text(self) -> str:
        """Tell the rule."""
        return "Mật khẩu không được là một mật khẩu đã từng bị lộ ở nơi khác."


def is_listed(password: str) -> bool:
    """Whether the server's own list has the password, in capitals or not. It is read each time, and not held."""
    plain = password.strip().casefold()
    return bool(plain) and "\n" not in plain and f"\n{plain}\n".encode() in gzip.decompress(_LISTED.read_bytes())


def is_in(file: BinaryIO, password: str) -> bool:
    """Whether a file of hashes in their order has that of the password: some forty reads. Raises OSError."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()

    def hash_at(at: int) -> bytes:
        """The hash of the first line that begins here or later."""
        file.seek(max(at - 1, 0))
        if at:
            file.readline()
        return file.readline()[:_DIGITS].upper() or _AFTER_ALL

    size = file.seek(0, os.SEEK_END)
    return hash_at(bisect_left(range(size), wanted, key=hash_at)) == wanted


def _is_in_file(password: str) -> bool:
    if not settings.BREACHED_PASSWORDS:
        return False
    try:
        with Path(settings.BREACHED_PASSWORDS).open("rb") as file:
            return is_in(file, password)
    except OSError:
        # Nobody is kept from a password by a disk that is gone; `doctor` tells of it.
        logger.warning("breached_passwords_gone", exc_info=True)
        return False
