"""Photos of an inspection: several in a row, drawn on beside the untouched original, covered for good."""

from __future__ import annotations

import io
from dataclasses import replace

import flet as ft
import flet.canvas as cv
import pytest
from PIL import Image

from services.rounds.inspection import InspectionDraft, Picture, Shows
from services.rounds.marking import Arrow, Circle, Cover, Words
from services.workspace import Device, Workspace
from tests.views.headless import Client
from tests.views.inspection.conftest import begun, kept, pack
from tests.views.plugin import Plugin
from views.inspection.drawing import Drawing, Frame, Tool
from views.inspection.editor import MARKS
from views.parts import autosave
from views.parts.places import round_address


def address(draft: InspectionDraft, part: str = "photos") -> str:
    return f"{round_address(draft.round, draft.id)}/{part}"


@pytest.fixture(autouse=True)
def no_marks_known() -> None:
    """Forgets the marks of other tests' photos, which are the same."""
    MARKS.clear()


async def tap(app: Client, identifier: str, kind: type[ft.Control] = ft.IconButton) -> None:
    await app.fire(app.within(identifier, kind), "click")


async def photographed(app: Client, device: Device, draft: InspectionDraft) -> Picture:
    """A photo of the front in the draft, opened for drawing."""
    stored = device.rounds.add_photo(draft.id, pack(), Shows.FRONT)
    await app.go(address(draft, f"photos/{stored.pictures[0].file.sha256}"))
    await app.until(lambda: app.known("mark-canvas"))
    box = app.within("mark-canvas", ft.Container)
    await app.fire(box, "size_change", {"w": 320.0, "h": 240.0})
    return stored.pictures[0]


async def drag(app: Client, *points: tuple[float, float]) -> None:
    surface = app.within("mark-canvas", ft.GestureDetector)
    at = [{"l": {"x": x, "y": y}, "g": {"x": x, "y": y}, "k": "touch", "ts": 0} for x, y in points]
    await app.fire(surface, "pan_start", at[0])
    for each in at[1:]:
        await app.fire(surface, "pan_update", {**each, "ld": {"x": 0, "y": 0}, "gd": {"x": 0, "y": 0}, "pd": 0})
    await app.fire(surface, "pan_end", {"v": {"x": 0, "y": 0}, "pv": 0, "l": {"x": 0, "y": 0}, "g": {"x": 0, "y": 0}})


async def test_several_photos_in_a_row_follow_the_list_of_what_proves_the_finding(
    workspace: Workspace, device: Device, camera: Plugin
) -> None:
    draft = begun(device)
    draft = device.rounds.save(_saying(draft, "looks_copied"), draft)
    async with Client(workspace, route=address(draft), answers=camera.answers) as app:
        for number, shows in enumerate((Shows.FRONT, Shows.LABEL, Shows.CODE, Shows.SEAL), start=1):
            await app.until(lambda: app.known("photo-take") and not app.within("photo-take", ft.IconButton).disabled)
            chosen = [one.identifier for one in app.find(ft.Semantics) if one.checked]
            assert chosen == [f"shot-{shows}"], "it is ready for the next"
            camera.picture = pack(f"photo {number}")
            await tap(app, "photo-take")
            await app.until(lambda number=number: len(kept(device, draft).pictures) == number)
        assert [picture.shows for picture in kept(device, draft).pictures] == ["front", "label", "code", "seal"]
        assert app.page.route == address(draft), "without leaving the camera"


async def test_a_marked_photo_is_a_copy_and_the_original_stays_here(workspace: Workspace, device: Device) -> None:
    draft = begun(device)
    async with Client(workspace, route="/scan") as app:
        original = await photographed(app, device, draft)
        await drag(app, (250, 40), (200, 80), (160, 120))
        await tap(app, "tool-circle", ft.TextButton)
        await drag(app, (20, 20), (120, 100))
        await tap(app, "mark-keep", ft.FilledButton)
        await app.until(lambda: len(kept(device, draft).pictures) == 2)
        first, copy = kept(device, draft).pictures
        assert first.file == original.file
        assert device.rounds.photos.read(first.file.sha256)
        assert (first.sent, copy.sent) == (False, True), "nobody agreed that the original goes"
        assert copy.copy_of == original.file.sha256
        with Image.open(io.BytesIO(device.rounds.photos.read(copy.file.sha256))) as drawn:
            assert drawn.getpixel((205, 80)) == pytest.approx((208, 28, 28), abs=60), "the arrow"
        await app.until(lambda: app.page.route == address(draft, "").rstrip("/"))


