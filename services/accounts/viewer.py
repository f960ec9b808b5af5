"""Whose records somebody may see on a device that several people use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Viewer:
    """The person looking at a device's notes: an account's username, or None where nobody is signed in.

    Notes and drafts without an account are shown to everybody who holds the device: they bear no name, they are sent
    whoever is signed in, and their author could not find them again otherwise.
    """

    account: str | None

    def sees(self, account: str | None) -> bool:
        """Whether this viewer may see a note or draft of this account (None: without an account)."""
        return account in (None, self.account)
