"""The verdict's areas by the window's width, its menu, and what was looked at last."""

from __future__ import annotations

from pathlib import Path

import flet as ft
import pytest

from services.client.registry import Registry
from services.workspace import Workspace
from tests.views.conftest import fill
from tests.views.headless import Client
from views.parts.product_page import page_of
from views.parts.question import Question

CLOSED = "http://127.0.0.1:9"
"""Where no server answers."""

CERTIFIED, ENDED = (Question(((number, "typed"),)).address for number in ("9520007900017", "9520021000021"))


@pytest.mark.parametrize(("width", "last"), [(412, False), (900, True), (1300, True)])
async def test_only_a_wide_window_shows_what_was_looked_at_last(workspace: Workspace, width: float, last: bool) -> None:
    async with Client(workspace, route=CERTIFIED, width=width) as app:
        await app.until(lambda: bool(app.known("last-looks")) == last)
        assert app.verdict == "Chứng nhận còn hiệu lực"
        assert app.known("product-name")


async def test_a_look_leads_back_to_its_verdict(workspace: Workspace) -> None:
    async with Client(workspace, route=CERTIFIED, width=1300) as app:
        await app.until(lambda: len(app.find(ft.ListTile)) == 1)
        await app.go(ENDED)
        await app.until(lambda: len(app.find(ft.ListTile)) == 2)
        await app.fire(app.find(ft.ListTile)[1], "click")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")


async def test_without_a_server_there_is_no_page_to_share(workspace: Workspace) -> None:
    async with Client(workspace, route=CERTIFIED) as app:
        assert not app.known("share")
        assert [item.content for item in app.find(ft.PopupMenuItem)] == ["Báo điều thấy lạ"]


def test_the_page_is_the_one_at_the_server_that_the_register_comes_from() -> None:
    assert page_of(Registry("https://ocop.example/"), "09520007900017") == "https://ocop.example/p/09520007900017"
    assert page_of(None, "09520007900017") is None


async def test_the_page_of_a_product_is_copied_and_shared_by_the_client_itself(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "data", server=CLOSED)
    fill(workspace)
    async with Client(workspace, route=CERTIFIED) as app:
        await app.fire(app.within("share", ft.IconButton), "click")
        await app.until(lambda: app.find(ft.AlertDialog))
        page = f"{CLOSED}/p/09520007900017"
        (copy,) = app.find(ft.TextButton, "Sao chép")
        assert isinstance(copy.action, ft.CopyToClipboard)
        (share,) = app.find(ft.FilledButton, "Chia sẻ")
        assert isinstance(share.action, ft.ShareText)
        assert app.find(ft.Text, page)
    workspace.close()
