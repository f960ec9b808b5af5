"""Whose records somebody may see on a device that several people use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Viewer:
    """Who looks at a device's notes: an account by its username, or None where nobody is signed in.

    Notes and drafts without an account are shown to everybody who holds the device: they bear nobody's name, they are
    sent whoever is signed in, and whoever wrote one could not find it again otherwise.
    """

    account: str | None

    def sees(self, account: str | None) -> bool:
        """Whether a note or draft of this account is theirs to see."""
        return account in (None, self.account)
