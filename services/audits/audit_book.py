"""Keeps the audits of one device: while they run, and until the server confirms them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from services.accounts.author import Author
from services.accounts.viewer import Viewer
from services.audits.audit import (
    Audit,
    Done,
    Line,
    OpenAudit,
    Seen,
    Taken,
    Undone,
)
from services.audits.union import ShelfState
from services.records.book import Entry, RecordBook, RecordState
from services.records.chain import Signer
from services.records.elsewhere import Elsewhere
from services.records.kind import AUDIT
from services.storage.store import Recovery
from services.subscriptions import Unsubscribe


@dataclass(frozen=True)
class KeptAudit:
    """A closed audit. `entry` says where its record stands; None without an account, and where it is `elsewhere`.

    `lines` are its lines with what was ticked off on this device after it was closed.
    """

    audit: Audit
    entry: Entry | None = None
    elsewhere: bool = False
    ticks: Mapping[int, Done] | None = None

    @property
    def id(self) -> str:
        return self.audit.id

    @property
    def state(self) -> RecordState | None:
        """Where its record stands; None without an account: it is on this device alone, and never sent."""
        if self.elsewhere:
            return RecordState.RECEIVED
        return self.entry.state if self.entry else None

    @property
    def lines(self) -> tuple[Line, ...]:
        raise NotImplementedError


class AuditBook:
    """The audits of one device. Each change is on the disk when its method returns, which may raise StoreWriteError.

    An account has one running audit at a time, which all its windows show and change (`subscribe`). What is begun
    without an account is shown to whoever holds the device, stays on it, and is never sent unless `take_over` is asked
    for. Methods that change something raise AuditClosed where there is no such running audit or line (any more), and
    AuditInvalid for what may not be, with the reason. Safe to use from several threads.
    """

    def __init__(self, folder: Path, signer: Signer | None = None, elsewhere: Elsewhere | None = None) -> None:
        """Open or begin the audits in `folder`. The caller holds the FolderLock. Raises StoreError.

        `signer` signs the records and chains them; `elsewhere` holds the account's audits of other devices.
        """
        raise NotImplementedError

    @staticmethod
    def has_unsent(folder: Path) -> bool:
        """Whether there may be unsent audits in `folder`, told without opening it."""
        return RecordBook.has_unsent(folder, AUDIT)

    @property
    def recovered(self) -> list[Recovery]:
        """What had to be recovered on opening, for the person to be told."""
        raise NotImplementedError

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change, from the thread that made it."""
        raise NotImplementedError

    # The running audit

    def current(self, viewer: Viewer) -> OpenAudit | None:
        """The viewer's running audit, paused or not; else one that was begun without an account."""
        raise NotImplementedError

    def open(self, shop: str, shelf: str, viewer: Viewer, *, now: datetime | None = None) -> OpenAudit:
        """Begin an audit. AuditInvalid: `already_open`, `shop_too_long`, `shelf_too_long`."""
        raise NotImplementedError

    def take(self, audit_id: str, seen: Seen, *, now: datetime | None = None) -> Taken:
        """Count a pack on the present shelf; a paused audit goes on with it. AuditInvalid: `full`, `bad_quantity`."""
        raise NotImplementedError

    def set_quantity(self, audit_id: str, n: int, quantity: int, *, now: datetime | None = None) -> Line:
        """Say how many there are. AuditInvalid: `bad_quantity`."""
        raise NotImplementedError

    def add(self, audit_id: str, n: int, more: int, *, now: datetime | None = None) -> Line:
        """Count `more` (or, below 0, fewer) of a line; it stays within 0 and what a line holds."""
        raise NotImplementedError

    def change_line(self, audit_id: str, n: int, *, now: datetime | None = None, **fields: Any) -> Line:
        """Change `lot`, `expiry` (a date), `price`, `stars_label`, `shows_mark`, `shelf` or `verdict` of a line.

        An expiry given so is the person's. Where the line becomes the same as another, that one takes it in: the line
        that is returned may have another number. AuditInvalid: `lot_too_long`, `shelf_too_long`, `bad_price`,
        `bad_stars`, `full`.
        """
        raise NotImplementedError

    def done(self, audit_id: str, n: int, what: str | None, *, now: datetime | None = None) -> Line:
        """Tick off what was done with a line (a What's value); None takes it back.

        A closed audit's line can be ticked off too: that is kept on this device, beside its record.
        """
        raise NotImplementedError

    def undo(self, audit_id: str) -> Undone | None:
        """Take the last change back, and the one before it the next time; None where there is none. Not pauses."""
        raise NotImplementedError

    def shelf(self, audit_id: str, name: str, *, now: datetime | None = None) -> OpenAudit:
        """Go to another shelf. AuditInvalid: `shelf_too_long`."""
        raise NotImplementedError

    def pause(self, audit_id: str, *, now: datetime | None = None) -> OpenAudit:
        """Pause the audit; one that is paused stays so. AuditInvalid: `too_many_pauses`."""
        raise NotImplementedError

    def resume(self, audit_id: str, *, now: datetime | None = None) -> OpenAudit:
        """End the pause, where one lasts."""
        raise NotImplementedError

    def drop(self, audit_id: str) -> None:
        """Throw the running audit away, as the person asked."""
        raise NotImplementedError

    def close(
        self, audit_id: str, author: Author, *, office: bool = False, remarks: str = "", now: datetime | None = None
    ) -> Audit:
        """Write the audit's record and put it into the outbox; without an account, keep it on this device.

        AuditInvalid: `empty`, `remarks_too_long`, `too_large`, `not_canonical`.
        """
        raise NotImplementedError

    # Closed audits

    def audits(self, viewer: Viewer) -> list[KeptAudit]:
        """The closed audits that the viewer sees, newest first, those of the account's other devices among them."""
        raise NotImplementedError

    def audit(self, audit_id: str, viewer: Viewer) -> KeptAudit | None:
        """The closed audit with this id, or None where the viewer sees none."""
        raise NotImplementedError

    def without_account(self) -> list[str]:
        """The ids of audits, running or closed, that can be taken over by whoever signs in."""
        raise NotImplementedError

    def take_over(self, audit_id: str, author: Author) -> None:
        """Make an audit without an account the author's, because they ask for it: a closed one is signed and sent.

        AuditInvalid: `no_account`, `already_open`.
        """
        raise NotImplementedError

    def forget(self, audit_id: str) -> None:
        """Delete a closed audit without an account, as the person asked."""
        raise NotImplementedError

    # All tills

    def union(self, viewer: Viewer) -> ShelfState:
        """What stands on the shelves by all tills of the viewer's account, the running audit among them."""
        raise NotImplementedError

    def before(self, audit_id: str, viewer: Viewer) -> ShelfState:
        """What stood on the shelves before this audit, running or closed, was opened."""
        raise NotImplementedError
