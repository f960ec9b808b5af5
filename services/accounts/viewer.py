"""Whose records somebody may see on a device that several people use."""

from __future__ import annotations

from collections.abc import Mapping
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

    def share(self, by_account: Mapping[str | None, int]) -> tuple[int, int]:
        """Of things counted by account: how many are the viewer's own, and how many are of all other accounts.

        Without an account, the viewer's own are those of nobody.
        """
        own = sum(n for owner, n in by_account.items() if self.owns(owner) or owner is self.account is None)
        return own, sum(n for owner, n in by_account.items() if not self.sees(owner))
