"""What lies over the live picture, in process: outlines where the codes are, hints, and the torch."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import Any

import cv2
import flet as ft
import flet.canvas as cv
import flet_camera as fc
import numpy as np
import pytest

from services.camera.in_view import KEEP
from services.decoding import FrameTracker, Look, Read, Symbol, Symbology
from services.decoding.symbol import Corners, Unread
from services.workspace import Workspace
from tests.views.headless import Client
from tests.views.plugin import BACK, FRONT, Plugin, image_event

NUMBER = "9521234567899"
PLACE: Corners = ((100.0, 40.0), (300.0, 40.0), (300.0, 140.0), (100.0, 140.0))
READ = Read(NUMBER, NUMBER.encode(), Symbology.EAN_13, PLACE, "zbar", "step")
SURE = Symbol(NUMBER, NUMBER.encode(), Symbology.EAN_13, PLACE, "zbar", "step", gs1=False, confidence="agreed")
NOTHING = Look((), ())
AIM = "Đưa mã QR hoặc mã vạch vào khung"
DARK, DARK_WITH_TORCH = "Tối quá. Hãy ra chỗ sáng hơn.", "Tối quá. Hãy bật đèn pin."
NO_TORCH_IN_BROWSER = "CameraException(torchModeNotSupported, The torch mode is not supported by the current camera.)"
NO_TORCH_ON_ANDROID = "CameraException(setFlashModeFailed, No flash unit)"


def picture(level: int) -> bytes:
    """A frame of 1280 x 720 pixels, all of one brightness."""
    return bytes(cv2.imencode(".jpg", np.full((720, 1280), level, np.uint8))[1])


DAY, NIGHT = picture(180), picture(15)


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> list[Look]:
    """What each frame is said to show; the test changes its only element."""
    now = [NOTHING]
    monkeypatch.setattr(FrameTracker, "look", lambda _self, _image, _at: now[0])
    return now


def phone(workspace: Workspace, plugin: Plugin, platform: str = "android") -> Client:
    return Client(workspace, platform=platform, answers=plugin.answers)


async def stream(app: Client, plugin: Plugin, frame: bytes = DAY, seconds: float = 0) -> None:
    """Send a frame, or as many as come in this time."""
    ends = asyncio.get_running_loop().time() + seconds
    while True:
        camera = plugin.streaming(app)
        assert camera is not None
        await app.fire(camera, "stream_image", image_event(frame))
        if asyncio.get_running_loop().time() >= ends:
            return
        await asyncio.sleep(0.03)


async def settled(app: Client, plugin: Plugin) -> None:
    """Send frames until nothing more is drawn: what follows the opening, such as the torch, comes when it comes."""
    ends = asyncio.get_running_loop().time() + 10
    before = -1
    while before != len(app.patches):
        assert asyncio.get_running_loop().time() < ends, app.patches[before:]
        before = len(app.patches)
        await stream(app, plugin, seconds=0.3)


async def lay_out(app: Client, width: float, height: float) -> None:
    """The client says how large the preview is."""
    await app.fire(app.one(cv.Canvas), "resize", {"w": width, "h": height})


async def hold(app: Client, plugin: Plugin, orientation: str) -> None:
    """The person turns the phone."""
    camera = plugin.streaming(app)
    assert camera is not None
    flags = ("is_recording_video", "is_recording_paused", "is_taking_picture", "is_preview_paused")
    state = dict.fromkeys([*flags, "is_capture_orientation_locked"], False)
    state |= {"is_initialized": True, "is_streaming_images": True}
    await app.fire(camera, "state_change", {**state, "device_orientation": orientation})


def rings(app: Client) -> list[tuple[bool, list[tuple[float, float]]]]:
    """Of each outline's topmost line: whether it is dashed, and its corners."""
    paths = [shape for shape in app.one(cv.Canvas).shapes if isinstance(shape, cv.Path)]
    closed = [path for path in paths if isinstance(path.elements[-1], cv.Path.Close)]
    return [(bool(p.paint.stroke_dash_pattern), [(e.x, e.y) for e in p.elements[:-1]]) for p in closed[1::2]]  # type: ignore[attr-defined]


def hint(app: Client) -> str:
    return str(app.within("scan-hint", ft.Text).value)


def torch_button(app: Client) -> ft.IconButton:
    return app.within("torch", ft.IconButton)


# Outlines