async def test_the_original_goes_along_only_if_the_person_agrees_and_never_once_covered(
    workspace: Workspace, device: Device
) -> None:
    draft = begun(device)
    async with Client(workspace, route="/scan") as app:
        await photographed(app, device, draft)
        assert app.within("send-original", ft.Switch).disabled, "there is nothing to keep apart yet"
        await drag(app, (20, 20), (120, 100))
        await app.change(app.within("send-original", ft.Switch), True)
        assert app.within("send-original", ft.Switch).value
        await tap(app, "tool-cover", ft.TextButton)
        await drag(app, (60, 120), (200, 120))
        switch = app.within("send-original", ft.Switch)
        assert (switch.value, switch.disabled) == (False, True)
        assert app.says("Ảnh gốc ở lại máy này vì có chỗ đã được bạn che.")
        await tap(app, "mark-keep", ft.FilledButton)
        await app.until(lambda: len(kept(device, draft).pictures) == 2)
        assert [picture.sent for picture in kept(device, draft).pictures] == [False, True]


async def test_marks_are_undone_redone_and_changed_again_later(workspace: Workspace, device: Device) -> None:
    draft = begun(device)
    async with Client(workspace, route="/scan") as app:
        original = await photographed(app, device, draft)
        assert app.within("mark-undo", ft.IconButton).disabled
        await drag(app, (20, 20), (120, 100))
        assert app.find(cv.Canvas)[-1].shapes
        await tap(app, "mark-undo")
        assert not app.find(cv.Canvas)[-1].shapes
        await tap(app, "mark-redo")
        await app.fire(app.within("tool-text", ft.TextButton), "click")
        surface = app.within("mark-canvas", ft.GestureDetector)
        await app.fire(surface, "tap_up", {"l": {"x": 160, "y": 60}, "g": {"x": 0, "y": 0}, "k": "touch"})
        await app.tap(ft.OutlinedButton, "Sai địa chỉ")
        await tap(app, "mark-keep", ft.FilledButton)
        await app.until(lambda: len(kept(device, draft).pictures) == 2)
        assert [type(mark) for mark in MARKS[original.file.sha256]] == [Arrow, Words]
        copy = kept(device, draft).pictures[1]
        await app.go(address(draft, f"photos/{copy.file.sha256}"))
        await app.until(lambda: app.known("mark-canvas"))
        for _mark in range(2):
            await tap(app, "mark-undo")
        await tap(app, "mark-keep", ft.FilledButton)
        await app.until(lambda: len(kept(device, draft).pictures) == 1)
        assert kept(device, draft).pictures[0].sent, "without marks the original is the photo again"
        await app.go(address(draft, f"photos/{original.file.sha256}"))
        await app.until(lambda: app.known("photo-remove"))
        await tap(app, "photo-remove")
        await app.until(lambda: not kept(device, draft).pictures)
        assert not device.rounds.photos.path(original.file.sha256).exists()


