"""Reports on the device: what they say, drafts, secrets, and what the office answered."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import stat
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.accounts.viewer import Viewer
from services.client.answers import ReportAnswer
from services.records.book import RecordState
from services.records.events import Event
from services.records.record import Receipt
from services.reports.export import zip_of
from services.reports.report import (
    LONGEST_CONTACT,
    LONGEST_PLACE,
    LONGEST_TEXT,
    MOST_PHOTOS,
    Report,
    ReportDraft,
    ReportInvalid,
    Subject,
)
from services.reports.report_book import ReportBook, ReportClosed
from services.storage.store import StoreWriteError
from tests.services.conftest import COLLEAGUE, DEVICE, INSPECTOR, NOW, new_id, picture

NOBODY = Viewer(None)
A, B = Viewer(INSPECTOR[0]), Viewer(COLLEAGUE[0])
GTIN = "09520000000011"
SITE = "https://so.example"
ABOUT = Subject(GTIN, ("https://so.example/p/1",))


@pytest.fixture
def book(tmp_path: Path) -> ReportBook:
    return ReportBook(tmp_path)


def again(book: ReportBook) -> ReportBook:
    """The same folder, opened by another process."""
    book.close()
    return ReportBook(book.photos.folder.parent)


def begun(book: ReportBook, viewer: Viewer = NOBODY, **fields: Any) -> ReportDraft:
    """A stored draft that says something."""
    draft = book.begin(ABOUT, viewer)
    return book.save(dataclasses.replace(draft, **{"what": ("looks_copied",), **fields}), draft)


def signed(book: ReportBook, draft: ReportDraft, viewer: Viewer = NOBODY, site: str | None = SITE) -> Report:
    return book.sign(draft, account=viewer.account, viewer=viewer, device=DEVICE, now=NOW, clock_offset=-3, site=site)


def secret_of(book: ReportBook, report: Report) -> str:
    kept = book.report(report.id, NOBODY)
    assert kept
    assert kept.address
    return kept.address.partition("#")[2]


def receive(book: ReportBook, report: Report) -> None:
    names = frozenset(file.sha256 for file in report.files)
    book.records.record_receipt(Receipt(report.id, report.sha256, NOW, names))


def test_a_report_is_a_record_that_names_its_secret_by_hash_alone(book: ReportBook) -> None:
    draft = begun(
        book, text=" Tem mo\u031b\u0300 \ud800", place="Chợ Hạ Long", contact=" ", what=("other", "shows_stars")
    )
    report = signed(book, draft)
    secret = secret_of(book, report)
    assert report.body == {
        "schema": 1,
        "kind": "report",
        "id": draft.id,
        "device": DEVICE,
        "account": None,
        "created_at": "2026-11-23T08:00:00Z",
        "clock_offset": -3,
        "supersedes": None,
        "round": None,
        "prev": None,
        "files": [],
        "secret_hash": hashlib.sha256(bytes.fromhex(secret)).hexdigest(),
        "what": ["shows_stars", "other"],
        "text": "Tem mờ ?",
        "place": "Chợ Hạ Long",
        "gtin": GTIN,
        "scanned": ["https://so.example/p/1"],
        "contact": None,
    }
    assert (len(secret), book.reports(NOBODY)[0].address) == (32, f"{SITE}/report/{report.id}#{secret}")
    assert secret.encode() not in report.canonical()


def test_each_report_has_a_secret_of_its_own_in_a_file_for_its_owner_alone(book: ReportBook, tmp_path: Path) -> None:
    secrets = {secret_of(book, signed(book, begun(book))) for _ in range(3)}
    assert len(secrets) == 3
    holding = [path for path in tmp_path.rglob("*") if path.is_file() and min(secrets).encode() in path.read_bytes()]
    assert {path.name for path in holding} <= {"report_secrets.json", "report_secrets.prev.json"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in holding} == {0o600}
    assert min(secrets) not in repr(book.to_ask({SITE}, NOBODY)) + repr(book._secrets._of)
    assert {secret_of(again(book), kept.report) for kept in book.reports(NOBODY)} == secrets


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"what": (), "place": "Ở chợ", "contact": "0912"}, "nothing_said"),
        ({"what": ("from a later version",), "text": "x" * (LONGEST_TEXT + 1)}, "text_too_long"),
        ({"place": "x" * (LONGEST_PLACE + 1)}, "place_too_long"),
        ({"contact": "x" * (LONGEST_CONTACT + 1)}, "contact_too_long"),
    ],
)
def test_what_the_server_would_refuse_is_told_at_once(book: ReportBook, fields: dict[str, Any], reason: str) -> None:
    draft = begun(book, **fields)
    with pytest.raises(ReportInvalid) as invalid:
        signed(book, draft)
    assert (invalid.value.reason, book.draft(draft.id, NOBODY)) == (reason, draft)


def test_a_subject_holds_what_a_record_can_carry() -> None:
    assert Subject.of("952", ["", "\ud800x"]) == Subject(None, ("?x",))
    assert Subject.of("0952000000001²", ()).gtin is None
    long = Subject.of(GTIN, ["w" * 8001, "x" * 8000, "y" * 8000, "\x00" * 300, "z"])
    assert (long.gtin, [text[0] for text in long.scanned]) == (GTIN, ["x", "y", "z"])
    assert len(Subject.of(None, map(str, range(99))).scanned) == 20


def test_the_fullest_report_fits_into_a_record(book: ReportBook) -> None:
    draft = book.begin(Subject.of(GTIN, ["\x00" * 2000, "ỹ" * 1400]), NOBODY)
    said = {"text": "\x01" * LONGEST_TEXT, "place": "ỹ" * LONGEST_PLACE, "contact": "ỹ" * LONGEST_CONTACT}
    draft = book.save(dataclasses.replace(draft, **said), draft)
    for n in range(MOST_PHOTOS):
        draft = book.add_photo(draft, picture("red", (8, 8 + n)))
    assert len(signed(book, draft).files) == MOST_PHOTOS
    other = book.begin(ABOUT, NOBODY)
    for n in range(MOST_PHOTOS):
        other = book.add_photo(other, picture("red", (8, 8 + n)))
    with pytest.raises(ReportInvalid, match="too_many_report_photos"):
        book.add_photo(other, picture("blue"))


def test_a_draft_survives_and_is_found_again_by_what_it_is_about(book: ReportBook) -> None:
    empty = book.begin(ABOUT, NOBODY)
    assert (book.drafts(NOBODY), empty.is_empty) == ([], True)
    draft = book.add_photo(begun(book, text="Dở dang"), picture())
    book = again(book)
    assert book.begin(ABOUT, NOBODY) == draft
    assert book.begin(Subject(GTIN), NOBODY).is_empty
    assert not book.remove_photo(draft, draft.photos[0].sha256).photos
    assert not list(book.photos.folder.iterdir())
    book.discard(draft.id)
    assert again(book).drafts(NOBODY) == []


def test_nothing_of_a_discarded_report_stays_on_the_disk(book: ReportBook, tmp_path: Path) -> None:
    draft = begun(book, text="một nghi ngờ", contact="0912 345 678")
    book.discard(draft.id)
    assert not [path for path in tmp_path.rglob("*.json") if b"0912" in path.read_bytes()]


def test_what_two_windows_write_is_kept_of_both(book: ReportBook) -> None:
    base = begun(book, text="một")
    book.save(dataclasses.replace(base, text="một hai", what=("other",)), base)
    book.add_photo(base, picture())
    both = book.save(dataclasses.replace(base, place="Chợ"), base)
    assert (both.text, both.place, both.what, len(both.photos)) == ("một hai", "Chợ", ("other",), 1)
    signed(book, base)
    assert book.reports(NOBODY)[0].report.text == "một hai", "what is stored counts"
    for late in (
        lambda: book.save(base, base),
        lambda: book.add_photo(base, picture()),
        lambda: signed(book, base),
    ):
        with pytest.raises(ReportClosed):
            late()


def test_a_kill_between_record_and_draft_leaves_one_report(book: ReportBook) -> None:
    """The draft's row stays until drafts are written again; the signed report hides it."""
    report = signed(book, begun(book))
    book = again(book)
    assert (book.drafts(NOBODY), [kept.report.id for kept in book.reports(NOBODY)]) == ([], [report.id])
    assert book.begin(ABOUT, NOBODY).id != report.id
    begun(book)
    assert len(again(book).drafts(NOBODY)) == 1