@pytest.mark.parametrize(
    ("orientation", "box", "corners"),
    [
        # The frame of 1280 x 720 is turned as the phone is held and fills the preview, which has its shape.
        ("portraitUp", (360, 640), [(340, 50), (340, 150), (290, 150), (290, 50)]),
        ("landscapeLeft", (640, 360), [(50, 20), (150, 20), (150, 70), (50, 70)]),
        ("landscapeRight", (640, 360), [(590, 340), (490, 340), (490, 290), (590, 290)]),
    ],
)
async def test_on_android_the_outline_follows_the_way_the_phone_is_held(
    workspace: Workspace, look: list[Look], orientation: str, box: tuple[int, int], corners: list[tuple[float, float]]
) -> None:
    plugin = Plugin(BACK)
    look[0] = Look((), (READ,))
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await lay_out(app, *box)
        await hold(app, plugin, orientation)
        await stream(app, plugin)
        ((_dashed, ring),) = rings(app)
        assert ring == [pytest.approx(corner) for corner in corners]


async def test_a_front_camera_is_a_mirror(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(FRONT)
    look[0] = Look((), (READ,))
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await lay_out(app, 360, 640)
        await stream(app, plugin)
        ((_dashed, ring),) = rings(app)
        assert ring[0] == pytest.approx((360 - 20, 640 - 50))


async def test_on_ios_the_frames_are_upright_already(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    look[0] = Look((), (READ,))
    async with phone(workspace, plugin, "ios") as app:
        await app.until(lambda: plugin.streaming(app))
        await lay_out(app, 640, 360)
        await stream(app, plugin)
        ((_dashed, ring),) = rings(app)
        assert ring[0] == pytest.approx((50, 20))
        assert plugin.streaming(app).on_state_change is None  # type: ignore[union-attr]


async def test_what_is_believed_looks_other_than_what_is_only_seen(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin, "ios") as app:
        await app.until(lambda: plugin.streaming(app))
        await lay_out(app, 640, 360)
        look[0] = Look((), (READ,))
        await stream(app, plugin)
        assert [dashed for dashed, _ring in rings(app)] == [True]
        assert not app.find(cv.Text), "a number that may be wrong is not shown"
        look[0] = Look((), (), unread=(Unread(PLACE, 3.0),))
        await stream(app, plugin)
        assert [dashed for dashed, _ring in rings(app)] == [True]
        look[0] = Look((), (READ,), (SURE,))
        await stream(app, plugin)
        assert [dashed for dashed, _ring in rings(app)] == [False]
        assert app.one(cv.Text).value == f"EAN-13 {NUMBER}"


async def test_the_words_are_left_out_where_they_do_not_fit(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    look[0] = Look((), (READ,), (SURE,))
    async with phone(workspace, plugin, "ios") as app:
        await app.until(lambda: plugin.streaming(app))
        await stream(app, plugin)
        for width, words in ((320, [f"EAN-13 {NUMBER}"]), (120, ["EAN-13"]), (60, [])):
            await lay_out(app, width, 200)
            assert [text.value for text in app.find(cv.Text)] == words
            (plate,) = app.find(cv.Rect)
            assert plate.x >= 0
            assert plate.x + plate.width <= width


async def test_of_an_address_only_its_kind_is_told(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    link = "https://id.example/01/09521234567899"
    code = replace(SURE, text=link, symbology=Symbology.QR_CODE)
    look[0] = Look((), (replace(READ, text=link, symbology=Symbology.QR_CODE),), (code,))
    async with phone(workspace, plugin, "ios") as app:
        await app.until(lambda: plugin.streaming(app))
        await lay_out(app, 640, 360)
        await stream(app, plugin)
        assert app.one(cv.Text).value == "QR Code"


async def test_the_frame_to_hold_a_code_in_gives_way_to_the_outline(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))

        def frame() -> bool:
            around = next(c for c in app.find(ft.Container) if isinstance(c.content, ft.Container) and c.content.border)
            return around.visible and around.content.visible  # type: ignore[union-attr]

        await lay_out(app, 360, 640)
        assert frame()
        await lay_out(app, 640, 140)
        assert not frame(), "a preview that is so low has room for the hint only"
        await lay_out(app, 360, 640)
        look[0] = Look((), (READ,))
        await stream(app, plugin)
        assert not frame()


async def test_the_outline_goes_with_the_code_and_bridges_a_frame_that_was_not_read(
    workspace: Workspace, look: list[Look]
) -> None:
    plugin = Plugin(BACK)
    look[0] = Look((), (READ,))
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await lay_out(app, 360, 640)
        await stream(app, plugin)
        look[0] = NOTHING
        await stream(app, plugin)
        assert len(rings(app)) == 1
        await stream(app, plugin, seconds=KEEP + 0.05)
        assert rings(app) == []


async def test_the_frames_redraw_the_overlay_and_not_the_camera(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await lay_out(app, 360, 640)
        await settled(app, plugin)
        camera, canvas = plugin.streaming(app), app.one(cv.Canvas)
        for n in range(5):
            moved = tuple((x + n, y) for x, y in PLACE)
            look[0] = Look((), (Read(NUMBER, b"", Symbology.EAN_13, moved, "zbar", "step"),))  # type: ignore[arg-type]
            await stream(app, plugin)
        assert app.one(cv.Canvas) is not canvas, "the overlay was drawn anew"
        assert plugin.streaming(app) is camera
        assert len(app.called("initialize")) == 1


async def test_frames_that_bring_nothing_new_send_nothing(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await lay_out(app, 360, 640)
        await settled(app, plugin)


# Hints


async def hinted(app: Client, plugin: Plugin, words: str) -> None:
    """Send frames until this hint is on the screen, within two seconds."""
    ends = asyncio.get_running_loop().time() + 2
    while hint(app) != words:
        assert asyncio.get_running_loop().time() < ends, hint(app)
        await stream(app, plugin)


async def test_the_hints_come_and_go(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await stream(app, plugin)
        assert hint(app) == AIM
        look[0] = Look((), (), unread=(Unread(PLACE, 1.1),))
        await hinted(app, plugin, "Đưa máy lại gần hơn")
        look[0] = Look((), (), unread=(Unread(PLACE, 4.0),))
        await hinted(app, plugin, "Giữ yên máy")
        look[0] = NOTHING
        await hinted(app, plugin, AIM)


async def test_in_the_dark_without_a_torch_more_light_is_advised(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK, streams=False, picture=NIGHT)
    plugin.no_torch = NO_TORCH_IN_BROWSER
    async with Client(workspace, platform="windows", web=True, answers=plugin.answers) as app:
        await app.until(lambda: hint(app) == DARK)
        assert not app.known("torch")
        assert not app.known("torch-on")
        assert not app.known("camera-fault")
        plugin.picture = DAY
        await app.until(lambda: hint(app) == AIM)


# The torch


async def test_in_the_dark_the_torch_is_offered_and_the_button_stays(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await stream(app, plugin)
        assert torch_button(app).tooltip == "Bật đèn pin"
        await stream(app, plugin, NIGHT, seconds=1)
        assert hint(app) == DARK_WITH_TORCH
        await app.tap(ft.FilledTonalButton, "Bật đèn")
        assert plugin.torch == "torch"
        assert torch_button(app).tooltip == "Tắt đèn pin"
        assert app.known("torch")[0].toggled
        assert hint(app) == DARK, "the torch is on, and it is dark all the same"
        await stream(app, plugin, NIGHT)
        assert torch_button(app).tooltip == "Tắt đèn pin", "a frame does not change the torch's state"
        await app.fire(torch_button(app), "click")
        assert plugin.torch == "off"
        assert torch_button(app).tooltip == "Bật đèn pin"


async def test_the_torch_is_off_again_after_leaving(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await stream(app, plugin)
        await app.fire(torch_button(app), "click")
        assert plugin.torch == "torch"
        await app.go("/notes")
        assert not app.everywhere(fc.Camera), "the plug-in lets the camera go, and its light with it"
        await app.go("/scan")
        await app.until(lambda: plugin.streaming(app))
        await stream(app, plugin)
        assert plugin.torch == "off"
        assert torch_button(app).tooltip == "Bật đèn pin"


async def test_a_torch_that_cannot_be_lit_is_not_offered_again(workspace: Workspace, look: list[Look]) -> None:
    plugin = Plugin(BACK)
    plugin.no_torch = NO_TORCH_ON_ANDROID
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await stream(app, plugin)
        await app.fire(torch_button(app), "click")
        assert app.says("Máy ảnh này không có đèn pin bật được.")
        await stream(app, plugin)
        assert not app.known("torch")
        assert plugin.streaming(app)


# Leaving


async def test_a_frame_that_is_read_when_the_person_leaves_takes_them_nowhere(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, begun = threading.Event(), threading.Event()

    def look(_tracker: FrameTracker, _image: Any, _at: float) -> Look:
        begun.set()
        assert go_on.wait(5)
        return Look((SURE,), (READ,), (SURE,))

    monkeypatch.setattr(FrameTracker, "look", look)
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        reading = asyncio.create_task(stream(app, plugin))
        await app.until(begun.is_set)
        await app.go("/notes")
        go_on.set()
        await reading
        await app.settle()
        assert app.page.route == "/notes"
