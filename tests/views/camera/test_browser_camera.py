"""The browser's camera path, in process: pictures are polled, because a browser has no image stream."""

from __future__ import annotations

import asyncio
from typing import Any

import cv2
import flet as ft
import flet_camera as fc
import numpy as np
import pytest

from services.workspace import Workspace
from tests.views.conftest import SAMPLES
from tests.views.headless import NEVER, Client
from tests.views.plugin import BACK, FRONT, Plugin, jpeg
from views.camera import live
from views.parts.feel import PULSES

CERTIFIED = jpeg(SAMPLES / "certified.png", 640)
NO_CODE = jpeg(SAMPLES.parent / "icon.png", 640)


def browser(workspace: Workspace, plugin: Plugin, **more: Any) -> Client:
    return Client(workspace, platform="windows", web=True, answers=plugin.answers, **more)


async def test_pictures_are_polled_until_one_shows_a_code(workspace: Workspace) -> None:
    plugin = Plugin(BACK, streams=False, picture=NO_CODE)
    async with browser(workspace, plugin) as app:
        await app.until(lambda: plugin.taken >= 3)
        assert not app.called("start_image_stream")
        plugin.picture = CERTIFIED
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        assert not app.everywhere(fc.Camera)
        taken = plugin.taken
        await asyncio.sleep(0.15)
        assert plugin.taken == taken, "nobody polls behind the verdict"
        assert not any(app.called(pulse) for pulse, _times in PULSES.values())
        plugin.picture = NO_CODE
        await app.go("/scan")
        await app.until(lambda: plugin.taken > taken + 1)
        assert not app.known("camera-fault"), "that the polling ended was no fault"


async def test_a_picture_that_is_none_is_survived(workspace: Workspace) -> None:
    plugin = Plugin(BACK, streams=False, picture=b"no picture")
    async with browser(workspace, plugin) as app:
        await app.until(lambda: plugin.taken >= 2)
        plugin.picture = None
        await app.until(lambda: plugin.taken >= 4)
        plugin.picture = CERTIFIED
        await app.until(lambda: app.verdict)


