from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from services.records.book import RecordBook, RecordState
from services.records.files import Photo, PhotoFolder
from services.records.kind import Kind
from services.records.record import Receipt, Record
from tests.services.conftest import NOW, new_id, picture
from tests.support.record_kinds import MADE_UP, SAMPLES, sign

ACCOUNT = "kiemtra01"


@pytest.fixture(params=SAMPLES)
def kind(request: pytest.FixtureRequest) -> Kind:
    return SAMPLES[request.param].kind


@pytest.fixture
def book(tmp_path: Path, kind: Kind) -> RecordBook:
    return opened(tmp_path, kind)


def opened(folder: Path, kind: Kind) -> RecordBook:
    return RecordBook(folder, kind, PhotoFolder(folder / "photos"))


def receipt(record: Record, *stored: str, jws: str | None = None) -> Receipt:
    return Receipt(record.id, record.sha256, NOW, frozenset(stored), record.prev, jws)


def photos(book: RecordBook, *colours: str) -> tuple[Photo, ...]:
    return tuple(book.files.keep(picture(colour)) for colour in colours)


def test_a_record_leaves_the_outbox_only_with_its_receipt_and_all_files(book: RecordBook, tmp_path: Path) -> None:
    record = sign(book, account=ACCOUNT, files=photos(book, "red", "blue"))
    red, blue = (file.sha256 for file in record.files)
    assert RecordBook.has_unsent(tmp_path, book.kind)
    assert book.unsent() == (1, 2, sum(file.size for file in record.files))
    book.record_receipt(receipt(record, jws="a.b.c"))
    book.record_offset(record.id, blue, 7)
    book.record_file(record.id, red)
    for each in (book, opened(tmp_path, book.kind)):
        assert each.outbox() == [record]
        assert [file.sha256 for file in each.unsent_files(record.id)] == [blue]
        assert (each.offset(record.id, blue), each.offset(record.id, red)) == (7, 0)
    book.record_file(record.id, blue)
    for each in (book, opened(tmp_path, book.kind)):
        assert (each.outbox(), each.waiting, each.offset(record.id, blue)) == ([], 0, 0)
        entry = each.entry(record.id)
        assert (entry.state, entry.received_at, entry.jws) == (RecordState.RECEIVED, NOW, "a.b.c")
    assert not RecordBook.has_unsent(tmp_path, book.kind)


def test_a_file_that_is_named_twice_is_expected_once(book: RecordBook) -> None:
    photo = photos(book, "red")[0]
    record = sign(book, account=ACCOUNT, files=(photo, photo))
    assert book.unsent_files(record.id) == [photo]
    book.record_receipt(receipt(record))
    book.record_file(record.id, photo.sha256)
    assert book.outbox() == []


def test_a_new_receipt_is_the_servers_word_alone(book: RecordBook) -> None:
    record = sign(book, account=ACCOUNT, files=photos(book, "red"))
    book.record_receipt(receipt(record, record.files[0].sha256, jws="a.b.c"))
    assert book.outbox() == []
    book.record_receipt(receipt(record))
    assert book.unsent_files(record.id) == list(record.files), "it was restored from a backup and has lost it"
    assert book.entry(record.id).jws is None


def test_a_receipt_for_another_body_is_not_taken(book: RecordBook) -> None:
    record = sign(book, account=ACCOUNT)
    with pytest.raises(ValueError, match="another body"):
        book.record_receipt(replace(receipt(record), sha256="0" * 64))
    with pytest.raises(KeyError):
        book.record_receipt(replace(receipt(record), id=new_id()))


def test_a_refused_record_is_set_aside_and_can_be_tried_again(book: RecordBook, tmp_path: Path) -> None:
    record = sign(book, account=ACCOUNT)
    entered: list[int] = []
    book.subscribe_outbox(lambda: entered.append(book.waiting))
    book.record_refusal(record.id, "bad_request", "No.")
    for each in (book, opened(tmp_path, book.kind)):
        entry = each.entry(record.id)
        assert (entry.state, entry.reason, entry.detail) == (RecordState.REFUSED, "bad_request", "No.")
        assert (each.outbox(), each.refused()) == ([], [record.id])
    book.retry(record.id)
    assert entered == [1]
    assert opened(tmp_path, book.kind).outbox() == [record]


def test_accounts_are_told_apart(book: RecordBook) -> None:
    mine, other = sign(book, account=ACCOUNT), sign(book, account="kiemtra02")
    sees = lambda account: account == ACCOUNT  # noqa: E731
    assert list(book.newest(sees)) == [mine.id]
    assert book.counts(sees) == {RecordState.WAITING: 1}
    assert book.waiting_by_account() == {ACCOUNT: 1, "kiemtra02": 1}
    book.record_receipt(receipt(other))
    assert (book.has_received(ACCOUNT), book.has_received("kiemtra02")) == (False, True)


def test_joined_changes_are_told_once_at_their_end(book: RecordBook) -> None:
    changes: list[int] = []
    book.subscribe(lambda: changes.append(book.waiting))
    with book.change():
        sign(book, "1", account=ACCOUNT)
        sign(book, "2", account=ACCOUNT)
        assert changes == []
    assert changes == [2]

    def fail() -> None:
        with book.change():
            sign(book, "3", account=ACCOUNT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    sign(book, "4", account=ACCOUNT)
    assert changes == [2, 4]


def test_the_tip_of_the_chain_is_the_last_that_was_signed(tmp_path: Path) -> None:
    book = opened(tmp_path, MADE_UP)
    assert book.tip is None
    first = sign(book, account=ACCOUNT)
    assert opened(tmp_path, MADE_UP).tip == book.tip == first.sha256
    second = sign(book, account=ACCOUNT)
    assert (second.prev, book.tip) == (first.sha256, second.sha256)


def test_the_rows_of_version_0_1_0_are_read_and_written_as_they_were(tmp_path: Path) -> None:
    kind = SAMPLES["note"].kind
    book = opened(tmp_path, kind)
    record = sign(book, files=photos(book, "red"))
    book.record_receipt(receipt(record))
    payload = (tmp_path / "notes" / "000001.json").read_bytes().split(b"\n", 1)[1]
    [row] = json.loads(payload)["notes"].values()
    assert row.keys() == {"id", "body", "sha256", "product_name", "received_at", "photos_sent", "refused"}
