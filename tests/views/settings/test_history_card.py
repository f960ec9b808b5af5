"""What the person looked at: kept when a verdict is shown, and theirs to keep, export and delete."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import flet as ft

from services.workspace import Device, Workspace
from tests.views.headless import Call, Client
from views.parts.question import Question

CERTIFIED, ENDED = "9520007900017", "9520021000021"


def address(number: str) -> str:
    return Question(((number, "typed"),)).address


def kept(app: Client) -> list[tuple[str, str | None, str]]:
    device = app.session.device
    return [(look.text, look.name, look.said) for look in device.history.find(device.accounts.viewer).looks]


async def test_each_verdict_that_is_shown_is_kept_once(workspace: Workspace) -> None:
    async with Client(workspace, route=address(CERTIFIED)) as app:
        await app.until(lambda: len(kept(app)) == 1)
        ((_text, name, said),) = kept(app)
        assert (name or "").startswith("Chả mực")
        assert said == app.verdict == "Chứng nhận còn hiệu lực"
        await app.go("/settings")
        await app.go(address(CERTIFIED))
        await app.go(address(ENDED))
        await app.until(lambda: len(kept(app)) == 2)


async def test_the_switch_keeps_none_from_then_on(workspace: Workspace) -> None:
    async with Client(workspace, route="/settings") as app:
        await app.change(app.within("keep-history", ft.Switch), False)
        await app.until(lambda: not app.session.device.settings.value.keep_history)
        await app.go(address(CERTIFIED))
        await app.until(lambda: app.verdict)
        await app.settle()
        assert kept(app) == []


async def test_all_is_deleted_once_the_person_has_agreed(workspace: Workspace) -> None:
    async with Client(workspace, route=address(CERTIFIED)) as app:
        await app.until(lambda: kept(app))
        await app.go("/settings")
        await app.until(lambda: app.find(ft.OutlinedButton, "Xóa lịch sử"))
        await app.tap(ft.OutlinedButton, "Xóa lịch sử")
        assert kept(app)
        await app.tap(ft.FilledButton, "Xóa")
        await app.until(lambda: not kept(app) and not app.find(ft.OutlinedButton, "Xóa lịch sử"))


async def test_a_table_of_all_is_handed_over(
    workspace: Workspace, tmp_path: Path, signed_in: Callable[[Device], None]
) -> None:
    tables: list[str] = []

    def save(call: Call) -> str:
        tables.append(call.arguments["src_bytes"].decode("utf-8-sig"))
        return str(tmp_path / call.arguments["file_name"])

    async with Client(workspace, route=address(CERTIFIED), answers={"save_file": save}) as app:
        await app.until(lambda: kept(app))
        await app.go("/settings")
        await app.until(lambda: app.find(ft.OutlinedButton, "Xuất ra bảng"))
        await app.tap(ft.OutlinedButton, "Xuất ra bảng")
        await app.until(lambda: tables)
        head, row, _end = tables[0].split("\r\n")
        assert head == "Thời gian,Sản phẩm,Mã,GTIN,Kết luận"
        assert row.endswith(",9520007900017,09520007900017,Chứng nhận còn hiệu lực")


async def test_a_colleague_who_signs_in_sees_their_own(
    workspace: Workspace, signed_in: Callable[[Device], None]
) -> None:
    async with Client(workspace, route="/settings") as app:
        device: Any = app.session.device
        signed_in(device)
        await app.go(address(CERTIFIED))
        await app.until(lambda: kept(app))
        device.accounts.sign_out()
        assert kept(app) == []