async def test_a_camera_that_falls_silent_has_gone(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PICTURE_TIMEOUT", 0.1)
    plugin = Plugin(BACK, streams=False, picture=NO_CODE)
    async with browser(workspace, plugin) as app:
        await app.until(lambda: plugin.taken >= 1)
        plugin.picture = NEVER
        await app.until(lambda: app.says("Mất máy ảnh"))
        assert app.says("Hãy cắm lại máy ảnh, rồi thử lại.")
        plugin.picture = CERTIFIED
        monkeypatch.undo()
        await app.tap(ft.FilledTonalButton, "Thử lại")
        await app.until(lambda: app.verdict)


async def test_a_camera_that_breaks_while_it_is_polled_gives_its_advice(workspace: Workspace) -> None:
    plugin = Plugin(BACK, streams=False, picture=NO_CODE)
    async with browser(workspace, plugin) as app:
        await app.until(lambda: plugin.taken >= 1)

        def broken(_call: object) -> None:
            raise RuntimeError("CameraException(cameraNotReadable, The camera is not readable.)")

        app.answers["take_picture"] = broken
        await app.until(lambda: app.says("Máy ảnh đang bận"))


async def test_a_window_that_gets_another_layout_takes_the_camera_anew(workspace: Workspace) -> None:
    plugin = Plugin(BACK, streams=False, picture=NO_CODE)
    plugin.shutter_time = 0.001
    async with browser(workspace, plugin) as app:
        for wide in [True, False] * 15:
            before = plugin.taken
            await app.until(lambda: plugin.taken > before + 1)  # noqa: B023 - it is called in this round only
            app.session.shell.fit(1000 if wide else 400)
            await app.settle()
            assert not app.known("camera-fault")


async def test_a_camera_that_is_left_as_a_picture_comes_is_left(workspace: Workspace) -> None:
    plugin = Plugin(BACK, streams=False, picture=NO_CODE)
    async with browser(workspace, plugin) as app:
        await app.until(lambda: plugin.taken >= 2)
        takes = plugin.answers["take_picture"]
        (running,) = (task for task in asyncio.all_tasks() if "_use_while_shown.<locals>.both" in repr(task.get_coro()))

        async def left(call: Any) -> Any:
            answer = await takes(call)
            asyncio.get_running_loop().call_soon(running.cancel)  # Flet's own waiting then forgets it
            return answer

        app.answers["take_picture"] = left
        await app.until(running.done)
        taken = plugin.taken
        await asyncio.sleep(0.1)
        assert plugin.taken == taken


@pytest.mark.parametrize("url", ["http://192.168.1.20:8550/", "http://ocop.example/"])
async def test_a_page_that_is_not_secure_is_told_so_without_asking_for_the_camera(
    workspace: Workspace, url: str
) -> None:
    async with browser(workspace, Plugin(BACK, streams=False), url=url) as app:
        await app.until(lambda: app.says("Trang này không được dùng máy ảnh"))
        assert app.says("Hãy mở địa chỉ bắt đầu bằng https://.")
        assert not app.called("get_available_cameras")
        assert not app.called("initialize")


@pytest.mark.parametrize("url", ["https://ocop.example/", "http://localhost:8550/", "http://[::1]:8550/"])
async def test_secure_and_local_pages_may_use_the_camera(workspace: Workspace, url: str) -> None:
    plugin = Plugin(BACK, streams=False, picture=NO_CODE)
    async with browser(workspace, plugin, url=url) as app:
        await app.until(lambda: plugin.taken >= 1)


async def test_a_photo_for_a_note_does_not_collide_with_the_polling(workspace: Workspace) -> None:
    plugin = Plugin(BACK, streams=False, picture=NO_CODE)
    async with browser(workspace, plugin) as app:
        draft = app.session.device.notebook.new_draft()
        await app.go(f"/note/{draft.id}")
        await app.until(lambda: app.known("note-text"))
        await app.tap(ft.OutlinedButton, "Chụp ảnh")
        before = plugin.taken
        plugin.shutter_time = 0.05  # so that one is on its way when the next is asked for
        await app.until(lambda: plugin.taken > before + 1)
        await app.tap(ft.FilledButton, "Chụp")
        await app.until(lambda: app.find(ft.Image))
        assert not app.says("Ứng dụng gặp lỗi. Những gì bạn đã ghi vẫn còn.")
        assert len(app.session.device.notebook.draft(draft.id).photos) == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(("camera", "as_it_came"), [(BACK, True), (FRONT, False)])
async def test_a_photo_is_kept_as_the_eye_sees_it(
    workspace: Workspace, camera: dict[str, Any], as_it_came: bool
) -> None:
    half = np.zeros((60, 80, 3), np.uint8)
    half[:, :40] = 255  # light on the left
    plugin = Plugin(camera, streams=False, picture=bytes(cv2.imencode(".jpg", half)[1]))
    async with browser(workspace, plugin) as app:
        draft = app.session.device.notebook.new_draft()
        await app.go(f"/note/{draft.id}")
        await app.until(lambda: app.known("note-text"))
        await app.tap(ft.OutlinedButton, "Chụp ảnh")
        await app.until(lambda: plugin.taken >= 1)
        await app.tap(ft.FilledButton, "Chụp")
        await app.until(lambda: app.find(ft.Image))
        (kept,) = app.session.device.notebook.draft(draft.id).photos  # type: ignore[union-attr]
        photo = cv2.imdecode(np.frombuffer(app.session.device.photos.read(kept.sha256), np.uint8), cv2.IMREAD_COLOR)
    assert bool(photo[:, :30].mean() > 200) is as_it_came, "a browser's plugin mirrors what does not face away"
