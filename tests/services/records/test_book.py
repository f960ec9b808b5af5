from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest

from services.accounts.viewer import Viewer
from services.records.book import RecordBook, RecordState
from services.records.files import Photo, PhotoFolder
from services.records.kind import Kind
from services.records.record import Receipt, Record, seal
from services.storage.store import StoreWriteError
from tests.services.conftest import NOW, new_id, picture
from tests.support.record_kinds import DEVICE, MADE_UP, SAMPLES, sign

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


def tip(book: RecordBook) -> str | None:
    return book.signer.tip(DEVICE, ACCOUNT)


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


def test_a_record_is_found_by_its_id_and_by_nothing_else(book: RecordBook) -> None:
    record = sign(book, account=ACCOUNT)
    assert record.id in book
    assert book.record(record.id) == record
    for other in (new_id(), "", "not-an-id"):
        assert other not in book
    with pytest.raises(KeyError):
        book.record(new_id())


def test_a_file_is_named_as_long_as_a_record_names_it(book: RecordBook) -> None:
    red, blue = photos(book, "red", "blue")
    record = sign(book, account=ACCOUNT, files=(red,))
    book.record_receipt(receipt(record, red.sha256))
    assert book.names_file(red.sha256), "it has been sent, and is shown with the record all the same"
    assert not book.names_file(blue.sha256)


def test_the_last_correction_of_a_record_counts(book: RecordBook, tmp_path: Path) -> None:
    first = sign(book, account=ACCOUNT)
    assert book.corrections() == {}
    sign(book, account=ACCOUNT, supersedes=first.id)
    last = sign(book, account=ACCOUNT, supersedes=first.id)
    for each in (book, opened(tmp_path, book.kind)):
        assert each.corrections() == {first.id: last.id}


def test_what_happens_to_a_record_on_its_way_is_known_until_the_app_ends(book: RecordBook, tmp_path: Path) -> None:
    first, second = sign(book, account=ACCOUNT), sign(book, account=ACCOUNT)
    told: list[None] = []
    book.subscribe(lambda: told.append(None))
    book.mark_sending(first.id)
    assert book.entry(first.id).state is RecordState.SENDING
    book.record_failure(first.id, "no_connection")
    book.mark_sending(None)
    entry = book.entry(first.id)
    assert (entry.state, entry.reason, book.has_failed(first.id)) == (RecordState.WAITING, "no_connection", True)
    assert book.outbox() == [second, first], "what failed goes last"

    book.record_waiting(second.id, "sign_in_needed")
    assert (book.entry(second.id).reason, book.has_failed(second.id)) == ("sign_in_needed", False)
    count = len(told)
    book.record_waiting(second.id, "sign_in_needed")
    assert len(told) == count, "the same once more is no change"
    book.record_waiting(first.id, "other_account")
    assert (book.entry(first.id).reason, book.has_failed(first.id)) == ("other_account", True)

    again = opened(tmp_path, book.kind)
    assert again.outbox() == [first, second]
    assert not again.has_failed(first.id)
    book.record_receipt(receipt(first))
    assert (book.has_receipt(first.id), book.has_receipt(second.id)) == (True, False)
    assert (book.has_failed(first.id), book.entry(first.id).reason) == (False, None)


def test_damage_is_told_and_costs_one_change_alone(book: RecordBook, tmp_path: Path) -> None:
    first = sign(book, account=ACCOUNT)
    sign(book, account=ACCOUNT)
    assert book.recovered == []
    (tmp_path / book.kind.folder / "000001.json").write_bytes(b"")
    again = opened(tmp_path, book.kind)
    assert [recovery.reason for recovery in again.recovered] == ["empty"]
    assert again.outbox() == [first]


def test_without_the_mark_of_unsent_records_none_is_taken(book: RecordBook, tmp_path: Path) -> None:
    """Else the next start would not open the device for it, and it would lie there unsent."""
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(Path, "touch", no_space)
        with pytest.raises(StoreWriteError, match="No space left"):
            sign(book, account=ACCOUNT)
    for each in (book, opened(tmp_path, book.kind)):
        assert (each.outbox(), list(each.newest())) == ([], [])
    record = sign(book, account=ACCOUNT)
    assert RecordBook.has_unsent(tmp_path, book.kind)
    assert book.outbox() == [record]


def test_a_mark_that_cannot_be_taken_away_loses_no_receipt(book: RecordBook, tmp_path: Path) -> None:
    record = sign(book, account=ACCOUNT)
    mark = tmp_path / book.kind.folder / "unsent"
    mark.unlink()
    mark.mkdir()  # which unlink() does not take away
    book.record_receipt(receipt(record))
    assert RecordBook.has_unsent(tmp_path, book.kind), "the device is opened for nothing, which harms nobody"
    for each in (book, opened(tmp_path, book.kind)):
        assert (each.waiting, each.entry(record.id).state) == (0, RecordState.RECEIVED)


def no_space(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_closed_book_takes_nothing_and_can_be_read(book: RecordBook) -> None:
    record = sign(book, account=ACCOUNT)
    book.close()
    with pytest.raises(StoreWriteError, match="closed"):
        sign(book, account=ACCOUNT)
    with pytest.raises(StoreWriteError, match="closed"):
        book.record_receipt(receipt(record))
    assert book.outbox() == [record]


def test_accounts_are_told_apart(book: RecordBook) -> None:
    mine, other = sign(book, account=ACCOUNT), sign(book, account="kiemtra02")
    sees = lambda account: account == ACCOUNT  # noqa: E731
    assert list(book.newest(sees)) == [mine.id]
    assert book.counts(sees) == {RecordState.WAITING: 1}
    assert book.waiting_by_account() == {ACCOUNT: 1, "kiemtra02": 1}
    book.record_receipt(receipt(other))
    assert (book.has_received(Viewer(ACCOUNT).owns), book.has_received(Viewer("kiemtra02").owns)) == (False, True)


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
    assert tip(book) is None
    first = sign(book, account=ACCOUNT)
    assert tip(opened(tmp_path, MADE_UP)) == tip(book) == first.sha256
    second = sign(book, account=ACCOUNT)
    assert (second.prev, tip(book)) == (first.sha256, second.sha256)


def test_a_record_that_was_sealed_before_another_was_signed_is_not_taken(tmp_path: Path) -> None:
    book = opened(tmp_path, MADE_UP)
    first = sign(book, account=ACCOUNT)
    late = seal(MADE_UP, first.body | {"id": new_id()})
    with pytest.raises(ValueError, match="another record was signed"):
        book.add(late)
    assert (tip(book), book.outbox()) == (first.sha256, [first])
    book.add(seal(MADE_UP, late.body | {"prev": tip(book)}))
    assert [record.id for record in book.outbox()] == [first.id, late.id]


def test_the_rows_of_version_0_1_0_are_read_and_written_as_they_were(tmp_path: Path) -> None:
    kind = SAMPLES["note"].kind
    book = opened(tmp_path, kind)
    record = sign(book, files=photos(book, "red"))
    book.record_receipt(receipt(record))
    payload = (tmp_path / "notes" / "000001.json").read_bytes().split(b"\n", 1)[1]
    [row] = json.loads(payload)["notes"].values()
    assert row.keys() == {"id", "body", "sha256", "product_name", "received_at", "photos_sent", "refused"}
