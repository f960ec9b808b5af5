"""Gateways that let only a part through, for good: nothing is set aside for it, and little is sent in vain."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from services.accounts.accounts import Accounts
from services.client.registry import Registry
from services.records import book as book_module
from services.records.book import RecordBook
from services.records.files import PhotoFolder
from services.records.kind import NOTE
from services.records.record import Record
from services.sync.outbox import SendReport, send
from services.sync.sending import ALONG
from tests.services.conftest import INSPECTOR, new_id, picture
from tests.support.record_kinds import sign
from tests.support.wire import Proxy

FORMS = {"note": (1,)}
PAGE = b"HTTP/1.1 413 Payload Too Large\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<h1>"


@pytest.fixture
def book(tmp_path: Path) -> RecordBook:
    return RecordBook(tmp_path / "device", NOTE, PhotoFolder(tmp_path / "device" / "photos"))


def note(book: RecordBook, *sizes: int, account: str | None = None) -> Record:
    """A note with photos of so many bytes."""
    files = [book.files.keep(picture() + os.urandom(size - len(picture()))) for size in sizes]
    return sign(book, account=account, files=files)


def without(header: bytes) -> Callable[[bytes], bytes]:
    """A gateway that drops this header."""
    line = re.compile(rb"\r\n" + header + rb":[^\r]*", re.IGNORECASE)

    def gateway(request: bytes) -> bytes:
        head, end, body = request.partition(b"\r\n\r\n")
        return line.sub(b"", head) + end + body

    return gateway


def no_body_over(size: int) -> Callable[[bytes], bytes]:
    return lambda request: PAGE if len(request.partition(b"\r\n\r\n")[2]) > size else request


@pytest.mark.parametrize("header", [b"X-Device", b"Authorization", b"Content-Digest"])
def test_what_a_gateway_takes_the_header_of_waits_for_another_network(
    book: RecordBook, accounts: Accounts, proxy: Proxy, header: bytes
) -> None:
    registry = Registry(proxy.url)
    accounts.sign_in(registry, *INSPECTOR, new_id())
    record = note(book, 20_000, account=INSPECTOR[0] if header == b"Authorization" else None)
    proxy.gateway = without(header)
    reports = [send(book, accounts, registry, schemas=FORMS) for _ in range(2)]
    expected = "wrong_receipt" if header == b"Content-Digest" else "altered_on_the_way"
    assert reports[1] == SendReport(waiting=1, problem=expected)
    assert book.entry(record.id).reason == expected
    proxy.gateway = lambda request: request
    assert send(book, accounts, registry, schemas=FORMS) == SendReport(received=1, photos=1)


def test_a_token_that_is_lost_once_sets_nothing_aside(book: RecordBook, accounts: Accounts, proxy: Proxy) -> None:
    registry, drop = Registry(proxy.url), without(b"Authorization")
    accounts.sign_in(registry, *INSPECTOR, new_id())
    note(book, account=INSPECTOR[0])
    left = [drop]
    proxy.gateway = lambda request: left.pop()(request) if left and request.startswith(b"PUT") else request
    assert send(book, accounts, registry, schemas=FORMS) == SendReport(received=1)
    assert left == []


@pytest.mark.parametrize("header", [b"Content-Type", b"Upload-Offset"])
def test_what_can_do_without_a_header_arrives_though_a_gateway_takes_it(
    book: RecordBook, accounts: Accounts, proxy: Proxy, header: bytes
) -> None:
    note(book, 90_000, 5_000)
    registry = Registry(proxy.url)
    proxy.gateway = without(header)
    reports = [send(book, accounts, registry, schemas=FORMS) for _ in range(3)]
    assert sum(report.received for report in reports) == 1
    assert (reports[-1].waiting, sum(report.refused for report in reports)) == (0, 0)


def test_behind_a_gateway_that_takes_no_large_body_a_photo_arrives_in_smaller_parts(
    book: RecordBook, accounts: Accounts, proxy: Proxy
) -> None:
    note(book, 300_000)
    registry = Registry(proxy.url)
    registry.line.carried(100 * ALONG, 1)
    proxy.gateway = no_body_over(40_000)
    reports = [send(book, accounts, registry, schemas=FORMS) for _ in range(5)]
    assert [report.problem for report in reports].count("too_large_on_the_way") in (2, 3, 4)
    assert (reports[-1].waiting, sum(report.received for report in reports)) == (0, 1)


def test_what_does_not_pass_is_tried_more_and_more_rarely_until_a_person_asks(
    book: RecordBook, accounts: Accounts, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day of passes, one in five minutes: the clock of the pauses is set on, the requests are real."""
    record = note(book, 20_000)
    registry = Registry(proxy.url)
    proxy.gateway = no_body_over(0)
    now = [1000.0]
    monkeypatch.setattr(book_module, "monotonic", lambda: now[0])
    for _ in range(24 * 12):
        assert send(book, accounts, registry, schemas=FORMS).problem == "too_large_on_the_way"
        now[0] += 300
    assert 8 <= len(proxy.requests) <= 20
    assert book.entry(record.id).reason == "too_large_on_the_way"
    proxy.gateway = lambda request: request
    assert send(book, accounts, registry, schemas=FORMS).received == 0
    book.end_rests()
    assert send(book, accounts, registry, schemas=FORMS) == SendReport(received=1, photos=1)


def test_a_photo_that_cannot_be_read_now_is_sent_later(book: RecordBook, accounts: Accounts, proxy: Proxy) -> None:
    record = note(book, 20_000, 30_000)
    path = book.files.path(record.files[0].sha256)
    path.rename(path.with_suffix(".away"))
    path.symlink_to(path.name)  # opening it fails with ELOOP
    registry = Registry(proxy.url)
    assert send(book, accounts, registry, schemas=FORMS) == SendReport(photos=1, waiting=1, problem="photo_unreadable")
    assert book.entry(record.id).reason == "photo_unreadable"
    path.with_suffix(".away").replace(path)
    assert send(book, accounts, registry, schemas=FORMS) == SendReport(received=1, photos=1)
