"""Small copies of photos: drawn in quiet moments or at the first look, never another picture's, gone with the photo."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from office import browser_of
from PIL import Image
from registry_notes import Sender, photo_of, picture

from background import queue
from inspections.models import Photo
from records import copies, storage
from records.kinds import kind_named
from records.models import CopiesMark
from records.pictures import copy_to_show
from reviewing.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often a small copy was drawn."""
    sides: list[int] = []

    def counted(content: bytes, side: int) -> bytes:
        sides.append(side)
        return copy_to_show(content, side)

    monkeypatch.setattr(copies, "_next_look", [0.0])
    monkeypatch.setattr(copies, "copy_to_show", counted)
    return sides


def sent(sender: Sender, colour: str = "red") -> Photo:
    note = sender.note(photos=[photo_of(picture(colour))])
    assert sender.put_note(note).status_code == 201
    assert sender.put_photo(note["id"], picture(colour)).status_code == 201
    return Photo.objects.get(record_id=note["id"])


def looked_at(office: Client, photo: Photo) -> bytes:
    answer = office.get(reverse("admin:inspections_photo_file", args=[photo.pk, "small"]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    return answer.content


def test_a_photo_that_has_come_is_drawn_in_a_quiet_moment_and_shown_without_drawing(
    anonymous: Sender, drawn: list[int], photo_folder: Path
) -> None:
    before = sent(anonymous)
    assert not copies.draw_next(), "what was there before is drawn when somebody looks"
    photos = [sent(anonymous, colour) for colour in ("blue", "green")]
    assert drawn == [], "nothing is drawn while it is taken"
    copies._next_look[0] = 0.0
    queue._do_small_work()
    assert drawn == [copies.SIDE], "one record at a time"
    assert copies.draw_next()
    assert not copies.draw_next()
    assert len(drawn) == 2
    office = browser_of("sodangky")
    shown = [looked_at(office, photo) for photo in photos]
    assert len(drawn) == 2
    colours = [Image.open(io.BytesIO(copy)).convert("RGB").getpixel((2, 2)) for copy in shown]
    assert colours[0][2] > 200 > colours[1][2]  # type: ignore[index]
    looked_at(office, before)
    looked_at(office, before)
    assert len(drawn) == 3
    assert len(list((photo_folder / "copies").glob("*/*"))) == 3


def test_two_workers_draw_each_record_once_and_a_damaged_photo_holds_up_nothing(
    anonymous: Sender, drawn: list[int], photo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies.draw_next()
    photos = [sent(anonymous, colour) for colour in ("blue", "green", "black")]
    (photo_folder / photos[0].file).write_bytes(picture("white"))
    (photo_folder / photos[1].file).unlink()
    copies._next_look[0] = 0.0
    first = copies._first_after

    def while_another_draws(kind: Any, cursor: int) -> Any:
        found = first(kind, cursor)
        if found:
            CopiesMark.objects.update(cursor=found[0])
        return found

    with monkeypatch.context() as patched:
        patched.setattr(copies, "_first_after", while_another_draws)
        assert copies.draw_next()
    while copies.draw_next():
        pass
    assert drawn == [copies.SIDE]
    assert looked_at(browser_of("sodangky"), photos[2])


def test_a_copy_that_was_not_made_of_this_photo_here_is_drawn_anew(
    anonymous: Sender, drawn: list[int], photo_folder: Path, settings: Any
) -> None:
    office, photo, other = browser_of("sodangky"), sent(anonymous), sent(anonymous, "blue")
    whole, of_other = looked_at(office, photo), looked_at(office, other)
    kept, another = (photo_folder / copies._name_of(each.sha256) for each in (photo, other))
    for swapped in (another.read_bytes(), kept.read_bytes()[:-1], b"", bytes(32) + of_other):
        drawn.clear()
        kept.write_bytes(swapped)
        assert looked_at(office, photo) == whole
        assert drawn == [copies.SIDE]
    settings.SECRET_KEY = "another"
    office = browser_of("nguoikhac")
    assert looked_at(office, photo) == whole


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_copy_goes_with_its_photo(
    anonymous: Sender, photo_folder: Path, monkeypatch: pytest.MonkeyPatch, when: str, drawn: list[int]
) -> None:
    photo, kind = sent(anonymous), kind_named("note")

    def forget() -> None:
        kind.records.update(received_at=timezone.now() - timedelta(days=4000))
        Case.objects.update(is_open=False)
        call_command("keep_or_erase", stdout=io.StringIO())

    if when == "before":
        looked_at(browser_of("sodangky"), photo)
        assert list((photo_folder / "copies").glob("*/*"))
        forget()
    else:
        draw: Callable[..., bytes] = copies.copy_to_show
        monkeypatch.setattr(copies, "copy_to_show", lambda *given: (draw(*given), forget())[0])
        copies._draw("note", photo.record_id)
        assert drawn == [copies.SIDE]
    assert not list((photo_folder / "copies").glob("*/*"))
    assert not (photo_folder / photo.file).exists()


def test_what_killed_processes_leave_in_the_store_goes_with_the_clean_up(
    anonymous: Sender, photo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, other = sent(anonymous), sent(anonymous, "blue")
    copy, of_other = (looked_at(browser_of(name), one) and one for name, one in (("an", photo), ("binh", other)))
    kept, of_kept = (photo_folder / copies._name_of(one.sha256) for one in (copy, of_other))
    content = kept.read_bytes()
    kind_named("note").files.filter(pk=photo.pk).update(erased_at=timezone.now())
    call_command("keep_or_erase", stdout=io.StringIO())
    assert not kept.exists()
    kept.write_bytes(content)  # as by a process that was killed before it saw that the photo was erased
    half = [path.with_name(".partial-abc") for path in (kept, photo_folder / other.file)]
    for path in half:
        path.write_bytes(content)
    call_command("keep_or_erase", stdout=io.StringIO())
    assert not kept.exists()
    assert of_kept.exists()
    assert (photo_folder / other.file).exists()
    assert all(path.exists() for path in half), "they may still be written"
    monkeypatch.setattr(storage, "BEING_WRITTEN", timedelta(0))
    call_command("keep_or_erase", stdout=io.StringIO())
    assert not any(path.exists() for path in half)