async def test_what_a_copy_covers_stays_covered_when_it_is_drawn_on_after_a_restart(
    workspace: Workspace, device: Device
) -> None:
    draft = begun(device)
    async with Client(workspace, route="/scan") as app:
        await photographed(app, device, draft)
        await tap(app, "tool-cover", ft.TextButton)
        await drag(app, (60, 120), (200, 120))
        await tap(app, "mark-keep", ft.FilledButton)
        await app.until(lambda: len(kept(device, draft).pictures) == 2)
        MARKS.clear()
        covered = kept(device, draft).pictures[1]
        await app.go(address(draft, f"photos/{covered.file.sha256}"))
        await app.until(lambda: app.known("mark-canvas"))
        (shown,) = [image.src for image in app.inside("mark-canvas", ft.Image)]
        assert shown == device.rounds.photos.read(covered.file.sha256)
        await app.fire(app.within("mark-canvas", ft.Container), "size_change", {"w": 320.0, "h": 240.0})
        await drag(app, (20, 20), (100, 60))
        assert app.within("send-original", ft.Switch).disabled
        await tap(app, "mark-keep", ft.FilledButton)
        await app.until(lambda: kept(device, draft).pictures[1].file != covered.file)
        first, copy = kept(device, draft).pictures
        assert (first.sent, copy.copy_of) == (False, first.file.sha256)
        with Image.open(io.BytesIO(device.rounds.photos.read(copy.file.sha256))) as drawn:
            plate = drawn.convert("RGB").crop((80, 116, 120, 126))
            assert all(min(pixel) > 40 for pixel in _pixels(plate)), "no black letter is to be seen"


def test_a_tap_is_no_arrow_and_a_stroke_covers_what_it_passed() -> None:
    drawing = Drawing((), agreed=True)
    drawing.begin((0.5, 0.5))
    drawing.move((0.505, 0.5))
    drawing.end()
    assert drawing.marks == ()
    drawing.tool = Tool.CIRCLE
    drawing.begin((0.1, 0.1))
    drawing.move((0.4, 0.3))
    assert drawing.shown == (Circle((0.1, 0.1), (0.4, 0.3)),)
    drawing.end()
    assert drawing.agreed
    drawing.tool = Tool.COVER
    drawing.begin((0.2, 0.2))
    drawing.move((0.3, 0.2))
    drawing.end()
    assert drawing.marks[-1] == Cover(((0.2, 0.2), (0.3, 0.2)))
    assert not drawing.agreed
    drawing.undo()
    assert not drawing.agreed, "agreeing is the person's act"


@pytest.mark.parametrize(
    ("box", "place", "part"),
    [
        ((320.0, 240.0), (80, 60), (0.25, 0.25)),
        ((320.0, 480.0), (160, 240), (0.5, 0.5)),
        ((320.0, 480.0), (0, 0), (0, 0)),
    ],
)
def test_a_place_on_the_screen_is_one_on_the_photo(
    box: tuple[float, float], place: tuple[float, float], part: tuple[float, float]
) -> None:
    frame = Frame((1280, 960), box)
    assert frame.part(*place) == part
    if part != (0, 0):
        assert frame.at(part) == place


def _pixels(picture: Image.Image) -> list[bytes]:
    whole = picture.tobytes()
    return [whole[n : n + 3] for n in range(0, len(whole), 3)]


def _saying(draft: InspectionDraft, finding: str) -> InspectionDraft:
    return replace(draft, found=replace(draft.found, findings=(finding,)))


async def test_what_is_being_drawn_outlives_a_kill(
    workspace: Workspace, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "DELAY", 0.0)
    draft = begun(device)
    async with Client(workspace, route="/scan") as app:
        original = await photographed(app, device, draft)
        await drag(app, (20, 20), (120, 100))
        await tap(app, "tool-cover", ft.TextButton)
        await drag(app, (60, 120), (200, 120))
        await app.until(lambda: len(kept(device, draft).marks.get(original.file.sha256, ())) == 2)
    async with Client(workspace, route=address(draft, f"photos/{original.file.sha256}")) as app:
        await app.until(lambda: app.known("mark-canvas"))
        assert app.within("send-original", ft.Switch).disabled, "a part of it is covered"
        await tap(app, "mark-keep", ft.FilledButton)
        await app.until(lambda: len(kept(device, draft).pictures) == 2 and not kept(device, draft).marks)
        assert [type(mark) for mark in MARKS[original.file.sha256]] == [Arrow, Cover]
        assert [picture.sent for picture in kept(device, draft).pictures] == [False, True]
