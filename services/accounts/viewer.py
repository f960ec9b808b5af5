"""Whose records somebody may see on a device that several people use."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Viewer:
    """The person looking at a device's notes: an account, or None where nobody is signed in.

    `account` is the account's id, which never changes; its name where the server gave no id (version 0.1.0). `names`
    are those under which notes were kept here before the id was known. Notes and drafts without an account are shown to
    everybody who holds the device: they bear no name, they are sent whoever is signed in, and their author could not
    find them again otherwise.
    """

    account: str | None
    names: frozenset[str] = field(default=frozenset())

    def sees(self, account: str | None) -> bool:
        """Whether this viewer may see a note or draft of this account (None: without an account)."""
        return account is None or self.owns(account)

    def owns(self, account: str | None) -> bool:
        """Whether a note or draft of this account is the viewer's own."""
        return account is not None and (account == self.account or account in self.names)
