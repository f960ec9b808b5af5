from __future__ import annotations

import csv
import io
import json
import os
import random
import resource
import signal
import threading
import time
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notes.note import DraftClosed, Note, NoteInvalid, NoteState
from services.notes.notebook import Notebook
from services.notes.photos import BadPicture
from services.records.record import Receipt
from services.storage.store import StoreWriteError
from tests.services.conftest import DEVICE, NOW, new_id, picture, written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "device"


def states(notebook: Notebook) -> list[str]:
    return [note.state.value for note in notebook.notes()]


def receipt(notebook: Notebook, note_id: str, *stored: str) -> Receipt:
    note = notebook.note(note_id)
    assert note
    assert note.inspection
    return Receipt(note_id, note.inspection.sha256, NOW, frozenset(stored))


def test_a_draft_is_there_after_opening_again(notebook: Notebook, folder: Path) -> None:
    draft = notebook.new_draft(text="Tem m", product_name="Chả mực")
    draft = notebook.save_draft(replace(draft, text="Tem mờ"))
    again = Notebook.open(folder)
    assert again.draft(draft.id) == draft
    assert again.drafts() == [draft]
    assert states(again) == ["draft"]
    assert again.draft(new_id()) is None


def test_signing_makes_a_note_of_the_draft_in_one_step(notebook: Notebook, folder: Path) -> None:
    inspection = written(notebook, colours=("red",))
    for each in (notebook, Notebook.open(folder)):
        assert each.drafts() == []
        assert each.outbox() == [inspection]
        assert states(each) == ["waiting"]
        assert each.count() == 1
    with pytest.raises(DraftClosed):
        notebook.sign(inspection.id, account=None, device=DEVICE, now=NOW, clock_offset=None)


def test_the_signed_drafts_row_leaves_the_disk_with_the_next_draft(notebook: Notebook, folder: Path) -> None:
    inspection = written(notebook, "Bí mật")
    assert inspection.id in (folder / "drafts.json").read_text()
    notebook = Notebook.open(folder)
    notebook.new_draft()
    assert inspection.id not in (folder / "drafts.json").read_text()
    assert notebook.outbox() == [inspection]


def test_a_note_whose_file_was_damaged_at_once_is_a_draft_again(notebook: Notebook, folder: Path) -> None:
    inspection = written(notebook, "Tem mờ")
    (folder / "notes" / "000001.json").write_bytes(b"#")
    again = Notebook.open(folder)
    assert [draft.text for draft in again.drafts()] == ["Tem mờ"]
    assert again.drafts()[0].id == inspection.id
    assert [recovery.reason for recovery in again.recovered] == ["foreign"]


def test_a_save_that_comes_too_late_changes_nothing(notebook: Notebook) -> None:
    draft = notebook.new_draft(text="a")
    notebook.sign(draft.id, account=None, device=DEVICE, now=NOW, clock_offset=None)
    gone = notebook.new_draft(text="b")
    notebook.discard_draft(gone.id)
    for late in (draft, gone):
        with pytest.raises(DraftClosed):
            notebook.save_draft(replace(late, text="late"))
    assert states(notebook) == ["waiting"]


def test_a_save_begun_before_a_photo_came_does_not_undo_it(notebook: Notebook) -> None:
    draft = notebook.new_draft()
    notebook.add_photo(draft.id, picture())
    saved = notebook.save_draft(replace(draft, text="Tem mờ"))
    assert len(saved.photos) == 1
    assert notebook.draft(draft.id) == saved


def test_photos_come_and_go_with_their_draft(notebook: Notebook) -> None:
    other = notebook.add_photo(notebook.new_draft().id, picture("blue"))
    draft = notebook.add_photo(notebook.new_draft().id, picture("red"))
    assert notebook.add_photo(draft.id, picture("red")) == draft
    draft = notebook.add_photo(draft.id, picture("blue"))
    red, blue = draft.photos
    draft = notebook.remove_photo(draft.id, red.sha256)
    assert draft.photos == (blue,)
    assert not notebook.photos.path(red.sha256).exists()
    notebook.discard_draft(draft.id)
    notebook.discard_draft(draft.id)
    assert notebook.photos.read(blue.sha256), "the other draft still has it"
    notebook.sign(other.id, account=None, device=DEVICE, now=NOW, clock_offset=None)
    third = notebook.add_photo(notebook.new_draft().id, picture("blue"))
    notebook.discard_draft(third.id)
    assert notebook.photos.read(blue.sha256), "the signed note still has it"


