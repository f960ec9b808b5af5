"""Keeps the signed records of one kind on one device, until the server has confirmed them and their files."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from services.records.chain import Signer
from services.records.files import Photo, PhotoFolder
from services.records.kind import Kind
from services.records.record import Receipt, Record, rfc3339
from services.storage.segments import Segments
from services.storage.store import Recovery, StoreWriteError, make_folder
from services.subscriptions import Subscriptions, Unsubscribe

_RESTS_FROM = 4
_LONGEST_REST = 6 * 60 * 60.0

Sees = Callable[[str | None], bool]
"""Whether somebody may see what was signed under this account (None: without an account)."""


class RecordState(Enum):
    """How far a record has got. WAITING: on this device only. REFUSED: set aside, the server refused something."""

    WAITING = "waiting"
    SENDING = "sending"
    RECEIVED = "received"
    REFUSED = "refused"


class Unsent(NamedTuple):
    """What the server has not confirmed: how many records and files (of any record), and the files' bytes."""

    records: int
    files: int
    file_bytes: int


@dataclass(frozen=True)
class Entry:
    """A record and its state.

    `reason` is the server's code for a refusal, or why the record waits; `detail` is the server's sentence. `beside` is
    kept with the record and never sent. `signature` is the device's (docs/api.md, Record-Signature); None where it has
    none yet.
    """

    record: Record
    state: RecordState
    reason: str | None
    detail: str | None
    files_sent: int
    received_at: datetime | None
    jws: str | None
    beside: Mapping[str, Any]
    signature: str | None = None


def _everybody(_account: str | None) -> bool:
    return True


