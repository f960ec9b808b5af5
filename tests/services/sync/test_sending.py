"""One record on its way: its session ends, a file is lost or refused, and the server contradicts itself."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from services.accounts.accounts import Accounts
from services.client.registry import Registry
from services.records.book import RecordBook
from services.records.files import PhotoFolder
from services.records.kind import NOTE
from services.records.record import Receipt, Record
from services.sync.outbox import SendReport, send
from services.sync.sending import PART
from tests.services.conftest import INSPECTOR, NOW, new_id, picture
from tests.support.record_kinds import sign
from tests.support.wire import Answer, Proxy

Stranger = Callable[[Callable[[str, str], Answer]], Registry]
FORMS = {"note": (1,)}
ACCOUNT = INSPECTOR[0]


@pytest.fixture
def book(tmp_path: Path) -> RecordBook:
    return RecordBook(tmp_path / "device", NOTE, PhotoFolder(tmp_path / "device" / "photos"))


def with_photos(book: RecordBook, *colours: str, account: str | None = None) -> Record:
    return sign(book, account=account, files=[book.files.keep(picture(colour)) for colour in colours])


def where(book: RecordBook, record: Record) -> tuple[str, str | None, int]:
    """Its state, why, and how many of its files have been sent."""
    entry = book.entry(record.id)
    return entry.state.value, entry.reason, entry.files_sent


@pytest.mark.parametrize("has_receipt", [False, True], ids=["with the record", "with its files"])
def test_a_session_that_has_ended_sets_nothing_aside(
    book: RecordBook, accounts: Accounts, registry: Registry, has_receipt: bool
) -> None:
    accounts.sign_in(registry, *INSPECTOR, new_id())
    record = with_photos(book, "red", account=ACCOUNT)
    if has_receipt:
        book.record_receipt(registry.put_record(record, accounts.access_token(registry)))
    session = accounts._session
    assert session
    registry.sign_out(session.refresh)
    report = send(book, accounts, registry, schemas=FORMS)
    assert report == SendReport(waiting=1, blocked=1, problem="sign_in_needed")
    assert where(book, record) == ("waiting", "sign_in_needed", 0)
    accounts.sign_in(registry, *INSPECTOR, new_id())
    assert send(book, accounts, registry, schemas=FORMS) == SendReport(received=1, photos=1)


def test_a_session_that_ends_behind_a_refused_file_waits_for_the_sign_in(
    book: RecordBook, accounts: Accounts, registry: Registry
) -> None:
    """Else the record would be set aside with a file that nobody has looked at."""
    accounts.sign_in(registry, *INSPECTOR, new_id())
    session = accounts._session
    assert session
    bad, good = book.files.keep(b"no picture at all"), book.files.keep(picture())
    record = sign(book, account=ACCOUNT, files=(bad, good))
    book.record_receipt(registry.put_record(record, session.access))
    asked: list[str] = []

    def allowed() -> bool:
        asked.append("")
        if len(asked) == 3:  # once for the record, and once for each file
            registry.sign_out(session.refresh)
        return True

    report = send(book, accounts, registry, schemas=FORMS, photos_allowed=allowed)
    assert report == SendReport(waiting=1, blocked=1, problem="sign_in_needed")
    assert where(book, record) == ("waiting", "sign_in_needed", 0)
    accounts.sign_in(registry, *INSPECTOR, new_id())
    assert send(book, accounts, registry, schemas=FORMS) == SendReport(photos=1, refused=1)
    assert where(book, record) == ("refused", "unsupported_photo", 1)


def test_who_signs_out_while_a_record_is_on_its_way_keeps_it_for_the_next_sign_in(
    book: RecordBook, accounts: Accounts, stranger: Stranger
) -> None:
    def answer(method: str, path: str) -> Answer:
        if path.endswith("/auth/sign-in"):
            account = {"username": ACCOUNT, "name": "", "role": "inspector"}
            return 200, {}, json.dumps({"access": "a", "expires_in": 900, "refresh": "r", "account": account}).encode()
        accounts.sign_out()
        return 401, {}, json.dumps({"error": "not_signed_in", "detail": "No."}).encode()

    registry = stranger(answer)
    accounts.sign_in(registry, *INSPECTOR, new_id())
    record = with_photos(book, "red", account=ACCOUNT)
    assert send(book, accounts, registry, schemas=FORMS) == SendReport(waiting=1, blocked=1)
    assert where(book, record) == ("waiting", "other_account", 0)


def test_a_lost_file_does_not_keep_back_the_one_beside_it(book: RecordBook, accounts: Accounts, proxy: Proxy) -> None:
    record = with_photos(book, "red", "blue")
    book.files.path(record.files[0].sha256).unlink()
    assert send(book, accounts, Registry(proxy.url), schemas=FORMS) == SendReport(photos=1, refused=1)
    assert len(proxy.requests) == 1, "the one that is there came along"
    assert where(book, record) == ("refused", "photo_missing", 1)
    assert book.has_receipt(record.id)
    assert book.unsent_files(record.id) == [record.files[0]]


def test_a_refused_file_does_not_keep_back_the_next(book: RecordBook, accounts: Accounts, registry: Registry) -> None:
    bad, good = book.files.keep(b"no picture at all"), book.files.keep(picture())
    record = sign(book, files=(bad, good))
    book.record_failure(record.id, "timed_out")  # so that each goes by itself
    assert send(book, accounts, registry, schemas=FORMS) == SendReport(photos=1, refused=1)
    assert where(book, record) == ("refused", "unsupported_photo", 1)
    assert book.unsent_files(record.id) == [bad]
    assert book.entry(record.id).detail


def test_a_cancel_between_two_files_keeps_what_was_sent(book: RecordBook, accounts: Accounts, proxy: Proxy) -> None:
    record = with_photos(book, "red", "blue", "green")
    book.record_failure(record.id, "timed_out")  # so that each goes by itself
    registry = Registry(proxy.url)
    report = send(book, accounts, registry, schemas=FORMS, cancelled=lambda: len(book.unsent_files(record.id)) < 3)
    assert report == SendReport(photos=1, waiting=1, problem="cancelled")
    assert where(book, record) == ("waiting", None, 1)
    assert len(proxy.requests) == 2
    assert send(book, accounts, registry, schemas=FORMS) == SendReport(received=1, photos=2)


def test_a_server_that_says_it_has_a_file_and_gives_no_receipt_for_it_is_not_believed(
    book: RecordBook, accounts: Accounts, stranger: Stranger
) -> None:
    jpeg = picture()
    file = book.files.keep(jpeg + os.urandom(2 * PART - len(jpeg)))
    record = sign(book, files=(file,))
    book.record_receipt(Receipt(record.id, record.sha256, NOW))
    book.record_failure(record.id, "timed_out")
    asked: list[str] = []

    def answer(method: str, path: str) -> Answer:
        asked.append(method)
        if method == "HEAD":
            return 200, {"Upload-Offset": str(file.size), "Upload-Length": str(file.size), "Content-Length": "0"}, b""
        receipt = {"id": record.id, "sha256": record.sha256, "prev": None, "received_at": "2026-11-23T08:00:00Z"}
        return 201, {}, json.dumps({**receipt, "files": [], "jws": None}).encode()

    report = send(book, accounts, stranger(answer), schemas=FORMS)
    assert report == SendReport(waiting=1, problem="wrong_receipt")
    assert asked == ["HEAD", "PUT"]
    assert where(book, record) == ("waiting", "wrong_receipt", 0)
