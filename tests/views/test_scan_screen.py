"""The scan screen: its ways without a camera, and the list of checks beside it."""

from __future__ import annotations

import flet as ft

from services.workspace import Workspace
from tests.views.headless import Client

CERTIFIED, EXPIRED = "9520007900017", "9520021000021"


async def test_without_a_camera_the_other_ways_are_the_main_ones(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await app.until(lambda: app.known("camera-fault"))
        main = app.inside("scan-picture", ft.FilledButton)
        assert main, "the picture"
        order = [
            control for control in app.controls() if control in (*app.known("scan-picture"), *app.known("code-entry"))
        ]
        assert order == [*app.known("scan-picture"), *app.known("code-entry")]
        await app.change(app.within("code-entry", ft.TextField), "95200")
        await app.tap(ft.FilledTonalButton, "Thử lại")
        await app.settle()
        assert app.within("code-entry", ft.TextField).value == "95200", "what was typed stays"


async def test_a_wide_window_lists_what_was_checked_the_newest_first(workspace: Workspace) -> None:
    async with Client(workspace, width=1280) as app:
        assert app.says("Những gì bạn kiểm tra hiện ở đây")
        for number in (CERTIFIED, EXPIRED, CERTIFIED):
            await app.go(f"/verdict?c={number}&s=EAN-13")
            await app.until(lambda: app.verdict)
            await app.go("/scan")
        await app.until(lambda: len(app.known("checked-row")) == 2)
        said = [text.value for text in app.inside("checked-row", ft.Text)]
        assert said[:2] == ["Chả mực certified.png", "Chứng nhận còn hiệu lực"], "the same pack is listed once"
        assert said[3:5] == ["Chả mực expired.png", "Chứng nhận đã hết hạn"]
        await app.fire(app.inside("checked-row", ft.OutlinedButton)[1], "click")
        await app.until(lambda: app.verdict == "Chứng nhận đã hết hạn")


async def test_the_rail_of_the_scan_screen_has_no_words_beside_it(workspace: Workspace) -> None:
    async with Client(workspace, width=1280) as app:
        assert not app.one(ft.NavigationRail).extended
        await app.go("/notes")
        await app.until(lambda: app.one(ft.NavigationRail).extended)
