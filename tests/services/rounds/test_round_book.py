"""The rounds and inspections of one device."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from services.accounts.author import Author
from services.accounts.viewer import Viewer
from services.notes.content import NotedCode, NotedVerdict
from services.records.book import RecordState
from services.records.files import Photo
from services.records.kind import ROUND
from services.records.record import Receipt, Record
from services.rounds.begun import HeadEdit
from services.rounds.checks import MOST_SIGNATURES, Problem, RoundClosed, RoundInvalid
from services.rounds.inspection import (
    Answered,
    Compared,
    FilledChecklist,
    Finding,
    Found,
    Inspection,
    InspectionDraft,
    ItemAnswer,
    Picture,
    Quantity,
    Sealed,
    Shows,
)
from services.rounds.marking import Arrow, Circle, Cover, Words, marks_from_json, marks_to_json
from services.rounds.place import Place, PlaceKind
from services.rounds.round import Inspected, LookedAt, OpenRound, Person, Role, Signature, content_hash
from services.rounds.round_book import RoundBook
from services.rounds.sealing import MOST_INSPECTIONS
from services.rounds.shots import label_photo
from services.rounds.summary import signers
from tests.services.conftest import picture
from tests.support.record_kinds import DEVICE, NOW

MINH, LAN = Viewer("acc-minh", frozenset({"kiemtra01"})), Viewer("acc-lan")
AUTHOR = Author("kiemtra01", DEVICE, MINH, 3)
PLACE = Place(PlaceKind.MARKET, "Chợ Cửa Sông", "Dãy B")
SELLER = Inspected("Trần Thị Hoa", "8012345678")
LINE = (((10, 20), (30, 40), (500, 390)),)


@pytest.fixture
def book(tmp_path: Path) -> RoundBook:
    return RoundBook(tmp_path / "device")


def opened(book: RoundBook, viewer: Viewer = MINH) -> OpenRound:
    return book.open(PLACE, SELLER, (Person("Lê Minh", Role.INSPECTOR),), "12/QĐ", viewer, now=NOW)


def found(number: int = 1, **others: object) -> Found:
    text = f"95212345678{number:02d}"
    made = Found(
        gtin=f"0{text}",
        product_name=f"Trà {number}",
        codes=(NotedCode(text, "EAN-13", f"0{text}"),),
        verdict=NotedVerdict("certified", (), NOW),
        findings=(Finding.MATCHES,),
    )
    return replace(made, **others)  # type: ignore[arg-type]


def inspected(book: RoundBook, said: OpenRound, number: int = 1) -> Inspection:
    draft = book.begin(said.id, found(number), AUTHOR, now=NOW)
    return book.finish(draft.id, AUTHOR, now=NOW + timedelta(minutes=number))


def signed(book: RoundBook, said: OpenRound, role: Role = Role.INSPECTOR, name: str = "Lê Minh") -> Signature:
    content = book.to_sign(said.id, AUTHOR, now=NOW + timedelta(hours=1))
    signature = Signature(role, name, NOW, content, LINE)
    book.sign(said.id, signature, AUTHOR)
    return signature


def receipt(record: Record) -> Receipt:
    """The server's word that it has the record, which names no files."""
    return Receipt(record.id, record.sha256, NOW, frozenset(), None)


def test_a_round_is_opened_inspected_signed_and_closed(book: RoundBook, tmp_path: Path) -> None:
    said = opened(book)
    first, second = inspected(book, said, 1), inspected(book, said, 2)
    signature = signed(book, said)
    closed = book.close(said.id, AUTHOR, now=NOW + timedelta(hours=2))
    assert closed.inspections == ((first.id, first.sha256), (second.id, second.sha256))
    assert closed.said.signatures == (signature,)
    assert content_hash(closed.body) == signature.content
    assert first.body["place"] == PLACE.to_json()
    assert (first.body["round"], first.body["account"], first.owner) == (said.id, "kiemtra01", "acc-minh")
    assert [record.id for each in book.books for record in each.outbox()] == [first.id, second.id, said.id]
    book.shut()
    again = RoundBook(tmp_path / "device")
    kept = again.round(said.id, MINH)
    assert kept and kept.closed == closed and kept.state is RecordState.WAITING  # noqa: PT018
    assert again.current(MINH) is None
    assert [each.id for each in again.inspections_of(said.id, MINH)] == [second.id, first.id]


