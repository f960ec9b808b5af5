"""One pass of each kind: fetching the register, and sending the notes in the outbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from services.accounts import Accounts
from services.catalogue import Catalogue
from services.inspections import Inspection, Receipt
from services.notebook import Notebook
from services.photos import PhotoLost
from services.registry import Refused, Registry, SignInNeeded, Unreachable
from services.storage import StoreWriteError
from services.syncer import Cancelled, Progress

T = TypeVar("T")

FETCH_EVERY = 15 * 60.0
_FAILED_IN_A_ROW = 3


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
    """One pass over the outbox. `waiting` notes are still in it, `blocked` of them until their account signs in.

    `problem` is that of the last try that failed: as for FetchReport, or `sign_in_needed` (the session was revoked).
    """

    received: int = 0
    photos: int = 0
    refused: int = 0
    waiting: int = 0
    blocked: int = 0
    problem: str | None = None
    retry_after: float | None = None


def _never() -> bool:
    return False


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
    cancelled: Cancelled = _never,
    progress: Progress = _ignore,
) -> SendReport:
    """Send what is in the outbox: each note with its own account's token or as nobody, then its photos.

    A note that is refused is set aside, one that fails is left for later; neither keeps the next from being sent. Only
    three failures in a row, or no connection at all, end the pass. Never raises for what network or server do.
    """
    queue = notebook.outbox()
    report = SendReport()
    blocked: set[str] = set()
    in_a_row = 0
    for done, inspection in enumerate(queue):
        progress(done, len(queue))
        if cancelled():
            report = replace(report, problem="cancelled")
            break
        notebook.mark_sending(inspection.id)
        photos = len(notebook.unsent_photos(inspection.id))
        try:
            _send_note(notebook, accounts, registry, inspection)
            report = replace(report, received=report.received + 1)
            in_a_row = 0
        except SignInNeeded:
            blocked.add(inspection.id)
            current = accounts.current
            own = current is not None and current.username == inspection.account
            notebook.record_failure(inspection.id, "sign_in_needed" if own else "other_account")
            if own:
                report = replace(report, problem=report.problem or "sign_in_needed")
        except (Refused, PhotoLost) as refused:
            code, detail = (refused.code, refused.detail) if isinstance(refused, Refused) else (refused.reason, "")
            notebook.record_refusal(inspection.id, code, detail)
            report = replace(report, refused=report.refused + 1)
            in_a_row = 0
        except Unreachable as error:
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
    else:
        progress(len(queue), len(queue))
    waiting = {inspection.id for inspection in notebook.outbox()}
    return replace(report, waiting=len(waiting), blocked=len(waiting & blocked))


def _send_note(notebook: Notebook, accounts: Accounts, registry: Registry, inspection: Inspection) -> None:
    """Send what the server has not confirmed of one note. A refused or lost photo does not keep the others back."""
    if not notebook.has_receipt(inspection.id):
        notebook.record_receipt(_put_inspection(accounts, registry, inspection))
    trouble: Refused | PhotoLost | None = None
    for photo in notebook.unsent_photos(inspection.id):
        try:
            jpeg = notebook.photos.read(photo.sha256)
            _put_photo(accounts, registry, inspection, photo.sha256, jpeg)
        except SignInNeeded:
            raise
        except (Refused, PhotoLost) as error:
            trouble = trouble or error
        else:
            notebook.record_photo(inspection.id, photo.sha256)
    if trouble is not None:
        raise trouble


def _put_inspection(accounts: Accounts, registry: Registry, inspection: Inspection) -> Receipt:
    return _as_its_account(
        accounts, registry, inspection.account, lambda token: registry.put_inspection(inspection, token)
    )


def _put_photo(accounts: Accounts, registry: Registry, inspection: Inspection, sha256: str, jpeg: bytes) -> None:
    def put(token: str | None) -> None:
        registry.put_photo(inspection.id, sha256, jpeg, token, inspection.body["device"])

    try:
        _as_its_account(accounts, registry, inspection.account, put)
    except Refused as refused:
        if refused.code != "not_found":
            raise
        # The server no longer has the note it gave a receipt for (restored from a backup, say): it gets it again.
        _put_inspection(accounts, registry, inspection)
        _as_its_account(accounts, registry, inspection.account, put)


def _as_its_account(accounts: Accounts, registry: Registry, username: str | None, call: Callable[[str | None], T]) -> T:
    """Call with the token of the account that signed the note, and once more with a new one where it is not taken."""
    if username is None:
        try:
            return call(None)
        except SignInNeeded as refused:
            # Nobody was said to be signed in: the registry would not answer so.
            raise Unreachable("not_the_registry") from refused
    token = accounts.access_token(registry, username=username)
    if token is None:
        raise SignInNeeded("not_signed_in", "the account of this note is not signed in here", 401)
    try:
        return call(token)
    except SignInNeeded:
        fresh = accounts.access_token(registry, username=username, rejected=token)
        if fresh is None:
            raise
        return call(fresh)
