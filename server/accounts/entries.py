"""The one form in which names and passwords are compared, however they were typed.

One keyboard sends "ễ" as one character, another as "e" and two marks, and some send full width letters. A person sees
no difference, so there must be none (Unicode NFKC; NIST SP 800-63B, 5.1.1.2).
"""

from __future__ import annotations

import unicodedata


def name_of(typed: str) -> str:
    """A user name in its one form: NFKC, without invisible characters and without spaces around it."""
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(c for c in plain if unicodedata.category(c) not in {"Cc", "Cf"}).strip()


def password_of(typed: str) -> str:
    """A password in the form in which new ones are hashed."""
    return unicodedata.normalize("NFKC", typed)


def passwords_of(typed: str) -> list[str]:
    """What a typed password may have been hashed as: in its one form now, in any other by earlier versions."""
    forms = [password_of(typed), typed, *(unicodedata.normalize(form, typed) for form in ("NFC", "NFD"))]
    return list(dict.fromkeys(forms))
