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
import zlib
from bisect import bisect_left
from collections.abc import Callable
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
        if any(_without_trouble(search, password) for search in (is_listed, is_in_all)):
            raise ValidationError(
                "Mật khẩu này đã bị lộ ở nơi khác, nên người lạ sẽ thử nó trước. Hãy chọn mật khẩu khác.",
                code="password_breached",
            )

    def get_help_text(self) -> str:
        """Tell the rule."""
        return "Mật khẩu không được là một mật khẩu đã từng bị lộ ở nơi khác."


def is_listed(password: str) -> bool:
    """Whether the server's own list has the password, in capitals or not. It is read each time, and not held.

    Raises OSError, also for a damaged list.
    """
    plain = password.strip().casefold()
    try:
        return bool(plain) and "\n" not in plain and f"\n{plain}\n".encode() in gzip.decompress(_LISTED.read_bytes())
    except (EOFError, zlib.error) as error:
        raise OSError("the list is damaged") from error


def is_in_all(password: str) -> bool:
    """Whether the operator's file of all known ones has the password; False where there is none. Raises OSError."""
    if not settings.BREACHED_PASSWORDS:
        return False
    with Path(settings.BREACHED_PASSWORDS).open("rb") as file:
        return is_in(file, password)


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


def _without_trouble(search: Callable[[str], bool], password: str) -> bool:
    try:
        return search(password)
    except OSError:
        # Nobody is kept from a password by a disk that is gone; `doctor` tells of it.
        logger.warning("breached_passwords_gone", exc_info=True)
        return False
