"""Whatever interrupts the camera, in process: the person is told what it is, and the camera comes back."""

from __future__ import annotations

import asyncio
import logging

import flet as ft
import pytest

from services.workspace import Workspace
from tests.views.conftest import SAMPLES
from tests.views.headless import NEVER, Client
from tests.views.plugin import BACK, Plugin, jpeg
from views.camera import live

CERTIFIED = jpeg(SAMPLES / "certified.png", 640)
NO_CODE = jpeg(SAMPLES.parent / "icon.png", 640)
OPENING, PAUSED = "Đang mở máy ảnh", "Máy ảnh đang tạm dừng"


def browser(workspace: Workspace, plugin: Plugin) -> Client:
    return Client(workspace, platform="windows", web=True, answers=plugin.answers)


@pytest.mark.parametrize(
    "unanswered", ["get_available_cameras", "initialize", "supports_image_streaming", "take_picture"]
)
async def test_what_a_page_was_asked_before_it_was_reloaded_holds_nothing_up(
    workspace: Workspace, unanswered: str
) -> None:
    plugin = Plugin(BACK, streams=False, picture=NO_CODE)
    app = browser(workspace, plugin)
    app.answers[unanswered] = NEVER
    async with app:
        await app.until(lambda: app.called(unanswered))
        await app.life_cycle("inactive", "hide", "pause", "detach")  # as a browser says before it leaves a page
        await app.lose_connection()
        app.answers.update(plugin.answers)
        opened = len(app.called("initialize"))
        await app.regain_connection()
        plugin.picture = CERTIFIED
        await app.until(lambda: app.verdict)
        assert len(app.called("initialize")) == opened + 1


async def test_a_fault_of_the_page_before_is_not_told_of_the_page_that_was_reloaded(workspace: Workspace) -> None:
    plugin = Plugin(streams=False)
    async with browser(workspace, plugin) as app:
        await app.until(lambda: app.says("Không thấy máy ảnh"))
        await app.life_cycle("hide")
        await app.lose_connection()
        await app.regain_connection()
        await app.until(lambda: app.says("Không thấy máy ảnh")), "there still is none"
        await app.lose_connection()
        plugin.cameras, plugin.picture = [BACK], CERTIFIED
        await app.regain_connection()
        await app.until(lambda: app.verdict)


async def test_a_camera_that_is_paused_says_so_and_whoever_taps_is_there(workspace: Workspace) -> None:
    plugin = Plugin(BACK, streams=False, picture=NO_CODE)
    async with browser(workspace, plugin) as app:
        await app.until(lambda: plugin.taken >= 1)
        await app.life_cycle("hide")
        await app.until(lambda: app.says(PAUSED))
        plugin.picture = CERTIFIED
        await app.tap(ft.FilledTonalButton, "Mở máy ảnh")
        await app.until(lambda: app.verdict)


async def test_a_question_of_the_browser_that_waits_is_pointed_out(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SLOW", 0.05)
    plugin = Plugin(BACK, streams=False, picture=CERTIFIED)
    app = browser(workspace, plugin)
    app.answers["get_available_cameras"] = NEVER
    async with app:
        assert app.says(OPENING)
        await app.until(lambda: app.says("hãy cho phép"))
        app.answers.update(plugin.answers)
        await app.tap(ft.FilledTonalButton, "Thử lại")
        await app.until(lambda: app.verdict)


async def test_a_photo_can_be_taken_once_the_camera_is_open_and_once_at_a_time(workspace: Workspace) -> None:
    plugin = Plugin(BACK, streams=False, picture=NO_CODE)
    async with browser(workspace, plugin) as app:
        draft = app.session.device.notebook.new_draft()
        await app.go(f"/note/{draft.id}")
        await app.until(lambda: app.known("note-text"))
        plugin.delay = 0.2
        await app.tap(ft.OutlinedButton, "Chụp ảnh")
        assert app.says(OPENING)
        assert app.one(ft.FilledButton, "Chụp").disabled
        await app.until(lambda: not app.one(ft.FilledButton, "Chụp").disabled)
        plugin.shutter_time = 0.2
        pressed = asyncio.create_task(app.tap(ft.FilledButton, "Chụp"))
        await app.until(lambda: app.find(ft.FilledButton, "Đang chụp …"))
        assert app.one(ft.FilledButton, "Đang chụp …").disabled
        await pressed
        await app.until(lambda: app.find(ft.Image))
        assert len(app.session.device.notebook.draft(draft.id).photos) == 1  # type: ignore[union-attr]


async def test_drawing_for_a_client_that_is_just_going_is_no_fault(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Flet's connection has no queue any more, and Flet does not know yet."""
    async with Client(workspace) as app:

        def gone(_message: object) -> None:
            None.put_nowait(b"")  # type: ignore[attr-defined]

        with monkeypatch.context() as going:
            going.setattr(app.page.session.connection, "send_message", gone)
            app.session.shell.set_language("en")
            await app.settle()
        await app.lose_connection()
        await app.regain_connection()
        app.session.shell.set_language("vi")
        await app.until(lambda: app.says("Quét"))
        assert not app.find(ft.SnackBar)
        assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