def jpeg(colour: str = "red", size: tuple[int, int] = (24, 16)) -> bytes:
    return picture(colour, size)


def test_each_account_has_one_open_round_and_sees_its_own_alone(book: RoundBook) -> None:
    said = opened(book)
    with pytest.raises(RoundInvalid, match="already_open"):
        opened(book)
    with pytest.raises(RoundInvalid, match="no_account"):
        opened(book, Viewer(None))
    other = opened(book, LAN)
    assert book.current(MINH) == said and book.current(LAN) == other  # noqa: PT018
    assert book.round(said.id, LAN) is None
    assert [kept.id for kept in book.rounds(LAN)] == [other.id]
    with pytest.raises(RoundClosed):
        book.pause(said.id, LAN)
    draft = book.begin(said.id, found(), AUTHOR)
    assert book.draft(draft.id, LAN) is None
    assert book.inspection(draft.id, LAN) is None
    with pytest.raises(RoundClosed):
        book.finish(draft.id, Author("kiemtra02", DEVICE, LAN))


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (Place(PlaceKind.SHOP, " "), "no_place"),
        (Place("ship", "Tàu"), "unknown_place"),
        (Place(PlaceKind.SHOP, "x" * 201), "place_too_long"),
    ],
)
def test_a_round_says_where_it_is(book: RoundBook, place: Place, reason: str) -> None:
    with pytest.raises(RoundInvalid, match=reason):
        book.open(place, None, (), None, MINH)


def test_pauses_and_looks_stay_and_what_is_inspected_is_no_look(book: RoundBook, tmp_path: Path) -> None:
    said = opened(book)

    def look(number: int, minute: int) -> LookedAt:
        code = found(number).codes[0]
        return LookedAt(code.text, code.gtin, "certified", NOW + timedelta(minutes=minute))

    for number, minute in ((1, 1), (2, 2), (1, 3)):
        book.looked(said.id, look(number, minute), MINH)
    book.pause(said.id, MINH, now=NOW + timedelta(minutes=4))
    book.looked(said.id, look(3, 5), MINH)  # the person looks something up in the pause
    book.resume(said.id, MINH, now=NOW + timedelta(minutes=6))
    book.pause(said.id, MINH, now=NOW - timedelta(minutes=1))  # the clock is set back, and
    inspected(book, said, 2)  # a paused round goes on with an inspection
    book.shut()
    kept = RoundBook(tmp_path / "device").round(said.id, MINH)
    assert kept is not None
    assert [each.at.minute for each in kept.said.looked_at] == [3]
    assert [(pause.since.minute, pause.until and pause.until.minute) for pause in kept.said.pauses] == [(4, 6), (59, 0)]


def test_a_round_left_overnight_is_told_and_one_at_work_past_midnight_is_not(book: RoundBook) -> None:
    begun = datetime(2026, 11, 23, 15, 0).astimezone()
    said = book.open(PLACE, None, (), None, MINH, now=begun)
    assert book.left_open(MINH, begun + timedelta(hours=8)) is None
    assert book.left_open(MINH, begun + timedelta(hours=17)) == said
    late = begun + timedelta(hours=8)  # 23:00
    book.looked(said.id, LookedAt("x", None, "malformed", late), MINH)
    assert book.left_open(MINH, late + timedelta(hours=2)) is None
    assert book.left_open(MINH, late + timedelta(hours=9)) is not None


def test_two_windows_lose_nothing_of_a_draft(book: RoundBook) -> None:
    base = book.begin(opened(book).id, found(), AUTHOR)

    def said(**fields: object) -> InspectionDraft:
        return replace(base, found=replace(base.found, **fields))  # type: ignore[arg-type]

    listed = FilledChecklist("0" * 64, "tp", "law", "2026-11-23", (ItemAnswer("c1", Answered.OK),))
    other = replace(listed, answers=(ItemAnswer("c2", Answered.MISSING),))
    book.save(said(quantity=Quantity(3, "hộp"), text="tem mờ", findings=(Finding.OTHER,), checklist=listed), base)
    both = book.save(said(price=20_000, text="sai nhãn", findings=(Finding.NO_PAPERS,), checklist=other), base).found
    assert (both.quantity, both.price, both.text) == (Quantity(3, "hộp"), 20_000, "tem mờ\n\nsai nhãn")
    assert set(both.findings) == {Finding.OTHER, Finding.NO_PAPERS}
    assert both.checklist is not None
    assert {answer.item: answer.answer for answer in both.checklist.answers} == {"c1": "ok", "c2": "missing"}


