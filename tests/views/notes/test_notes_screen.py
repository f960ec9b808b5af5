"""The list of notes, and one signed-off note with what became of it."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import threading
import time
import uuid
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from services.journal.journal import Journal
from services.notes.content import NotedCode, NotedVerdict, Position
from services.notes.note import Inspection, NoteState
from services.notes.notebook import Notebook
from services.records.events import Event
from services.records.record import Receipt
from services.sync.connection import Connection
from services.workspace import Device, Workspace
from tests.support.wire import Answer, Stranger
from tests.views.headless import Client
from views.design import TONES
from views.notes.notes_screen import PAGE
from views.parts import exporting


def signed(notebook: Notebook, text: str = "Nhãn ghi 5 sao", pictures: int = 0, **fields: Any) -> Inspection:
    """A signed-off note."""
    draft = notebook.new_draft(**{"product_name": "Chả mực", "outcome": "mislabelled", "text": text, **fields})
    for _number in range(pictures):
        notebook.add_photo(draft.id, _PIXEL)
    now = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    return notebook.sign(draft.id, account=None, device="6f0d8d5e", now=now, clock_offset=None)


def rows(app: Client) -> list[ft.OutlinedButton]:
    """The rows of the list, from above."""
    return app.inside("note-row", ft.OutlinedButton)


_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763606060000000040001f6173855"
    "0000000049454e44ae426082"
)


def receipt(note: Inspection) -> Receipt:
    return Receipt(note.id, note.sha256, datetime(2026, 1, 2, 4, 5, tzinfo=UTC))


async def test_an_empty_list_says_how_to_begin(workspace: Workspace) -> None:
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: app.says("Chưa có ghi chép"))
        await app.tap(ft.FilledButton, "Quét")
        await app.until(lambda: app.known("code-entry"))


async def test_each_note_bears_its_state(workspace: Workspace) -> None:
    device = workspace.device("local")
    notebook = device.notebook
    notebook.new_draft(text="nháp")
    signed(notebook, "chờ")
    notebook.records.record_receipt(receipt(signed(notebook, "đã nhận")))
    notebook.records.record_refusal(signed(notebook, "bị từ chối").id, "bad_request", "no")
    notebook.records.mark_sending(signed(notebook, "đang gửi").id)
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: len(app.known("note-row")) == 5)
        order = [word for word in app.words() if word in _STATES]
        assert order == ["Bản nháp", "Đang gửi", "Bị từ chối", "Đã nhận", "Trên máy này"]
        assert app.find(ft.Text, "02/01/2026"), "the day stands above"
        assert app.says("10:04"), "the time in Vietnam"
        notebook.records.mark_sending(None)
        await app.until(lambda: not app.find(ft.Text, "Đang gửi"))


_STATES = {"Bản nháp", "Trên máy này", "Đang gửi", "Đã nhận", "Bị từ chối"}


async def test_without_a_server_the_list_says_that_notes_wait(workspace: Workspace) -> None:
    signed(workspace.device("local").notebook)
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: app.known("note-row"))
        assert app.says("Chưa đặt máy chủ. Ghi chép ở lại máy này cho đến khi có.")


async def test_a_server_that_cannot_be_reached_is_told_with_what_is_kept(workspace: Workspace) -> None:
    signed(workspace.device("local").notebook)
    workspace.connect("http://127.0.0.1:9")
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: app.says("Không kết nối được máy chủ. Mọi thứ được giữ trên máy này và gửi sau."))
        await app.until(lambda: app.find(ft.Text, "Còn phải gửi: 1 ghi chép"))
        await app.until(lambda: app.find(ft.Text, "Trên máy này"))


async def test_photos_are_counted_as_they_arrive(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    note = signed(notebook, pictures=1)
    notebook.records.record_receipt(receipt(note))
    workspace.connect("http://127.0.0.1:9")
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: app.says("0/1 ảnh đã lên máy chủ"))
        notebook.records.record_file(note.id, note.photos[0].sha256)
        await app.until(lambda: app.says("1/1 ảnh đã lên máy chủ"))
        await app.until(lambda: app.says("Mọi ghi chép đã chốt đều có trên máy chủ."))


async def test_it_draws_fifty_notes_and_more_on_demand(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    for number in range(2 * PAGE + 3):
        signed(notebook, f"số {number}")
    async with Client(workspace, route="/notes") as app:
        for rows in (PAGE, 2 * PAGE, 2 * PAGE + 3):
            await app.until(lambda rows=rows: len(app.known("note-row")) == rows)  # type: ignore[misc]
            if rows < 2 * PAGE + 3:
                await app.tap(ft.TextButton, "Xem thêm (tất cả 103)")
        assert not app.find(ft.TextButton)
        assert app.find(ft.Text, "số 0")


async def test_a_draft_in_the_list_is_written_on_and_a_signed_note_is_read(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    signed(notebook, "Đã chốt")
    draft = notebook.new_draft(text="Bản nháp dở")
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: len(app.known("note-row")) == 2)
        await app.fire(rows(app)[0], "click")
        await app.until(lambda: app.known("note-text"))
        assert app.page.route == f"/note/{draft.id}"
        await app.go("/notes")
        await app.until(lambda: len(rows(app)) == 2)
        await app.fire(rows(app)[1], "click")
        await app.until(lambda: app.says("Chốt lúc"))
        assert not app.find(ft.TextField), "it never changes again"


async def test_a_signed_note_is_shown_whole(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    code = NotedCode("9520007900017", "typed", gtin="09520007900017")
    verdict, place = NotedVerdict("withdrawn"), Position(20.95, 107.08, 12.0)
    note = signed(notebook, pictures=1, code=code, verdict=verdict, place=place)
    notebook.records.record_receipt(receipt(note))
    async with Client(workspace, route=f"/notes/{note.id}") as app:
        await app.until(lambda: app.find(ft.Image))
        for words in (
            "Chả mực",
            "9520007900017",
            "Sai nhãn",
            "Nhãn ghi 5 sao",
            "20.95000, 107.08000",
            "Chứng nhận đã bị thu hồi",
            "10:04 02/01/2026",
            "11:05 02/01/2026",
        ):
            assert app.find(ft.Text, words), words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("id_taken", "Máy chủ đã có ghi chép khác mang số này."),
        ("photo_missing", "Không còn tìm thấy một ảnh của ghi chép trên máy này."),
        ("of_tomorrow", "Máy chủ không đọc được ghi chép."),
    ],
)
async def test_a_refused_note_says_why_and_what_to_do(workspace: Workspace, code: str, words: str) -> None:
    notebook = workspace.device("local").notebook
    note = signed(notebook)
    notebook.records.record_refusal(note.id, code, "English of the server")
    async with Client(workspace, route=f"/notes/{note.id}") as app:
        await app.until(lambda: app.says(words))
        assert app.says("Hãy xuất ra và nộp cho cơ quan của bạn.")
        assert not app.says("English of the server")
        assert app.find(ft.OutlinedButton, "Xuất ghi chép này")
        await app.tap(ft.FilledTonalButton, "Thử lại")
        await app.until(lambda: app.find(ft.Text, "Trên máy này"))
        assert notebook.counts()[NoteState.WAITING] == 1
        assert not app.find(ft.OutlinedButton, "Xuất ghi chép này")


async def test_what_the_office_says_is_shown_to_the_account_alone(workspace: Workspace, signed_in: Any) -> None:
    device = workspace.device("local")
    note = signed(device.notebook)
    device.notebook.records.record_receipt(receipt(note))
    signed_in(device)
    said = [("received", "", None), ("decided", "Đã thu hồi lô hàng.", "12/QĐ-XPHC"), ("of_tomorrow", "", None)]
    events = [
        Event(str(uuid.UUID(int=n)), note.id, datetime(2026, 1, 3, 4, n, tzinfo=UTC), *what)
        for n, what in enumerate(said)
    ]
    async with Client(workspace, route=f"/notes/{note.id}") as app:
        await app.until(lambda: app.says("Nhãn ghi 5 sao"))
        assert not app.known("events")
        device.notebook.events.keep("kiemtra01", "https://register.example", events[:2], "2")
        await app.until(lambda: app.known("events"))
        for words in ("Đã đến cơ quan", "Cơ quan đã quyết định", "Đã thu hồi lô hàng.", "12/QĐ-XPHC"):
            assert app.says(words), words
        assert app.says("11:01 03/01/2026")
        await app.go("/notes")
        await app.until(lambda: app.known("note-row"))
        assert app.says("Cơ quan đã quyết định"), "the list says the latest"
        assert not app.says("Đã đến cơ quan")
        device.notebook.events.keep("kiemtra01", "https://register.example", events, "3")
        await app.until(lambda: app.says("Có tin từ cơ quan"))
        device.accounts.sign_out()
        await app.until(lambda: not app.says("Có tin từ cơ quan"))
        assert app.known("note-row"), "the note bears nobody's name, what was said of it does"


async def test_a_refused_note_is_exported_alone_with_its_photos_and_a_table(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    signed(notebook, "khác")
    note = signed(notebook, pictures=1)
    notebook.records.record_refusal(note.id, "bad_request", "no")
    async with Client(workspace, route=f"/notes/{note.id}", answers={"save_file": "/tmp/ghi-chep.zip"}) as app:
        await app.until(lambda: app.find(ft.OutlinedButton, "Xuất ghi chép này"))
        await app.tap(ft.OutlinedButton, "Xuất ghi chép này")
        await app.until(lambda: app.says("Đã xuất: ocop-notes-"))
        saved = app.called("save_file")[0]
        assert saved["file_name"].endswith(".zip")
        with zipfile.ZipFile(io.BytesIO(saved["src_bytes"])) as archive:
            assert sorted(archive.namelist()) == sorted(
                [
                    f"inspections/{note.id}.json",
                    "notes.csv",
                    f"photos/{note.photos[0].sha256}.jpg",
                    "states.json",
                ]
            )
            assert json.loads(archive.read("states.json"))["notes"][0]["reason"] == "bad_request"
            (row,) = csv.DictReader(io.StringIO(archive.read("notes.csv").decode("utf-8-sig")))
        assert (row["Sản phẩm"], row["Kết quả kiểm tra"], row["Trạng thái"]) == ("Chả mực", "Sai nhãn", "Bị từ chối")
        assert row["Lý do"].startswith("Máy chủ không đọc được ghi chép.")
        assert row["Ảnh"] == f"{note.photos[0].sha256}.jpg"


async def test_an_export_says_how_many_photos_are_not_in_it(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    note = signed(notebook, pictures=2)
    notebook.photos.path(note.photos[0].sha256).unlink()
    notebook.records.record_refusal(note.id, "bad_request", "no")
    async with Client(workspace, route=f"/notes/{note.id}", answers={"save_file": "/tmp/ghi-chep.zip"}) as app:
        await app.until(lambda: app.find(ft.OutlinedButton, "Xuất ghi chép này"))
        await app.tap(ft.OutlinedButton, "Xuất ghi chép này")
        await app.until(lambda: app.says(".zip, thiếu 1 ảnh bị mất hoặc không đọc được."))


async def test_an_export_that_the_person_breaks_off_says_nothing(workspace: Workspace) -> None:
    note = signed(workspace.device("local").notebook)
    workspace.device("local").notebook.records.record_refusal(note.id, "bad_request", "no")
    async with Client(workspace, route=f"/notes/{note.id}", answers={"save_file": None}) as app:
        await app.until(lambda: app.find(ft.OutlinedButton, "Xuất ghi chép này"))
        await app.tap(ft.OutlinedButton, "Xuất ghi chép này")
        await app.until(lambda: app.called("save_file"))
        await app.settle()
        assert not app.says("Đã xuất")


async def test_on_a_computer_the_export_is_written_to_the_disk_piece_by_piece(
    workspace: Workspace, tmp_path: Path
) -> None:
    notebook = workspace.device("local").notebook
    notebook.records.record_refusal(signed(notebook, pictures=1).id, "bad_request", "no")
    target = tmp_path / "ghi chép.zip"
    async with Client(workspace, route="/notes", platform="linux", answers={"save_file": str(target)}) as app:
        await app.until(lambda: app.known("set-aside"))
        await app.tap(ft.TextButton, "Xuất nhóm này")
        await app.until(lambda: app.says("Đã xuất: ghi chép.zip"))
        assert app.called("save_file")[0]["src_bytes"] is None
        with zipfile.ZipFile(target) as archive:
            assert archive.testzip() is None
            assert "notes.csv" in archive.namelist()
        assert [path.name for path in tmp_path.glob("*.part")] == []


async def test_an_export_that_cannot_be_written_is_told(workspace: Workspace, tmp_path: Path) -> None:
    notebook = workspace.device("local").notebook
    notebook.records.record_refusal(signed(notebook).id, "bad_request", "no")
    missing = str(tmp_path / "none" / "x.zip")
    async with Client(workspace, route="/notes", platform="linux", answers={"save_file": missing}) as app:
        await app.until(lambda: app.known("set-aside"))
        await app.tap(ft.TextButton, "Xuất nhóm này")
        await app.until(lambda: app.says("Máy không ghi được vào bộ nhớ."))


async def test_a_large_export_comes_in_parts_where_it_is_handed_over_as_a_whole(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = workspace.device("local").notebook
    notes = [signed(notebook, str(n), photos=(notebook.photos.keep(os.urandom(1000)),)) for n in range(5)]
    for note in notes:
        notebook.records.record_refusal(note.id, "bad_request", "no")
    monkeypatch.setattr(exporting, "LARGEST", 2500)
    async with Client(workspace, route="/notes", web=True, answers={"save_file": None, "get": "local"}) as app:
        await app.until(lambda: app.known("set-aside"))
        await app.tap(ft.TextButton, "Xuất nhóm này")
        await app.until(lambda: len(app.called("save_file")) == 3)
        held = []
        for saved in app.called("save_file"):
            with zipfile.ZipFile(io.BytesIO(saved["src_bytes"])) as archive:
                held += [name for name in archive.namelist() if name.startswith("photos/")]
        assert sorted(held) == sorted(f"photos/{note.photos[0].sha256}.jpg" for note in notes)
        assert [saved["file_name"][-6:] for saved in app.called("save_file")] == ["-1.zip", "-2.zip", "-3.zip"]


async def test_a_long_export_shows_how_far_it_is_and_can_be_cancelled(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    notebook = workspace.device("local").notebook
    notebook.records.record_refusal(signed(notebook, pictures=1).id, "bad_request", "no")
    target = tmp_path / "x.zip"
    monkeypatch.setattr(exporting, "_SHOWN_AFTER", 0)

    def slow(self: Notebook, file: Any, notes: Any, *, describe: Any, progress: Callable[[int, int], bool]) -> None:
        ends = time.monotonic() + 20
        while progress(1, 4) and time.monotonic() < ends:
            time.sleep(0.01)

    monkeypatch.setattr(Notebook, "export", slow)
    async with Client(workspace, route="/notes", platform="linux", answers={"save_file": str(target)}) as app:
        await app.until(lambda: app.known("set-aside"))
        export = asyncio.create_task(app.tap(ft.TextButton, "Xuất nhóm này"))
        await app.until(lambda: app.says("Đang xuất …"))
        await app.until(lambda: app.find(ft.ProgressBar)[-1].value == 0.25)
        await app.tap(ft.TextButton, "Hủy")
        await app.until(lambda: not app.says("Đang xuất …"))
        await export
        assert not app.says("Đã xuất")
        assert list(tmp_path.glob("x.zip*")) == []


async def test_notes_that_were_refused_are_counted_and_can_be_shown_alone(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    refused = signed(notebook, "bị từ chối")
    notebook.records.record_refusal(refused.id, "bad_request", "no")
    signed(notebook, "khác")
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: app.says("Máy chủ không nhận hoặc nhận thiếu: 1."))
        assert len(app.known("note-row")) == 2
        await app.tap(ft.TextButton, "Chỉ xem nhóm này")
        await app.until(lambda: len(app.known("note-row")) == 1)
        assert app.find(ft.Text, "bị từ chối")
        await app.tap(ft.TextButton, "Hiện mọi ghi chép")
        await app.until(lambda: len(app.known("note-row")) == 2)
        await app.tap(ft.TextButton, "Chỉ xem nhóm này")
        notebook.retry(refused.id)
        await app.until(lambda: not app.known("set-aside"))
        await app.until(lambda: len(app.known("note-row")) == 2)


async def test_a_lost_photo_is_told_as_such(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    note = signed(notebook, pictures=1)
    notebook.records.record_receipt(receipt(note))
    notebook.records.record_refusal(note.id, "photo_missing", "")
    async with Client(workspace, route=f"/notes/{note.id}") as app:
        await app.until(lambda: app.find(ft.Text, "Đã nhận, thiếu ảnh"))
        assert app.says("Không còn tìm thấy một ảnh của ghi chép trên máy này. Máy chủ đã có phần còn lại")
        assert app.find(ft.OutlinedButton, "Đính chính ghi chép này")


async def test_a_note_is_corrected_by_another_and_each_leads_to_the_other(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    wrong = signed(notebook, "Nhãn ghi 5 sao", pictures=1)
    async with Client(workspace, route=f"/notes/{wrong.id}") as app:
        await app.until(lambda: app.known("note-correct"))
        await app.tap(ft.OutlinedButton, "Đính chính ghi chép này")
        await app.until(lambda: app.known("note-text"))
        assert app.find(ft.Text, "Đính chính"), "the screen says what it is"
        assert app.within("note-text", ft.TextField).value == "Nhãn ghi 5 sao"
        assert app.known("outcome-mislabelled")[0].checked
        assert app.find(ft.TextButton, "Đính chính cho ghi chép lúc 10:04 02/01/2026")
        await app.until(lambda: app.find(ft.Image))
        await app.go(f"/notes/{wrong.id}")
        await app.until(lambda: app.find(ft.OutlinedButton, "Viết tiếp bản đính chính"))
        await app.tap(ft.OutlinedButton, "Viết tiếp bản đính chính")
        await app.until(lambda: app.known("note-text"))
        assert len(notebook.drafts()) == 1
        await app.change(app.within("note-text", ft.TextField), "Nhãn ghi 4 sao")
        await app.fire(app.within("note-save", ft.FilledButton), "click")

        await app.until(lambda: len(app.known("note-row")) == 2)
        chips = [word for word in app.words() if word in ("Đính chính", "Đã đính chính")]
        assert chips == ["Đính chính", "Đã đính chính"], "one on each, the newer first"
        await app.fire(rows(app)[1], "click")
        await app.until(lambda: app.says("Đã được đính chính bằng ghi chép lúc"))
        assert app.find(ft.Text, "Nhãn ghi 5 sao"), "it stays as it was"
        assert not app.known("note-correct")
        await app.fire(next(b for b in app.find(ft.TextButton) if "đính chính" in str(b.content)), "click")
        await app.until(lambda: app.find(ft.Text, "Nhãn ghi 4 sao"))
        await app.tap(ft.TextButton, "Đính chính cho ghi chép lúc 10:04 02/01/2026")
        await app.until(lambda: app.find(ft.Text, "Nhãn ghi 5 sao"))
    (draft,) = [note.inspection for note in notebook.notes() if note.corrects]
    assert draft
    assert (draft.body["supersedes"], draft.photos) == (wrong.id, wrong.photos)


async def test_a_discarded_correction_leaves_the_note_as_it_was(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    wrong = signed(notebook, pictures=1)
    draft = notebook.correct(wrong.id)
    async with Client(workspace, route=f"/note/{draft.id}") as app:
        await app.until(lambda: app.known("note-text"))
        await app.tap(ft.TextButton, "Bỏ bản nháp này")
        assert app.says("Ghi chép được đính chính vẫn giữ nguyên.")
        await app.tap(ft.FilledButton, "Bỏ")
        await app.until(lambda: len(app.known("note-row")) == 1)
    assert notebook.photos.read(wrong.photos[0].sha256)
    note = notebook.note(wrong.id)
    assert note
    assert (note.inspection, note.correction_draft, note.corrected_by) == (wrong, None, None)


async def test_a_correction_whose_note_is_elsewhere_says_so(workspace: Workspace) -> None:
    note = signed(workspace.device("local").notebook, supersedes="6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11")
    async with Client(workspace, route=f"/notes/{note.id}") as app:
        await app.until(lambda: app.says("Đính chính một ghi chép trước đó không có trên máy này."))


async def test_photos_that_wait_for_wifi_are_told_and_can_be_sent_now(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = workspace.device("local")
    device.settings.change(photos_on_wifi_only=True)
    note = signed(device.notebook, pictures=1)
    device.notebook.records.record_receipt(receipt(note))
    wishes: list[None] = []
    monkeypatch.setattr(Device, "send_photos_now", lambda _device: wishes.append(None))
    workspace.connect("http://127.0.0.1:9")
    async with Client(workspace, route="/notes", answers={"get_connectivity": ["mobile"]}) as app:
        await app.until(lambda: app.find(ft.Text, "Ảnh chờ Wi-Fi"))
        await app.until(lambda: app.says("Ảnh chờ Wi-Fi hoặc mạng dây, như đã chọn trong cài đặt."))
        await app.until(lambda: device.connection is Connection.METERED)
        await app.tap(ft.FilledTonalButton, "Gửi ảnh ngay")
        await app.until(lambda: wishes)


async def test_sending_shows_how_far_it_is_and_can_be_cancelled(workspace: Workspace) -> None:
    device = workspace.device("local")
    note = signed(device.notebook, pictures=1)
    go = threading.Event()

    def hang(method: str, path: str) -> Answer:
        go.wait(20)
        return 503, {}, b""

    stranger = Stranger(hang)
    async with Client(workspace, route="/notes") as app:
        await asyncio.to_thread(workspace.connect, stranger.url)
        await app.until(lambda: app.known("sending") and app.find(ft.ProgressBar))
        assert app.says(f"Còn phải gửi: 1 ghi chép, 1 ảnh ({note.photos[0].size / 1e6:.1f} MB)".replace(".", ","))
        await app.until(lambda: app.says("Đang gửi: Chả mực"))
        assert app.find(ft.ProgressBar)[0].value == 0
        await app.tap(ft.OutlinedButton, "Hủy")
        await app.until(lambda: app.says("Đã dừng. Phần chưa gửi vẫn giữ trên máy này."), seconds=3)
        assert device.notebook.outbox() == [note]
        assert not app.find(ft.ProgressBar)
        await app.tap(ft.FilledTonalButton, "Gửi ngay")
        await app.until(lambda: app.find(ft.ProgressBar))
        go.set()
        await app.until(lambda: app.says("Máy chủ gặp lỗi."))
    stranger.close()


async def test_what_changed_while_the_window_was_away_is_drawn_when_it_comes_back(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    note = signed(notebook)
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: app.find(ft.Text, "Trên máy này"))
        await app.lose_connection()
        drawn = app.session.state.notes_version
        notebook.records.record_receipt(receipt(note))
        await app.until(lambda: app.session.state.notes_version > drawn)
        await app.settle()
        await app.regain_connection()
        await app.until(lambda: app.find(ft.Text, "Đã nhận"))


async def test_a_note_of_somebody_else_says_whom_it_waits_for(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    note = signed(notebook)
    notebook.records.record_failure(note.id, "other_account")
    async with Client(workspace, route=f"/notes/{note.id}") as app:
        await app.until(lambda: app.says("Chờ tài khoản đã chốt ghi chép đăng nhập trên máy này."))


@pytest.mark.parametrize("note_id", ["none", "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11", "%00"])
async def test_a_note_of_another_device_is_not_here(workspace: Workspace, note_id: str) -> None:
    signed(workspace.device("other").notebook)
    async with Client(workspace, route=f"/notes/{note_id}") as app:
        await app.until(lambda: app.says("Ghi chép này không có trên máy này"))


async def test_a_notebook_that_cannot_be_read_is_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_more: object) -> None:
        raise OSError("broken")

    monkeypatch.setattr(Journal, "entries", broken)
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: app.says("Ứng dụng gặp lỗi. Những gì bạn đã ghi vẫn còn."))


async def test_a_tap_that_is_on_its_way_while_the_list_changes_opens_the_note_that_was_tapped(
    workspace: Workspace,
) -> None:
    notebook = workspace.device("local").notebook
    note = signed(notebook, "Đã chạm")
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: app.known("note-row"))
        tapped = rows(app)[0]._i
        notebook.new_draft(text="Đứng trên nó")
        await app.until(lambda: len(app.known("note-row")) == 2)
        await app.page.session.dispatch_event(tapped, "click", None)
        await app.until(lambda: app.page.route == f"/notes/{note.id}")


async def test_a_wide_window_shows_the_note_beside_the_list_and_back_leads_to_the_list(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    first, second = signed(notebook, "Thứ nhất"), signed(notebook, "Thứ hai")
    async with Client(workspace, route="/notes", width=1280) as app:
        await app.until(lambda: len(app.known("note-row")) == 2)
        assert app.says("Hãy chọn một ghi chép")
        await app.fire(rows(app)[1], "click")
        await app.until(lambda: app.says("Chốt lúc"))
        assert app.page.route == f"/notes/{first.id}"
        assert len(app.known("note-row")) == 2, "the list stays"
        assert [row.selected for row in app.known("note-row")] == [False, True]
        await app.fire(rows(app)[0], "click")
        await app.until(lambda: app.page.route == f"/notes/{second.id}" and app.inside("note-detail", ft.Text))
        await app.until(lambda: "Thứ hai" in [text.value for text in app.inside("note-detail", ft.Text)])
        app.session.shell.fit(412)
        await app.until(lambda: not app.known("note-row") and app.says("Chốt lúc"))
        await app.go("/notes")
        await app.until(lambda: len(app.known("note-row")) == 2)


async def test_no_state_of_a_note_bears_the_colours_of_a_verdict(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    signed(notebook, "chờ")
    notebook.records.record_refusal(signed(notebook, "bị từ chối").id, "bad_request", "no")
    tones = {colour for roles in TONES.values() for colour in (roles.band, roles.on_band, roles.icon)}
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: len(app.known("note-row")) == 2)
        assert not tones & {text.color for text in app.inside("note-row", ft.Text)}
        assert not tones & {icon.color for icon in app.inside("note-row", ft.Icon)}
