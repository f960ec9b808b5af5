"""The note that is being written, on a real notebook and without a screen."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from services.notes.content import Position
from services.notes.note import MOST_PHOTOS, Draft, DraftClosed, NoteState
from services.notes.notebook import Notebook
from services.storage.store import StoreWriteError
from tests.views.headless import until
from views.notes import autosave
from views.notes.editor import NoteEditor

HERE = Position(20.95, 107.08, 12.0)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "DELAY", 0.03)


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    opened = Notebook.open(tmp_path)
    yield opened
    opened.close()


class Desk:
    """An editor for a new draft, with what it told and how often it changed."""

    def __init__(self, notebook: Notebook, **fields: Any) -> None:
        self.told: list[str] = []
        self.changes = 0
        self.busy: list[bool] = []
        self.notebook = notebook
        self.editor = NoteEditor(notebook.new_draft(**fields), notebook, self.told.append)
        self.unsubscribe = self.editor.subscribe(self._changed)

    def _changed(self) -> None:
        self.changes += 1
        self.busy.append(self.editor.busy)

    @property
    def kept(self) -> Draft:
        kept = self.notebook.draft(self.editor.draft.id)
        assert kept is not None
        return kept

    async def sign(self) -> bool:
        return await self.editor.sign(account=None, device="11111111-1111-4111-8111-111111111111", clock_offset=2)


def picture(colour: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(target, "PNG")
    return target.getvalue()


def full(*_arguments: object, **_more: object) -> None:
    raise StoreWriteError(Path("notes"), "No space left on device")


async def test_what_is_typed_is_kept_and_told_to_nobody(notebook: Notebook) -> None:
    desk = Desk(notebook)
    for text in ("N", "Nh", "Nhãn sai"):
        desk.editor.type(text)
    assert desk.editor.draft.text == "Nhãn sai"
    assert desk.kept.text == ""
    assert await until(lambda: desk.kept.text == "Nhãn sai")
    assert desk.changes == 0


async def test_what_is_chosen_is_told_and_kept_with_what_was_typed(notebook: Notebook) -> None:
    desk = Desk(notebook)
    desk.editor.type("Nhãn sai")
    desk.editor.choose("mislabelled")
    assert desk.changes == 1
    assert await until(lambda: desk.kept.outcome == "mislabelled")
    assert desk.kept.text == "Nhãn sai"


async def test_nothing_is_told_once_nobody_listens(notebook: Notebook) -> None:
    desk = Desk(notebook)
    desk.unsubscribe()
    desk.editor.choose("sold")
    assert desk.changes == 0


async def test_leaving_saves_at_once(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "DELAY", 3600)
    desk = Desk(notebook)
    desk.editor.type("Rời đi ngay")
    desk.editor.leave()
    assert await until(lambda: desk.kept.text == "Rời đi ngay")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Đang ghi9529999999993\n", "Đang ghi"),
        ("9529999999993 rồi 9529999999993", "9529999999993 rồi "),
        ("Đang ghi", None),
    ],
)
async def test_what_a_scanner_typed_is_taken_out_once(notebook: Notebook, text: str, rest: str | None) -> None:
    desk = Desk(notebook)
    desk.editor.type(text)
    assert desk.editor.take_out(text, "9529999999993") == rest
    assert desk.editor.draft.text == (text if rest is None else rest)
    assert desk.changes == (0 if rest is None else 1)
    assert await until(lambda: desk.kept.text == desk.editor.draft.text)


async def test_photos_are_added_while_words_are_typed(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(notebook)
    stored, typed = threading.Event(), threading.Event()
    add_photo = Notebook.add_photo

    def slow(notebook: Notebook, draft_id: str, data: bytes) -> Draft:
        draft = add_photo(notebook, draft_id, data)
        stored.set()
        typed.wait(10)
        return draft

    monkeypatch.setattr(Notebook, "add_photo", slow)
    desk.editor.type("Trước")
    adding = asyncio.create_task(desk.editor.add_photos([picture()]))
    assert await until(stored.is_set)
    assert desk.kept.text == "Trước", "what was typed before is saved first"
    desk.editor.type("Trước và sau")
    typed.set()
    await adding
    assert (desk.editor.draft.text, len(desk.editor.draft.photos)) == ("Trước và sau", 1)
    assert desk.busy == [True, False]
    assert await until(lambda: desk.kept.text == "Trước và sau")
    assert desk.kept.photos == desk.editor.draft.photos


async def test_a_save_that_was_begun_before_a_photo_came_does_not_undo_it(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(notebook)
    begun, photo_is_there = threading.Event(), threading.Event()
    save_draft = Notebook.save_draft

    def slow(notebook: Notebook, draft: Draft) -> Draft:
        begun.set()
        photo_is_there.wait(10)
        return save_draft(notebook, draft)

    monkeypatch.setattr(Notebook, "save_draft", slow)
    desk.editor.type("Chữ")
    assert await until(begun.is_set)
    notebook.add_photo(desk.editor.draft.id, picture())
    photo_is_there.set()
    assert await until(lambda: desk.kept.text == "Chữ")
    assert len(desk.kept.photos) == 1


async def test_the_photos_before_the_first_that_is_none_stay(notebook: Notebook) -> None:
    desk = Desk(notebook)
    await desk.editor.add_photos([picture("red"), b"no picture", picture("blue")])
    assert len(desk.told) == 1
    assert len(desk.editor.draft.photos) == len(desk.kept.photos) == 1
    assert not desk.editor.busy


async def test_photos_that_are_too_many_are_told(notebook: Notebook) -> None:
    desk = Desk(notebook)
    await desk.editor.add_photos([picture(f"#{12 * n:02x}0000") for n in range(MOST_PHOTOS + 1)])
    assert desk.told == ["too_many_photos"]
    assert len(desk.kept.photos) == MOST_PHOTOS


async def test_a_photo_is_removed_and_the_words_stay(notebook: Notebook) -> None:
    desk = Desk(notebook)
    await desk.editor.add_photos([picture("red"), picture("blue")])
    desk.editor.type("Vẫn còn")
    first, second = desk.editor.draft.photos
    await desk.editor.remove_photo(first)
    assert desk.editor.draft.photos == desk.kept.photos == (second,)
    assert desk.editor.draft.text == desk.kept.text == "Vẫn còn"
    assert not notebook.photos.path(first.sha256).exists()


async def test_the_place_is_looked_for_then_kept_and_may_be_removed(notebook: Notebook) -> None:
    desk = Desk(notebook)
    looking: list[bool] = []

    async def locate() -> Position:
        looking.append(desk.editor.busy)
        desk.editor.type("Gõ trong lúc chờ")
        return HERE

    assert await desk.editor.add_place(locate)
    assert looking == [True]
    assert not desk.editor.busy
    assert await until(lambda: desk.kept.place == HERE)
    assert desk.kept.text == "Gõ trong lúc chờ"
    desk.editor.remove_place()
    assert await until(lambda: desk.kept.place is None)


async def test_a_place_that_cannot_be_had_is_said_and_changes_nothing_else(notebook: Notebook) -> None:
    async def nowhere() -> None:
        return None

    desk = Desk(notebook, text="Vẫn còn")
    assert not await desk.editor.add_place(nowhere)
    assert desk.editor.draft == desk.kept
    assert desk.changes > 0, "the switch on the screen goes back"


async def test_signing_takes_what_was_typed_last(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "DELAY", 3600)
    desk = Desk(notebook)
    desk.editor.type("Nhãn ghi 5 sao")
    assert await desk.sign()
    assert desk.busy == [True, False]
    note = notebook.note(desk.editor.draft.id)
    assert note is not None
    assert note.inspection is not None
    assert (note.inspection.body["text"], note.inspection.body["clock_offset"]) == ("Nhãn ghi 5 sao", 2)
    desk.editor.leave()
    await asyncio.sleep(0.05)
    assert not desk.told
    with pytest.raises(DraftClosed):
        await desk.sign()


@pytest.mark.parametrize("step", ["save_draft", "sign"])
async def test_a_full_disk_is_told_and_the_note_can_be_signed_later(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(autosave, "DELAY", 3600)
    desk = Desk(notebook)
    desk.editor.type("Đừng mất")
    with monkeypatch.context() as broken:
        broken.setattr(Notebook, step, full)
        assert not await desk.sign()
    assert desk.told == ["not_saved"]
    assert not desk.editor.busy
    assert notebook.counts()[NoteState.WAITING] == 0
    assert await desk.sign()
    note = notebook.note(desk.editor.draft.id)
    assert note is not None
    assert note.inspection is not None
    assert note.inspection.body["text"] == "Đừng mất"


async def test_a_full_disk_is_told_while_the_person_types(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(notebook)
    with monkeypatch.context() as broken:
        broken.setattr(Notebook, "save_draft", full)
        desk.editor.type("Đừng")
        assert await until(lambda: desk.told == ["not_saved"])
    desk.editor.type("Đừng mất")
    assert await until(lambda: desk.kept.text == "Đừng mất")


async def test_what_was_typed_last_does_not_bring_a_discarded_draft_back(notebook: Notebook) -> None:
    desk = Desk(notebook)
    desk.editor.type("Gõ rồi bỏ")
    await desk.editor.discard()
    desk.editor.leave()
    await asyncio.sleep(0.1)
    assert notebook.count() == 0
    assert not desk.told
