"""Settings: account, copy of the register, server, language, theme, and what this installation can do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import flet as ft
import pytest

from services import VERSION
from services.accounts.accounts import Account
from services.client.answers import Refused, SignIn, SignInNeeded
from services.client.registry import Registry
from services.client.transport import Unreachable
from services.decoding import Missing, present
from services.notes.notebook import Notebook
from services.workspace import Device, Workspace
from tests.services.conftest import product
from tests.support.wire import Answer, Stranger
from tests.views.conftest import REGISTER, Open
from tests.views.headless import Client
from views.design import CONTRAST, LIGHT
from views.parts.feel import PULSES
from views.parts.scanning import show_verdict

SignedIn = Callable[[Device], None]


def sign_a_note(notebook: Notebook) -> None:
    now = datetime.now(UTC)
    notebook.sign(notebook.new_draft().id, account="kiemtra01", device="6f0d8d5e", now=now, clock_offset=None)


async def choose(app: Client, group: int, value: str) -> None:
    """Choose the language (group 0) or the theme (group 1)."""
    await app.change(app.find(ft.RadioGroup)[group], value)


async def test_it_tells_the_version_and_every_engine(workspace: Workspace) -> None:
    async with Client(workspace, route="/settings") as app:
        assert app.find(ft.Text, VERSION)
        for engine in present():
            assert app.says(f"{engine.name}: thiếu" if isinstance(engine, Missing) else engine.version)


async def test_it_tells_what_is_in_the_copy_and_how_old_it_is(workspace: Workspace) -> None:
    async with Client(workspace, route="/settings") as app:
        assert app.find(ft.Text, "OCOP Quảng Ninh (mẫu)")
        assert app.find(ft.Text, "4 sản phẩm")
        as_of = workspace.catalogue.copy.as_of
        assert as_of is not None
        assert app.find(ft.Text, app.session.shell.texts.moment(as_of))
        assert app.says("Dữ liệu mẫu: sản phẩm và cơ sở sản xuất đều là hư cấu.")
        await app.until(lambda: app.says("Chưa đặt máy chủ."))


async def test_without_a_copy_it_says_so(open_workspace: Open) -> None:
    async with Client(open_workspace(), route="/settings") as app:
        assert app.says("Chưa có bản sao sổ đăng ký")


async def test_another_language_redraws_everything_and_stays_after_a_restart(open_workspace: Open) -> None:
    async with Client(open_workspace(), route="/settings") as app:
        assert app.find(ft.Text, "Cài đặt")
        await choose(app, 0, "en")
        await app.until(lambda: app.find(ft.Text, "Settings"))
        english = app.words()
        for route in ("/", "/scan", "/notes", "/samples", "/verdict?c=9520007900018&s=typed"):
            await app.go(route)
            await app.settle()
            english += app.words()
        said = [words.replace("Quảng Ninh", "") for words in english]  # the province has one name
        vietnamese = [words for words in said if any(letter in words for letter in "ăâđêôơưạảãầấậẻẽềếệ")]
        assert set(vietnamese) == {"Tiếng Việt"}, "a language bears its own name"
    async with Client(open_workspace(), route="/settings") as app:
        assert app.find(ft.Text, "Settings")
        await choose(app, 0, "vi")
        await app.until(lambda: app.find(ft.Text, "Cài đặt"))


@pytest.mark.parametrize(
    ("theme", "mode"),
    [
        ("light", ft.ThemeMode.LIGHT),
        ("dark", ft.ThemeMode.DARK),
        ("contrast", ft.ThemeMode.LIGHT),
        ("system", ft.ThemeMode.SYSTEM),
    ],
)
async def test_a_theme_is_used_at_once_and_after_a_restart(
    open_workspace: Open, theme: str, mode: ft.ThemeMode
) -> None:
    async with Client(open_workspace(), route="/settings") as app:
        app.patches.clear()
        await choose(app, 1, theme)
        await app.until(lambda: app.session.device.settings.value.theme == theme)
        await app.until(lambda: app.find(ft.RadioGroup)[1].value == theme)
        assert app.page.theme_mode is mode
        assert app.page.theme
        assert app.page.theme.color_scheme
        assert app.page.theme.color_scheme.primary == (CONTRAST if theme == "contrast" else LIGHT).primary
        assert theme == "system" or "theme" in str(app.patches), "the window is told"
    async with Client(open_workspace(), route="/settings") as app:
        assert app.page.theme_mode is mode
        assert app.find(ft.RadioGroup)[1].value == theme


class Door(Registry):
    """A registry whose sign-in answers as it is told."""

    answer: Exception | None = None

    def sign_in(self, username: str, password: str, device: str, key: str | None = None) -> SignIn:
        if self.answer:
            raise self.answer
        return SignIn(Account(username, "Nguyễn Thị Kiểm", "inspector"), self.url, "a", datetime.now(UTC), "r")

    def sign_out(self, refresh: str) -> None:
        raise Unreachable("no_connection")


@pytest.fixture
def door(workspace: Workspace) -> Door:
    workspace.registry = Door("http://127.0.0.1:9")
    return workspace.registry


async def sign_in(app: Client, name: str = "kiemtra01", password: str = "mau-kiemtra-01") -> None:
    await app.change(app.within("sign-in-name", ft.TextField), name)
    await app.change(app.within("sign-in-password", ft.TextField), password)
    await app.fire(app.within("sign-in", ft.FilledButton), "click")


async def test_signing_in_shows_who_it_is(workspace: Workspace, door: Door) -> None:
    async with Client(workspace, route="/settings") as app:
        await sign_in(app, " kiemtra01 ")
        await app.until(lambda: app.says("Nguyễn Thị Kiểm (kiemtra01)"))
        assert app.find(ft.Text, "Kiểm tra viên")
        assert not app.known("sign-in")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (SignInNeeded("wrong_credentials", "", 401), "Tên hoặc mật khẩu không đúng."),
        (Unreachable("no_connection"), "Không kết nối được máy chủ."),
        (Unreachable("too_many_requests", retry_after=9), "Thử quá nhiều lần. Hãy chờ một chút rồi thử lại."),
        (Unreachable("not_the_registry"), "Nơi trả lời không phải máy chủ đăng ký"),
    ],
)
async def test_a_sign_in_that_fails_says_why_and_keeps_what_was_typed(
    workspace: Workspace, door: Door, answer: Exception, words: str
) -> None:
    door.answer = answer
    async with Client(workspace, route="/settings") as app:
        await sign_in(app, password="sai")
        await app.until(lambda: app.says(words))
        assert app.within("sign-in-name", ft.TextField).value == "kiemtra01"
        assert not app.within("sign-in", ft.FilledButton).disabled
        door.answer = None
        await sign_in(app)
        await app.until(lambda: app.says("Nguyễn Thị Kiểm"))


async def test_a_request_that_is_refused_is_not_called_an_error_of_the_app(workspace: Workspace, door: Door) -> None:
    door.answer = Refused("bad_request", "", 400)
    async with Client(workspace, route="/settings") as app:
        await sign_in(app)
        await app.until(lambda: app.within("sign-in-password", ft.TextField).error)
        assert not app.says("Ứng dụng gặp lỗi")


async def test_without_a_server_nobody_can_sign_in(workspace: Workspace) -> None:
    async with Client(workspace, route="/settings") as app:
        await sign_in(app)
        await app.until(lambda: app.within("sign-in-password", ft.TextField).error)
        assert app.within("sign-in-password", ft.TextField).error == (
            "Chưa đặt máy chủ. Ghi chép ở lại máy này cho đến khi có."
        )


@pytest.mark.parametrize(("name", "password"), [("", "x"), ("kiemtra01", ""), ("  ", "x")])
async def test_a_name_and_a_password_are_needed(workspace: Workspace, door: Door, name: str, password: str) -> None:
    async with Client(workspace, route="/settings") as app:
        await sign_in(app, name, password)
        assert app.known("sign-in")


async def test_signing_out_warns_of_unsent_notes_and_keeps_them(workspace: Workspace, signed_in: SignedIn) -> None:
    device = workspace.device("local")
    signed_in(device)
    for _number in range(2):
        sign_a_note(device.notebook)
    async with Client(workspace, route="/settings") as app:
        await app.tap(ft.OutlinedButton, "Đăng xuất")
        assert app.says("2 ghi chép chưa có trên máy chủ. Chúng ở lại máy này và chờ đến khi bạn đăng nhập lại.")
        await app.tap(ft.TextButton, "Ở lại")
        assert device.accounts.current
        await app.tap(ft.OutlinedButton, "Đăng xuất")
        await app.tap(ft.FilledButton, "Đăng xuất")
        await app.until(lambda: app.known("sign-in"))
        assert not workspace.device("local").accounts.current
        assert device.notebook.count() == 2


async def test_signing_out_with_everything_sent_says_that_nothing_waits(
    workspace: Workspace, signed_in: SignedIn
) -> None:
    signed_in(workspace.device("local"))
    async with Client(workspace, route="/settings") as app:
        await app.tap(ft.OutlinedButton, "Đăng xuất")
        assert app.says("Không có gì đang chờ gửi.")


async def test_another_server_is_used_at_once_and_after_a_restart(open_workspace: Open) -> None:
    workspace = open_workspace()
    async with Client(workspace, route="/settings") as app:
        field = next(f for f in app.find(ft.TextField) if f.label == "Địa chỉ")
        await app.change(field, "ftp://ocop.example")
        await app.tap(ft.OutlinedButton, "Dùng máy chủ này")
        await app.until(lambda: app.says("Đây không phải địa chỉ của một máy chủ. Ví dụ: https://ocop.example"))
        assert not workspace.registry
        field = next(f for f in app.find(ft.TextField) if f.label == "Địa chỉ")
        await app.change(field, " \u200bHttp://127.0.0.1:9/ ")
        await app.tap(ft.OutlinedButton, "Dùng máy chủ này")
        await app.until(lambda: app.says("Đã lưu. Sổ đăng ký đang được tải từ đó."))
        await app.until(lambda: workspace.registry)
    workspace = open_workspace()
    async with Client(workspace, route="/settings") as app:
        registry: Any = workspace.registry
        assert registry.url == "http://127.0.0.1:9"
        assert next(f for f in app.find(ft.TextField) if f.label == "Địa chỉ").value == "http://127.0.0.1:9"


async def test_where_the_server_has_moved_the_person_decides(workspace: Workspace) -> None:
    asked: list[str] = []

    def there(method: str, path: str) -> Answer:
        asked.append(path)
        return 503, {}, b""

    new = Stranger(there)
    old = Stranger(lambda method, path: (301, {"Location": new.url + path}, b""))
    workspace.connect(old.url)
    async with Client(workspace, route="/settings") as app:
        await app.until(lambda: app.known("server-moved"))
        assert app.says(f"Máy chủ báo rằng nó đã chuyển sang {new.url}. Chỉ dùng nếu bạn biết địa chỉ đó.")
        assert asked == [], "no request follows by itself"
        await app.tap(ft.FilledTonalButton, "Đổi sang địa chỉ này")
        await app.until(lambda: asked)
        registry: Any = workspace.registry
        assert registry.url == new.url
        await app.until(lambda: not app.known("server-moved"))
    for server in (old, new):
        server.close()


async def test_in_a_browser_the_server_is_the_sites_own(workspace: Workspace) -> None:
    workspace.connect("http://127.0.0.1:9")
    async with Client(workspace, web=True, route="/settings", answers={"get": "key"}) as app:
        assert app.find(ft.Text, "http://127.0.0.1:9")
        assert not [f for f in app.find(ft.TextField) if f.label == "Địa chỉ"]
        assert not app.find(ft.OutlinedButton, "Dùng máy chủ này")


@pytest.mark.parametrize(("word", "goes"), [("Đây vẫn là sổ đăng ký ấy", True), ("Đây là sổ đăng ký khác", False)])
async def test_a_server_that_proves_nothing_gets_nothing_until_the_person_says_what_it_is(
    workspace: Workspace, word: str, goes: bool
) -> None:
    date = {"Date": format_datetime(datetime.now(UTC), usegmt=True)}
    silent = Stranger(lambda *_: (404, date, b'{"error": "not_found", "detail": "No such address."}'))
    copy = workspace.catalogue.copy
    as_of = copy.as_of or datetime.now(UTC)
    workspace.catalogue.replace_all([product(1)], "1", REGISTER, as_of, source="http://so.example")
    device = workspace.device("local")
    sign_a_note(device.notebook)
    (note_id,) = device.notebook.records.newest()
    workspace.connect(silent.url)
    async with Client(workspace, route="/settings") as app:
        await app.until(lambda: app.find(ft.FilledTonalButton, "Đây vẫn là sổ đăng ký ấy"))
        assert app.says("OCOP Quảng Ninh (mẫu), ở http://so.example. Chưa gửi gì đến đó.")
        assert {path.partition("?")[0] for _, path, _ in silent.requests} == {"/api/v1/identity"}
        await app.tap(ft.FilledTonalButton if goes else ft.OutlinedButton, word)
        await app.until(lambda: not app.known("whose-server"))
        await app.until(lambda: any(path.endswith("/snapshot") for _, path, _ in silent.requests))
    assert device.notebook.records.bound_to(note_id) == (None if goes else "http://so.example")
    silent.close()


async def test_all_notes_can_be_exported(workspace: Workspace, signed_in: SignedIn) -> None:
    sign_a_note(workspace.device("local").notebook)
    async with Client(workspace, route="/settings") as app:
        await app.tap(ft.OutlinedButton, "Xuất mọi ghi chép")
        await app.until(lambda: app.says("Không có gì để xuất."))  # nobody is signed in: the account's are not shown
        assert not app.called("save_file")
    signed_in(workspace.device("local"))
    async with Client(workspace, route="/settings", answers={"save_file": "/tmp/ghi-chep.zip"}) as app:
        await app.tap(ft.OutlinedButton, "Xuất mọi ghi chép")
        await app.until(lambda: app.says("Đã xuất"))
        assert app.called("save_file")[0]["src_bytes"].startswith(b"PK")


async def test_photos_only_on_wifi_is_chosen_once_and_stays(open_workspace: Open) -> None:
    async with Client(open_workspace(), route="/settings") as app:
        switch = app.one(ft.Switch, "Chỉ gửi ảnh khi có Wi-Fi")
        assert switch.value is False
        await app.change(switch, True)
        await app.until(lambda: app.session.device.settings.value.photos_on_wifi_only)
    async with Client(open_workspace(), route="/settings") as app:
        switch = app.one(ft.Switch, "Chỉ gửi ảnh khi có Wi-Fi")
        assert switch.value is True
        await app.change(switch, False)
        await app.until(lambda: not app.session.device.settings.value.photos_on_wifi_only)


async def test_on_the_web_nobody_is_asked_what_the_sites_own_line_may_carry(workspace: Workspace) -> None:
    async with Client(workspace, route="/settings", web=True) as app:
        assert not app.find(ft.Switch, "Chỉ gửi ảnh khi có Wi-Fi")
        assert app.session.connection_watch is None
        assert app.called("get_connectivity") == []


async def test_tones_have_a_switch_a_volume_and_can_be_listened_to(open_workspace: Open) -> None:
    async with Client(open_workspace(), route="/settings") as app:
        await app.fire(app.within("listen-take_down", ft.OutlinedButton), "click")
        await app.until(lambda: len(app.called("play")) == 1)
        for louder, kept in (("louder", 90), ("louder", 100), ("louder", 100), ("quieter", 90)):
            await app.fire(app.within(louder, ft.IconButton), "click")
            await app.until(lambda kept=kept: app.session.device.settings.value.volume == kept)  # type: ignore[misc]
        await app.change(app.within("tones", ft.Switch), False)
        await app.until(lambda: not app.session.device.settings.value.tones)
        await app.until(lambda: not app.known("volume"))
    async with Client(open_workspace(), route="/settings") as app:
        assert (app.session.shell.tones, app.session.shell.volume) == (False, 90)


async def test_a_scanners_prefix_and_suffix_are_typed_too(workspace: Workspace) -> None:
    async with Client(workspace, route="/settings") as app:
        await app.change(app.within("scanner-prefix", ft.TextField), "<")
        await app.fire(app.within("scanner-prefix", ft.TextField), "blur")
        await app.until(lambda: app.session.device.settings.value.scanner_prefix == "<")
        assert app.session.scanning.wedge.frame.prefix == "<"


async def test_a_phone_that_shall_not_tremble_does_not(workspace: Workspace) -> None:
    pulses = {pulse for pulse, _times in PULSES.values()}
    async with Client(workspace, route="/settings") as app:
        await app.change(app.within("haptics", ft.Switch), False)
        await app.until(lambda: not app.session.device.settings.value.haptics)
        show_verdict(app.page, app.session.scanning, [("9529999999993", "typed")])
        await app.until(lambda: app.verdict)
        await app.settle()
        assert not pulses.intersection(call.method for call in app.calls)
        await app.go("/settings")
        await app.change(app.within("haptics", ft.Switch), True)
        await app.until(lambda: pulses.intersection(call.method for call in app.calls))
