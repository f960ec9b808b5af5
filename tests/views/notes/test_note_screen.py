"""Writing a note: kept while it is written, final when it is signed off."""

from __future__ import annotations

import asyncio
import io
import threading
from functools import partial
from pathlib import Path
from typing import Any

import flet as ft
import pytest
from PIL import Image

from services.notes.content import Position
from services.notes.note import MOST_PHOTOS, Draft, NoteState
from services.notes.notebook import Notebook
from services.storage.store import StoreWriteError
from services.workspace import Workspace
from tests.views.conftest import SAMPLES, Open, fill
from tests.views.headless import NEVER, Client
from views.parts import autosave, wedge

WENT_WRONG = "Ứng dụng gặp lỗi. Những gì bạn đã ghi vẫn còn."
NOT_SAVED = "Máy không ghi được vào bộ nhớ. Hãy giải phóng dung lượng, rồi thử lại."


def picture(colour: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(target, "PNG")
    return target.getvalue()


def files(*pictures: bytes | Path) -> list[dict[str, Any]]:
    """What Flet's file picker answers: the bytes, or on some desktops the path only."""
    return [
        {"id": n, "name": f"{n}.png", "size": 1, "path": str(p), "bytes": None}
        if isinstance(p, Path)
        else {"id": n, "name": f"{n}.png", "size": len(p), "path": None, "bytes": p}
        for n, p in enumerate(pictures)
    ]


async def write(app: Client, **fields: Any) -> Draft:
    """Open a new draft for writing."""
    draft = app.session.device.notebook.new_draft(**fields)
    await app.go(f"/note/{draft.id}")
    await app.until(lambda: app.known("note-text"))
    return draft


def kept(app: Client, draft: Draft) -> Draft:
    found = app.session.device.notebook.draft(draft.id)
    assert found is not None
    return found


def field(app: Client) -> ft.TextField:
    return app.within("note-text", ft.TextField)


async def save(app: Client) -> None:
    await app.fire(app.within("note-save", ft.FilledButton), "click")


async def test_what_is_typed_is_on_the_disk_within_a_second(workspace: Workspace) -> None:
    assert autosave.DELAY <= 0.5, "the rest of the second is for the disk"
    async with Client(workspace) as app:
        draft = await write(app)
        for text in ("N", "Nh", "Nhãn", "Nhãn sai"):
            await app.change(field(app), text)
        await app.until(lambda: kept(app, draft).text == "Nhãn sai")
        stored = Notebook.open(app.session.device.folder).draft(draft.id)
        assert stored is not None
        assert stored.text == "Nhãn sai"


async def test_what_is_typed_survives_a_restart(open_workspace: Open) -> None:
    workspace = open_workspace()
    async with Client(workspace) as app:
        draft = await write(app)
        await app.change(field(app), "Chữ gõ dở dang")
        await app.until(lambda: kept(app, draft).text)
    async with Client(open_workspace(), route=f"/note/{draft.id}") as app:
        await app.until(lambda: app.known("note-text"))
        assert field(app).value == "Chữ gõ dở dang"


async def test_leaving_saves_at_once(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "DELAY", 3600)
    async with Client(workspace) as app:
        draft = await write(app)
        await app.change(field(app), "Rời đi ngay")
        await app.go("/notes")
        await app.until(lambda: kept(app, draft).text == "Rời đi ngay")


async def test_typing_redraws_nothing_and_takes_nothing_back(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await write(app, text="Đầu")
        # However busy this machine is: Flet takes the key store's service away at the first event after its answer.
        await app.until(lambda: app.session.device.accounts.key_keeper)
        await app.change(field(app), "Đầu và")
        app.patches.clear()
        await app.change(field(app), "Đầu và cuối")
        assert not app.patches, "a keystroke redraws nothing"
        await app.fire(app.within("outcome-mislabelled", ft.OutlinedButton), "click")
        await app.until(lambda: app.patches)
        assert "Đầu" not in str(app.patches), "the text on the screen is the person's"
        assert field(app).value == "Đầu và cuối"


async def test_the_outcome_is_kept(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        draft = await write(app)
        assert app.known("outcome-other")[0].checked
        await app.fire(app.within("outcome-suspected_copy", ft.OutlinedButton), "click")
        assert app.known("outcome-suspected_copy")[0].checked
        assert not app.known("outcome-other")[0].checked
        await app.until(lambda: kept(app, draft).outcome == "suspected_copy")


async def test_signing_off_puts_the_note_in_the_list_as_on_this_device(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        draft = await write(app, product_name="Chả mực")
        await app.change(field(app), "Nhãn ghi 5 sao")
        await app.fire(app.within("outcome-mislabelled", ft.OutlinedButton), "click")
        await save(app)
        await app.until(lambda: app.known("note-row"))
        assert app.page.route == "/notes"
        for words in ("Chả mực", "Nhãn ghi 5 sao", "Trên máy này"):
            assert app.find(ft.Text, words), words
        assert app.says("Đã chốt và giữ trên máy này.")
        note = app.session.device.notebook.note(draft.id)
        assert note is not None
        assert note.state is NoteState.WAITING
        assert note.inspection is not None
        body = note.inspection.body
        assert (body["text"], body["outcome"], body["account"]) == ("Nhãn ghi 5 sao", "mislabelled", None)
        assert body["device"] == app.session.device.id


async def test_two_quick_taps_sign_off_once(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await write(app)
        button = app.within("note-save", ft.FilledButton)
        await asyncio.gather(app.fire(button, "click"), app.fire(button, "click"))
        await app.until(lambda: app.known("note-row"))
        await app.settle()
        assert app.session.device.notebook.count() == 1
        assert not app.says(WENT_WRONG)


async def test_a_signed_note_can_no_longer_be_written(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        draft = await write(app)
        await save(app)
        await app.until(lambda: app.known("note-row"))
        await app.go(f"/note/{draft.id}")
        await app.until(lambda: app.says("Bản nháp này không có ở đây: nó đã được chốt"))
        await app.tap(ft.FilledButton, "Đến phần ghi chép")
        await app.until(lambda: app.known("note-row"))


async def test_a_disk_that_is_full_is_told_and_the_note_stays_open(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_more: object) -> None:
        raise StoreWriteError(Path("notes"), "No space left on device")

    async with Client(workspace) as app:
        draft = await write(app)
        with monkeypatch.context() as broken:
            broken.setattr(Notebook, "save_draft", full)
            await app.change(field(app), "Đừng mất")
            await app.until(lambda: app.says(NOT_SAVED))
            await save(app)
            await app.until(lambda: not app.within("note-save", ft.FilledButton).disabled)
            assert app.session.device.notebook.counts()[NoteState.WAITING] == 0
            assert field(app).value == "Đừng mất"
        await save(app)
        await app.until(lambda: app.known("note-row"))
        note = app.session.device.notebook.note(draft.id)
        assert note is not None
        assert note.inspection is not None
        assert note.inspection.body["text"] == "Đừng mất"


async def test_a_disk_that_is_full_when_the_person_leaves_is_told(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_more: object) -> None:
        raise StoreWriteError(Path("notes"), "No space left on device")

    async with Client(workspace) as app:
        await write(app)
        monkeypatch.setattr(Notebook, "save_draft", full)
        await app.change(field(app), "Đừng mất")
        await app.go("/notes")
        await app.until(lambda: app.says(NOT_SAVED))


async def test_discarding_asks_first(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        draft = await write(app)
        await app.tap(ft.TextButton, "Bỏ bản nháp này")
        assert app.says("Nội dung và ảnh của bản nháp sẽ bị xoá khỏi máy này.")
        await app.tap(ft.TextButton, "Giữ lại")
        assert not app.says("Nội dung và ảnh của bản nháp sẽ bị xoá khỏi máy này.")
        assert kept(app, draft)

        await app.tap(ft.TextButton, "Bỏ bản nháp này")
        await app.tap(ft.FilledButton, "Bỏ")
        await app.until(lambda: app.page.route == "/notes" and app.says("Chưa có ghi chép"))
        assert app.session.device.notebook.count() == 0


async def test_what_was_typed_last_does_not_bring_a_discarded_draft_back(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await write(app)
        await app.change(field(app), "Gõ rồi bỏ")
        await app.tap(ft.TextButton, "Bỏ bản nháp này")
        await app.tap(ft.FilledButton, "Bỏ")
        await app.until(lambda: app.page.route == "/notes")
        await asyncio.sleep(0.7)
        assert app.session.device.notebook.count() == 0
        assert not app.says(NOT_SAVED)


async def test_photos_from_files_are_kept_and_shown_beside_what_was_typed(workspace: Workspace) -> None:
    chosen = files(picture("red"), SAMPLES / "expired.png")
    async with Client(workspace, answers={"pick_files": chosen}) as app:
        draft = await write(app)
        await app.change(field(app), "Hai ảnh")
        await app.fire(app.within("note-photo-file", ft.OutlinedButton), "click")
        await app.until(lambda: len(app.find(ft.Image)) == 2)
        assert app.called("pick_files")[0]["with_data"] is True
        assert app.called("pick_files")[0]["allow_multiple"] is True
        assert len(kept(app, draft).photos) == 2
        assert kept(app, draft).text == "Hai ảnh"
        assert field(app).value == "Hai ảnh"
        shown = app.find(ft.Image)[0]
        assert isinstance(shown.src, bytes)
        assert shown.src.startswith(b"\xff\xd8")
        assert shown.semantics_label == f"Ảnh 1/2, ghi chép lúc {app.session.shell.texts.moment(draft.started_at)}"


async def test_words_typed_while_a_photo_is_stored_are_not_lost(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, typed = threading.Event(), threading.Event()
    add_photo = Notebook.add_photo

    def slow(notebook: Notebook, draft_id: str, data: bytes) -> Draft:
        draft = add_photo(notebook, draft_id, data)
        stored.set()
        typed.wait(10)
        return draft

    monkeypatch.setattr(Notebook, "add_photo", slow)
    async with Client(workspace, answers={"pick_files": files(picture())}) as app:
        draft = await write(app)
        await app.change(field(app), "Trước")
        choosing = asyncio.create_task(app.fire(app.within("note-photo-file", ft.OutlinedButton), "click"))
        await app.until(stored.is_set)
        await app.change(field(app), "Trước và sau")
        typed.set()
        await choosing
        await app.until(lambda: len(app.find(ft.Image)) == 1)
        await app.until(lambda: kept(app, draft).text == "Trước và sau")
        assert len(kept(app, draft).photos) == 1


async def test_choosing_no_file_changes_nothing(workspace: Workspace) -> None:
    async with Client(workspace, answers={"pick_files": []}) as app:
        draft = await write(app)
        await app.fire(app.within("note-photo-file", ft.OutlinedButton), "click")
        assert app.says("Chưa có ảnh")
        assert not kept(app, draft).photos


async def test_a_photo_can_be_removed(workspace: Workspace) -> None:
    async with Client(workspace, answers={"pick_files": files(picture("red"), picture("blue"))}) as app:
        draft = await write(app)
        await app.fire(app.within("note-photo-file", ft.OutlinedButton), "click")
        await app.until(lambda: len(app.find(ft.Image)) == 2)
        first, second = kept(app, draft).photos
        await app.fire(app.find(ft.IconButton, "Bỏ ảnh 1")[0], "click")
        await app.until(lambda: len(app.find(ft.Image)) == 1)
        assert kept(app, draft).photos == (second,)
        assert not app.session.device.photos.path(first.sha256).exists()
        shown = app.session.device.photos.read(second.sha256)
        await app.until(lambda: app.find(ft.Image)[0].src == shown)


async def test_a_photo_that_a_full_disk_keeps_in_the_note_says_so(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any) -> None:
        raise StoreWriteError(Path("notes"), "No space left on device")

    async with Client(workspace, answers={"pick_files": files(picture())}) as app:
        draft = await write(app)
        await app.fire(app.within("note-photo-file", ft.OutlinedButton), "click")
        await app.until(lambda: app.find(ft.Image))
        monkeypatch.setattr(Notebook, "remove_photo", full)
        await app.fire(app.find(ft.IconButton, "Bỏ ảnh 1")[0], "click")
        await app.until(lambda: app.says(NOT_SAVED))
        assert not app.says(WENT_WRONG)
        assert len(kept(app, draft).photos) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"no picture", "Tệp này không phải ảnh đọc được."), (b"", "Tệp này không phải ảnh đọc được.")],
)
async def test_a_file_that_is_no_picture_says_so(workspace: Workspace, data: bytes, words: str) -> None:
    async with Client(workspace, answers={"pick_files": files(data)}) as app:
        draft = await write(app, text="Vẫn còn")
        await app.fire(app.within("note-photo-file", ft.OutlinedButton), "click")
        await app.until(lambda: app.says(words))
        assert not kept(app, draft).photos
        assert not app.within("note-save", ft.FilledButton).disabled


async def test_of_five_files_the_photos_are_added_and_each_other_is_named_with_its_reason(workspace: Workspace) -> None:
    chosen = files(picture("red"), b"no picture", picture("blue"), Path("/nowhere/3.png"), picture("green"))
    async with Client(workspace, answers={"pick_files": chosen}) as app:
        draft = await write(app)
        await app.fire(app.within("note-photo-file", ft.OutlinedButton), "click")
        await app.until(lambda: app.says("Đã thêm 3 trong 5 ảnh"))
        assert app.says("1.png: Tệp này không phải ảnh đọc được.")
        assert app.says("3.png: Không đọc được tệp này: có thể tệp nằm ở máy khác hoặc không còn nữa.")
        assert len(kept(app, draft).photos) == 3


async def test_the_photos_that_are_too_many_are_said_to_be(workspace: Workspace) -> None:
    chosen = files(*[picture(f"#{12 * n:02x}0000") for n in range(MOST_PHOTOS + 1)])
    async with Client(workspace, answers={"pick_files": chosen}) as app:
        draft = await write(app)
        await app.fire(app.within("note-photo-file", ft.OutlinedButton), "click")
        await app.until(lambda: app.says("Một ghi chép chứa tối đa 20 ảnh. Hãy bỏ bớt."))
        assert len(kept(app, draft).photos) == MOST_PHOTOS


async def test_a_photo_whose_file_is_gone_is_drawn_as_lost(workspace: Workspace) -> None:
    async with Client(workspace, answers={"pick_files": files(picture())}) as app:
        draft = await write(app)
        await app.fire(app.within("note-photo-file", ft.OutlinedButton), "click")
        await app.until(lambda: app.find(ft.Image))
        app.session.device.photos.path(kept(app, draft).photos[0].sha256).unlink()
        await app.go("/notes")
        await app.go(f"/note/{draft.id}")
        await app.until(lambda: app.says("Không đọc được ảnh này"))


POSITION = {"latitude": 20.9501234567, "longitude": 107.0812345678, "accuracy": 12.34}


async def test_the_place_is_added_when_it_is_allowed(workspace: Workspace) -> None:
    answers = {"request_permission": "whileInUse", "get_current_position": POSITION}
    async with Client(workspace, answers=answers) as app:
        draft = await write(app)
        await app.change(app.one(ft.Switch), True)
        await app.until(lambda: kept(app, draft).place)
        assert kept(app, draft).place == Position(20.950123, 107.081235, 12.3)
        assert app.one(ft.Switch).value is True
        await app.change(app.one(ft.Switch), False)
        await app.until(lambda: kept(app, draft).place is None)


@pytest.mark.parametrize(
    "answers",
    [
        {"request_permission": "denied"},
        {"request_permission": "deniedForever"},
        {"request_permission": "whileInUse", "get_current_position": NEVER},
        {"request_permission": "whileInUse", "get_current_position": {"latitude": None, "longitude": None}},
        {"request_permission": NEVER},
    ],
    ids=["denied", "denied for good", "no signal", "no position", "no answer"],
)
async def test_a_place_that_cannot_be_had_is_said_and_the_note_goes_on(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]
) -> None:
    monkeypatch.setattr("views.parts.position.PLACE_TIMEOUT", 0.05)
    async with Client(workspace, answers=answers) as app:
        draft = await write(app, text="Vẫn còn")
        await app.change(app.one(ft.Switch), True)
        await app.until(lambda: app.says("Không lấy được vị trí"))
        await app.until(lambda: app.one(ft.Switch).value is False)
        await save(app)
        await app.until(lambda: app.known("note-row"))
        note = app.session.device.notebook.note(draft.id)
        assert note is not None
        assert note.inspection is not None
        assert note.inspection.body["place"] is None


async def test_a_device_whose_location_is_switched_off_is_said_so(workspace: Workspace) -> None:
    def off(_call: object) -> None:
        raise RuntimeError("The location service on the device is disabled.")

    async with Client(workspace, answers={"request_permission": off}) as app:
        await write(app)
        await app.change(app.one(ft.Switch), True)
        await app.until(lambda: app.says("Không lấy được vị trí"))


async def test_what_a_handheld_scanner_types_does_not_stay_in_the_note(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wedge, "GAP", 5.0)  # however slow this machine is
    async with Client(workspace) as app:
        draft = await write(app)
        await app.change(field(app), "Đang ghi")
        await app.press(*"9529999999993")
        await app.change(field(app), "Đang ghi9529999999993\n")
        await app.press("Enter")
        await app.until(lambda: app.verdict == "Không có trong sổ đăng ký")
        await app.until(lambda: kept(app, draft).text == "Đang ghi")
        await app.go(f"/note/{draft.id}")
        await app.until(lambda: app.known("note-text"))
        assert field(app).value == "Đang ghi"


async def test_signed_in_the_note_bears_the_name(open_workspace: Open, signed_in: Any) -> None:
    workspace = open_workspace()
    fill(workspace)
    signed_in(workspace.device("local"))
    async with Client(workspace) as app:
        draft = await write(app)
        await save(app)
        await app.until(lambda: app.known("note-row"))
        note = app.session.device.notebook.note(draft.id)
        assert note is not None
        assert note.inspection is not None
        assert note.inspection.account == "kiemtra01"


async def test_a_note_open_in_two_windows_shows_the_same_in_both(workspace: Workspace) -> None:
    async with Client(workspace) as first, Client(workspace) as second:
        assert first.session.device is second.session.device
        draft = await write(first)
        await second.go(f"/note/{draft.id}")
        await second.until(lambda: second.known("note-text"))
        await first.change(field(first), "Nhãn ghi 5 sao")
        await second.until(lambda: field(second).value == "Nhãn ghi 5 sao")
        assert second.says("Ghi chép này cũng đang mở ở một cửa sổ khác. Những gì viết ở đó hiện cả ở đây.")
        assert not first.known("note-shared")
        await save(second)
        await first.until(lambda: first.says("Bản nháp này đã được chốt hoặc bỏ ở một cửa sổ khác."))


async def test_a_change_elsewhere_on_the_screen_does_not_take_back_what_was_typed_last(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        draft = await write(app, text="Tem")
        editor_hears = partial(app.session.device.notebook.add_photo, draft.id, picture())
        await app.choose(field(app), "value", "Tem mờ", meanwhile=editor_hears)
        await app.until(lambda: app.find(ft.Image))
        assert field(app).value == "Tem mờ"
        await app.until(lambda: kept(app, draft).text == "Tem mờ")
