"""Where one's account is signed in: asked of the real server, and ended there after the effect was told."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import flet as ft
import pytest

from services.client.answers import OpenSession, Refused
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.workspace import Workspace
from tests.support.registry_server import RegistryServer
from tests.views.conftest import Open
from tests.views.headless import Client
from tests.views.settings.test_account_card import KeyChain, SignedIn

ROUTE = "/settings/sessions"
WHO = "kiemtra01", "mau-kiemtra-01"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryServer]:
    with RegistryServer(tmp_path_factory.mktemp("registry"), arguments=["--no-queue"]) as running:
        yield running


async def type_password(app: Client, which: str, password: str) -> None:
    await app.change(app.within(f"end-session-password-{which}", ft.TextField), password)
    await app.fire(app.within(f"end-session-sure-{which}", ft.FilledButton), "click")


async def test_a_lost_device_is_signed_out_from_here(server: RegistryServer, tmp_path: Path) -> None:
    registry = Registry(server.url)
    lost, others = str(uuid.uuid4()), [str(uuid.uuid4()) for _ in range(2)]
    tokens = {device: registry.sign_in(*WHO, device) for device in (lost, *others)}
    registry.refresh(tokens[lost].refresh, waiting=3)
    workspace = Workspace.open(tmp_path / "data", server=server.url)
    async with Client(workspace, route="/settings", answers=KeyChain().answers()) as app:
        await app.until(lambda: app.known("sign-in"))
        await app.change(app.within("sign-in-name", ft.TextField), WHO[0])
        await app.change(app.within("sign-in-password", ft.TextField), WHO[1])
        await app.fire(app.within("sign-in", ft.FilledButton), "click")
        await app.until(lambda: app.known("own-sessions-way"))
        await app.fire(app.within("own-sessions-way", ft.TextButton), "click")
        await app.until(lambda: len(app.known("session-elsewhere")) == 3)
        here = app.session.device.id
        assert f"Số {here[:8]}" in [one.value for one in app.inside("session-here", ft.Text)]
        told = [text.value for text in app.inside("session-elsewhere", ft.Text)]
        assert [told.count(each) for each in ("3", "chưa báo")] == [1, 2], "those have only just signed in"
        assert not app.known(f"end-session-{here}"), "this one is signed out in the settings"

        await app.fire(app.within(f"end-session-{lost}", ft.OutlinedButton), "click")
        assert app.says("Lúc liên lạc lần cuối, ở đó còn 3 ghi chép chờ gửi.")
        assert app.says("Ghi chép chờ gửi ở đó vẫn ở nguyên đó")
        await type_password(app, lost, "sai")
        field = f"end-session-password-{lost}"
        await app.until(lambda: app.within(field, ft.TextField).error)
        assert "Mật khẩu không đúng. Chưa có nơi nào" in str(app.within(field, ft.TextField).error)
        registry.refresh(tokens[lost].refresh)
        await type_password(app, lost, WHO[1])
        await app.until(lambda: len(app.known("session-elsewhere")) == 2)
        with pytest.raises(Refused):
            registry.refresh(tokens[lost].refresh)

        await app.fire(app.within("end-session-all", ft.OutlinedButton), "click")
        await type_password(app, "all", WHO[1])
        await app.until(lambda: app.known("sessions-none"))
        assert app.says("Đã đăng xuất ở 2 máy.")
        assert [one.device for one in app.session.device.own_sessions()] == [here]
    registry.close()
    workspace.close()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Refused("not_found", "", 404), "Máy chủ này là phiên bản cũ"),
        (Unreachable("no_connection"), "Không kết nối được máy chủ, mà chỉ máy chủ mới biết"),
    ],
)
async def test_without_an_answer_the_screen_says_why(
    open_workspace: Open, signed_in: SignedIn, error: Exception, words: str
) -> None:
    class Deaf(Registry):
        def sessions(self, token: str) -> list[OpenSession]:
            raise error

    workspace = open_workspace()
    signed_in(workspace.device("local"))
    workspace.registry = Deaf("http://127.0.0.1:9")
    async with Client(workspace, route=ROUTE, answers=KeyChain().answers()) as app:
        await app.until(lambda: app.says(words))
        workspace.registry = Registry("http://127.0.0.1:9")
        await app.fire(app.within("sessions-problem", ft.FilledTonalButton), "click")
        await app.until(lambda: app.says("Không kết nối được máy chủ, mà chỉ máy chủ mới biết"))


async def test_who_is_not_signed_in_is_told_to_sign_in(open_workspace: Open) -> None:
    workspace = open_workspace()
    workspace.registry = Registry("http://127.0.0.1:9")
    async with Client(workspace, route=ROUTE) as app:
        await app.until(lambda: app.says("Hãy đăng nhập trước, ở phần cài đặt"))
