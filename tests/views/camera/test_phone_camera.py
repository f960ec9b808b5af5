"""The phone's camera path, in process: image stream, life cycle, one decode in flight, faults."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from pathlib import Path
from typing import Any

import cv2
import flet as ft
import flet_camera as fc
import numpy as np
import pytest

from services.camera.frames import CameraFault
from services.decoding import FrameTracker, Look
from services.verification import Status
from services.workspace import Workspace
from tests.support.video import part
from tests.views.conftest import INDEX, SAMPLES
from tests.views.headless import NEVER, Client
from tests.views.plugin import BACK, FRONT, Plugin, image_event, jpeg
from views.parts.feel import PULSES
from views.parts.verdict_words import STATUS
from views.parts.words import CAMERA_FAULTS

CERTIFIED = jpeg(SAMPLES / "certified.png")
NO_CODE = jpeg(SAMPLES.parent / "icon.png")


def phone(workspace: Workspace, plugin: Plugin, **more: Any) -> Client:
    return Client(workspace, platform="android", answers=plugin.answers, **more)


async def stream(app: Client, plugin: Plugin, *frames: bytes) -> None:
    """Send frames to the camera on the screen, each after the one before was dealt with."""
    for frame in frames:
        camera = plugin.streaming(app)
        assert camera is not None
        await app.fire(camera, "stream_image", image_event(frame))


async def show(app: Client, plugin: Plugin, frame: bytes) -> None:
    """Hold a picture before the camera until there is a verdict, for a frame has little time to be read in."""
    for _frame in range(20):
        if camera := plugin.streaming(app):
            await app.fire(camera, "stream_image", image_event(frame))
        if app.verdict:
            return
    raise AssertionError(app.words())


async def test_it_opens_the_back_camera_without_sound_and_streams(workspace: Workspace) -> None:
    plugin = Plugin(FRONT, BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        (opened,) = app.called("initialize")
        assert opened["description"]["name"] == BACK["name"]
        assert opened["enable_audio"] is False
        assert opened["resolution_preset"] == "high"
        assert "image_format_group" not in opened or opened["image_format_group"] is None, "NV21 comes back empty"
        assert not app.called("take_picture")
        assert app.says("Đưa mã QR hoặc mã vạch vào khung")


async def test_with_a_front_camera_only_that_one_is_used(workspace: Workspace) -> None:
    plugin = Plugin(FRONT)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        assert app.called("initialize")[0]["description"]["name"] == FRONT["name"]


@pytest.mark.parametrize("label", INDEX, ids=lambda label: label["file"])
async def test_a_label_in_view_opens_its_verdict(workspace: Workspace, label: dict[str, Any]) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await show(app, plugin, jpeg(SAMPLES / label["file"]))
        words = {status.value: app.session.shell.texts.gettext(word) for status, (word, *_rest) in STATUS.items()}
        assert app.verdict == words[label["status"]]
        tone = STATUS[Status(label["status"])][1]
        pulse, times = PULSES[tone]
        await app.until(lambda: app.called(pulse) == times * [{}])
        felt = [call.method for call in app.calls if call.method in {name for name, _times in PULSES.values()}]
        assert felt == times * [pulse], "each verdict is felt in its own way"
        assert app.page.route.startswith("/verdict?c=")
        assert not app.everywhere(fc.Camera), "the camera is released"


async def test_a_phone_without_haptics_opens_the_verdict_all_the_same(workspace: Workspace) -> None:
    plugin = Plugin(BACK)

    def broken(_call: object) -> None:
        raise RuntimeError("no vibrator")

    async with phone(workspace, plugin) as app:
        app.answers["light_impact"] = broken
        await app.until(lambda: plugin.streaming(app))
        await show(app, plugin, CERTIFIED)


async def test_a_picture_without_a_code_opens_nothing(workspace: Workspace) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await stream(app, plugin, NO_CODE, NO_CODE)
        assert app.page.route == "/scan"
        assert plugin.streaming(app)


@pytest.mark.parametrize("broken", [b"", b"\xff\xd8\xff", b"no picture", CERTIFIED[:200]])
async def test_a_broken_frame_is_survived(workspace: Workspace, broken: bytes) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await stream(app, plugin, broken)
        assert app.page.route == "/scan"
        await show(app, plugin, CERTIFIED)


async def test_one_decode_is_in_flight_and_the_other_frames_are_dropped(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, begun = threading.Event(), 0

    def look(_tracker: FrameTracker, _image: Any, _at: float) -> Look:
        nonlocal begun
        begun += 1
        assert go_on.wait(5)
        return Look((), ())

    monkeypatch.setattr(FrameTracker, "look", look)
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        camera = app.everywhere(fc.Camera)[0]
        events = [asyncio.create_task(app.fire(camera, "stream_image", image_event(CERTIFIED))) for _n in range(6)]
        await app.until(lambda: sum(event.done() for event in events) == 5)
        assert begun == 1, "the one that came first"
        go_on.set()
        await asyncio.gather(*events)
        assert begun == 1, "the dropped ones are not made up for"
        await stream(app, plugin, CERTIFIED)
        assert begun == 2


async def test_the_screen_answers_while_a_frame_is_decoded(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def look(_tracker: FrameTracker, _image: Any, _at: float) -> Look:
        assert go_on.wait(5)
        return Look((), ())

    monkeypatch.setattr(FrameTracker, "look", look)
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        decoding = asyncio.create_task(stream(app, plugin, NO_CODE))
        await app.settle()
        await app.go("/notes")
        await app.until(lambda: app.says("Chưa có ghi chép"))
        assert not decoding.done()
        go_on.set()
        await decoding


async def test_frames_until_the_screen_changes_lead_nowhere_else(workspace: Workspace) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        app.answers["push_route"] = NEVER
        await app.until(lambda: plugin.streaming(app))
        for _frame in range(20):
            await stream(app, plugin, CERTIFIED)
            if app.called("push_route"):
                break
        await stream(app, plugin, *[jpeg(SAMPLES / "expired.png")] * 5)
        (pushed,) = app.called("push_route")
        assert "9520007900017" in pushed["route"], "whichever of its two codes was read first"


async def test_frames_of_a_camera_that_has_left_the_screen_are_ignored(workspace: Workspace) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        camera = app.everywhere(fc.Camera)[0]
        await app.go("/notes")
        await app.fire(camera, "stream_image", image_event(CERTIFIED))
        assert app.page.route == "/notes"


@pytest.mark.parametrize(
    ("leave", "back"),
    [(["inactive", "hide", "pause"], ["restart", "show", "resume"]), (["hide"], ["show"]), (["detach"], ["resume"])],
)
async def test_in_the_background_the_camera_is_released_and_taken_again_in_front(
    workspace: Workspace, leave: list[str], back: list[str]
) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        for times in (1, 2):
            await app.until(lambda: plugin.streaming(app))
            assert len(app.called("initialize")) == times
            await app.life_cycle(*leave)
            assert not app.everywhere(fc.Camera)
            await app.life_cycle(*back)
        await app.until(lambda: plugin.streaming(app))
        await show(app, plugin, CERTIFIED)


async def test_an_app_that_is_inactive_only_keeps_the_camera(workspace: Workspace) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await app.life_cycle("inactive", "resume")
        await app.settle()
        assert plugin.streaming(app)
        assert len(app.called("initialize")) == 1


@pytest.mark.parametrize("elsewhere", ["/notes", "/settings", "/samples", "/verdict?c=9520007900017&s=typed"])
async def test_on_another_screen_the_camera_is_released_and_taken_again_on_coming_back(
    workspace: Workspace, elsewhere: str
) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await app.go(elsewhere)
        assert not app.everywhere(fc.Camera)
        await app.go("/scan")
        await app.until(lambda: plugin.streaming(app))
        assert len(app.called("initialize")) == 2
        await show(app, plugin, jpeg(SAMPLES / "unknown.png"))


async def test_leaving_while_the_camera_opens_leaves_nothing_behind(workspace: Workspace) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        plugin.delay = 0.2
        await app.go("/notes")
        await app.go("/scan")
        await app.until(lambda: len(app.called("initialize")) == 2)
        await app.go("/notes")
        await asyncio.sleep(0.25)
        assert len(app.called("start_image_stream")) == 1, "that of the beginning only"
        assert not app.everywhere(fc.Camera)
        await app.go("/scan")
        await app.until(lambda: plugin.streaming(app))


async def test_leaving_the_camera_while_it_opens_is_no_fault(workspace: Workspace) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.life_cycle("hide")
        plugin.delay = 0.1
        await app.life_cycle("show")
        await app.go("/samples")  # the scan screen stays below
        await asyncio.sleep(0.15)
        await app.go("/scan")
        await app.until(lambda: plugin.streaming(app) or app.known("camera-fault"))
        assert not app.known("camera-fault")


async def test_the_camera_streams_on_whatever_redraws_the_screen(workspace: Workspace) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        app.session.shell.set_language("en")
        await app.until(lambda: app.says("Hold a QR code or barcode in the frame"))
        await app.until(lambda: plugin.streaming(app))
        await app.change(app.within("code-entry", ft.TextField), "952000")
        await app.until(lambda: plugin.streaming(app))
        app.session.shell.fit(1000)
        await app.until(lambda: app.find(ft.NavigationRail))
        await app.until(lambda: plugin.streaming(app))
        await show(app, plugin, CERTIFIED)


async def test_the_camera_opens_whatever_redraws_the_screen_meanwhile(workspace: Workspace) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.life_cycle("hide")
        plugin.delay = 0.1
        await app.life_cycle("show")
        ends = time.monotonic() + 0.15
        while time.monotonic() < ends:
            app.session.shell.set_language("en")
            await app.settle()
            gc.collect()  # what Flet has drawn before is gone, and calls through it fail
        await app.until(lambda: plugin.streaming(app) or app.known("camera-fault"))
        assert not app.known("camera-fault")


async def test_back_from_a_verdict_the_same_pack_does_not_take_the_person_away_again(workspace: Workspace) -> None:
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await show(app, plugin, CERTIFIED)
        await app.go("/scan")
        await app.until(lambda: plugin.streaming(app))
        await stream(app, plugin, CERTIFIED, CERTIFIED)
        assert app.page.route == "/scan"
        await show(app, plugin, jpeg(SAMPLES / "expired.png"))
        assert app.verdict == "Chứng nhận đã hết hạn"


async def test_nor_does_the_packs_other_code_where_the_camera_opens_slowly(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("views.scan.scan_screen.QUIET", 1.0)
    label = np.asarray(cv2.imread(str(SAMPLES / "certified.png")), np.uint8)
    for which in ("qr", "ean"):
        cv2.imwrite(str(tmp_path / f"{which}.png"), part(label, which))
    plugin = Plugin(BACK)
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await show(app, plugin, jpeg(tmp_path / "qr.png"))
        await app.go("/scan")
        await app.until(lambda: plugin.streaming(app))
        await asyncio.sleep(1.1)
        await stream(app, plugin, *[jpeg(tmp_path / "ean.png")] * 3)
        assert app.page.route == "/scan"


async def test_after_a_long_look_at_the_verdict_the_code_in_view_does_not_take_the_person_away_again(
    workspace: Workspace,
) -> None:
    plugin = Plugin(BACK)
    malformed = jpeg(SAMPLES / "malformed.png")  # names no product by which it could be known again
    async with phone(workspace, plugin) as app:
        await app.until(lambda: plugin.streaming(app))
        await show(app, plugin, malformed)
        seen = app.session.scanning.reader._tracker._last_seen
        seen.update({code: at - 60 for code, at in seen.items()})
        await app.go("/scan")
        await app.until(lambda: plugin.streaming(app))
        await stream(app, plugin, malformed, malformed)
        assert app.page.route == "/scan"


FAULTS = [
    ("CameraException(CameraAccessDenied, Camera access permission was denied.)", CameraFault.PERMISSION_DENIED),
    (
        "CameraException(CameraAccessDeniedWithoutPrompt, User has previously denied the camera access request.)",
        CameraFault.PERMISSION_DENIED,
    ),
    ("CameraException(CameraAccessRestricted, Camera access is restricted.)", CameraFault.PERMISSION_DENIED),
    (
        "CameraException(cameraNotFound, No camera found for the given camera options.)",
        CameraFault.NO_CAMERA,
    ),
    (
        "CameraException(cameraNotReadable, The camera is not readable due to a hardware error.)",
        CameraFault.IN_USE,
    ),
    ("CameraException(cameraSecurity, The camera cannot be used in this page.)", CameraFault.INSECURE_PAGE),
    ("CameraException(cameraNotSupported, The camera is not supported on this device.)", CameraFault.INSECURE_PAGE),
    ("CameraException(disconnected, The camera has been disconnected.)", CameraFault.UNPLUGGED),
    ("CameraException(cameraUnknown, An unknown error occurred.)", CameraFault.FAILED),
]


@pytest.mark.parametrize(("message", "fault"), FAULTS, ids=[message[16:40] for message, _fault in FAULTS])
async def test_a_fault_says_what_to_do_and_try_again_opens_the_camera_anew(
    workspace: Workspace, message: str, fault: CameraFault
) -> None:
    plugin = Plugin(BACK)
    plugin.fault = message
    async with phone(workspace, plugin) as app:
        await app.until(lambda: app.known("camera-fault"))
        for words in CAMERA_FAULTS[fault]:
            assert app.says(app.session.shell.texts.gettext(words))
        assert not app.everywhere(fc.Camera)
        assert app.known("code-entry"), "the other ways in stay"
        assert app.find(ft.FilledButton, "Chọn ảnh"), "as main actions"

        await app.tap(ft.FilledTonalButton, "Thử lại")
        await app.until(lambda: len(app.called("initialize")) == 2 and app.known("camera-fault"))
        plugin.fault = None
        await app.tap(ft.FilledTonalButton, "Thử lại")
        await app.until(lambda: plugin.streaming(app))
        assert not app.known("camera-fault")


async def test_without_a_camera_the_advice_is_to_connect_one(workspace: Workspace) -> None:
    plugin = Plugin()
    async with phone(workspace, plugin) as app:
        await app.until(lambda: app.says("Không thấy máy ảnh"))
        plugin.cameras = [BACK]
        await app.tap(ft.FilledTonalButton, "Thử lại")
        await app.until(lambda: plugin.streaming(app))


async def test_a_photo_for_a_note_is_a_still_of_the_camera(workspace: Workspace) -> None:
    plugin = Plugin(BACK, picture=CERTIFIED)
    async with phone(workspace, plugin) as app:
        draft = app.session.device.notebook.new_draft()
        await app.go(f"/note/{draft.id}")
        await app.until(lambda: app.known("note-text"))
        await app.tap(ft.OutlinedButton, "Chụp ảnh")
        await app.until(lambda: plugin.streaming(app))
        await app.tap(ft.FilledButton, "Chụp")
        await app.until(lambda: app.find(ft.Image))
        assert len(app.session.device.notebook.draft(draft.id).photos) == 1  # type: ignore[union-attr]
        assert not app.everywhere(fc.Camera)
        assert plugin.taken == 1


async def test_without_a_camera_the_photo_screen_leads_back_to_the_note(workspace: Workspace) -> None:
    async with phone(workspace, Plugin()) as app:
        draft = app.session.device.notebook.new_draft(text="Đang viết")
        await app.go(f"/note/{draft.id}")
        await app.until(lambda: app.known("note-text"))
        await app.tap(ft.OutlinedButton, "Chụp ảnh")
        await app.until(lambda: app.says("Không thấy máy ảnh"))
        assert app.one(ft.FilledButton, "Chụp").disabled
        await app.tap(ft.OutlinedButton, "Về ghi chép")
        assert app.within("note-text", ft.TextField).value == "Đang viết"


def test_the_test_pictures_are_what_a_camera_gives() -> None:
    assert CERTIFIED.startswith(b"\xff\xd8")
    assert np.frombuffer(CERTIFIED, np.uint8).size < 500_000
