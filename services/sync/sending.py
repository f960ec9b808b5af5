"""Sends one record: the record with its small files, then each other file from where it got to before."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from services.accounts.accounts import Accounts
from services.client.answers import FileAnswer, Refused, SignInNeeded, WrongOffset
from services.client.line import LEAST, MOST
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.records.book import RecordBook
from services.records.files import Photo, PhotoLost, PhotoUnreadable
from services.records.record import Receipt, Record
from services.sync.calling import call_as
from services.sync.certifying import certify
from services.sync.syncer import Cancelled, Progress

T = TypeVar("T")

ALONG = 1024 * 1024
"""The most bytes of files that are sent together with their record, over a line that is known to be good."""
PART = MOST
"""The most bytes of a file that are sent at once; over a bad line it is less (services.client.line)."""
RECORD_WEIGHT = 1024
"""What a record counts in the progress of a pass, in bytes; a file counts its size."""

_OF_A_FILE = frozenset({"unsupported_photo", "too_large"})
"""The codes of refusals that are about a file itself. The server has confirmed the record that names it, so any other
means that the request did not get through as it was sent: a gateway took a header of it, say."""
_OF_THE_BODY = frozenset({"too_large", "bad_request"})
"""The codes of refusals of a record with its files after which it is sent alone."""
_TELL_EVERY = 0.2  # seconds
_MOST_CORRECTIONS = 3
"""How often the server may name another offset for a file in one try."""


class PhotosHeld(Exception):
    """The record is on the server; its files may not be sent over this connection."""


class ServerTooOld(Exception):
    """The server does not know this kind of record, or this form of it."""


class Meter:
    """Reports the progress of a pass, at most five times a second and at the end of each record."""

    def __init__(self, total: int, tell: Progress) -> None:
        self._total = total
        self._tell = tell
        self._passed = 0
        self._told = 0.0
        tell(0, total)

    def within(self, done: int) -> None:
        """Report that so many bytes of the current record have gone."""
        if time.monotonic() - self._told > _TELL_EVERY:
            self._told = time.monotonic()
            self._tell(min(self._passed + done, self._total), self._total)

    def pass_by(self, weight: int) -> None:
        """Report that a record is dealt with in this pass, whatever became of it."""
        self._passed += weight
        self._tell(self._passed, self._total)


@dataclass(frozen=True)
class Sending:
    """Everything needed to send one record."""

    book: RecordBook
    accounts: Accounts
    registry: Registry
    record: Record
    photos_allowed: Callable[[], bool]
    cancelled: Cancelled
    meter: Meter

    def send(self) -> None:
        """Send what the server has not confirmed. A refused, lost or unreadable file does not delay the others."""
        record_id, gone = self.record.id, 0
        # A receipt that has just come says which files are whole.
        asks = self.book.has_receipt(record_id) or self.book.has_failed(record_id)
        if not self.book.has_receipt(record_id):
            gone = self._send_record()
        trouble: Refused | PhotoLost | None = None
        # Repeated, because a server that lost the record may no longer have files that it had confirmed before.
        while unsent := self.book.unsent_files(record_id):
            for file in unsent:
                self._may_go_on()
                try:
                    content = self.book.files.read(file.sha256)
                    self._send_file(file, content, gone, asks=asks)
                except SignInNeeded:
                    raise
                except PhotoUnreadable as error:
                    trouble = error  # it may pass, and then the others are tried again
                except (Refused, PhotoLost) as error:
                    trouble = trouble or error
                else:
                    self.book.record_file(record_id, file.sha256)
                gone += file.size
            if trouble is not None:
                raise trouble

    def _may_go_on(self) -> None:
        if not self.photos_allowed():
            raise PhotosHeld
        if self.cancelled():
            raise Unreachable("cancelled")

    def _send_record(self) -> int:
        """Send the record with the files that may go along; returns how many bytes of the pass that was.

        What is refused with its files along is sent alone: a gateway may have taken the header that tells them apart.
        """
        along = self._along()
        if along:
            try:
                return self._send_record_with(along)
            except SignInNeeded:
                raise
            except Refused as refused:
                if refused.code not in _OF_THE_BODY:
                    raise
                self._may_go_on()
        return self._send_record_with([])

    def _send_record_with(self, along: list[tuple[Photo, bytes]]) -> int:
        weight = RECORD_WEIGHT + sum(file.size for file, _content in along)
        signature = self.book.signature(self.record.id)

        def put(token: str | None) -> Receipt:
            return self.registry.put_record(
                self.record,
                token,
                signature=signature,
                files=along,
                cancelled=self.cancelled,
                progress=lambda sent: self.meter.within(min(sent, weight)),
            )

        self._record_receipt(put)
        return weight

    def _send_record_again(self) -> None:
        """Send a record again that the server confirmed but no longer has (restored from a backup, say)."""
        signature = self.book.signature(self.record.id)
        self._record_receipt(
            lambda token: self.registry.put_record(self.record, token, signature=signature, cancelled=self.cancelled)
        )

    def _record_receipt(self, put: Callable[[str | None], Receipt], *, again: bool = False) -> None:
        try:
            receipt = self._as_its_account(put)
        except SignInNeeded:
            raise
        except Refused as refused:
            if refused.code in self.record.kind.waits_for_the_server:
                raise ServerTooOld from refused
            if refused.code == "bad_signature":  # it was made here, by this account's key
                raise Unreachable("altered_on_the_way") from refused
            if refused.code == "unknown_key" and not again:
                self._certify_again()
                self._record_receipt(put, again=True)
                return
            if again or refused.code != "not_allowed" or self.record.account is None:
                raise
            # To the server, a request that lost its token is one that nobody may make.
            if not self._token_gets_through():
                raise Unreachable("altered_on_the_way") from refused
            self._record_receipt(put, again=True)
            return
        self.book.record_receipt(receipt)

    def _certify_again(self) -> None:
        """Have the key certified once more: the server may be one that was restored from a backup."""
        owner = self.record.owner
        if owner is None or not certify(owner, self.record.device, self.accounts, self.registry, again=True):
            raise Unreachable("altered_on_the_way")

    def _along(self) -> list[tuple[Photo, bytes]]:
        """The files that go in one request with the record: none after a failure, and few over an unknown line."""
        along: list[tuple[Photo, bytes]] = []
        part = self.registry.line.part()
        room = ALONG if part == PART else part
        if self.book.has_failed(self.record.id) or not self.photos_allowed():
            return along
        for file in self.book.unsent_files(self.record.id):
            if file.size <= room:
                try:
                    along.append((file, self.book.files.read(file.sha256)))
                except PhotoLost:
                    continue  # reported when the file itself is sent
                room -= file.size
        return along

    def _token_gets_through(self) -> bool:
        """Whether the server hears in whose name this is sent, told by a request that needs nothing else."""
        try:
            self._as_its_account(lambda token: self.registry.records(token or "", only_events=True))
        except (SignInNeeded, Unreachable):
            return False
        except Refused:
            pass  # a server of version 0.1.0 has no such address
        return True

    def _send_file(self, file: Photo, content: bytes, gone: int, *, asks: bool) -> None:
        try:
            try:
                self._send_parts(file, content, gone, asks=asks)
            except Refused as refused:
                if refused.code != "not_found":
                    raise
                self._send_record_again()
                self._send_parts(file, content, gone, asks=asks)
        except SignInNeeded:
            raise
        except Refused as refused:
            if refused.code in _OF_A_FILE:
                raise
            raise Unreachable("altered_on_the_way") from refused

    def _send_parts(self, file: Photo, content: bytes, gone: int, *, asks: bool) -> None:
        """Send a file whole, or from where it has got to, part by part, each as large as the line allows."""
        offset = self._offset_there(file) if asks and file.size > LEAST else 0
        if self._whole_instead(offset):
            self._put_file(file, content, None, gone)
            return
        offset = offset or 0
        corrections = 0
        while offset < file.size:
            part = content[offset : offset + self.registry.line.part()]
            whole = len(part) == len(content)
            try:
                answer = self._put_file(file, part, None if whole else offset, gone + offset)
            except WrongOffset as wrong:
                corrections += 1
                if corrections > _MOST_CORRECTIONS or not 0 <= wrong.offset <= file.size:
                    raise Unreachable("wrong_receipt") from wrong
                offset = wrong.offset
                continue
            if answer.stored:
                return
            offset = answer.offset
            self.book.record_offset(self.record.id, file.sha256, offset)
            self._may_go_on()
        # The server has every byte but has not confirmed the file: the record's receipt tells.
        self._send_record_again()
        if file in self.book.unsent_files(self.record.id):
            raise Unreachable("wrong_receipt")

    def _offset_there(self, file: Photo) -> int | None:
        """How much of a file that may have been sent is there; None where the answer does not tell."""

        def ask(token: str | None) -> int | None:
            return self.registry.file_offset(self.record, file, token, cancelled=self.cancelled)

        return self._as_its_account(ask)

    def _whole_instead(self, offset: int | None) -> bool:
        """Whether a file goes whole, because the headers that parts need seem not to get through."""
        failed = self.book.last_failure(self.record.id)
        return failed == "wrong_receipt" or (failed == "not_the_registry" and offset is None)

    def _put_file(self, file: Photo, part: bytes, offset: int | None, gone: int) -> FileAnswer:
        def put(token: str | None) -> FileAnswer:
            return self.registry.put_file(
                self.record,
                file,
                part,
                token,
                offset=offset,
                cancelled=self.cancelled,
                progress=lambda sent: self.meter.within(gone + sent),
            )

        return self._as_its_account(put)

    def _as_its_account(self, call: Callable[[str | None], T]) -> T:
        return call_as(self.record.owner, self.accounts, self.registry, call)


class SendingToOldAddresses(Sending):
    """Sends a note as servers of version 0.1.0 take it: first the note alone, then each photo whole."""

    def _send_record(self) -> int:
        self._send_record_again()
        return RECORD_WEIGHT

    def _send_record_again(self) -> None:
        receipt = self._as_its_account(
            lambda token: self.registry.put_inspection(self.record, token, cancelled=self.cancelled)
        )
        self.book.record_receipt(receipt)

    def _send_parts(self, file: Photo, content: bytes, gone: int, *, asks: bool) -> None:  # noqa: ARG002 - as above
        def put(token: str | None) -> None:
            self.registry.put_photo(
                self.record.id,
                file.sha256,
                content,
                token,
                self.record.device,
                cancelled=self.cancelled,
                progress=lambda sent: self.meter.within(gone + sent),
            )

        self._as_its_account(put)
