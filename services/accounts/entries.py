"""The one form in which names and passwords are sent, however they were typed (Unicode Standard Annex 15)."""

from __future__ import annotations

import unicodedata


def name_of(typed: str) -> str:
    """A user name as the register keeps it: NFKC, without invisible characters and without spaces around it."""
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(c for c in plain if unicodedata.category(c) not in {"Cc", "Cf"}).strip()


def password_of(typed: str) -> str:
    """A password as most keyboards send it (NFC).

    Full width letters stay: a server of version 0.1.0 knows a password only as it was set, and later ones try both.
    """
    return unicodedata.normalize("NFC", typed)
