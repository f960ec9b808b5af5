"""Holds the audits of one device on the disk and in memory; AuditBook says what is done with the one that runs."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from services.accounts.viewer import Viewer
from services.audits.audit import Audit, AuditClosed, OpenAudit
from services.audits.kept import AuditFiles, KeptAudit
from services.audits.running import Running, read_running
from services.audits.sealing import without_account
from services.audits.union import Looked, ShelfState, union
from services.records.book import RecordBook
from services.records.chain import Signer
from services.records.elsewhere import Distant, Elsewhere
from services.records.files import PhotoFolder
from services.records.kind import AUDIT
from services.storage.store import Recovery, StoreWriteError
from services.subscriptions import Unsubscribe


class AuditShelf:
    """The audits of one device: those that run, closed ones with their records, and those of its account's others.

    A closed audit hides the running one with its id, as in the notebook.
    """

    def __init__(self, folder: Path, signer: Signer | None = None, elsewhere: Elsewhere | None = None) -> None:
        """Open or begin the audits in `folder`. The caller holds the FolderLock. Raises StoreError.

        `signer` signs the records and chains them; `elsewhere` holds the account's audits of other devices.
        """
        self.records = RecordBook(folder, AUDIT, PhotoFolder(folder / "audit_files"), signer or Signer())
        self._lock = self.records.lock
        self._elsewhere = elsewhere
        self._files = AuditFiles(folder)
        running, nobodys = read_running(self._files.changes)
        self._next: int = max(self._files.changes, default=0) + 1
        # What was closed or dropped hides the changes that a kill has left; they go with the next that is closed.
        self._running = {each.id: each for each in running if not self._is_closed(each.id)}
        self._left = [
            *nobodys,
            *(key for each in running if self._is_closed(each.id) for key in (each.head, *each.keys)),
        ]

    @staticmethod
    def has_unsent(folder: Path) -> bool:
        """Whether there may be unsent audits in `folder`, told without opening it."""
        return RecordBook.has_unsent(folder, AUDIT)

    @property
    def recovered(self) -> list[Recovery]:
        """What had to be recovered on opening, for the person to be told."""
        return [*self._files.recovered, *self.records.recovered]

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change, from the thread that made it."""
        ends = [self.records.subscribe(callback)]
        if self._elsewhere is not None:
            ends.append(self._elsewhere.subscribe(callback))

        def unsubscribe() -> None:
            for end in ends:
                end()

        return unsubscribe

    def current(self, viewer: Viewer) -> OpenAudit | None:
        """The viewer's running audit, paused or not; else one that was begun without an account."""
        with self._lock:
            seen = [each for each in self._running.values() if viewer.sees(each.account)]
            found = max(seen, key=lambda each: (viewer.owns(each.account), each.opened_at), default=None)
            return found.said if found else None

    # Closed audits

    def audits(self, viewer: Viewer) -> list[KeptAudit]:
        """The closed audits that the viewer sees, newest first, those of the account's other devices among them."""
        with self._lock:
            signed = [self._kept(record_id) for record_id in self.records.newest(viewer.owns)]
            unsigned = [self._kept_unsigned(audit) for audit in self._files if audit.id not in self.records]
        here = {kept.id for kept in signed}
        distant = [kept for kept in self._distant(viewer) if kept.id not in here]
        return sorted((*signed, *unsigned, *distant), key=lambda kept: kept.audit.closed_at, reverse=True)

    def audit(self, audit_id: str, viewer: Viewer) -> KeptAudit | None:
        """The closed audit with this id, or None where the viewer sees none."""
        with self._lock:
            if audit_id in self.records:
                return self._kept(audit_id) if viewer.owns(self.records.record(audit_id).owner) else None
            if audit_id in self._files:
                return self._kept_unsigned(self._files.audit(audit_id))
        return next((kept for kept in self._distant(viewer) if kept.id == audit_id), None)

    def without_account(self) -> list[str]:
        """The ids of audits, running or closed, that whoever signs in can take over."""
        with self._lock:
            running = [each.id for each in self._running.values() if each.account is None]
            return [*running, *(audit.id for audit in self._files if audit.id not in self.records)]

    # All tills

    def union(self, viewer: Viewer) -> ShelfState:
        """What stands on the shelves by all tills of the viewer's account, the running audit among them."""
        return union(self._looked(viewer))

    def before(self, audit_id: str, viewer: Viewer) -> ShelfState:
        """What stood on the shelves before this audit, running or closed, was opened. Raises AuditClosed."""
        with self._lock:
            running = self._running.get(audit_id)
        kept = None if running else self.audit(audit_id, viewer)
        opened_at = running.opened_at if running else kept.audit.opened_at if kept else None
        if opened_at is None:
            raise AuditClosed(audit_id)
        return union(self._looked(viewer, closed_by=opened_at, but=audit_id))

    # Moving house

    def renew_drafts(self) -> None:
        """Give what is not signed yet another id: in a copied folder, the original's and the copy's become two."""
        with self.records.change():
            for running in list(self._running.values()):
                before = running.id
                running.rewrite_head(id=str(uuid.uuid4()))
                del self._running[before]
                self._running[running.id] = running
            for audit in list(self._files):
                if audit.id not in self.records:
                    new = str(uuid.uuid4())
                    self._files.keep(without_account(audit.body | {"id": new}))
                    self._files.tick(new, self._files.ticks(audit.id))
                    self._files.forget(audit.id)

    def unfinished(self, viewer: Viewer) -> int:
        """How many audits of the viewer's account run."""
        with self._lock:
            return sum(viewer.owns(each.account) for each in self._running.values())

    @staticmethod
    def may_hold(folder: Path, viewer: Viewer) -> bool:
        """Whether there may be unsent or running audits of this viewer's account in `folder`, told without opening."""
        if AuditShelf.has_unsent(folder):
            return True
        names = [json.dumps(name, ensure_ascii=False).encode() for name in (viewer.account, *viewer.names) if name]
        for path in (folder / "running_audits").glob("*.json"):
            with contextlib.suppress(OSError):
                content = path.read_bytes()
                if any(name in content for name in names):
                    return True
        return False

    def shut(self) -> None:
        """Refuse every later change, because the app ends."""
        with self._lock:
            self._files.close()
            self.records.close()

    # What is behind

    def _take_key(self) -> int:
        key, self._next = self._next, self._next + 1
        return key

    def _erase(self, running: Running) -> None:
        """Remove a running audit: once its head is gone it is no more. Raises StoreWriteError, and it runs on."""
        self._files.changes.erase([running.head])
        del self._running[running.id]
        self._left += running.keys
        self._sweep()

    def _sweep(self) -> None:
        """Remove changes that belong to no running audit, or leave them for the next time."""
        with contextlib.suppress(StoreWriteError):
            self._files.changes.erase(self._left)
            self._left = []

    def _is_closed(self, audit_id: str) -> bool:
        return audit_id in self.records or audit_id in self._files

    def _closed_here(self, audit_id: str) -> Audit | None:
        if audit_id in self.records:
            return Audit.of(self.records.record(audit_id))
        if audit_id in self._files:
            return self._files.audit(audit_id)
        distant = self._elsewhere.of(lambda _account: True) if self._elsewhere else []
        return next((_audit_of(each) for each in distant if each.kind == AUDIT.name and each.id == audit_id), None)

    def _kept(self, record_id: str) -> KeptAudit:
        entry = self.records.entry(record_id)
        ticks = self._files.ticks(record_id)
        return KeptAudit(Audit.of(entry.record), entry, received_at=entry.received_at, ticks=ticks)

    def _kept_unsigned(self, audit: Audit) -> KeptAudit:
        return KeptAudit(audit, ticks=self._files.ticks(audit.id))

    def _distant(self, viewer: Viewer) -> list[KeptAudit]:
        distant = self._elsewhere.of(viewer.owns) if self._elsewhere else []
        return [
            KeptAudit(_audit_of(each), None, True, each.received_at, self._files.ticks(each.id))
            for each in distant
            if each.kind == AUDIT.name and each.body.get("schema") == AUDIT.schema
        ]

    def _looked(self, viewer: Viewer, *, closed_by: datetime | None = None, but: str = "") -> Iterator[Looked]:
        for kept in self.audits(viewer):
            audit = kept.audit
            if audit.id != but and (closed_by is None or audit.closed_at <= closed_by):
                offset = audit.body["clock_offset"]
                till = audit.device if kept.elsewhere else ""
                yield Looked(audit.id, till, audit.body["lines"], offset, kept.received_at)
        if closed_by is None and (running := self.current(viewer)) is not None:
            yield Looked(running.id, "", [line.to_json() for line in running.lines])


def _audit_of(record: Distant) -> Audit:
    return Audit(record.id, dict(record.body), record.sha256, AUDIT)
