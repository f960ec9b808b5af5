"""One's own looks on a screen: found, opened again, deleted and put back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import flet as ft
import pytest

from services.history.history import Look
from services.workspace import Workspace
from tests.views.headless import Client

CERTIFIED = "9520007900017"


def looked(app: Client, name: str, at: datetime, text: str = CERTIFIED) -> None:
    app.session.device.history.add(Look(at, text, "certified", "Còn hiệu lực", f"0{text}", name))


def names(app: Client) -> list[str]:
    return [str(tile.title.value) for tile in app.find(ft.ListTile) if isinstance(tile.title, ft.Text)]


async def search(app: Client, words: str) -> None:
    await app.change(app.within("history-search", ft.TextField), words)


@pytest.mark.parametrize("width", [412, 1280])
async def test_looks_stand_by_day_and_are_found_without_diacritics(workspace: Workspace, width: int) -> None:
    async with Client(workspace, route="/history", width=width) as app:
        await app.until(lambda: app.says("Bạn chưa xem gì"))
        now = datetime.now(UTC)
        looked(app, "Mực khô Cô Tô", now - timedelta(days=1), "9520021000021")
        looked(app, "Chả mực Hạ Long", now)
        await app.until(lambda: names(app) == ["Chả mực Hạ Long", "Mực khô Cô Tô"])
        assert [word for word in app.words() if word in ("Hôm nay", "Hôm qua")] == ["Hôm nay", "Hôm qua"]
        await search(app, "muc kho")
        await app.until(lambda: names(app) == ["Mực khô Cô Tô"])
        await search(app, "nước mắm")
        await app.until(lambda: app.says("Không tìm thấy"))
        await search(app, "")
        await app.until(lambda: len(names(app)) == 2)
        await app.fire(app.find(ft.ListTile)[0], "click")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        await app.tap(ft.IconButton, "Quay lại")
        await app.until(lambda: app.page.route == "/history")


async def test_one_look_is_deleted_and_put_back(workspace: Workspace) -> None:
    async with Client(workspace, route="/history") as app:
        for n in range(3):
            looked(app, f"Chả mực {n}", datetime.now(UTC) + timedelta(hours=n))
        await app.until(lambda: len(names(app)) == 3)
        await app.tap(ft.IconButton, "Xóa Chả mực 1")
        await app.until(lambda: names(app) == ["Chả mực 2", "Chả mực 0"])
        undo = app.one(ft.SnackBar).action
        assert isinstance(undo, ft.SnackBarAction)
        await app.fire(undo, "click")
        await app.until(lambda: names(app) == ["Chả mực 2", "Chả mực 1", "Chả mực 0"])


async def test_all_are_deleted_once_the_person_has_agreed(workspace: Workspace) -> None:
    async with Client(workspace, route="/history") as app:
        looked(app, "Chả mực", datetime.now(UTC))
        await app.until(lambda: names(app))
        await app.tap(ft.IconButton, "Xóa lịch sử")
        assert names(app)
        await app.tap(ft.FilledButton, "Xóa")
        await app.until(lambda: app.says("Bạn chưa xem gì"))


async def test_the_place_is_reached_from_the_navigation_by_who_has_no_account(workspace: Workspace) -> None:
    async with Client(workspace, route="/") as app:
        bar = app.one(ft.NavigationBar)
        assert [place.label for place in bar.destinations] == ["Bắt đầu", "Quét", "Tra cứu", "Đã xem", "Ghi chép"]
        await app.fire(bar, "change", 3)
        await app.until(lambda: app.page.route == "/history")

        def leads_back_for_a_shop() -> bool:
            # Nobody is signed in, and the opening of the key store says so once more at a moment of its own.
            app.session.shell.follow_account("shop")
            return bool(app.says("Quay lại"))

        await app.until(leads_back_for_a_shop)
        assert not app.find(ft.NavigationBar), "a shop comes here from the settings"