def test_a_report_that_could_not_be_kept_stays_a_draft_and_keeps_its_secret(
    book: ReportBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = begun(book)

    def full(*_arguments: object) -> None:
        raise StoreWriteError(Path("x"), "full")

    with monkeypatch.context() as disk:
        disk.setattr(book.records, "add", full)
        with pytest.raises(StoreWriteError):
            signed(book, draft)
    assert book.drafts(NOBODY) == [draft]
    drawn = book._secrets.get(draft.id)
    assert drawn
    assert secret_of(book, signed(book, draft)) == drawn.value


def test_the_address_waits_for_a_server_and_follows_it_until_the_report_is_there(book: ReportBook) -> None:
    report = signed(book, begun(book), site=None)
    assert book.reports(NOBODY)[0].address is None
    book.address_to(SITE, {SITE})
    book.address_to("https://moved.example", {"https://moved.example", SITE})
    kept = again(book).reports(NOBODY)[0]
    assert kept.address
    assert kept.address.startswith(SITE), "the same server answers at both"
    book = again(book)
    book.records.bind(SITE)
    book.address_to("https://other.example", {"https://other.example"})
    assert book.reports(NOBODY)[0].address == kept.address, "it waits for the server that it was written for"
    book.records.bind(None)
    receive(book, report)
    book.address_to("https://other.example", {"https://other.example"})
    assert book.reports(NOBODY)[0].address == kept.address, "the other never got it"
    assert book.to_ask({"https://other.example"}, NOBODY) == [], "nor may it hear the secret"


def test_reports_are_asked_after_from_the_receipt_until_they_are_closed(book: ReportBook) -> None:
    report = signed(book, begun(book))
    assert book.to_ask({SITE}, NOBODY) == []
    receive(book, report)
    [(asked, secret)] = book.to_ask({SITE}, NOBODY)
    assert (asked, secret.value) == (report.id, secret_of(book, report))
    said = Event(new_id(), report.id, NOW, "closed", "Xong", None, "report")
    book.keep_answer(ReportAnswer(report.id, NOW, "closed", (said,)))
    assert book.to_ask({SITE}, NOBODY) == []
    kept = again(book).reports(NOBODY)[0]
    assert (kept.stage, kept.events) == ("closed", (said,))


def test_what_the_office_said_stays_though_a_restored_server_lost_it(book: ReportBook) -> None:
    report = signed(book, begun(book))
    first, second = (Event(new_id(), report.id, NOW + timedelta(n), "reviewing", "", None, "report") for n in (0, 1))
    changes: list[None] = []
    book.subscribe(lambda: changes.append(None))
    for events in ((first,), (first,), (second,)):
        book.keep_answer(ReportAnswer(report.id, NOW, "reviewing", events))
    assert book.reports(NOBODY)[0].events == (first, second)
    assert len(changes) == 2, "the same answer again is no change"


def test_another_account_sees_neither_drafts_nor_reports_nor_answers(book: ReportBook) -> None:
    draft, report = begun(book, A), signed(book, begun(book, A), A)
    draft = begun(book, A)
    receive(book, report)
    assert ([d.id for d in book.drafts(A)], [k.report.id for k in book.reports(A)]) == ([draft.id], [report.id])
    for viewer in (B, NOBODY):
        assert (book.drafts(viewer), book.reports(viewer), book.to_ask({SITE}, viewer)) == ([], [], [])
        assert book.draft(draft.id, viewer) is book.report(report.id, viewer) is None
        with pytest.raises(ReportClosed):
            signed(book, draft, viewer)


def test_what_waits_in_a_browser_that_lost_its_key_comes_along_with_its_secret(
    book: ReportBook, tmp_path: Path
) -> None:
    lost = ReportBook(tmp_path / "lost")
    report = signed(lost, lost.add_photo(begun(lost, A), picture()), A)
    secret, draft = lost._secrets.get(report.id), begun(lost, A)
    signed(lost, begun(lost), NOBODY)
    assert ReportBook.may_hold(tmp_path / "lost", A)
    assert (book.bring_back(lost, A), book.bring_back(lost, A)) == (2, 0)
    assert (book.drafts(A), lost.drafts(A)) == ([draft], [])
    (kept,) = book.reports(A)
    assert (kept.report, book._secrets.get(report.id)) == (report, secret)
    assert book.photos.read(report.files[0].sha256)
    assert not ReportBook.may_hold(tmp_path / "nobody", A)


def test_in_a_copied_folder_drafts_become_others(book: ReportBook) -> None:
    draft = begun(book)
    book.renew_drafts()
    (renewed,) = again(book).drafts(NOBODY)
    assert renewed == dataclasses.replace(draft, id=renewed.id)
    assert renewed.id != draft.id


def test_a_report_can_be_taken_along_without_its_secret(book: ReportBook) -> None:
    report = signed(book, book.add_photo(book.add_photo(begun(book), picture()), picture("blue")))
    book.photos.remove(report.files[1].sha256)
    book.records.record_refusal(report.id, "bad_request", "no")
    kept = book.reports(NOBODY)[0]
    assert (kept.state, kept.reason) == (RecordState.REFUSED, "bad_request")
    content, lost = zip_of(kept, book.photos, "Lời")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["report.txt", "report.json", f"photos/{report.files[0].sha256}.jpg"]
        assert archive.read("report.json") == report.canonical()
        assert not any(secret_of(book, report).encode() in archive.read(name) for name in archive.namelist())
    assert lost == 1