def test_two_windows_lose_nothing_of_a_round(book: RoundBook) -> None:
    base = opened(book)
    book.change(base, replace(base, remarks="Vắng chủ"), AUTHOR)
    book.looked(base.id, LookedAt("x", None, "malformed", NOW), MINH)
    both = book.change(base, replace(base, case_number="13/QĐ"), AUTHOR)
    assert (both.remarks, both.case_number, len(both.looked_at)) == ("Vắng chủ", "13/QĐ", 1)


def test_a_draft_of_every_field_is_there_after_a_restart(book: RoundBook, tmp_path: Path) -> None:
    begun = book.begin(opened(book).id, found(), AUTHOR)
    full = replace(
        begun.found,
        quantity=Quantity(1.5, "kg"), price=1, lot=Compared("L1", "L2"), produced=Compared(None, "2026-01-02"),
        seal="broken", sale="held_back", seller_said="Nhập lại", samples=(Sealed(1, "hộp", "NP-1"),),
        held=Sealed(2, "hộp"), text="Ướt",
    )  # fmt: skip
    saved = book.save(replace(begun, found=full), begun)
    saved = book.add_photo(saved.id, jpeg(), Shows.LABEL)
    book.shut()
    again = RoundBook(tmp_path / "device")
    assert again.draft(saved.id, MINH) == saved
    assert again.finish(saved.id, AUTHOR, now=NOW).found == full


def test_an_original_stays_on_the_device_unless_the_person_agrees(book: RoundBook, tmp_path: Path) -> None:
    said = opened(book)
    draft = book.add_photo(book.begin(said.id, found(), AUTHOR).id, jpeg("red"), Shows.SHELF)
    original = draft.pictures[0].file.sha256
    answer = ItemAnswer("c1", Answered.WRONG, reason="Mờ", photo=original)
    listed = FilledChecklist("0" * 64, "tp", "law", "2026-11-23", (answer,))
    draft = book.save(replace(draft, found=replace(draft.found, checklist=listed)), draft)
    draft = book.add_photo(draft.id, jpeg("blue"), Shows.SHELF, copy_of=original)
    draft = book.add_photo(draft.id, jpeg("green"), Shows.SHELF, copy_of=original)  # marked anew
    assert [(each.copy_of, each.sent) for each in draft.pictures] == [(None, False), (original, True)]
    copy = draft.pictures[1].file.sha256
    assert draft.found.checklist and draft.found.checklist.answers[0].photo == copy  # noqa: PT018
    inspection = book.finish(draft.id, AUTHOR, now=NOW)
    assert [file.sha256 for file in inspection.files] == [copy]
    assert inspection.body["photos"] == [{"sha256": copy, "shows": "shelf", "copy_of": original}]
    book.shut()
    again = RoundBook(tmp_path / "device")
    kept = again.inspection(inspection.id, MINH)
    assert kept and {each.file.sha256 for each in kept.pictures} == {copy, original}  # noqa: PT018
    discarded = again.begin(said.id, found(), AUTHOR)
    again.discard(again.add_photo(discarded.id, jpeg("red"), Shows.SHELF).id)  # the same picture
    assert again.photos.read(original)
    correction = again.correct(inspection.id, MINH)
    assert [(each.file.sha256, each.sent) for each in correction.pictures] == [(copy, True), (original, False)]


