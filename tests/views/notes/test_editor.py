"""The note that is being written, on a real notebook and without a screen."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image

from services.notes.content import Position
from services.notes.note import MOST_PHOTOS, Draft, DraftClosed, NoteState
from services.notes.notebook import Notebook
from services.storage.store import StoreWriteError
from tests.views.headless import until
from views.notes.editor import NoteEditor
from views.parts import autosave
from views.parts.picture_file import PictureFile

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
    """An editor for a new draft, or for one that is there, with what it told and how often it changed."""

    def __init__(self, notebook: Notebook, opened: Draft | None = None, **fields: Any) -> None:
        self.told: list[str] = []
        self.changes = 0
        self.busy: list[bool] = []
        self.notebook = notebook
        self.editor = NoteEditor(opened or notebook.new_draft(**fields), notebook, self.told.append)
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


def file(colour: str = "red") -> PictureFile:
    return PictureFile(f"{colour}.png", picture(colour))


# What an iPhone's picture begins with.
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)


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
    adding = asyncio.create_task(desk.editor.add_photos([file()]))
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

    def slow(notebook: Notebook, draft: Draft, base: Draft) -> Draft:
        begun.set()
        photo_is_there.wait(10)
        return save_draft(notebook, draft, base)

    monkeypatch.setattr(Notebook, "save_draft", slow)
    desk.editor.type("Chữ")
    assert await until(begun.is_set)
    notebook.add_photo(desk.editor.draft.id, picture())
    photo_is_there.set()
    assert await until(lambda: desk.kept.text == "Chữ")
    assert len(desk.kept.photos) == 1


async def test_every_photo_that_is_one_is_added_and_the_others_are_named(notebook: Notebook) -> None:
    desk = Desk(notebook)
    chosen = [
        file("red"),
        PictureFile("notes.txt", b"no picture"),
        PictureFile("IMG_0001.HEIC", HEIC),
        PictureFile("gone.jpg", None),
        file("blue"),
    ]
    rejected = await desk.editor.add_photos(chosen)
    assert [(one.name, one.problem) for one in rejected] == [
        ("notes.txt", "unreadable"),
        ("IMG_0001.HEIC", "heic"),
        ("gone.jpg", "file_unreadable"),
    ]
    assert len(desk.editor.draft.photos) == len(desk.kept.photos) == 2
    assert not desk.editor.busy


async def test_a_photo_that_is_there_already_is_named(notebook: Notebook) -> None:
    desk = Desk(notebook)
    rejected = await desk.editor.add_photos([file("red"), file("blue"), file("red")])
    assert [one.problem for one in rejected] == ["photo_there_already"]
    assert [one.problem for one in await desk.editor.add_photos([file("blue")])] == ["photo_there_already"]
    assert len(desk.kept.photos) == 2


async def test_photos_that_are_too_many_are_named(notebook: Notebook) -> None:
    desk = Desk(notebook)
    rejected = await desk.editor.add_photos([file(f"#{12 * n:02x}0000") for n in range(MOST_PHOTOS + 1)])
    assert [one.problem for one in rejected] == ["too_many_photos"]
    assert len(desk.kept.photos) == MOST_PHOTOS


async def test_a_photo_is_removed_and_the_words_stay(notebook: Notebook) -> None:
    desk = Desk(notebook)
    await desk.editor.add_photos([file("red"), file("blue")])
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


async def test_photos_that_a_full_disk_does_not_take_are_named(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "DELAY", 3600)
    desk = Desk(notebook)
    desk.editor.type("Đừng mất")
    with monkeypatch.context() as broken:
        broken.setattr(Notebook, "save_draft", full)
        rejected = await desk.editor.add_photos([file("red"), file("blue")])
    assert [(one.name, one.problem) for one in rejected] == [("red.png", "not_saved"), ("blue.png", "not_saved")]
    assert not desk.editor.busy
    assert len(await desk.editor.add_photos([file("red")])) == 0
    assert (desk.kept.text, len(desk.kept.photos)) == ("Đừng mất", 1)


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


# Several windows


def two_windows(notebook: Notebook, **fields: Any) -> tuple[Desk, Desk]:
    first = Desk(notebook, **fields)
    return first, Desk(notebook, first.editor.draft)


async def test_what_one_window_saves_the_other_shows(notebook: Notebook) -> None:
    first, second = two_windows(notebook)
    first.editor.type("Tem mờ")
    first.editor.choose("mislabelled")
    assert await until(lambda: second.editor.draft.text == "Tem mờ")
    assert second.editor.draft.outcome == "mislabelled"
    assert (first.editor.shared, second.editor.shared) == (False, True)
    await second.editor.add_photos([file()])
    assert await until(lambda: first.editor.draft.photos == second.editor.draft.photos != ())
    assert not first.told + second.told


async def test_an_old_window_does_not_empty_the_note_that_the_other_signs(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two_windows(notebook)
    first.editor.type("Nhãn ghi 5 sao")
    assert await until(lambda: first.kept.text == "Nhãn ghi 5 sao")
    assert await until(lambda: second.editor.draft.text == "Nhãn ghi 5 sao")
    monkeypatch.setattr(autosave, "DELAY", 3600)
    second.editor.choose("mislabelled")
    assert await second.sign()
    note = notebook.note(first.editor.draft.id)
    assert note is not None
    assert note.inspection is not None
    assert (note.inspection.body["text"], note.inspection.outcome) == ("Nhãn ghi 5 sao", "mislabelled")
    assert await until(lambda: first.editor.gone)
    assert first.editor.moved_to is None, "nothing was left to save"


async def test_what_both_windows_write_at_once_is_kept_and_read_again_before_it_is_signed(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "DELAY", 3600)
    first, second = two_windows(notebook, text="Quầy 12.")
    first.editor.type("Quầy 12. Tem mờ.")
    second.editor.type("Chợ Hạ Long, quầy 12.")
    with monkeypatch.context() as deaf:  # the other window signs before it has heard of it
        deaf.setattr(second.editor, "_hear", asyncio.Event().wait)
        await first.editor.add_photos([])  # saves at once
        assert not await second.sign(), "somebody has to read it first"
    assert second.told == ["both_texts_kept"]
    assert second.editor.draft.text == "Chợ Hạ Long, quầy 12. Tem mờ."
    assert await until(lambda: first.editor.draft.text == second.editor.draft.text)
    assert await second.sign()
    note = notebook.note(first.editor.draft.id)
    assert note is not None
    assert note.inspection is not None
    assert note.inspection.body["text"] == "Chợ Hạ Long, quầy 12. Tem mờ."


async def test_what_was_typed_while_the_other_window_signed_becomes_a_correction(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "DELAY", 3600)
    first, second = two_windows(notebook, text="Tem mờ")
    second.editor.type("Tem mờ và rách")
    assert await first.sign()
    assert await until(lambda: second.editor.gone)
    assert second.editor.moved_to is not None
    correction = notebook.draft(second.editor.moved_to)
    assert correction is not None
    assert (correction.text, correction.supersedes) == ("Tem mờ và rách", first.editor.draft.id)
    assert not first.editor.gone
    assert not second.told


async def test_what_was_typed_while_the_other_window_discarded_becomes_a_new_draft(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "DELAY", 3600)
    first, second = two_windows(notebook, product_name="Chả mực")
    second.editor.type("Đừng mất")
    await first.editor.discard()
    assert await until(lambda: second.editor.gone)
    kept = notebook.draft(second.editor.moved_to or "")
    assert kept is not None
    assert (kept.text, kept.product_name, kept.id != first.editor.draft.id) == ("Đừng mất", "Chả mực", True)


async def test_a_change_that_comes_while_another_is_being_heard_is_heard_too(notebook: Notebook) -> None:
    looking, signed = threading.Event(), threading.Event()

    class Slow:
        """The notebook as one window has it, which gives the draft as it was a moment ago."""

        def draft(self, draft_id: str) -> Draft | None:
            found = notebook.draft(draft_id)
            looking.set()
            signed.wait(10)
            return found

        def __getattr__(self, name: str) -> Any:
            return getattr(notebook, name)

    first = Desk(notebook)
    second = Desk(cast("Notebook", Slow()), first.editor.draft)
    first.editor.choose("sold")
    assert await until(looking.is_set)
    assert await first.sign()
    await asyncio.sleep(0.05)  # the second window is told of it meanwhile
    signed.set()
    assert await until(lambda: second.editor.gone)


async def test_a_window_that_was_left_hears_of_nothing(notebook: Notebook) -> None:
    first, second = two_windows(notebook)
    second.editor.leave()
    first.editor.type("Tem mờ")
    assert await until(lambda: first.kept.text == "Tem mờ")
    assert second.editor.draft.text == ""
