"""The list of notes, and one signed-off note with what became of it."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import flet as ft
import pytest

from services.inspections import Inspection, NoteState, Receipt
from services.notebook import Notebook
from services.workspace import Workspace
from tests.views.headless import Client
from views.notes import PAGE


def signed(notebook: Notebook, text: str = "Nhãn ghi 5 sao", pictures: int = 0, **fields: Any) -> Inspection:
    """A signed-off note."""
    draft = notebook.new_draft(**{"product_name": "Chả mực", "outcome": "mislabelled", "text": text, **fields})
    for _number in range(pictures):
        notebook.add_photo(draft.id, _PIXEL)
    now = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    return notebook.sign(draft.id, account=None, device="6f0d8d5e", now=now, clock_offset=None)


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
    notebook.record_receipt(receipt(signed(notebook, "đã nhận")))
    notebook.record_refusal(signed(notebook, "bị từ chối").id, "bad_request", "no")
    notebook.mark_sending(signed(notebook, "đang gửi").id)
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: len(app.known("note-row")) == 5)
        order = [word for word in app.words() if word in _STATES]
        assert order == ["Bản nháp", "Đang gửi", "Bị từ chối", "Đã nhận", "Trên máy này"]
        assert app.says("10:04 02/01/2026"), "the time in Vietnam"
        notebook.mark_sending(None)
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
        await app.until(lambda: app.says("1 ghi chép trên máy này, chưa lên máy chủ."))
        await app.until(lambda: app.find(ft.Text, "Trên máy này"))


async def test_photos_are_counted_as_they_arrive(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    note = signed(notebook, pictures=1)
    notebook.record_receipt(receipt(note))
    workspace.connect("http://127.0.0.1:9")
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: app.says("0/1 ảnh đã lên máy chủ"))
        notebook.record_photo(note.id, note.photos[0].sha256)
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
        rows = app.find(ft.ListTile)
        await app.fire(rows[0], "click")
        await app.until(lambda: app.known("note-text"))
        assert app.page.route == f"/note/{draft.id}"
        await app.go("/notes")
        await app.until(lambda: len(app.find(ft.ListTile)) == 2)
        await app.fire(app.find(ft.ListTile)[1], "click")
        await app.until(lambda: app.says("Chốt lúc"))
        assert not app.find(ft.TextField), "it never changes again"


async def test_a_signed_note_is_shown_whole(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    code = {"text": "9520007900017", "symbology": "typed", "gtin": "09520007900017"}
    verdict: dict[str, Any] = {"status": "withdrawn", "reasons": [], "as_of": None}
    place = {"lat": 20.95, "lon": 107.08, "accuracy": 12.0}
    note = signed(notebook, pictures=1, code=code, verdict=verdict, place=place)
    notebook.record_receipt(receipt(note))
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
        ("something_new", "Máy chủ không đọc được ghi chép."),
    ],
)
async def test_a_refused_note_says_why_and_what_to_do(workspace: Workspace, code: str, words: str) -> None:
    notebook = workspace.device("local").notebook
    note = signed(notebook)
    notebook.record_refusal(note.id, code, "English of the server")
    async with Client(workspace, route=f"/notes/{note.id}") as app:
        await app.until(lambda: app.says(words))
        assert app.says("Hãy xuất ra và nộp cho cơ quan của bạn.")
        assert not app.says("English of the server")
        assert app.find(ft.OutlinedButton, "Xuất mọi ghi chép")
        await app.tap(ft.FilledTonalButton, "Thử lại")
        await app.until(lambda: app.find(ft.Text, "Trên máy này"))
        assert notebook.counts()[NoteState.WAITING] == 1
        assert not app.find(ft.OutlinedButton, "Xuất mọi ghi chép")


async def test_the_export_holds_all_notes_with_their_photos(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    note = signed(notebook, pictures=1)
    notebook.record_refusal(note.id, "bad_request", "no")
    async with Client(workspace, route=f"/notes/{note.id}", answers={"save_file": "/tmp/ghi-chep.zip"}) as app:
        await app.until(lambda: app.find(ft.OutlinedButton, "Xuất mọi ghi chép"))
        await app.tap(ft.OutlinedButton, "Xuất mọi ghi chép")
        await app.until(lambda: app.says("Đã xuất: ocop-notes-"))
        saved = app.called("save_file")[0]
        assert saved["file_name"].endswith(".zip")
        with zipfile.ZipFile(io.BytesIO(saved["src_bytes"])) as archive:
            assert f"inspections/{note.id}.json" in archive.namelist()
            assert f"photos/{note.photos[0].sha256}.jpg" in archive.namelist()
            assert json.loads(archive.read("states.json"))["notes"][0]["reason"] == "bad_request"


async def test_an_export_that_the_person_breaks_off_says_nothing(workspace: Workspace) -> None:
    note = signed(workspace.device("local").notebook)
    workspace.device("local").notebook.record_refusal(note.id, "bad_request", "no")
    async with Client(workspace, route=f"/notes/{note.id}", answers={"save_file": None}) as app:
        await app.until(lambda: app.find(ft.OutlinedButton, "Xuất mọi ghi chép"))
        await app.tap(ft.OutlinedButton, "Xuất mọi ghi chép")
        await app.until(lambda: app.called("save_file"))
        await app.settle()
        assert not app.says("Đã xuất")


async def test_a_note_of_somebody_else_says_whom_it_waits_for(workspace: Workspace) -> None:
    notebook = workspace.device("local").notebook
    note = signed(notebook)
    notebook.record_failure(note.id, "other_account")
    async with Client(workspace, route=f"/notes/{note.id}") as app:
        await app.until(lambda: app.says("Chờ tài khoản đã chốt ghi chép đăng nhập trên máy này."))


@pytest.mark.parametrize("note_id", ["none", "6f0d8d5e-6f0b-4c55-9c6e-3f1f4f7a2b11", "%00"])
async def test_a_note_of_another_device_is_not_here(workspace: Workspace, note_id: str) -> None:
    signed(workspace.device("other").notebook)
    async with Client(workspace, route=f"/notes/{note_id}") as app:
        await app.until(lambda: app.says("Ghi chép này không có trên máy."))


async def test_a_notebook_that_cannot_be_read_is_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_more: object) -> None:
        raise OSError("broken")

    monkeypatch.setattr(Notebook, "notes", broken)
    async with Client(workspace, route="/notes") as app:
        await app.until(lambda: app.says("Ứng dụng gặp lỗi. Những gì bạn đã ghi vẫn còn."))
