"""The parts that screens share, apart from any screen: saving, text fields, looks, addresses."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import flet as ft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.decoding import Symbology
from tests.views.headless import until
from views.parts import autosave
from views.parts.autosave import Autosave
from views.parts.fields import TextInput
from views.parts.look import fact
from views.parts.question import Question

ROOM = Path(__file__).resolve().parents[3] / "views"


def test_a_fact_is_said_with_its_value() -> None:
    said = fact("Chủ thể sản xuất", "HTX Hoa Mai")
    assert isinstance(said, ft.Semantics)
    assert (said.label, said.exclude_semantics) == ("Chủ thể sản xuất: HTX Hoa Mai", True)


def test_selectable_text_is_drawn_by_the_parts_alone_which_say_it_to_screen_readers_too() -> None:
    drawn = [file for file in ROOM.rglob("*.py") if "selectable=True" in file.read_text(encoding="utf-8")]
    assert drawn == [ROOM / "parts" / "look.py"]


# Autosave


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "DELAY", 0.03)


class Disk:
    """Counts saves; `broken` makes them fail, `held` makes them wait."""

    def __init__(self) -> None:
        self.saves = 0
        self.threads: set[int] = set()
        self.errors: list[Exception] = []
        self.broken = False
        self.held = threading.Event()
        self.held.set()
        self.at_once = self.most_at_once = 0

    def save(self) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.threads.add(threading.get_ident())
        self.held.wait(5)
        self.at_once -= 1
        if self.broken:
            raise OSError("full")
        self.saves += 1


async def test_keystrokes_are_saved_together_and_in_a_thread() -> None:
    disk = Disk()
    keep = Autosave(disk.save, disk.errors.append)
    for _key in range(20):
        keep.touch()
    assert disk.saves == 0
    assert await until(lambda: disk.saves)
    await asyncio.sleep(0.06)
    assert disk.saves == 1
    assert threading.get_ident() not in disk.threads


async def test_typing_on_does_not_put_the_saving_off() -> None:
    disk = Disk()
    keep = Autosave(disk.save, disk.errors.append)
    ends = time.monotonic() + 5
    while disk.saves < 2 and time.monotonic() < ends:
        keep.touch()
        await asyncio.sleep(0)
    assert disk.saves >= 2


async def test_what_is_typed_while_it_is_saved_is_saved_too() -> None:
    disk = Disk()
    keep = Autosave(disk.save, disk.errors.append)
    disk.held.clear()
    keep.touch()
    assert await until(lambda: disk.at_once)
    keep.touch()
    disk.held.set()
    assert await until(lambda: disk.saves == 2)


async def test_a_slow_disk_adds_no_second_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed while the disk is slow has waited already: it is saved as soon as the disk is free."""
    monkeypatch.setattr(autosave, "DELAY", 0.5)
    disk = Disk()
    keep = Autosave(disk.save, disk.errors.append)
    disk.held.clear()
    keep.touch()
    assert await until(lambda: disk.at_once)
    keep.touch()
    await asyncio.sleep(autosave.DELAY)
    disk.held.set()
    freed = time.monotonic()
    assert await until(lambda: disk.saves == 2)
    assert time.monotonic() - freed < autosave.DELAY / 2


async def test_flush_saves_now_and_only_what_is_not_saved() -> None:
    disk = Disk()
    keep = Autosave(disk.save, disk.errors.append)
    await keep.flush()
    assert disk.saves == 0
    keep.touch()
    await keep.flush()
    assert disk.saves == 1
    await asyncio.sleep(0.06)
    assert disk.saves == 1


async def test_saves_never_overlap() -> None:
    disk = Disk()
    keep = Autosave(disk.save, disk.errors.append)
    disk.held.clear()
    keep.touch()
    first = asyncio.create_task(keep.flush())
    await asyncio.sleep(0.01)
    keep.touch()
    second = asyncio.create_task(keep.flush())
    await asyncio.sleep(0.01)
    disk.held.set()
    await asyncio.gather(first, second)
    assert (disk.saves, disk.most_at_once) == (2, 1)


async def test_what_was_dropped_is_not_saved() -> None:
    disk = Disk()
    keep = Autosave(disk.save, disk.errors.append)
    keep.touch()
    keep.drop()
    await asyncio.sleep(0.06)
    await keep.flush()
    assert disk.saves == 0


async def test_a_failure_is_told_once_and_what_was_typed_stays_unsaved_until_it_works() -> None:
    disk = Disk()
    keep = Autosave(disk.save, disk.errors.append)
    disk.broken = True
    keep.touch()
    assert await until(lambda: disk.errors)
    await asyncio.sleep(0.06)
    assert len(disk.errors) == 1
    with pytest.raises(OSError, match="full"):
        await keep.flush()
    disk.broken = False
    keep.touch()
    assert await until(lambda: disk.saves == 1)


async def test_a_failed_save_is_made_up_for_by_flush() -> None:
    disk = Disk()
    keep = Autosave(disk.save, disk.errors.append)
    disk.broken = True
    keep.touch()
    assert await until(lambda: disk.errors)
    disk.broken = False
    await keep.flush()
    assert disk.saves == 1


async def test_leaving_saves_at_once_and_a_failure_then_is_told() -> None:
    disk = Disk()
    keep = Autosave(disk.save, disk.errors.append)
    keep.touch()
    keep.leave()
    assert await until(lambda: disk.saves == 1)
    disk.broken = True
    keep.touch()
    keep.leave()
    assert await until(lambda: disk.errors)


# TextInput


def test_a_field_begins_with_what_it_is_given() -> None:
    entry = TextInput("Đầu")
    assert entry.text == "Đầu"
    assert entry.draw(ft.TextField(label="x")).value == "Đầu"


def test_each_drawing_takes_over_what_was_typed_into_the_last() -> None:
    entry = TextInput()
    first = entry.draw(ft.TextField())
    first.value = "gõ"
    assert entry.text == "gõ"
    assert entry.draw(ft.TextField()).value == "gõ"


def test_put_changes_the_text_of_the_next_drawing() -> None:
    entry = TextInput("một")
    entry.draw(ft.TextField()).value = "hai"
    entry.put("ba")
    assert entry.text == "ba"
    drawn = entry.draw(ft.TextField())
    assert drawn.value == "ba"
    drawn.value = "bốn"
    assert entry.text == "bốn"


def test_a_field_has_the_properties_it_is_drawn_with() -> None:
    drawn = TextInput().draw(ft.TextField(label="Tên", max_length=5))
    assert isinstance(drawn, ft.TextField)
    assert (drawn.label, drawn.max_length) == ("Tên", 5)


# Addresses

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(
    st.lists(st.tuples(_TEXT, st.sampled_from([*(s.value for s in Symbology), "typed"]))),
    st.booleans(),
    st.sampled_from([None, 0, 3, 4, 5]),
)
def test_an_address_carries_any_question_there_and_back(
    codes: list[tuple[str, str]], one_pack: bool, stars: int | None
) -> None:
    question = Question(tuple(codes), one_pack, stars)
    assert Question.of(question.address.partition("?")[2]) == question
    assert question.address.isascii()


@pytest.mark.parametrize("stars", ["", "2", "-3", "55", "x", "３"])
def test_stars_that_no_label_shows_are_left_out_of_a_question(stars: str) -> None:
    assert Question.of(urlencode({"c": "1", "s": "typed", "stars": stars})).label_stars is None