def test_without_its_copy_an_original_is_sent_again(book: RoundBook) -> None:
    draft = book.add_photo(book.begin(opened(book).id, found(), AUTHOR).id, jpeg("red"), Shows.FRONT)
    original = draft.pictures[0].file.sha256
    draft = book.add_photo(draft.id, jpeg("blue"), Shows.FRONT, copy_of=original)
    copy = draft.pictures[1].file.sha256
    draft = book.remove_photo(draft.id, copy)
    assert [(each.file.sha256, each.sent) for each in draft.pictures] == [(original, True)]
    assert not book.photos.path(copy).exists()
    draft = book.add_photo(draft.id, jpeg("blue"), Shows.FRONT, copy_of=original, keep_original=True)
    assert [each.sent for each in draft.pictures] == [True, True]
    assert book.remove_photo(draft.id, original).pictures == ()


def test_a_print_copy_is_small_and_made_again_where_it_is_lost(book: RoundBook) -> None:
    draft = book.add_photo(book.begin(opened(book).id, found(), AUTHOR).id, jpeg("red", (1600, 1200)), Shows.FRONT)
    name = draft.pictures[0].file.sha256
    path = book.photos.folder / "prints" / f"{name}.jpg"
    assert Image.open(io.BytesIO(path.read_bytes())).size == (1000, 750)
    for broken in (b"", path.read_bytes()[:100], None):
        path.unlink() if broken is None else path.write_bytes(broken)
        assert Image.open(io.BytesIO(book.photos.print_copy(name))).size == (1000, 750)
    book.remove_photo(draft.id, name)
    assert not path.exists()


def test_an_inspection_may_be_undone_until_it_is_taken_up(book: RoundBook, tmp_path: Path) -> None:
    said = opened(book)
    first, second = inspected(book, said, 1), inspected(book, said, 2)
    with pytest.raises(RoundInvalid, match="sent_meanwhile"):
        book.undo(first.id, MINH)  # the second names it
    draft = book.undo(second.id, MINH)
    assert (draft.id, draft.found) == (second.id, found(2))
    assert [record.id for record in book.inspections.outbox()] == [first.id]
    again = book.finish(draft.id, AUTHOR, now=NOW + timedelta(minutes=9))
    assert again.prev == first.sha256
    assert book.inspections.take_up(again.id)
    with pytest.raises(RoundInvalid, match="sent_meanwhile"):
        book.undo(again.id, MINH)
    correction = book.correct(again.id, MINH)
    assert book.correct(again.id, MINH).id == correction.id
    corrected = book.finish(correction.id, AUTHOR, now=NOW + timedelta(minutes=10))
    assert corrected.supersedes == again.id
    book.shut()
    reopened = RoundBook(tmp_path / "device")
    assert [each.id for each in reopened.inspections_of(said.id, MINH)] == [corrected.id, first.id]
    closed = reopened.close(said.id, AUTHOR, now=NOW + timedelta(hours=1))
    assert [inspection for inspection, _sha256 in closed.inspections] == [first.id, corrected.id]
    late = reopened.correct(first.id, MINH)  # after the closing, its round's place stays
    assert reopened.finish(late.id, AUTHOR, now=NOW + timedelta(hours=2)).place == PLACE


def test_a_change_after_a_signature_makes_it_void(book: RoundBook) -> None:
    said = opened(book)
    inspected(book, said, 1)
    signature = signed(book, said)
    seller = Signature(Role.SELLER, "Trần Thị Hoa", NOW, signature.content, (), "Không đồng ý với số lượng")
    book.sign(said.id, seller, AUTHOR)
    book.looked(said.id, LookedAt("x", None, "malformed", NOW), MINH)  # while people sign, nothing is noted
    assert book.summary(said.id, AUTHOR).missing == ("without_photo",)
    inspected(book, said, 2)
    summary = book.summary(said.id, AUTHOR)
    assert (summary.signed, summary.void) == ((), (signature, seller))
    assert summary.missing == ("signatures_void", "without_signature", "without_photo")
    with pytest.raises(RoundInvalid, match="changed_meanwhile"):
        book.sign(said.id, signature, AUTHOR)
    with pytest.raises(RoundInvalid, match="signatures_void"):
        book.close(said.id, AUTHOR)
    book.unsign(said.id, seller, MINH)
    signed(book, said)  # the same person's, in place of the first
    stored = book.round(said.id, MINH)
    assert stored is not None
    book.change(stored.said, replace(stored.said, remarks="Thêm"), AUTHOR)
    assert len(book.summary(said.id, AUTHOR).void) == 1
    anew = signed(book, said)
    assert book.close(said.id, AUTHOR, now=NOW + timedelta(hours=3)).said.signatures == (anew,)


