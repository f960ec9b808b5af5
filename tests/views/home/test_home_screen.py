"""The consumer's first screen: three ways in, what was seen last, and what the way in by camera lacks."""

from __future__ import annotations

from pathlib import Path

import flet as ft
import pytest

from services.camera.frames import CameraFault
from services.workspace import Workspace
from tests.views.headless import Client
from views.bridge.dropped import Dropped, PictureDrop
from views.parts.question import Question
from views.parts.texts import assets_folder

CERTIFIED, ENDED = "9520007900017", "9520021000021"


def address(number: str) -> str:
    return Question(((number, "typed"),)).address


async def look_at(app: Client, number: str) -> None:
    """Open the verdict on a number, and wait until the history has it."""
    history, viewer = app.session.device.history, app.session.device.accounts.viewer
    await app.go(address(number))
    await app.until(lambda: [look.text for look in history.find(viewer, limit=1).looks] == [number])


async def test_what_was_seen_last_stands_on_it_each_product_once(workspace: Workspace) -> None:
    async with Client(workspace, route="/") as app:
        assert not app.known("look-row")
        for number in (CERTIFIED, ENDED, CERTIFIED):
            await look_at(app, number)
        await app.go("/")
        said = ("Chứng nhận còn hiệu lực", "Chứng nhận đã hết hạn")

        def shapes() -> list[str | None]:
            return [icon.semantics_label for icon in app.find(ft.Icon) if icon.semantics_label in said]

        await app.until(lambda: shapes() == list(said))
        assert app.says("Hôm nay")
        await app.fire(app.find(ft.ListTile)[0], "click")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        await app.tap(ft.IconButton, "Quay lại")
        await app.until(lambda: app.page.route == "/")


@pytest.mark.parametrize("width", [412, 1280])
async def test_without_a_camera_it_says_so_and_the_other_ways_lead(workspace: Workspace, width: int) -> None:
    async with Client(workspace, route="/", width=width) as app:

        def order() -> list[str | None]:
            ways = ("home-camera", "home-picture")
            return [found.identifier for found in app.find(ft.Semantics) if found.identifier in ways]

        assert order() == ["home-camera", "home-picture"]
        app.session.scanning.no_camera = CameraFault.NO_CAMERA
        await app.until(lambda: app.says("Không thấy máy ảnh. Hãy gửi ảnh, hoặc gõ số."))
        assert order() == ["home-picture", "home-camera"]


async def test_the_language_is_at_hand(workspace: Workspace) -> None:
    async with Client(workspace, route="/") as app:
        await app.tap(ft.PopupMenuItem, "English")
        await app.until(lambda: app.says("Is this pack really OCOP Quảng Ninh?"))
        assert app.session.device.settings.value.language == "en"


async def test_a_dropped_picture_leads_to_its_verdict_and_says_that_it_was_the_first(workspace: Workspace) -> None:
    async with Client(workspace, route="/", web=True) as app:
        drop = PictureDrop()
        with pytest.raises(RuntimeError):
            await drop.take(Dropped(b"picture"))
        drop.shell, drop.scanning, drop.workspace = app.session.shell, app.session.scanning, workspace
        await drop.take(Dropped(b"%PDF-1.7", others=1))
        await app.until(lambda: app.says("PDF"))
        assert app.says("Chỉ xem tệp đầu tiên; số tệp khác đi kèm: 1.")
        await drop.take(Dropped(b"", "too_big"))
        await app.until(lambda: app.says("Ảnh quá lớn"))
        await drop.take(Dropped(Path(assets_folder() / "samples/expired.png").read_bytes()))
        await app.until(lambda: app.verdict == "Chứng nhận đã hết hạn", seconds=30)
        assert app.page.route.startswith("/verdict")


async def test_on_a_computer_a_picture_is_pasted_into_the_field(workspace: Workspace) -> None:
    async with Client(workspace, route="/", platform="windows", width=1280) as app:
        field = app.within("code-entry", ft.TextField)
        picture = {"name": "pack.png", "mime_type": "image/png", "bytes": b"no picture"}
        await app.fire(field, "paste_files", {"files": [picture, picture]})
        await app.until(lambda: app.says("Tệp này không phải ảnh đọc được."))
        assert app.says("Chỉ xem tệp đầu tiên; số tệp khác đi kèm: 1.")