class RecordBook:
    """Records of one kind. Each change is on the disk when its method returns, which may raise StoreWriteError.

    Records are rows in segments, each with what became of it. Safe to use from several threads: `lock` is held during
    each change, and by callers that make several changes one with `change`.
    """

    def __init__(self, folder: Path, kind: Kind, files: PhotoFolder, signer: Signer | None = None) -> None:
        """Open or begin the book in the device's folder. The caller holds the FolderLock. Raises StoreError.

        The books of a device's chained kinds share its `signer`, and their lock with it.
        """
        self.kind = kind
        self.files = files
        self.signer = signer or Signer()
        self.lock = self.signer.lock if kind.chained else threading.RLock()
        self._mark = _unsent_mark(folder, kind)
        self._rows = Segments(folder / kind.folder, table=kind.folder, rows=kind.in_a_file)
        self._changed = Subscriptions()
        self._entered = Subscriptions()
        self._depth = 0
        self._has_entered = False
        self._sending: str | None = None
        self._failures: dict[str, tuple[int, str]] = {}  # by record: how often sending failed, and why it waits
        self._rests: dict[str, float] = {}  # by record: until when it is not tried, by the monotonic clock
        self._waiting: set[int] = set()
        self._fresh: set[str] = set()  # added in this run, and not taken up for sending yet
        for key in self._rows:
            row = self._rows.get(key)
            if self._is_waiting(row):
                self._waiting.add(key)
            if kind.chained:
                self.signer.note(self._record(row), row.get("number", 0))

    @staticmethod
    def has_unsent(folder: Path, kind: Kind) -> bool:
        """Whether the book of this kind in `folder` may hold unsent records, told without opening it."""
        return _unsent_mark(folder, kind).exists()

    @property
    def recovered(self) -> list[Recovery]:
        """What had to be recovered on opening, for the person to be told."""
        return self._rows.recovered

    def subscribe(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change, from the thread that made it."""
        return self._changed.add(callback)

    def subscribe_outbox(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` when a record enters the outbox: it was signed, or is to be tried again."""
        return self._entered.add(callback)

    @contextlib.contextmanager
    def change(self) -> Iterator[None]:
        """Make several changes one: hold the lock, and tell the subscribers once at the end of the outermost change."""
        with self.lock:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
            if self._depth:
                return
            entered, self._has_entered = self._has_entered, False
        self._changed.notify()
        if entered:
            self._entered.notify()

    # What is kept

    def __contains__(self, record_id: str) -> bool:
        return _is_uuid(record_id) and _key(record_id) in self._rows

    def sign(self, body: dict[str, Any], owner_id: str | None = None, **beside: Any) -> Record:
        """Seal a body, put the record into the outbox with its signature, and return it. Raises RecordInvalid."""
        with self.change():
            record, signature = self.signer.seal(self.kind, body, owner_id)
            self.add(record, signature=signature, **beside)
            return record

    def add(self, record: Record, *, signature: str | None = None, **beside: Any) -> None:
        """Put a record into the outbox; `beside` is kept with it. Raises ValueError where it breaks the chain."""
        with self.change():
            if self.kind.chained and record.prev != self.signer.tip(record.device, record.owner):
                raise ValueError("another record was signed meanwhile")
            row = {"id": record.id, "body": record.body, "sha256": record.sha256, **beside}
            row |= {"owner": record.owner_id} if record.owner_id else {}
            row |= {"signature": signature} if signature else {}
            row |= {"number": self.signer.next_number} if self.kind.chained else {}
            self._write(row, received_at=None, photos_sent=[], refused=None)
            self._enter(record, row.get("number", 0))
            self._fresh.add(record.id)

    def may_take_back(self, record_id: str) -> bool:
        """Whether `take_back` would remove this record now."""
        with self.lock:
            if record_id not in self._fresh:
                return False
            record = self.record(record_id)
            return not self.kind.chained or self.signer.tip(record.device, record.owner) == record.sha256

    def take_back(self, record_id: str) -> bool:
        """Remove a record that was added in this run, if nothing was done to send it and no later record names it.

        Whether that was so. Nobody has seen such a record, so its chain goes on from the one before it.
        """
        with self.change():
            if record_id not in self._fresh:
                return False
            record, key = self.record(record_id), _key(record_id)
            number = self._rows.get(key).get("number", 0)
            if self.kind.chained:
                try:
                    self.signer.take_back(record)
                except ValueError:
                    return False
            try:
                self._rows.drop(key)
            except BaseException:
                if self.kind.chained:
                    self.signer.note(record, number)
                raise
            self._fresh.discard(record_id)
            self._no_longer_waiting(key)
            return True

    def signature(self, record_id: str) -> str | None:
        """The record's signature; made now where there was no key when it was signed. None where there still is none.

        Raises KeyError, StoreWriteError.
        """
        with self.change():
            row = self._rows.get(_key(record_id))
            if "signature" not in row and self.kind.chained and (made := self.signer.sign(self._record(row))):
                self._rows.put(_key(record_id), row := {**row, "signature": made})
            signature: str | None = row.get("signature")
            return signature

    def record(self, record_id: str) -> Record:
        """The record with this id. Raises KeyError."""
        with self.lock:
            return self._record(self._rows.get(_key(record_id)))

    def entry(self, record_id: str) -> Entry:
        """The record with this id and its state. Raises KeyError."""
        with self.lock:
            return self._entry(self._rows.get(_key(record_id)))

    def newest(self, sees: Sees = _everybody) -> Iterator[str]:
        """The ids of the records of these accounts, in the order of signing, the latest first."""
        rows = (self._rows.get(key) for key in reversed(self._rows))
        return (row["id"] for row in rows if sees(_owner(row)))

    def refused(self, sees: Sees = _everybody) -> list[str]:
        """The ids of the refused records, newest first."""
        with self.lock:
            return [record_id for record_id in self.newest(sees) if self._rows.get(_key(record_id))["refused"]]

    def counts(self, sees: Sees = _everybody) -> Counter[RecordState]:
        """How many records are in each state."""
        with self.lock:
            return Counter(self._state(self._rows.get(_key(record_id))) for record_id in self.newest(sees))

    def corrections(self) -> dict[str, str]:
        """The id of the latest correction, by the id of the record that it corrects."""
        with self.lock:
            rows = [self._rows.get(key) for key in self._rows]
            return {row["body"]["supersedes"]: str(row["id"]) for row in rows if row["body"]["supersedes"]}

    def names_file(self, sha256: str) -> bool:
        """Whether any record names this file."""
        with self.lock:
            return any(sha256 in self._named(self._rows.get(key)) for key in self._rows)

    def has_received(self, owns: Sees) -> bool:
        """Whether the server has received a record of these accounts from this device."""
        with self.lock:
            rows = (self._rows.get(key) for key in reversed(self._rows))
            return any(row["received_at"] and owns(_owner(row)) for row in rows)

    # The outbox

    def outbox(self) -> list[Record]:
        """Records still to be sent, wholly or in part: fewest failures in this run first, then oldest first."""
        with self.lock:
            waiting = [self._rows.get(key) for key in self._rows if key in self._waiting]
            waiting.sort(key=lambda row: self._failures.get(row["id"], (0, ""))[0])
            return [self._record(row) for row in waiting]

    @property
    def waiting(self) -> int:
        """How many records are still to be sent, wholly or in part."""
        return len(self._waiting)

    def waiting_by_account(self) -> Counter[str | None]:
        """How many records of each account wait to be sent."""
        with self.lock:
            return Counter(_owner(self._rows.get(key)) for key in self._waiting)

    def unsent(self, sees: Sees = _everybody) -> Unsent:
        """How much still has to be sent."""
        with self.lock:
            rows = [row for row in map(self._rows.get, self._waiting) if sees(_owner(row))]
            sizes = [photo.size for row in rows for photo in self._unsent_files(row)]
            return Unsent(sum(row["received_at"] is None for row in rows), len(sizes), sum(sizes))

    def unsent_files(self, record_id: str) -> list[Photo]:
        """The record's files that the server has not confirmed."""
        with self.lock:
            return self._unsent_files(self._rows.get(_key(record_id)))

    def has_receipt(self, record_id: str) -> bool:
        """Whether the server has confirmed the record itself (its files apart)."""
        with self.lock:
            return self._rows.get(_key(record_id))["received_at"] is not None

    def has_failed(self, record_id: str) -> bool:
        """Whether sending this record has failed since the app was started."""
        return self._failures.get(record_id, (0, ""))[0] > 0

    def last_failure(self, record_id: str) -> str | None:
        """Why sending this record failed last, since something of it arrived; None where it did not."""
        failed, reason = self._failures.get(record_id, (0, ""))
        return reason if failed else None

    def offset(self, record_id: str, sha256: str) -> int:
        """How many bytes of a partly sent file the server has confirmed."""
        with self.lock:
            offset: int = self._rows.get(_key(record_id)).get("offsets", {}).get(sha256, 0)
            return offset

    def bound_to(self, record_id: str) -> str | None:
        """The address of the server that alone may get this record; None: any."""
        with self.lock:
            address: str | None = self._rows.get(_key(record_id)).get("server")
            return address

    def bind(self, address: str | None) -> None:
        """Let only the server at this address get what waits now and is not bound yet; None: let any server get it."""
        with self.change():
            for row in [self._rows.get(key) for key in self._waiting]:
                if address is None and "server" in row:
                    self._write({name: value for name, value in row.items() if name != "server"})
                elif address is not None and "server" not in row:
                    self._write(row, server=address)

    def take_over(self, entry: Entry) -> None:
        """Take over a record that waits in another book of this kind, with what became of it there."""
        with self.change():
            if entry.record.id not in self:
                self._write(entry.beside)
                self._enter(entry.record, entry.beside.get("number", 0))

    def take_up(self, record_id: str) -> bool:
        """Begin a pass that sends this record, which cannot be taken back from now on; False where it was before."""
        with self.lock:
            self._fresh.discard(record_id)
            return record_id in self

    def mark_sending(self, record_id: str | None) -> None:
        """Note which record is being sent now; in memory only, since after a restart none is."""
        with self.change():
            self._sending = record_id
            self._fresh.discard(record_id or "")

    def record_failure(self, record_id: str, reason: str) -> None:
        """Remember, in memory only, that sending failed: it is shown with the record, and others go first next time.

        From the fourth failure in a row on, between which nothing of the record arrived, it rests longer each time: up
        to six hours. So what does not pass costs few bytes a day.
        """
        with self.change():
            failed = self._failures.get(record_id, (0, ""))[0] + 1
            self._failures[record_id] = (failed, reason)
            if failed >= _RESTS_FROM:
                self._rests[record_id] = monotonic() + min(_LONGEST_REST, 2.0**failed)

    def rests(self, record_id: str) -> str | None:
        """Why a record is not to be tried now; None where it is."""
        if monotonic() < self._rests.get(record_id, 0):
            return self._failures.get(record_id, (0, ""))[1] or None
        return None

    def end_rests(self) -> None:
        """Let all records be tried: a person asks for it, or the device is connected in another way."""
        self._rests.clear()

    def record_waiting(self, record_id: str, reason: str) -> None:
        """Remember, in memory only, what a record waits for. It was not tried, so this counts as no failure."""
        failed, earlier = self._failures.get(record_id, (0, ""))
        if reason != earlier:
            with self.change():
                self._failures[record_id] = (failed, reason)

    def record_receipt(self, receipt: Receipt) -> None:
        """Keep the server's receipt. Raises ValueError for another record's, KeyError for an unknown record."""
        with self.change():
            row = self._rows.get(_key(receipt.id))
            if row["sha256"] != receipt.sha256:
                raise ValueError("the receipt is for another body")
            # The newest receipt alone counts: a server restored from a backup may have lost files that it had
            # confirmed.
            sent = sorted(receipt.files_stored & self._named(row))
            proof = {"jws": receipt.jws} if receipt.jws else {}
            row = {name: value for name, value in row.items() if name not in ("jws", "offsets")} | proof
            self._write(row, received_at=rfc3339(receipt.received_at), photos_sent=sent, refused=None)

    def record_file(self, record_id: str, sha256: str) -> None:
        """Record that the server has stored this file."""
        with self.change():
            row = self._rows.get(_key(record_id))
            offsets = {name: offset for name, offset in row.get("offsets", {}).items() if name != sha256}
            row = {name: value for name, value in row.items() if name != "offsets"}
            row |= {"offsets": offsets} if offsets else {}
            self._write(row, photos_sent=sorted({*row["photos_sent"], sha256}))

    def doubt(self, wanted: Callable[[Record], bool]) -> None:
        """Put the received records that are wanted back into the outbox: the server may have lost them.

        They are sent without their files at first, and the new receipt tells which of those are still there.
        """
        with self.change():
            for row in [self._rows.get(key) for key in self._rows]:
                if row["received_at"] and not row["refused"] and wanted(self._record(row)):
                    row = {name: value for name, value in row.items() if name != "offsets"}
                    self._write(row, received_at=None, photos_sent=[])
                    self.record_failure(row["id"], "server_restored")
                    self._has_entered = True

    def compare(self, owns: Sees, held: Mapping[tuple[str, str], tuple[str, frozenset[str]]]) -> None:
        """Send again what the server confirmed of these accounts and does not hold now (`SentRecords.held`)."""

        def lost(record: Record) -> bool:
            sha256, files = held.get((self.kind.name, record.id), ("", frozenset()))
            confirmed = set(self._rows.get(_key(record.id))["photos_sent"])
            return owns(record.owner) and (sha256 != record.sha256 or not confirmed <= files)

        self.doubt(lost)

    def record_offset(self, record_id: str, sha256: str, offset: int) -> None:
        """Record how many bytes of this file the server has."""
        with self.change():
            row = self._rows.get(_key(record_id))
            self._write(row, offsets={**row.get("offsets", {}), sha256: offset})

    def record_refusal(self, record_id: str, code: str, detail: str) -> None:
        """Set a refused record aside: it stays visible, can be exported or tried again, and does not delay others."""
        with self.change():
            self._write(self._rows.get(_key(record_id)), refused={"code": code, "detail": detail})

    def retry(self, record_id: str) -> None:
        """Put a refused record back into the outbox."""
        with self.change():
            self._write(self._rows.get(_key(record_id)), refused=None)
            self._has_entered = True

    def close(self) -> None:
        """Refuse every later change."""
        with self.lock:
            self._rows.close()

    def _write(self, row: Mapping[str, Any], **fields: Any) -> None:
        row = dict(row) | fields
        key = _key(row["id"])
        waits = self._is_waiting(row)
        if waits:
            # Before the record, so that no unsent one is ever without it.
            self._mark_unsent()
        self._rows.put(key, row)
        self._fresh.discard(row["id"])
        self._failures.pop(row["id"], None)
        self._rests.pop(row["id"], None)
        if waits:
            self._waiting.add(key)
        else:
            self._no_longer_waiting(key)

    def _enter(self, record: Record, number: int) -> None:
        if self.kind.chained:
            self.signer.note(record, number)
        self._has_entered = True

    def _no_longer_waiting(self, key: int) -> None:
        self._waiting.discard(key)
        if not self._waiting:
            # What was recorded is on the disk: a mark that stays only has the device opened at the next start.
            with contextlib.suppress(OSError):
                self._mark.unlink()

    def _mark_unsent(self) -> None:
        make_folder(self._mark.parent)
        try:
            self._mark.touch(mode=0o600)
        except OSError as error:
            raise StoreWriteError(self._mark, error.strerror or str(error)) from error

    def _is_waiting(self, row: Mapping[str, Any]) -> bool:
        """Whether something of a record is still to be sent."""
        if row["refused"]:
            return False
        return row["received_at"] is None or not self._named(row) <= set(row["photos_sent"])

    def _named(self, row: Mapping[str, Any]) -> set[str]:
        return {file["sha256"] for file in row["body"].get(self.kind.files, ())}

    def _unsent_files(self, row: Mapping[str, Any]) -> list[Photo]:
        files = {file.sha256: file for file in self._record(row).files if file.sha256 not in row["photos_sent"]}
        return list(files.values())

    def _state(self, row: Mapping[str, Any]) -> RecordState:
        if row["refused"]:
            return RecordState.REFUSED
        if _key(row["id"]) not in self._waiting:
            return RecordState.RECEIVED
        return RecordState.SENDING if row["id"] == self._sending else RecordState.WAITING

    def _record(self, row: Mapping[str, Any]) -> Record:
        return Record(row["id"], row["body"], row["sha256"], self.kind, row.get("owner"))

    def _entry(self, row: Mapping[str, Any]) -> Entry:
        waits_for = self._failures.get(row["id"], (0, None))[1]
        return Entry(
            record=self._record(row),
            state=self._state(row),
            reason=row["refused"]["code"] if row["refused"] else waits_for,
            detail=row["refused"]["detail"] if row["refused"] else None,
            files_sent=len(row["photos_sent"]),
            received_at=datetime.fromisoformat(row["received_at"]) if row["received_at"] else None,
            jws=row.get("jws"),
            beside=row,
            signature=row.get("signature"),
        )


def _owner(row: Mapping[str, Any]) -> str | None:
    """`Record.owner` of a row."""
    owner: str | None = row.get("owner") or row["body"]["account"]
    return owner


def _is_uuid(record_id: str) -> bool:
    try:
        uuid.UUID(record_id)
    except ValueError:
        return False
    return True


def _key(record_id: str) -> int:
    return uuid.UUID(record_id).int


def _unsent_mark(folder: Path, kind: Kind) -> Path:
    """A file that is there while records are unsent. Beside the segments, so that their folder's fsync covers it."""
    return folder / kind.folder / "unsent"