def test_unfinished_inspections_keep_a_round_open(book: RoundBook) -> None:
    said = opened(book)
    draft = book.begin(said.id, found(), AUTHOR)
    assert book.summary(said.id, AUTHOR).unfinished == (draft.id,)
    with pytest.raises(RoundInvalid, match="unfinished_inspections"):
        book.close(said.id, AUTHOR)
    with pytest.raises(RoundInvalid, match="has_inspections"):
        book.discard_round(said.id, MINH)
    book.discard(draft.id)
    book.discard_round(said.id, MINH)
    assert book.rounds(MINH) == []


def test_the_summary_counts_by_verdict_and_finding(book: RoundBook) -> None:
    said = opened(book)
    inspected(book, said, 1)
    draft = book.begin(said.id, found(2, verdict=None, findings=(Finding.NO_PAPERS, Finding.OTHER)), AUTHOR, now=NOW)
    book.add_photo(draft.id, jpeg(), Shows.FRONT)
    book.finish(draft.id, AUTHOR, now=NOW + timedelta(minutes=1))
    summary = book.summary(said.id, AUTHOR)
    assert summary.by_verdict == {"certified": 1, "": 1}
    assert summary.by_finding == {"matches": 1, "no_papers": 1, "other": 1}
    assert (summary.inspections, len(summary.without_photo)) == (2, 1)
    assert summary.without_signature == ("inspector", "seller")


def test_everybody_who_is_to_sign_is_counted() -> None:
    people = (Person("Lan", Role.INSPECTOR), Person("Mai", Role.WITNESS), Person("Vân", Role.WITNESS))
    said = OpenRound("r", NOW, Place(PlaceKind.MARKET, "Chợ"), Inspected("Lộc", None, present=True), people)
    assert signers(said) == ("inspector", "seller", "witness", "witness")
    assert signers(replace(said, inspected=Inspected("Lộc", None, present=False), people=())) == ("inspector",)


def test_the_newest_photo_of_the_label_shows_the_stars_else_that_of_the_front() -> None:
    front, seal, label, newer = (
        Picture(Photo(sha * 64, 1), shows)
        for sha, shows in (("a", Shows.FRONT), ("b", Shows.SEAL), ("c", Shows.LABEL), ("d", Shows.LABEL))
    )
    assert label_photo((front, seal, label, newer)) == "d" * 64
    assert label_photo((seal, front)) == "a" * 64
    assert label_photo((seal,)) is None


def test_the_fullest_round_fits_because_its_looks_give_way(book: RoundBook) -> None:
    said = opened(book)
    looks = tuple(LookedAt("ế" * 500 + str(n), None, "not_registered", NOW) for n in range(200))
    for look in looks[-2:]:
        book.looked(said.id, look, MINH)
    book._rounds[said.id] = said = replace(said, looked_at=looks, remarks="ế" * 5000)
    first = inspected(book, said)
    book._of_round[said.id] *= MOST_INSPECTIONS
    content = book.to_sign(said.id, AUTHOR, now=NOW)
    finest = (tuple((n % 1001, n * 7 % 401) for n in range(5000)), *(((n, n),) for n in range(300)))
    for n in range(MOST_SIGNATURES):
        book.sign(said.id, Signature(Role.WITNESS, str(n) + "ế" * 199, NOW, content, finest), AUTHOR)
    with pytest.raises(RoundInvalid, match="too_many_signatures"):
        book.sign(said.id, Signature(Role.WITNESS, "x", NOW, content, finest), AUTHOR)
    closed = book.close(said.id, replace(AUTHOR, clock_offset=-123456), now=NOW + timedelta(hours=1))
    assert len(closed.canonical()) <= ROUND.most_bytes
    assert content_hash(closed.body) == content
    assert [inspection for inspection, _sha256 in closed.inspections] == [first.id] * MOST_INSPECTIONS
    assert 0 < len(closed.said.looked_at) < 200
    assert closed.said.looked_at[-1].text == looks[-1].text
    strokes = closed.said.signatures[0].strokes
    assert len(strokes[0]) > 30  # the dots take their room too
    assert (strokes[0][0], strokes[0][-1]) == (finest[0][0], finest[0][-1])


