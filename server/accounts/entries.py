"""The one form in which names and passwords are compared, however they were typed.

One keyboard sends "ễ" as one character, another as "e" and two marks, and some send full width letters. A person sees
no difference, so there must be none (Unicode NFKC; NIST SP 800-63B, 5.1.1.2).
"""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

_LONGEST_NAME: Final = 1000
_LONGEST_PASSWORD: Final = 4000
"""Longer texts are not put into a form: bringing marks into order takes the square of their number, and who signs in
is nobody yet. No account has so long a name; so long a password counts as it was typed."""


def name_of(typed: str) -> str:
    """A user name in its one form: NFKC, without invisible characters and without spaces around it."""
    plain = unicodedata.normalize("NFKC", typed[:_LONGEST_NAME])
    return "".join(c for c in plain if unicodedata.category(c) not in {"Cc", "Cf"}).strip()


def password_of(typed: str) -> str:
    """A password in the form in which new ones are hashed."""
    return _in_form("NFKC", typed)


def passwords_of(typed: str) -> list[str]:
    """What a typed password may have been hashed as: in its one form now, in any other by earlier versions."""
    forms = [password_of(typed), typed, *(_in_form(form, typed) for form in ("NFC", "NFD"))]
    return list(dict.fromkeys(forms))


def _in_form(form: Literal["NFC", "NFD", "NFKC"], password: str) -> str:
    return password if len(password) > _LONGEST_PASSWORD else unicodedata.normalize(form, password)