def test_nothing_of_a_discarded_draft_stays_on_the_disk(tmp_path: Path) -> None:
    notebook = Notebook.open(tmp_path)
    other = notebook.new_draft(text="stays")
    draft = notebook.new_draft(text="a wrong accusation")
    notebook.discard_draft(draft.id)
    files = [path.read_bytes() for path in tmp_path.rglob("*.json")]
    assert not any(b"accusation" in content for content in files)
    assert sum(b"stays" in content for content in files) == 2, "both generations hold what is left"
    assert [each.id for each in notebook.drafts()] == [other.id]


def test_what_no_photo_can_be_made_of(notebook: Notebook) -> None:
    draft = notebook.new_draft()
    with pytest.raises(BadPicture):
        notebook.add_photo(draft.id, b"text")
    for n in range(20):
        notebook.add_photo(draft.id, picture(size=(10, 10 + n)))
    with pytest.raises(NoteInvalid):
        notebook.add_photo(draft.id, picture("blue"))
    with pytest.raises(DraftClosed):
        notebook.add_photo(new_id(), picture())


def test_a_note_leaves_the_outbox_only_with_its_receipt_and_all_photos(notebook: Notebook, folder: Path) -> None:
    inspection = written(notebook, colours=("red", "blue"))
    red, blue = (photo.sha256 for photo in inspection.photos)
    assert Notebook.has_unsent(folder)

    notebook.records.record_receipt(receipt(notebook, inspection.id))
    assert notebook.records.has_receipt(inspection.id)
    assert states(notebook) == ["waiting"]
    notebook.records.record_file(inspection.id, red)
    notebook.records.record_file(inspection.id, red)
    notebook = Notebook.open(folder)
    assert notebook.outbox() == [inspection]
    assert [photo.sha256 for photo in notebook.records.unsent_files(inspection.id)] == [blue]
    notebook.records.record_file(inspection.id, blue)

    for each in (notebook, Notebook.open(folder)):
        assert each.outbox() == []
        (note,) = each.notes()
        assert (note.state, note.photos_sent, note.received_at) == (NoteState.RECEIVED, 2, NOW)
    assert not Notebook.has_unsent(folder)


def test_photos_the_receipt_says_are_stored_need_not_be_sent(notebook: Notebook) -> None:
    inspection = written(notebook, colours=("red",))
    notebook.records.record_receipt(receipt(notebook, inspection.id, inspection.photos[0].sha256, "f" * 64))
    assert states(notebook) == ["received"]


def test_a_receipt_for_another_body_is_not_taken(notebook: Notebook) -> None:
    inspection = written(notebook)
    with pytest.raises(ValueError, match="another body"):
        notebook.records.record_receipt(replace(receipt(notebook, inspection.id), sha256="0" * 64))
    with pytest.raises(KeyError):
        notebook.records.record_receipt(Receipt(new_id(), inspection.sha256, NOW))
    assert notebook.outbox() == [inspection]


def test_a_refused_note_is_set_aside_and_can_be_tried_again(notebook: Notebook, folder: Path) -> None:
    inspection = written(notebook)
    notebook.records.record_refusal(inspection.id, "id_taken", "This id holds another note.")
    notebook = Notebook.open(folder)
    (note,) = notebook.notes()
    assert (note.state, note.reason, note.detail) == (NoteState.REFUSED, "id_taken", "This id holds another note.")
    assert notebook.outbox() == []
    assert not Notebook.has_unsent(folder)
    notebook.retry(inspection.id)
    assert Notebook.has_unsent(folder)
    assert Notebook.open(folder).outbox() == [inspection]


def test_sending_and_failures_are_forgotten_by_a_restart(notebook: Notebook, folder: Path) -> None:
    first, second = written(notebook, "1"), written(notebook, "2")
    notebook.records.mark_sending(first.id)
    notebook.records.record_failure(first.id, "server_error")
    assert [(n.state.value, n.reason) for n in notebook.notes()] == [("waiting", None), ("sending", "server_error")]
    assert notebook.outbox() == [second, first]
    again = Notebook.open(folder)
    assert [(n.state.value, n.reason) for n in again.notes()] == [("waiting", None)] * 2
    assert again.outbox() == [first, second]