def test_a_full_round_is_told_before_another_inspection_is_begun(book: RoundBook) -> None:
    said = opened(book)
    inspected(book, said)
    book._of_round[said.id] *= MOST_INSPECTIONS
    with pytest.raises(RoundInvalid, match="round_full"):
        book.begin(said.id, found(), AUTHOR)
    crowd = (Person("\x01" * 200, Role.OTHER, "\x01" * 200),) * 50  # six bytes a character in JSON
    with pytest.raises(RoundInvalid, match="too_large"):
        book.change(said, replace(said, people=crowd, remarks="\x01" * 5000), AUTHOR)
    del book._of_round[said.id][-2:]
    assert book.summary(said.id, AUTHOR).room == 2
    book.begin(said.id, found(), AUTHOR)
    assert book.summary(said.id, AUTHOR).room == 1


def test_the_longest_checklist_with_a_reason_for_each_item_fits(book: RoundBook) -> None:
    draft = book.begin(opened(book).id, found(text="ế" * 5000, seller_said="ế" * 2000), AUTHOR)
    answers = tuple(ItemAnswer(f"c{n}", Answered.WRONG, reason="ế" * 500) for n in range(81))
    full = replace(draft.found, checklist=FilledChecklist("0" * 64, "tp", "law", "2026-11-23", answers))
    draft = book.save(replace(draft, found=full), draft)
    assert 0.5 < book.fullness(draft, AUTHOR) < 0.75
    assert book.problems(draft, AUTHOR) == []
    longer = replace(full, checklist=FilledChecklist("0" * 64, "tp", "law", "2026-11-23", answers * 3))
    assert book.problems(replace(draft, found=longer), AUTHOR)[-1] == Problem("too_large")
    assert len(book.finish(draft.id, AUTHOR).body["checklist"]["answers"]) == 81


def test_a_copied_folder_makes_another_round_with_the_same_inspections(book: RoundBook) -> None:
    said = opened(book)
    first = inspected(book, said)
    draft = book.begin(said.id, found(2), AUTHOR, now=NOW)
    book.renew_drafts()
    renewed = book.current(MINH)
    assert renewed is not None
    assert renewed.id != said.id
    (open_draft,) = book.drafts(MINH)
    assert (open_draft.round, open_draft.id != draft.id) == (renewed.id, True)
    second = book.finish(open_draft.id, AUTHOR, now=NOW + timedelta(minutes=5))
    assert [each for each, _sha256 in book.close(renewed.id, AUTHOR).inspections] == [
        first.id,
        second.id,
    ]


def test_what_waits_in_a_lost_folder_is_brought_back(book: RoundBook, tmp_path: Path) -> None:
    said = opened(book)
    draft = book.begin(said.id, found(1), AUTHOR, now=NOW)
    original = book.add_photo(draft.id, jpeg("red"), Shows.FRONT).pictures[0].file.sha256
    copy = book.add_photo(draft.id, jpeg("blue"), Shows.FRONT, copy_of=original).pictures[1].file.sha256
    first = book.finish(draft.id, AUTHOR, now=NOW)
    left = book.add_photo(book.begin(said.id, found(2), AUTHOR).id, jpeg("green"), Shows.LABEL)
    opened(book, LAN)
    assert RoundBook.may_hold(tmp_path / "device", MINH)
    here = RoundBook(tmp_path / "another")
    assert here.bring_back(book, MINH) == 3
    assert here.current(MINH) == said
    assert [each.id for each in here.inspections_of(said.id, MINH)] == [left.id, first.id]
    assert here.draft(left.id, MINH) == left
    for name in (original, copy, left.pictures[0].file.sha256):
        assert here.photos.read(name)
    assert [record.id for record in here.inspections.outbox()] == [first.id]
    assert book.current(MINH) is None and book.current(LAN)  # noqa: PT018
    assert here.bring_back(book, MINH) == 0


