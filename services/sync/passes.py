"""One pass of each kind: fetching the register, and sending the notes in the outbox."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from services.accounts.accounts import Accounts
from services.client.answers import Receipt, Refused, SignInNeeded
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.notes.note import Inspection
from services.notes.notebook import Notebook
from services.notes.photos import PhotoLost
from services.register.catalogue import Catalogue
from services.storage.store import StoreWriteError
from services.sync.syncer import Cancelled, Progress

T = TypeVar("T")

FETCH_EVERY = 15 * 60.0
SELDOMEST_FETCH = 2 * 60 * 60.0
_FAILED_IN_A_ROW = 3
_NOTE_WEIGHT = 1024
_TELL_EVERY = 0.2  # seconds


@dataclass(frozen=True)
class FetchReport:
    """One fetch. `changes` counts products that were applied; what was applied stays, whatever the problem.

    `problem`: Unreachable's reason, Refused's code, `not_saved` (the device's disk), `no_server` or `cancelled`.
    """

    changes: int = 0
    problem: str | None = None
    retry_after: float | None = None
    waiting: int = 0


@dataclass(frozen=True)
class SendReport:
    """One pass over the outbox. `waiting` notes are still in it, of which the following cannot be sent for now.

    `blocked` wait until their account signs in, the photos of `held` until there is a connection they may go over.
    `problem` is that of the last try that failed: as for FetchReport, or `sign_in_needed` (the session has ended), or
    `locked` (it waits for the key that opens it).
    """

    received: int = 0
    photos: int = 0
    refused: int = 0
    waiting: int = 0
    blocked: int = 0
    held: int = 0
    problem: str | None = None
    retry_after: float | None = None


def _never() -> bool:
    return False


def _always() -> bool:
    return True


def _ignore(done: int, total: int) -> None:
    pass


def fetch(
    catalogue: Catalogue, registry: Registry, *, cancelled: Cancelled = _never, progress: Progress = _ignore
) -> FetchReport:
    """Bring the copy up to date: the whole register at first and for another server, else the changes since its cursor.

    An old copy stays in use until the new one is on the disk. Never raises for what the network or the server does.
    """
    applied = 0
    try:
        copy = catalogue.copy
        cursor = copy.cursor if copy.source == registry.url else None
        while not cancelled():
            if cursor is None:
                return FetchReport(changes=_fetch_all(catalogue, registry, cancelled, progress))
            try:
                page = registry.changes(cursor)
            except Refused as refused:
                if refused.code != "cursor_too_old":
                    raise
                cursor = None
                continue
            catalogue.apply(page.changes, page.next_cursor, more=page.more, register=page.register, as_of=page.as_of)
            applied += len(page.changes)
            if not page.more:
                progress(applied, applied)
                return FetchReport(changes=applied)
            progress(applied, 0)
            cursor = page.next_cursor
        return FetchReport(changes=applied, problem="cancelled")
    except Unreachable as error:
        return FetchReport(changes=applied, problem=error.reason, retry_after=error.retry_after)
    except Refused as error:
        return FetchReport(changes=applied, problem=error.code)
    except StoreWriteError:
        return FetchReport(changes=applied, problem="not_saved")


def _fetch_all(catalogue: Catalogue, registry: Registry, cancelled: Cancelled, progress: Progress) -> int:
    snapshot = registry.snapshot(cancelled=cancelled)
    if snapshot is None:
        raise Unreachable("not_the_registry")
    total = len(snapshot.products)
    progress(0, total)
    catalogue.replace_all(
        snapshot.products, snapshot.next_cursor, snapshot.register, snapshot.as_of, source=registry.url
    )
    progress(total, total)
    return total


def send(
    notebook: Notebook,
    accounts: Accounts,
    registry: Registry,
    *,
    photos_allowed: Callable[[], bool] = _always,
    cancelled: Cancelled = _never,
    progress: Progress = _ignore,
) -> SendReport:
    """Send what is in the outbox: each note with its own account's token or as nobody, then its photos.

    A note that is refused is set aside, one that fails is left for later; neither keeps the next from being sent. Only
    three failures in a row, or no connection at all, end the pass. Never raises for what network or server do.
    `photos_allowed` is asked before each photo; those that may not be sent now wait without having failed. `progress`
    is in bytes, a note's own counted as 1 KiB.
    """
    outbox, viewer = notebook.outbox(), accounts.viewer
    queue = [inspection for inspection in outbox if viewer.sees(inspection.account)]
    report = SendReport()
    blocked = {inspection.id for inspection in outbox if not viewer.sees(inspection.account)}
    for note_id in blocked:
        notebook.record_waiting(note_id, "other_account")
    held: set[str] = set()
    in_a_row = 0
    meter = _Meter(sum(_weight(notebook, inspection.id) for inspection in queue), progress)
    for inspection in queue:
        if cancelled():
            report = replace(report, problem="cancelled")
            break
        weight = _weight(notebook, inspection.id)
        if notebook.has_receipt(inspection.id) and not photos_allowed():
            held.add(inspection.id)
            notebook.record_waiting(inspection.id, "photos_wait_for_wifi")
            meter.pass_by(weight)
            continue
        notebook.mark_sending(inspection.id)
        photos = len(notebook.unsent_photos(inspection.id))
        try:
            _Sending(notebook, accounts, registry, inspection, photos_allowed, cancelled, meter).send()
            report = replace(report, received=report.received + 1)
            in_a_row = 0
        except _PhotosHeld:
            held.add(inspection.id)
            notebook.record_waiting(inspection.id, "photos_wait_for_wifi")
            in_a_row = 0
        except SignInNeeded as needed:
            blocked.add(inspection.id)
            if accounts.viewer.sees(inspection.account):
                reason = "locked" if needed.code == "locked" else "sign_in_needed"
                report = replace(report, problem=report.problem or reason)
            else:  # signed out, or somebody else in, in the middle of the pass
                reason = "other_account"
            notebook.record_waiting(inspection.id, reason)
        except (Refused, PhotoLost) as refused:
            code, detail = (refused.code, refused.detail) if isinstance(refused, Refused) else (refused.reason, "")
            notebook.record_refusal(inspection.id, code, detail)
            report = replace(report, refused=report.refused + 1)
            in_a_row = 0
        except Unreachable as error:
            if error.reason == "cancelled":
                report = replace(report, problem="cancelled")
                break
            notebook.record_failure(inspection.id, error.reason)
            report = replace(report, problem=error.reason, retry_after=error.retry_after)
            in_a_row += 1
            if error.reason == "no_connection" or error.retry_after is not None or in_a_row == _FAILED_IN_A_ROW:
                break
        except StoreWriteError:
            # Nothing was recorded, so it will be sent again, which the server recognises by id and hash.
            report = replace(report, problem="not_saved")
            break
        finally:
            report = replace(report, photos=report.photos + photos - len(notebook.unsent_photos(inspection.id)))
            notebook.mark_sending(None)
        meter.pass_by(weight)
    waiting = {inspection.id for inspection in notebook.outbox()}
    return replace(report, waiting=len(waiting), blocked=len(waiting & blocked), held=len(waiting & held))


class _PhotosHeld(Exception):
    """The note is on the server; its photos may not be sent over this connection."""


class _Meter:
    """How much of a pass is done, told at most five times a second and at the end of each note."""

    def __init__(self, total: int, tell: Progress) -> None:
        self._total = total
        self._tell = tell
        self._passed = 0
        self._told = 0.0
        tell(0, total)

    def within(self, done: int) -> None:
        """So many bytes of the note under way have gone."""
        if time.monotonic() - self._told > _TELL_EVERY:
            self._told = time.monotonic()
            self._tell(min(self._passed + done, self._total), self._total)

    def pass_by(self, weight: int) -> None:
        """A note is dealt with in this pass, whatever became of it."""
        self._passed += weight
        self._tell(self._passed, self._total)


def _weight(notebook: Notebook, note_id: str) -> int:
    own = 0 if notebook.has_receipt(note_id) else _NOTE_WEIGHT
    return own + sum(photo.size for photo in notebook.unsent_photos(note_id))


@dataclass(frozen=True)
class _Sending:
    """What it takes to send one note."""

    notebook: Notebook
    accounts: Accounts
    registry: Registry
    inspection: Inspection
    photos_allowed: Callable[[], bool]
    cancelled: Cancelled
    meter: _Meter

    def send(self) -> None:
        """Send what the server has not confirmed. A refused or lost photo does not keep the others back."""
        note_id, gone = self.inspection.id, 0
        if not self.notebook.has_receipt(note_id):
            self.notebook.record_receipt(self._put_inspection())
            gone = _NOTE_WEIGHT
        trouble: Refused | PhotoLost | None = None
        # Again where a server that had lost the note takes back what it said of photos that were sent before.
        while unsent := self.notebook.unsent_photos(note_id):
            for photo in unsent:
                if not self.photos_allowed():
                    raise _PhotosHeld
                if self.cancelled():
                    raise Unreachable("cancelled")
                try:
                    jpeg = self.notebook.photos.read(photo.sha256)
                    self._put_photo(photo.sha256, jpeg, gone)
                except SignInNeeded:
                    raise
                except (Refused, PhotoLost) as error:
                    trouble = trouble or error
                else:
                    self.notebook.record_photo(note_id, photo.sha256)
                gone += photo.size
            if trouble is not None:
                raise trouble

    def _put_inspection(self) -> Receipt:
        def put(token: str | None) -> Receipt:
            return self.registry.put_inspection(self.inspection, token, cancelled=self.cancelled)

        return self._as_its_account(put)

    def _put_photo(self, sha256: str, jpeg: bytes, gone: int) -> None:
        note_id, device = self.inspection.id, self.inspection.body["device"]

        def put(token: str | None) -> None:
            self.registry.put_photo(
                note_id,
                sha256,
                jpeg,
                token,
                device,
                cancelled=self.cancelled,
                progress=lambda sent: self.meter.within(gone + sent),
            )

        try:
            self._as_its_account(put)
        except Refused as refused:
            if refused.code != "not_found":
                raise
            # The server no longer has the note it gave a receipt for (restored from a backup, say): it gets it again.
            self.notebook.record_receipt(self._put_inspection())
            self._as_its_account(put)

    def _as_its_account(self, call: Callable[[str | None], T]) -> T:
        """Call with the token of the account that signed the note; once more with a new one where it is not taken."""
        username = self.inspection.account
        if username is None:
            try:
                return call(None)
            except SignInNeeded as refused:
                # Nobody was said to be signed in: the registry would not answer so.
                raise Unreachable("not_the_registry") from refused
        token = self.accounts.access_token(self.registry, username=username)
        if token is None:
            raise SignInNeeded("not_signed_in", "the account of this note is not signed in here", 401)
        try:
            return call(token)
        except SignInNeeded:
            fresh = self.accounts.access_token(self.registry, username=username, rejected=token)
            if fresh is None:
                raise
        try:
            return call(fresh)
        except SignInNeeded as refused:
            # It has only just given this one: a fault of the server's, which no sign-in would mend.
            raise Unreachable("server_error") from refused
