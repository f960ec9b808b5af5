"""How much room pictures take, and the labels that an inspector's device fetches in advance."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from services.register.pictures import MOST_SEEN
from services.sync.connection import Connection
from services.workspace import Device, Workspace
from tests.services.register.test_device_pictures import A, B, webp
from tests.views.headless import Client


async def test_the_room_is_told_chosen_and_given_back(workspace: Workspace) -> None:
    seen = workspace.pictures.seen
    seen.keep((A, 160), b"x" * 2_000_000)
    async with Client(workspace, route="/settings") as app:
        assert seen.most == MOST_SEEN
        await app.until(lambda: app.says("2,0 MB"))
        await app.change(app.within("pictures-most", ft.RadioGroup), "250")
        await app.until(lambda: seen.most == 250_000_000)
        await app.tap(ft.OutlinedButton, "Xóa các ảnh này")
        await app.until(lambda: app.says("0,0 MB"))
        assert len(seen) == 0
        assert not app.says("Nhãn để dùng khi không có mạng")
    async with Client(workspace, route="/settings"):
        assert seen.most == 250_000_000


async def test_on_the_web_the_room_is_the_sites(workspace: Workspace) -> None:
    async with Client(workspace, route="/settings", web=True) as app:
        assert not app.known("pictures-most")
        assert app.known("keep-history")


async def test_an_inspector_sees_the_labels_and_what_they_wait_for(
    workspace: Workspace, signed_in: Callable[[Device], None]
) -> None:
    ahead = workspace.pictures.ahead
    ahead.keep((A, 640), webp())
    ahead.keep((B, 640), webp())
    async with Client(workspace, route="/settings", answers={"get_connectivity": ["mobile"]}) as app:
        device = app.session.device
        signed_in(device)
        await app.until(lambda: device.connection is Connection.METERED)
        await app.until(lambda: app.says("2 trên 0"))
        await app.until(lambda: app.says("Đang chờ Wi-Fi hoặc dây mạng."))
        await app.tap(ft.OutlinedButton, "Xóa các nhãn")
        await app.until(lambda: app.says("0 trên 0"))
        assert not device.settings.value.labels_ahead, "or they would be fetched again at once"
        await app.change(app.within("labels-ahead", ft.Switch), True)
        await app.until(lambda: device.settings.value.labels_ahead)