def test_a_correction_that_waits_in_a_lost_folder_brings_what_it_corrects(book: RoundBook, tmp_path: Path) -> None:
    """The server has the inspection already, and the round is closed: without it the draft had no place to be at."""
    said = opened(book)
    first = inspected(book, said)
    book.inspections.record_receipt(receipt(first))
    book.close(said.id, AUTHOR, now=NOW + timedelta(hours=2))
    draft = book.correct(first.id, MINH)
    here = RoundBook(tmp_path / "another")
    assert here.bring_back(book, MINH) == 3
    assert [each.id for each in here.inspections_of(said.id, MINH)] == [draft.id, first.id], "which its paper needs"
    assert here.problems(draft, AUTHOR) == []
    assert here.finish(draft.id, AUTHOR).supersedes == first.id
    assert here.bring_back(book, MINH) == 0


def test_what_is_being_corrected_is_not_taken_back(book: RoundBook) -> None:
    first = inspected(book, opened(book))
    draft = book.correct(first.id, MINH)
    kept = book.inspection(first.id, MINH)
    assert kept is not None
    assert not kept.may_undo
    with pytest.raises(RoundInvalid, match="correction_begun"):
        book.undo(first.id, MINH)
    book.discard(draft.id)
    assert book.undo(first.id, MINH).id == first.id


def test_a_correction_is_judged_by_the_day_of_the_inspection(book: RoundBook) -> None:
    first = inspected(book, opened(book))
    second = book.finish(book.correct(first.id, MINH).id, AUTHOR, now=NOW + timedelta(days=5))
    third = book.correct(second.id, MINH)
    assert third.started_at == first.signed_at
    book.discard(third.id)
    assert book.undo(second.id, MINH).started_at == first.signed_at


def test_a_copied_round_knows_its_inspections_after_it_is_closed(book: RoundBook, tmp_path: Path) -> None:
    first = inspected(book, opened(book))
    book.renew_drafts()
    renewed = book.current(MINH)
    assert renewed is not None
    book.close(renewed.id, AUTHOR)
    opened(book, LAN)  # the next write removes the round's row
    book.shut()
    again = RoundBook(tmp_path / "device")
    assert [each.id for each in again.inspections_of(renewed.id, MINH)] == [first.id]


def test_a_head_that_is_being_filled_in_outlives_a_kill_until_the_round_is_opened(
    book: RoundBook, tmp_path: Path
) -> None:
    who, people = Inspected("", "8012"), (Person("", "witness"),)
    head = OpenRound("1" * 32, NOW, Place("", "Chợ"), who, people, account="acc-minh")
    book.keep_head(replace(head, id="2" * 32))
    book.keep_head(head)
    again = RoundBook(tmp_path / "device")
    assert (again.head(MINH), again.head(LAN), again.current(MINH)) == (head, None, None)
    here = RoundBook(tmp_path / "another")
    assert (here.bring_back(again, MINH), here.head(MINH), again.head(MINH)) == (1, head, None)
    opened(here, LAN)
    assert here.head(MINH) == head
    opened(here)
    assert here.head(MINH) is None
    assert RoundBook(tmp_path / "another").head(MINH) is None


def test_a_change_of_the_head_outlives_a_kill_until_it_is_saved(book: RoundBook, tmp_path: Path) -> None:
    said = opened(book)
    typed = replace(said, place=replace(said.place, name=""), case_number="12/")
    book.keep_head_edit(said.id, HeadEdit(said, typed), MINH)
    book.change(said, replace(said, remarks="Đông khách"), AUTHOR)
    book.shut()
    again = RoundBook(tmp_path / "device")
    assert again.head_edit(said.id, MINH) == HeadEdit(said, typed)
    kept = again.round(said.id, MINH)
    assert kept is not None
    assert (kept.said.place, kept.said.case_number) == (said.place, said.case_number), "nothing has changed yet"
    with pytest.raises(RoundClosed):
        again.head_edit(said.id, LAN)
    saved = again.change(said, replace(said, case_number="12/QĐ"), AUTHOR, ends_edit=True)
    assert (saved.case_number, saved.remarks) == ("12/QĐ", "Đông khách")
    assert again.head_edit(said.id, MINH) is None
    again.keep_head_edit(said.id, HeadEdit(saved, typed), MINH)
    again.change(saved, saved, AUTHOR, ends_edit=True)
    assert again.head_edit(said.id, MINH) is None, "changed back to what it was"