def test_the_list_is_newest_first_whatever_the_clock_says(notebook: Notebook, folder: Path) -> None:
    signed = []
    for n in range(150):
        draft = notebook.new_draft(text=str(n))
        now = NOW - timedelta(days=n)
        signed.append(notebook.sign(draft.id, account=None, device=DEVICE, now=now, clock_offset=None))
    drafts = [notebook.new_draft(started_at=NOW + timedelta(seconds=n)) for n in range(3)]
    expected = [draft.id for draft in reversed(drafts)] + [inspection.id for inspection in reversed(signed)]
    for each in (notebook, Notebook.open(folder)):
        assert [note.id for note in each.notes(limit=1000)] == expected
        pages = [note.id for offset in range(0, 160, 7) for note in each.notes(limit=7, offset=offset)]
        assert pages == expected
        assert (each.count(), each.counts()[NoteState.WAITING], each.counts()[NoteState.DRAFT]) == (153, 150, 3)
        assert each.outbox() == signed
    assert len(list((folder / "notes").glob("??????.json"))) == 3


def test_saving_a_note_does_not_rewrite_the_others(notebook: Notebook, folder: Path) -> None:
    for n in range(65):
        written(notebook, str(n))
    before = (folder / "notes" / "000001.json").stat().st_mtime_ns
    written(notebook)
    assert (folder / "notes" / "000001.json").stat().st_mtime_ns == before


