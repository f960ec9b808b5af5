"""Sends an outbox: one pass over records of any kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from services.accounts.accounts import Accounts
from services.client.answers import Refused, SignInNeeded
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.records.book import RecordBook
from services.records.files import PhotoLost, PhotoUnreadable
from services.records.record import Record
from services.storage.store import StoreWriteError
from services.sync.sending import (
    RECORD_WEIGHT,
    Meter,
    PhotosHeld,
    Sending,
    SendingToOldAddresses,
    ServerTooOld,
)
from services.sync.syncer import Cancelled, Progress, not_cancelled, not_told

Schemas = Mapping[str, tuple[int, ...]] | None
"""The forms that the server takes, by kind; None where it does not say (version 0.1.0) or was not asked yet."""

_FAILED_IN_A_ROW = 3
_WAIT_FOR_THE_PERSON = (None, "sign_in_needed", "locked")


@dataclass(frozen=True)
class SendReport:
    """What one pass over an outbox did. `waiting` records are still in it; some of them cannot be sent for now.

    `blocked` wait until their account signs in, or for the register that they were written for, the photos of `held`
    until there is a connection they may go over, `ahead` until the server is a newer one. `problem` is that of the last
    failed try: as for FetchReport, or `sign_in_needed` (the session has ended), or `locked` (the key to the session has
    not been fetched yet).
    """

    received: int = 0
    photos: int = 0
    refused: int = 0
    waiting: int = 0
    blocked: int = 0
    held: int = 0
    ahead: int = 0
    problem: str | None = None
    retry_after: float | None = None

    def __add__(self, later: SendReport) -> SendReport:
        """One report of passes over two outboxes. Of their problems counts the one that another try soon may mend."""
        both = {
            name: getattr(self, name) + getattr(later, name)
            for name in ("received", "photos", "refused", "waiting", "blocked", "held", "ahead")
        }
        first, second = (self, later) if self.problem not in _WAIT_FOR_THE_PERSON else (later, self)
        patience = max(filter(None, (self.retry_after, later.retry_after)), default=None)
        return SendReport(**both, problem=first.problem or second.problem, retry_after=patience)


def _always() -> bool:
    return True


def send(
    book: RecordBook,
    accounts: Accounts,
    registry: Registry,
    *,
    schemas: Schemas = None,
    is_told: bool = True,
    photos_allowed: Callable[[], bool] = _always,
    cancelled: Cancelled = not_cancelled,
    progress: Progress = not_told,
) -> SendReport:
    """Send the outbox: each record with its own account's token, or without a token, and its files.

    A refused record is set aside, a failed one is left for later, and one that only a newer server takes waits; none of
    them delays the next. What has failed again and again rests, longer each time (RecordBook.record_failure). Only
    three failures in a row, or no connection at all, end the pass. Never raises for what
    network or server do. `photos_allowed` is asked before each file; files that may not be sent now wait, which counts
    as no failure. `is_told`: whether `schemas` is what the server says; where it has not been asked yet, the addresses
    of all kinds are tried, and then the old ones. `progress` is in bytes, a record itself counted as 1 KiB.
    """
    viewer = accounts.viewer
    queue: list[Record] = []
    report = SendReport()
    blocked: set[str] = set()
    for record in book.outbox():
        if not book.take_up(record.id):
            continue
        bound = book.bound_to(record.id)
        elsewhere = bound is not None and bound not in registry.addresses
        if viewer.sees(record.owner) and not elsewhere:
            queue.append(record)
        else:
            blocked.add(record.id)
            book.record_waiting(record.id, "other_register" if elsewhere else "other_account")
    held: set[str] = set()
    ahead: set[str] = set()
    in_a_row = 0
    meter = Meter(sum(_weight(book, record.id) for record in queue), progress)
    for record in queue:
        if cancelled():
            report = replace(report, problem="cancelled")
            break
        weight = _weight(book, record.id)
        ways = _ways(record, schemas, is_told=is_told)
        if not ways:
            ahead.add(record.id)
            book.record_waiting(record.id, "server_too_old")
            meter.pass_by(weight)
            continue
        if reason := book.rests(record.id):
            report = replace(report, problem=report.problem or reason)
            meter.pass_by(weight)
            continue
        if book.has_receipt(record.id) and not photos_allowed():
            held.add(record.id)
            book.record_waiting(record.id, "photos_wait_for_wifi")
            meter.pass_by(weight)
            continue
        book.mark_sending(record.id)
        files = len(book.unsent_files(record.id))
        try:
            first, *others = (way(book, accounts, registry, record, photos_allowed, cancelled, meter) for way in ways)
            try:
                first.send()
            except ServerTooOld:
                if not others:
                    raise
                others[0].send()
            report = replace(report, received=report.received + 1)
            in_a_row = 0
        except PhotosHeld:
            held.add(record.id)
            book.record_waiting(record.id, "photos_wait_for_wifi")
            in_a_row = 0
        except ServerTooOld:
            ahead.add(record.id)
            book.record_waiting(record.id, "server_too_old")
            in_a_row = 0
        except SignInNeeded as needed:
            blocked.add(record.id)
            if accounts.viewer.sees(record.owner):
                reason = "locked" if needed.code == "locked" else "sign_in_needed"
                report = replace(report, problem=report.problem or reason)
            else:  # the person signed out, or somebody else signed in, during the pass
                reason = "other_account"
            book.record_waiting(record.id, reason)
        except PhotoUnreadable as error:
            book.record_failure(record.id, error.reason)
            report = replace(report, problem=report.problem or error.reason)
        except (Refused, PhotoLost) as refused:
            code, detail = (refused.code, refused.detail) if isinstance(refused, Refused) else (refused.reason, "")
            book.record_refusal(record.id, code, detail)
            report = replace(report, refused=report.refused + 1)
            in_a_row = 0
        except Unreachable as error:
            if error.reason == "cancelled":
                report = replace(report, problem="cancelled")
                break
            book.record_failure(record.id, error.reason)
            report = replace(report, problem=error.reason, retry_after=error.retry_after)
            in_a_row += 1
            if error.reason == "no_connection" or error.retry_after is not None or in_a_row == _FAILED_IN_A_ROW:
                break
        except StoreWriteError:
            # Nothing was recorded, so it will be sent again, and the server will recognise it by id and hash.
            report = replace(report, problem="not_saved")
            break
        finally:
            report = replace(report, photos=report.photos + files - len(book.unsent_files(record.id)))
            book.mark_sending(None)
        meter.pass_by(weight)
    waiting = {record.id for record in book.outbox()}
    return replace(
        report,
        waiting=len(waiting),
        blocked=len(waiting & blocked),
        held=len(waiting & held),
        ahead=len(waiting & ahead),
    )


def _weight(book: RecordBook, record_id: str) -> int:
    own = 0 if book.has_receipt(record_id) else RECORD_WEIGHT
    return own + sum(file.size for file in book.unsent_files(record_id))


def _ways(record: Record, schemas: Schemas, *, is_told: bool) -> list[type[Sending]]:
    """How to send a record to a server that takes these forms, best first; empty where it takes none of this record."""
    old = [SendingToOldAddresses] if record.schema in record.kind.old_forms else []
    if not is_told:
        return [Sending, *old]
    if schemas is not None:
        return [Sending] if record.schema in schemas.get(record.kind.name, ()) else []
    return [*old]