def test_strokes_outlive_a_kill_until_they_are_given_and_hold_for_what_was_shown_alone(
    book: RoundBook, tmp_path: Path
) -> None:
    said = opened(book)
    content = book.to_sign(said.id, AUTHOR, now=NOW)
    line = ((100, 200), (200, 100))
    drawn = Signature("seller", "Trần Văn", NOW, content, (line,))
    why = Signature("witness", "", NOW, content, (), "Về ")
    for so_far in (replace(drawn, strokes=(((100, 200),),)), why, drawn):
        book.keep_signature(said.id, so_far.role, so_far, MINH)
    book.shut()
    again = RoundBook(tmp_path / "device")
    assert again.begun_signature(said.id, "seller", content, MINH) == drawn
    assert again.begun_signature(said.id, "witness", content, MINH) == why
    assert again.begun_signature(said.id, "seller", "0" * 64, MINH) is None, "for another content it is none"
    assert again.summary(said.id, AUTHOR).signed == (), "nobody has signed"
    again.sign(said.id, drawn, AUTHOR)
    again.keep_signature(said.id, "witness", None, MINH)
    assert [again.begun_signature(said.id, role, content, MINH) for role in ("seller", "witness")] == [None, None]


def test_what_is_begun_goes_where_its_round_goes(book: RoundBook, tmp_path: Path) -> None:
    said = opened(book)
    edit = HeadEdit(said, replace(said, case_number="9"))
    book.keep_head_edit(said.id, edit, MINH)
    here = RoundBook(tmp_path / "another")
    here.bring_back(book, MINH)
    assert here.head_edit(said.id, MINH) == edit
    here.renew_drafts()
    renewed = here.current(MINH)
    assert renewed is not None
    assert here.head_edit(renewed.id, MINH) == edit
    here.close(renewed.id, AUTHOR)
    with pytest.raises(RoundClosed):
        here.head_edit(renewed.id, MINH)


def test_what_could_not_be_understood_and_what_is_being_drawn_outlive_a_kill(book: RoundBook, tmp_path: Path) -> None:
    draft = book.begin(opened(book).id, found(), AUTHOR, now=NOW)
    marks = (Arrow((0.1, 0.2), (0.3, 0.4)), Circle((0.0, 0.0), (1.0, 0.5)), Words((0.5, 0.5), "Sai sao"))
    drawn = marks_to_json((*marks, Cover(((0.1, 0.1), (0.2, 0.2)))))
    typed = {"amount": "hai chục", "price": "rẻ", "sample-0-amount": "x", "expiry": "mai"}
    saved = book.save(replace(draft, typed=typed, marks={"0" * 64: drawn}), draft)
    book.save(replace(draft, found=found(text="Ở cửa sổ khác")), draft)  # another window, which knows nothing of it
    again = RoundBook(tmp_path / "device")
    kept = again.draft(draft.id, MINH)
    assert kept is not None
    assert (kept.typed, kept.found.text) == (typed, "Ở cửa sổ khác")
    assert marks_from_json(kept.marks["0" * 64]) == (*marks, Cover(((0.1, 0.1), (0.2, 0.2))))
    reasons = [problem.reason for problem in again.problems(saved, AUTHOR)]
    assert reasons == ["amount_invalid", "price_invalid", "day_invalid"]
    with pytest.raises(RoundInvalid, match="amount_invalid"):
        again.finish(draft.id, AUTHOR)


def test_what_is_covered_on_a_photo_is_not_sent_uncovered(book: RoundBook) -> None:
    draft = book.begin(opened(book).id, found(), AUTHOR, now=NOW)
    draft = book.add_photo(draft.id, jpeg("red"), Shows.FRONT)
    photo = draft.pictures[0].file.sha256
    arrow = book.save(replace(draft, marks={photo: marks_to_json([Arrow((0.1, 0.2), (0.3, 0.4))])}), draft)
    assert book.problems(arrow, AUTHOR) == []
    covered = book.save(replace(arrow, marks={photo: marks_to_json([Cover(((0.1, 0.1),))])}), arrow)
    assert book.problems(covered, AUTHOR) == [Problem("cover_not_kept")]
    assert book.problems(book.remove_photo(draft.id, photo), AUTHOR) == []