def test_a_full_disk_refuses_the_signature_and_keeps_the_draft(notebook: Notebook, folder: Path) -> None:
    draft = notebook.new_draft(text="x" * 5000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(StoreWriteError):
            notebook.sign(draft.id, account=None, device=DEVICE, now=NOW, clock_offset=None)
        with pytest.raises(StoreWriteError):
            notebook.save_draft(replace(draft, text="y" * 5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    for each in (notebook, Notebook.open(folder)):
        assert each.draft(draft.id) == draft
        assert each.outbox() == []
    assert notebook.sign(draft.id, account=None, device=DEVICE, now=NOW, clock_offset=None)


def exported(notebook: Notebook, *arguments: Any, **options: Any) -> zipfile.ZipFile:
    target = io.BytesIO()
    assert notebook.export(target, *arguments, **options) is not None
    return zipfile.ZipFile(target)


def test_export_holds_everything(notebook: Notebook) -> None:
    refused = written(notebook, colours=("red", "blue"))
    notebook.records.record_refusal(refused.id, "bad_request", "No.")
    draft = notebook.new_draft(text="Nửa chừng")
    lost = refused.photos[1].sha256
    notebook.photos.path(lost).write_bytes(b"damaged")

    with exported(notebook) as archive:
        assert archive.read(f"inspections/{refused.id}.json") == refused.canonical()
        kept = refused.photos[0].sha256
        assert archive.read(f"photos/{kept}.jpg") == notebook.photos.read(kept)
        assert json.loads(archive.read(f"drafts/{draft.id}.json"))["text"] == "Nửa chừng"
        document = json.loads(archive.read("states.json"))
        assert "notes.csv" not in archive.namelist()
    assert [(row["state"], row["reason"]) for row in document["notes"]] == [("draft", None), ("refused", "bad_request")]
    assert document["photos_lost"] == [lost]


def test_export_of_some_notes_is_of_these_alone(notebook: Notebook) -> None:
    refused, other = written(notebook, colours=("red",)), written(notebook, colours=("blue",))
    notebook.records.record_refusal(refused.id, "bad_request", "No.")
    notebook.new_draft()
    with exported(notebook, notebook.set_aside()) as archive:
        assert f"inspections/{other.id}.json" not in archive.namelist()
        assert [name for name in archive.namelist() if name.startswith("photos/")] == [
            f"photos/{refused.photos[0].sha256}.jpg"
        ]
        assert [row["id"] for row in json.loads(archive.read("states.json"))["notes"]] == [refused.id]


def test_the_exports_table_opens_in_a_spreadsheet_and_computes_nothing(notebook: Notebook) -> None:
    written(notebook, '=HYPERLINK("https://x.example";"Nhãn")\n"dòng 2"')
    written(notebook, "Nhãn ghi 5 sao; chả mực")

    def describe(note: Note) -> dict[str, str]:
        assert note.inspection
        return {"Sản phẩm": note.product_name or "", "Lời ghi": note.inspection.body["text"]}

    with exported(notebook, describe=describe) as archive:
        table = archive.read("notes.csv")
    assert table.startswith(b"\xef\xbb\xbf"), "or Excel takes it for Latin"
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
    assert rows == [
        ["Sản phẩm", "Lời ghi"],
        ["Trà hoa vàng Ba Chẽ", "Nhãn ghi 5 sao; chả mực"],
        ["Trà hoa vàng Ba Chẽ", '\'=HYPERLINK("https://x.example";"Nhãn")\n"dòng 2"'],
    ]


def test_an_export_tells_how_far_it_is_and_can_be_ended(notebook: Notebook) -> None:
    written(notebook, colours=("red", "blue", "green"))
    seen: list[tuple[int, int]] = []
    target = io.BytesIO()

    def progress(done: int, total: int) -> bool:
        seen.append((done, total))
        return done < 2

    assert notebook.export(target, progress=progress) is None
    assert seen == [(0, 3), (1, 3), (2, 3)]


def test_an_export_holds_one_photo_at_a_time_in_memory(notebook: Notebook, folder: Path) -> None:
    draft = notebook.new_draft()
    notebook.sign(draft.id, account=None, device=DEVICE, now=NOW, clock_offset=None)
    for _ in range(20):
        draft = notebook.new_draft(photos=(notebook.photos.keep(os.urandom(2_000_000)),))
        notebook.sign(draft.id, account=None, device=DEVICE, now=NOW, clock_offset=None)
    tracemalloc.start()
    try:
        with (folder / "export.zip").open("wb") as target:
            assert notebook.export(target) == 0
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()
    assert (folder / "export.zip").stat().st_size > 40_000_000


def test_a_correction_says_what_the_note_said_and_leaves_it_alone(notebook: Notebook, folder: Path) -> None:
    wrong = written(notebook, "Nhãn in 5 sao", colours=("red", "blue"))
    before = notebook.note(wrong.id)
    draft = notebook.correct(wrong.id)
    assert notebook.correct(wrong.id) == draft, "one begun is gone on with"
    assert (draft.supersedes, draft.product_name, draft.photos) == (wrong.id, wrong.product_name, wrong.photos)
    said = draft.to_json()
    for name in ("code", "verdict", "outcome", "text", "place"):
        assert said[name] == wrong.body[name]
    begun = notebook.note(wrong.id)
    assert begun
    assert before
    assert (begun.correction_draft, begun.corrected_by) == (draft.id, None)
    assert replace(begun, correction_draft=None) == before

    notebook.save_draft(replace(draft, text="Nhãn in 4 sao"))
    right = notebook.sign(draft.id, account=None, device=DEVICE, now=NOW, clock_offset=None)
    assert right.body == wrong.body | {"id": right.id, "text": "Nhãn in 4 sao", "supersedes": wrong.id} | {
        "clock_offset": None
    }
    for each in (notebook, Notebook.open(folder)):
        old, new = each.note(wrong.id), each.note(right.id)
        assert old
        assert new
        assert old.inspection == wrong
        assert (old.corrected_by, old.correction_draft, new.corrects) == (right.id, None, wrong.id)
        assert each.outbox() == [wrong, right]


@pytest.mark.parametrize("state", ["waiting", "received", "refused"])
def test_a_note_in_any_state_can_be_corrected(notebook: Notebook, state: str) -> None:
    wrong = written(notebook)
    if state == "received":
        notebook.records.record_receipt(receipt(notebook, wrong.id))
    if state == "refused":
        notebook.records.record_refusal(wrong.id, "bad_request", "No.")
        assert [note.id for note in notebook.set_aside()] == [wrong.id]
    draft = notebook.correct(wrong.id)
    notebook.sign(draft.id, account=None, device=DEVICE, now=NOW, clock_offset=None)
    note = notebook.note(wrong.id)
    assert note
    assert note.state.value == state
    assert notebook.set_aside() == [], "what is corrected needs nobody's care any more"


def test_a_note_that_is_not_there_cannot_be_corrected(notebook: Notebook) -> None:
    with pytest.raises(KeyError):
        notebook.correct(new_id())
    assert notebook.drafts() == []


def test_dropping_a_correction_leaves_the_notes_photos(notebook: Notebook) -> None:
    note = written(notebook, colours=("red", "blue"))
    red, blue = (photo.sha256 for photo in note.photos)
    draft = notebook.correct(note.id)
    draft = notebook.add_photo(draft.id, picture("green"))
    green = draft.photos[2].sha256
    notebook.remove_photo(draft.id, red)
    assert notebook.photos.read(red), "the note has it"
    notebook.discard_draft(draft.id)
    assert notebook.photos.read(blue), "the note has it"
    assert not notebook.photos.path(green).exists()
    kept = notebook.note(note.id)
    assert kept
    assert (kept.inspection, kept.correction_draft) == (note, None)
    assert notebook.outbox() == [note]


def test_a_correction_leaves_lost_photos_out(notebook: Notebook) -> None:
    note = written(notebook, colours=("red", "blue", "green"))
    red, blue, green = note.photos
    notebook.photos.path(red.sha256).unlink()
    notebook.photos.path(blue.sha256).write_bytes(b"damaged")
    assert notebook.correct(note.id).photos == (green,)


def test_what_a_note_waits_for_is_no_failure(notebook: Notebook) -> None:
    first, second = written(notebook, "1"), written(notebook, "2")
    changes: list[None] = []
    notebook.subscribe(lambda: changes.append(None))
    notebook.records.record_waiting(first.id, "photos_wait_for_wifi")
    notebook.records.record_waiting(first.id, "photos_wait_for_wifi")
    assert len(changes) == 1
    note = notebook.note(first.id)
    assert note
    assert note.reason == "photos_wait_for_wifi"
    assert notebook.outbox() == [first, second], "it has not failed, so it keeps its turn"


def test_how_much_is_unsent(notebook: Notebook) -> None:
    note = written(notebook, colours=("red", "blue"))
    written(notebook)
    sizes = [photo.size for photo in note.photos]
    assert notebook.unsent() == (2, 2, sum(sizes))
    notebook.records.record_receipt(receipt(notebook, note.id, note.photos[0].sha256))
    assert notebook.unsent() == (1, 1, sizes[1])


def test_changes_are_announced(notebook: Notebook) -> None:
    changes: list[int] = []
    entered: list[int] = []
    unsubscribe = notebook.subscribe(lambda: changes.append(notebook.count()))
    notebook.records.subscribe_outbox(lambda: entered.append(len(notebook.outbox())))
    notebook.subscribe(lambda: 1 / 0)
    inspection = written(notebook)
    assert changes == [1, 1]
    assert entered == [1]
    notebook.records.record_receipt(receipt(notebook, inspection.id))
    assert len(changes) == 3
    assert entered == [1]
    unsubscribe()
    written(notebook)
    assert len(changes) == 3


def test_threads_do_not_lose_each_others_notes(notebook: Notebook, folder: Path) -> None:
    def work(name: int) -> None:
        for n in range(20):
            inspection = written(notebook, f"{name} {n}")
            notebook.records.record_receipt(receipt(notebook, inspection.id))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Notebook.open(folder).counts()[NoteState.RECEIVED] == 80


def write_until_killed(folder: Path, confirmed: int) -> None:
    notebook = Notebook.open(folder)
    while True:
        draft = notebook.new_draft(text="x" * random.randrange(3000))
        notebook.save_draft(replace(draft, text=draft.text + "!"))
        inspection = notebook.sign(draft.id, account=None, device=DEVICE, now=NOW, clock_offset=None)
        os.write(confirmed, f"{inspection.id} {inspection.sha256}\n".encode())


def test_a_process_killed_at_random_loses_no_signed_note(folder: Path) -> None:
    chance = random.Random(20261123)
    confirmed: dict[str, str] = {}
    for _ in range(20):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                write_until_killed(folder, writing)
            finally:
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            confirmed |= dict([pipe.readline().split()])
            time.sleep(chance.uniform(0, 0.02))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            confirmed |= dict(line.split() for line in pipe if line.endswith("\n"))
        notebook = Notebook.open(folder)
        stored = {inspection.id: inspection for inspection in notebook.outbox()}
        assert notebook.recovered == []
        assert not set(confirmed) - set(stored)
        assert all(stored[note_id].sha256 == sha256 for note_id, sha256 in confirmed.items())
        assert not set(stored) & {draft.id for draft in notebook.drafts()}
        assert Notebook.has_unsent(folder)
    assert len(confirmed) >= 20
