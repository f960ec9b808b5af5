"""The window of a computer, and the screen that was open."""

from __future__ import annotations

import pytest

from services.window_place import Area
from services.workspace import Workspace
from tests.views.headless import Client
from views.parts import window

PLACE = (20, 30, 1000, 700, 0)


@pytest.fixture(autouse=True)
def screens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "screens", lambda: Area(0, 0, 1920, 1080))
    monkeypatch.setattr(window, "SETTLED", 0.01)


async def test_the_window_stands_where_it_stood_with_the_screen_that_was_open(workspace: Workspace) -> None:
    settings = workspace.device("local").settings
    async with Client(workspace, platform="linux", route="/") as app:
        app.page.window.left, app.page.window.top = 20, 30
        app.page.window.width, app.page.window.height = 1000, 700
        await app.fire(app.page.window, "event", {"type": "moved"})
        await app.until(lambda: settings.value.window == PLACE)
        await app.go("/settings")
        await app.until(lambda: settings.value.last_screen == "/settings")
        await app.go("/verdict?c=9520007900017&s=typed")
        await app.settle()
        await app.go("/settings/scanner")
        await app.settle()
    async with Client(workspace, platform="linux", route="/") as app:
        shown = app.page.window
        assert (shown.left, shown.top, shown.width, shown.height) == (20, 30, 1000, 700)
        await app.until(lambda: app.says("Cài đặt"))
        await app.until(lambda: app.page.route == "/settings")


async def test_a_window_out_of_reach_keeps_its_size_alone(workspace: Workspace) -> None:
    workspace.device("local").settings.change(window=(5000, 30, 1000, 700, 0))
    async with Client(workspace, platform="windows", route="/") as app:
        shown = app.page.window
        assert (shown.left, shown.top, shown.width, shown.height) == (None, None, 1000, 700)


async def test_an_address_that_was_asked_for_comes_before_the_last_screen(workspace: Workspace) -> None:
    workspace.device("local").settings.change(last_screen="/settings")
    async with Client(workspace, platform="linux", route="/notes") as app:
        await app.until(lambda: app.says("Chưa có ghi chép"))


@pytest.mark.parametrize(("platform", "web"), [("android", False), ("linux", True)])
async def test_elsewhere_there_is_no_window_to_remember(workspace: Workspace, platform: str, web: bool) -> None:
    workspace.device("local").settings.change(window=PLACE, last_screen="/settings")
    async with Client(workspace, platform=platform, web=web, route="/", answers={"get": "local"}) as app:
        assert app.page.window.width is None
        assert app.page.route == "/"
