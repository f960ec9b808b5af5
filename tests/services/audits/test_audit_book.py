"""The book of audits: durable lines, undo, whose they are, records, and what stays without an account."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.accounts.author import Author
from services.audits import running, sealing
from services.audits.audit import LONGEST_REMARKS, Audit, AuditClosed, AuditInvalid, Undone
from services.audits.audit_book import AuditBook
from services.records.book import RecordState
from services.records.elsewhere import Elsewhere
from services.records.kind import AUDIT
from services.records.record import Receipt
from services.storage.store import StoreWriteError
from services.verification import Status
from tests.services.audits.conftest import AUTHOR, LAN, MINH, NOBODY, gtin, later, pack, verdict
from tests.support.record_kinds import DEVICE, NOW


def opened(book: AuditBook, viewer: object = MINH, *packs: int) -> str:
    said = book.open("Cửa hàng Hạ Long", "Kệ 1", viewer, now=NOW)  # type: ignore[arg-type]
    for n in packs:
        book.take(said.id, pack(n), now=NOW)
    return said.id


def again(book: AuditBook, tmp_path: Path) -> AuditBook:
    book.shut()
    return AuditBook(tmp_path / "device")


def counts(book: AuditBook, viewer: object = MINH) -> list[tuple[int, int]]:
    said = book.current(viewer)  # type: ignore[arg-type]
    return [(line.n, line.quantity) for line in said.lines] if said else []


def test_a_line_is_on_the_disk_when_it_is_confirmed_and_so_is_what_undo_leaves(book: AuditBook, tmp_path: Path) -> None:
    audit = opened(book)
    how = [(taken.how, taken.line.n, taken.line.times) for taken in (book.take(audit, pack(n)) for n in (1, 1, 2, 1))]
    assert how == [("new", 1, 1), ("again", 1, 2), ("new", 2, 1), ("second_time", 1, 3)]
    before = book.current(MINH)
    book = again(book, tmp_path)
    assert book.current(MINH) == before
    assert book.recovered == []
    assert book.undo(audit) == Undone("seen", replace_quantity(before, 3), book.current(MINH).line(1))  # type: ignore[union-attr]
    assert book.undo(audit).after is None  # type: ignore[union-attr]
    assert counts(again(book, tmp_path)) == [(1, 2)]


def test_the_line_scanned_last_is_on_top_and_the_first_is_first_though_the_clock_was_set_back(book: AuditBook) -> None:
    audit = opened(book)
    for n, seconds in ((1, 0), (2, -60), (3, -90), (1, -80), (2, -70)):
        book.take(audit, pack(n), now=later(seconds))
    book.done(audit, 3, "checked")
    said = book.current(MINH)
    assert said is not None
    assert [line.n for line in said.newest_first] == [2, 1, 3]
    assert [line.n for line in book.close(audit, AUTHOR, now=NOW).lines] == [1, 2, 3]


def replace_quantity(said: object, quantity: int) -> object:
    line = said.line(1)  # type: ignore[attr-defined]
    assert line.quantity == quantity
    return line


def test_undo_goes_back_change_by_change_to_the_beginning(book: AuditBook) -> None:
    audit = opened(book)
    states = [book.current(MINH)]
    for do in (
        lambda: book.take(audit, pack(1, quantity=12)),
        lambda: book.set_quantity(audit, 1, 5),
        lambda: book.add(audit, 1, -9),
        lambda: book.shelf(audit, "  Kệ \n 2 "),
        lambda: book.take(audit, pack(1)),
        lambda: book.change_line(audit, 2, expiry=date(2027, 1, 31), price=25_000, stars_label=4, shows_mark=True),
        lambda: book.change_line(audit, 2, shelf="Kệ 1", expiry=None),
        lambda: book.done(audit, 1, "taken_down"),
    ):
        do()
        states.append(book.current(MINH))
    assert states[3].lines[0].quantity == 0, "no fewer than none"  # type: ignore[union-attr]
    assert states[4].shelf == "Kệ 2"  # type: ignore[union-attr]
    assert counts(book) == [(1, 1)], "moved to the shelf where it was counted already"
    told = []
    for state in reversed(states[:-1]):
        told.append(book.undo(audit).what)  # type: ignore[union-attr]
        assert book.current(MINH) == state
    assert told == ["done", "changed", "changed", "seen", "shelf", "quantity", "quantity", "seen"]
    assert book.undo(audit) is None
    assert not book.current(MINH).may_undo  # type: ignore[union-attr]


def test_a_number_that_was_undone_is_not_given_again(book: AuditBook) -> None:
    audit = opened(book, MINH, 1)
    book.undo(audit)
    assert book.take(audit, pack(2)).line.n == 2
    with pytest.raises(AuditClosed):
        book.set_quantity(audit, 1, 4)


def test_two_windows_change_the_same_audit_and_hear_of_it(book: AuditBook) -> None:
    heard: list[int] = []
    stop = book.subscribe(lambda: heard.append(len(counts(book))))
    audit = opened(book)
    with pytest.raises(AuditInvalid, match="already_open"):
        book.open("", "", MINH)
    book.take(audit, pack(1))
    book.take(audit, pack(2))
    book.undo(audit)
    assert heard == [0, 1, 2, 1]
    stop()


def test_a_pause_ends_with_what_is_scanned_and_is_not_undone(book: AuditBook, tmp_path: Path) -> None:
    audit = opened(book, MINH, 1)
    book.pause(audit, now=later(60))
    assert book.pause(audit, now=later(70)).is_paused
    book = again(book, tmp_path)
    assert book.current(MINH).is_paused  # type: ignore[union-attr]
    book.take(audit, pack(1, at=later(90)))
    assert book.undo(audit).what == "seen"  # type: ignore[union-attr]
    said = book.current(MINH)
    assert said
    assert [(pause.since, pause.until) for pause in said.pauses] == [(later(60), later(90))]
    assert not book.resume(audit).is_paused


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"shelf": "k" * 101}, "shelf_too_long"),
        ({"lot": "l" * 101}, "lot_too_long"),
        ({"own_name": "n" * 201}, "name_too_long"),
        ({"price": -1}, "bad_price"),
        ({"stars_label": 6}, "bad_stars"),
    ],
)
def test_what_a_record_cannot_hold_is_refused_and_changes_nothing(
    book: AuditBook, fields: dict[str, object], reason: str
) -> None:
    audit = opened(book, MINH, 1)
    before = book.current(MINH)
    with pytest.raises(AuditInvalid, match=reason):
        book.change_line(audit, 1, **fields)
    with pytest.raises(AuditInvalid, match="bad_quantity"):
        book.set_quantity(audit, 1, 1_000_000)
    with pytest.raises(AuditInvalid, match="bad_quantity"):
        book.take(audit, pack(1, quantity=0))
    with pytest.raises(TypeError):
        book.change_line(audit, 1, quantity=3)
    with pytest.raises(AuditInvalid, match="shelf_too_long"):
        book.shelf(audit, "k" * 101)
    assert book.current(MINH) == before


def test_a_closed_audit_is_a_record_in_the_chain_and_stays_unsent_until_its_receipt(
    book: AuditBook, tmp_path: Path
) -> None:
    audit = opened(book, MINH, 1, 2, 2)
    book.set_quantity(audit, 1, 0, now=NOW)
    book.take(audit, pack(3, verdict=verdict(Status.WITHDRAWN, "certificate_withdrawn", days_old=2)), now=later(5))
    book.pause(audit, now=later(6))
    closed = book.close(audit, AUTHOR, remarks="Đủ\u200b", now=later(9))
    body = closed.body
    assert (body["kind"], body["account"], body["office"], body["files"], body["round"]) == (
        "audit", "cuahang01", False, [], None,
    )  # fmt: skip
    assert [(each["n"], each["quantity"]) for each in body["lines"]] == [(2, 2), (3, 1)], "nothing of none"
    assert body["copy_as_of"] == "2026-11-21T08:00:00Z", "the oldest copy that a line was judged by"
    assert body["pauses"] == [{"from": "2026-11-23T08:00:06Z", "to": "2026-11-23T08:00:09Z"}]
    assert (closed.remarks, closed.owner) == ("Đủ", "acc-minh")
    assert [line.to_json() for line in closed.lines] == body["lines"]
    second = book.close(opened(book, MINH, 1), AUTHOR, office=True)
    assert (second.prev, second.office) == (closed.sha256, True)
    book = again(book, tmp_path)
    assert book.current(MINH) is None
    assert [kept.audit for kept in book.audits(MINH)] == [second, closed]
    assert book.audits(LAN) == []
    assert book.audit(closed.id, LAN) is None
    assert AuditBook.has_unsent(tmp_path / "device")
    assert not [*(tmp_path / "device" / "running_audits").glob("*")], "its changes are gone"
    book.records.record_receipt(Receipt(closed.id, closed.sha256, NOW, frozenset(), closed.prev))
    kept = book.audit(closed.id, MINH)
    assert kept
    assert (kept.state, kept.received_at) == (RecordState.RECEIVED, NOW)


def test_nothing_is_closed_empty_or_by_somebody_else(book: AuditBook) -> None:
    audit = opened(book)
    with pytest.raises(AuditInvalid, match="empty"):
        book.close(audit, AUTHOR)
    book.take(audit, pack(1))
    with pytest.raises(AuditInvalid, match="remarks_too_long"):
        book.close(audit, AUTHOR, remarks="a" * (LONGEST_REMARKS + 1))
    with pytest.raises(AuditClosed):
        book.close(audit, Author("lan", DEVICE, LAN))
    assert counts(book) == [(1, 1)]
    assert book.current(LAN) is None
    book.drop(audit)
    assert book.current(MINH) is None
    with pytest.raises(AuditClosed):
        book.take(audit, pack(1))


def test_without_an_account_an_audit_stays_here_and_is_taken_over_only_when_asked(
    book: AuditBook, tmp_path: Path
) -> None:
    nobody = Author(None, DEVICE, NOBODY)
    closed = book.close(opened(book, NOBODY, 1), nobody, office=True, now=later(5))
    running_one = opened(book, NOBODY, 2)
    book = again(book, tmp_path)
    assert (closed.account, closed.office) == (None, False)
    assert book.records.waiting == 0
    assert not AuditBook.has_unsent(tmp_path / "device")
    assert [kept.state for kept in book.audits(MINH)] == [None], "whoever holds the device sees it"
    assert book.without_account() == [running_one, closed.id]
    with pytest.raises(AuditInvalid, match="no_account"):
        book.take_over(closed.id, nobody)
    book.take_over(closed.id, AUTHOR)
    kept = book.audit(closed.id, MINH)
    assert kept
    assert (kept.audit.account, kept.audit.opened_at, kept.state) == ("cuahang01", NOW, RecordState.WAITING)
    assert kept.lines == closed.lines
    assert kept.audit.body.keys() == closed.body.keys()
    book.take_over(running_one, AUTHOR)
    assert book.current(NOBODY) is None
    book = again(book, tmp_path)
    assert counts(book) == [(1, 1)]
    assert book.without_account() == []
    with pytest.raises(AuditClosed):
        book.take_over(closed.id, AUTHOR)


def test_one_that_nobody_takes_over_can_be_deleted(book: AuditBook, tmp_path: Path) -> None:
    closed = book.close(opened(book, NOBODY, 1), Author(None, DEVICE, NOBODY))
    book.forget(closed.id)
    assert book.audits(NOBODY) == again(book, tmp_path).audits(NOBODY) == []


def test_what_was_done_after_the_closing_is_kept_beside_the_record(book: AuditBook, tmp_path: Path) -> None:
    audit = opened(book, MINH, 1, 2)
    book.done(audit, 1, "checked", now=NOW)
    closed = book.close(audit, AUTHOR)
    book.done(closed.id, 1, None)
    assert book.done(closed.id, 2, "taken_down", now=NOW).done
    kept = again(book, tmp_path).audit(closed.id, MINH)
    assert kept
    assert [line.done and line.done.what for line in kept.lines] == [None, "taken_down"]
    assert [line.done and line.done.what for line in kept.audit.lines] == ["checked", None], "the record stays"
    with pytest.raises(AuditClosed):
        book.done(closed.id, 3, "checked")


def test_changes_that_a_kill_has_left_belong_to_no_audit(book: AuditBook, tmp_path: Path) -> None:
    audit = opened(book, MINH, *range(1, 70))
    folder = tmp_path / "device" / "running_audits"
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    book.close(audit, AUTHOR)
    book.shut()
    shutil.copytree(copy, folder, dirs_exist_ok=True)  # killed before the first file went
    book = AuditBook(tmp_path / "device")
    assert book.current(MINH) is None
    book.shut()
    (folder / "000001.json").unlink()  # or after that
    (folder / "000001.prev.json").unlink()
    book = AuditBook(tmp_path / "device")
    assert (book.current(MINH), book.recovered) == (None, [])
    assert len(book.audits(MINH)) == 1
    opened(book, MINH, 1)
    assert counts(again(book, tmp_path)) == [(1, 1)]


def test_an_audit_takes_so_much_that_it_can_always_be_closed(book: AuditBook, monkeypatch: pytest.MonkeyPatch) -> None:
    audit = opened(book, MINH, 1)
    monkeypatch.setattr(sealing, "_FOR_THE_REST", AUDIT.most_bytes - 700)
    book.take(audit, pack(2))
    with pytest.raises(AuditInvalid, match="full"):
        book.take(audit, pack(3))
    with pytest.raises(AuditInvalid, match="full"):
        book.change_line(audit, 1, lot="L1")
    book.take(audit, pack(1))
    with pytest.raises(AuditInvalid, match="full"):
        book.take(audit, pack(1, own_name="Chè của nhà"))
    monkeypatch.setattr(running, "MOST_CHANGES", 3)
    with pytest.raises(AuditInvalid, match="full"):
        book.take(audit, pack(1))
    assert book.undo(audit)
    book.close(audit, AUTHOR)


def test_a_full_disk_loses_nothing_that_was_confirmed(
    book: AuditBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = opened(book, MINH, 1)

    def refuse(*_given: object) -> None:
        raise StoreWriteError(Path("x"), "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("services.storage.store.DurableStorage.commit", refuse)
        for change in (lambda: book.take(audit, pack(2)), lambda: book.undo(audit)):
            with pytest.raises(StoreWriteError):
                change()
    assert counts(book) == [(1, 1)]
    assert book.take(audit, pack(2)).line.n == 2
    with monkeypatch.context() as patch:
        patch.setattr("services.storage.segments.Segments.erase", refuse)
        with pytest.raises(StoreWriteError):
            book.drop(audit)
        assert counts(book) == [(1, 1), (2, 1)], "it runs on"
        book.close(audit, AUTHOR)
        assert book.current(MINH) is None, "its record is kept, and its changes go another time"
    opened(book, MINH, 3)
    book = again(book, tmp_path)
    assert counts(book) == [(1, 1)]
    assert len([*book._files.changes]) == 2


def test_a_copied_folder_makes_two_of_what_is_not_signed(book: AuditBook, tmp_path: Path) -> None:
    closed = book.close(opened(book, NOBODY, 1), Author(None, DEVICE, NOBODY))
    book.done(closed.id, 1, "checked")
    audit = opened(book, MINH, 1)
    book.renew_drafts()
    said = book.current(MINH)
    assert said
    assert said.id != audit
    book = again(book, tmp_path)
    assert counts(book) == [(1, 1)]
    (kept,) = book.audits(NOBODY)
    assert kept.id != closed.id
    assert kept.lines[0].done
    assert kept.audit.body | {"id": closed.id} == closed.body


def test_a_browser_that_lost_its_key_gets_its_audits_back(book: AuditBook, tmp_path: Path) -> None:
    other = AuditBook(tmp_path / "other")
    closed = other.close(opened(other, MINH, 1), AUTHOR)
    audit = opened(other, MINH, *range(1, 70))
    assert AuditBook.may_hold(tmp_path / "other", MINH)
    assert book.bring_back(other, LAN) == 0
    assert book.bring_back(other, MINH) == 2
    assert (other.current(MINH), book.current(MINH).id) == (None, audit)  # type: ignore[union-attr]
    book = again(book, tmp_path)
    assert len(counts(book)) == 69
    assert [kept.id for kept in book.audits(MINH)] == [closed.id]
    assert book.records.waiting == 1
    assert book.unfinished(MINH) == 1
    assert not AuditBook.may_hold(tmp_path / "none", MINH)


def test_other_tills_are_seen_and_their_shelves_are_one_list(tmp_path: Path) -> None:
    elsewhere = Elsewhere(tmp_path / "device")
    book = AuditBook(tmp_path / "device", elsewhere=elsewhere)
    other = AuditBook(tmp_path / "other")
    audit = opened(other, MINH, 1, 2)
    other.shelf(audit, "Kệ 2")
    other.take(audit, pack(4), now=NOW)
    distant = other.close(audit, replace(AUTHOR, device="6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b12"), now=later(3))
    row = {
        "kind": "audit", "id": distant.id, "sha256": distant.sha256, "received_at": "2026-11-23T09:00:00Z",
        "files": [], "body": distant.body,
    }  # fmt: skip
    elsewhere.keep("acc-minh", "s", [row, row | {"id": "x", "body": distant.body | {"schema": 2}}], "1", book.records)
    (kept,) = book.audits(MINH)
    assert (kept.elsewhere, kept.state, kept.lines) == (True, RecordState.RECEIVED, distant.lines)
    assert book.audit(distant.id, LAN) is None
    mine = opened(book, MINH, 1, 3)
    state = book.union(MINH)
    assert [(shelf.name, [line.quantity for line in shelf.lines]) for shelf in state.shelves] == [
        ("Kệ 1", [2, 1, 1]), ("Kệ 2", [1]),
    ]  # fmt: skip
    assert {line.gtin for line in state.lines} == {gtin(n) for n in (1, 2, 3, 4)}
    assert book.before(mine, MINH).shelves == (), "it was opened before the other was closed"
    book.drop(mine)
    mine = book.open("", "Kệ 1", MINH, now=later(9)).id
    assert [shelf.name for shelf in book.before(mine, MINH).shelves] == ["Kệ 1", "Kệ 2"]
    with pytest.raises(AuditClosed):
        book.before(distant.id, LAN)
    book.done(distant.id, 1, "taken_down")
    assert book.audit(distant.id, MINH).lines[0].done  # type: ignore[union-attr]


def test_of_very_many_audits_elsewhere_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.records.elsewhere.MOST_LINES", 3)
    elsewhere, other = Elsewhere(tmp_path / "device"), AuditBook(tmp_path / "other")
    made: list[Audit] = [other.close(opened(other, MINH, 1, 2), AUTHOR, now=later(n)) for n in range(3)]
    rows = [
        {"kind": "audit", "id": audit.id, "sha256": audit.sha256, "files": [], "body": audit.body,
         "received_at": (NOW + timedelta(minutes=n)).isoformat()}
        for n, audit in enumerate(made)
    ]  # fmt: skip
    elsewhere.keep("acc-minh", "s", rows, "1", ())
    elsewhere.close()
    assert [record.id for record in Elsewhere(tmp_path / "device").of(MINH.owns)] == [made[2].id]
