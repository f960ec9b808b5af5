"""The app as a whole: its addresses, its navigation, its other ways in, and what it does when something fails."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import flet as ft
import flet_camera as fc
import pytest
from PIL import Image

import views.notes.notes_screen
import views.parts.code_entry
from services.storage.store import FolderInUse, StoreError, StoreTooNew
from services.workspace import Workspace
from tests.views.conftest import SAMPLES, Open
from tests.views.headless import NEVER, Client, until
from tests.views.plugin import BACK, Plugin
from views.parts import client_answers, wedge
from views.parts.places import places
from views.parts.question import Question
from views.parts.reader import Reader
from views.trouble import show_trouble

WENT_WRONG = "Ứng dụng gặp lỗi. Những gì bạn đã ghi vẫn còn."
SHIFTED = {":": ";", "?": "/"}


async def scan_by_hand(app: Client, text: str) -> None:
    """What a handheld scanner types that is set to a US keyboard, with Enter at the end."""
    for character in text:
        if character in SHIFTED or character.isupper():
            await app.press("Shift Left", shift=True)
            await app.press(SHIFTED.get(character, character), shift=True)
        else:
            await app.press(character.upper())
    await app.press("Enter")


def pages(kind: str, count: int) -> bytes:
    """A file whose second page bears a sample label; the others bear a number each."""
    label = Image.open(SAMPLES / "withdrawn.png").convert("RGB")
    plain = [Image.new("RGB", (60, 60), (255, number, 0)) for number in range(count)]
    target = io.BytesIO()
    plain[0].save(target, kind, save_all=True, append_images=[label, *plain[1 : count - 1]])
    return target.getvalue()


async def choose_picture(app: Client, data: bytes | None) -> None:
    app.answers["pick_files"] = [{"id": 0, "name": "x", "size": 1, "path": None, "bytes": data}] if data else []
    await app.fire(app.known("scan-picture")[0].content, "click")


# Ways in


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys count as a scanner's however slow this machine is; tests/views/parts/test_wedge.py tells the paces apart."""
    monkeypatch.setattr(wedge, "GAP", 5.0)


@pytest.mark.parametrize("route", ["/", "/scan", "/notes", "/settings", "/samples", "/verdict?c=9529999999993&s=typed"])
async def test_a_handheld_scanner_is_heard_on_every_screen(workspace: Workspace, route: str) -> None:
    async with Client(workspace, route=route) as app:
        await scan_by_hand(app, "9520007900017")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")


async def test_a_handheld_scanner_may_send_an_address(workspace: Workspace) -> None:
    async with Client(workspace, route="/notes") as app:
        await scan_by_hand(app, "https://id.ocop.example/01/09520007900017")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")


@pytest.mark.parametrize("typed_before", ["", "95"])
async def test_the_enter_of_a_scanner_does_not_submit_the_field_as_well(
    workspace: Workspace, typed_before: str
) -> None:
    """The field's own verdict would come second, and knows neither what is compared nor where the scan begins."""
    async with Client(workspace, route=Question((("9520007900017", "typed"),)).address) as app:
        await app.fire(app.within("compare", ft.OutlinedButton), "click")
        await app.until(lambda: app.known("comparing"))
        entry = app.within("code-entry", ft.TextField)
        await app.change(entry, typed_before + "9520021000021")
        app.calls.clear()
        await scan_by_hand(app, "9520021000021")
        await app.fire(entry, "submit", entry.value)
        await app.until(lambda: app.verdict == "Các mã không khớp nhau")
        assert len(app.called("push_route")) == 1


async def test_a_shelf_is_scanned_without_touching_the_screen(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        for number, word in [
            ("9520007900017", "Chứng nhận còn hiệu lực"),
            ("9520021000021", "Chứng nhận đã hết hạn"),
            ("9529999999993", "Không có trong sổ đăng ký"),
            ("9520007900017", "Chứng nhận còn hiệu lực"),
        ]:
            await scan_by_hand(app, number)
            await app.until(lambda word=word: app.verdict == word)  # type: ignore[misc]


async def test_a_number_typed_by_hand_is_judged_while_it_is_typed(workspace: Workspace) -> None:
    async with Client(workspace) as app:

        def entry() -> ft.TextField:
            return app.within("code-entry", ft.TextField)

        for typed, helper, error in [
            ("9520007", "7 chữ số; mã EAN-13 có 13", None),
            ("9520007900017", "13 chữ số, số kiểm tra đúng", None),
            ("9520007900018", None, "Số kiểm tra sai: hãy xem lại các chữ số"),
            ("https://la.example", "Địa chỉ web hoặc chữ khác", None),
        ]:
            await app.change(entry(), typed)
            assert (entry().helper, entry().error) == (helper, error)
            assert entry().value == typed
        await app.change(entry(), " 9520007900017 ")
        await app.fire(entry(), "submit")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")


async def test_the_button_beside_the_field_checks_it_too(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await app.change(app.within("code-entry", ft.TextField), "9520021000021")
        await app.fire(app.within("code-entry", ft.IconButton), "click")
        await app.until(lambda: app.verdict == "Chứng nhận đã hết hạn")


async def test_nothing_typed_checks_nothing(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await app.change(app.within("code-entry", ft.TextField), "  ")
        await app.fire(app.within("code-entry", ft.TextField), "submit")
        assert app.page.route == "/scan"


async def test_a_picture_file_gives_the_verdict_of_its_product(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await choose_picture(app, (SAMPLES / "withdrawn.png").read_bytes())
        await app.until(lambda: app.verdict == "Chứng nhận đã bị thu hồi")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no picture", "Tệp này không phải ảnh đọc được."),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "Đây là ảnh HEIC, ứng dụng không đọc được."),
        (b"\xff\x0a" + bytes(20), "Ứng dụng không đọc được loại ảnh này."),
        (pages("PDF", 2), "Ở đây không đọc được tệp PDF này. Hãy chụp ảnh trang đó"),  # on a phone
        ((SAMPLES.parent / "icon.png").read_bytes(), "Không đọc được mã nào trong ảnh."),
    ],
)
async def test_a_picture_that_gives_no_code_says_why(workspace: Workspace, data: bytes, words: str) -> None:
    async with Client(workspace) as app:
        await choose_picture(app, data)
        await app.until(lambda: app.says(words))
        await app.until(lambda: not app.known("scan-picture")[0].content.disabled)


async def test_a_page_of_a_pdf_is_judged_on_a_computer_but_not_in_a_browser(workspace: Workspace) -> None:
    async with Client(workspace, platform="linux") as app:
        await choose_picture(app, pages("PDF", 2))
        await app.until(lambda: app.verdict == "Chứng nhận đã bị thu hồi")
    async with Client(workspace, platform="linux", web=True) as app:
        await choose_picture(app, pages("PDF", 2))
        await app.until(lambda: app.says("Ở đây không đọc được tệp PDF này."))


async def test_pages_that_were_not_looked_at_are_told_beside_the_verdict(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await choose_picture(app, pages("TIFF", 28))
        await app.until(lambda: app.verdict == "Chứng nhận đã bị thu hồi")
        await app.until(lambda: app.says("Số trang hoặc khung hình của tệp này chưa được xem: 4."))


async def test_choosing_no_picture_changes_nothing(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await choose_picture(app, None)
        assert app.page.route == "/scan"


async def test_the_empty_scan_screen_leads_to_labels_that_can_be_tapped(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await app.tap(ft.TextButton, "Nhãn mẫu")
        await app.until(lambda: app.says("Tất cả đều là hư cấu."))
        assert len(app.known("sample-label")) == 6
        await app.fire(app.row("sample-label", "Chứng nhận đã hết hạn"), "click")
        await app.until(lambda: app.verdict == "Chứng nhận đã hết hạn")


# Addresses and navigation


@pytest.mark.parametrize("route", ["/none", "/notes/x/y", "//", "/verdict/1", "/note", "/%2e%2e/"])
async def test_an_address_that_nobody_knows_still_shows_a_screen(workspace: Workspace, route: str) -> None:
    async with Client(workspace, route=route) as app:
        assert app.views
        await app.go("/settings")
        await app.until(lambda: app.find(ft.Text, "Cài đặt"))


async def test_the_bar_leads_everywhere(workspace: Workspace) -> None:
    led = places(Reader.CONSUMER)
    async with Client(workspace, route="/settings") as app:
        await app.fire(app.one(ft.IconButton, "Quay lại"), "click")
        for index, place in [*enumerate(led)][::-1]:
            await app.until(lambda: app.find(ft.NavigationBar))
            await app.choose(app.one(ft.NavigationBar), "selected_index", index)
            await app.until(lambda place=place: app.page.route == place.address)  # type: ignore[misc]
            assert app.one(ft.NavigationBar).selected_index == index
            ways = [each.identifier for each in app.find(ft.Semantics) if (each.identifier or "").startswith("nav-")]
            assert sorted(ways) == sorted(["nav-settings", *(place.identifier for place in led)])


async def test_a_wide_window_has_a_rail_and_a_narrow_one_a_bar(workspace: Workspace) -> None:
    async with Client(workspace, platform="linux", width=1200, route="/notes") as app:
        assert app.find(ft.NavigationRail)
        assert not app.find(ft.NavigationBar)
        await app.fire(app.page, "resize", {"width": 500, "height": 900})
        await app.until(lambda: app.find(ft.NavigationBar))
        assert not app.find(ft.NavigationRail)


async def test_a_page_loaded_again_in_a_window_of_another_width_has_its_navigation(
    workspace: Workspace,
) -> None:
    async with Client(workspace, web=True, width=412, route="/notes") as app:
        await app.lose_connection()
        app.page.session.apply_page_patch({"width": 1200})  # told with the connection, without an event
        await app.regain_connection()
        await app.until(lambda: app.find(ft.NavigationRail))
        assert not app.find(ft.NavigationBar)


async def test_a_window_whose_width_changes_while_the_app_starts_has_its_navigation(workspace: Workspace) -> None:
    answered: list[object] = []

    def answer(call: object) -> None:
        answered.append(call)
        if len(answered) == 2:  # the page is drawn by then, and was not when the width changed
            app.page.session.apply_page_patch({"width": 1200})
        raise RuntimeError("this device tells nothing of itself")

    app = Client(workspace, width=412, route="/notes", answers={"get_device_info": answer})
    async with app:
        await app.until(lambda: app.find(ft.NavigationRail))


@pytest.mark.parametrize(
    ("route", "parent"),
    [
        ("/samples", "/scan"),
        ("/notes/x", "/notes"),
        ("/settings", "/"),
        ("/settings/scanner", "/settings"),
        ("/verdict?c=1&s=typed", "/scan"),
        ("/register/verdict?c=1&s=typed", "/register"),
        ("/register/place", "/register"),
        ("/report?gtin=08938505970127", "/scan"),
        ("/reports/x", "/reports"),
    ],
)
async def test_the_way_back(workspace: Workspace, route: str, parent: str) -> None:
    async with Client(workspace, route=route) as app:
        await app.fire(app.one(ft.IconButton, "Quay lại"), "click")
        await app.until(lambda: app.page.route == parent)


async def test_every_button_without_words_has_a_name(workspace: Workspace) -> None:
    workspace.device("local").notebook.new_draft()
    async with Client(workspace, answers=Plugin(BACK).answers) as app:
        for route in (
            "/",
            "/scan",
            "/register",
            "/register/place",
            "/notes",
            "/settings",
            "/samples",
            "/report",
            "/reports",
            "/verdict?c=1&s=typed",
        ):
            await app.go(route)
            for button in app.find(ft.IconButton):
                named = isinstance(button.icon, ft.Icon) and button.icon.semantics_label
                assert named or button.tooltip, (route, button)


# One person's device


@pytest.mark.parametrize(
    ("info", "title"),
    [
        ({"locales": [{"language_code": "en", "country_code": "GB"}], "browser_name": "chrome"}, "Notes"),
        ({"locales": [{"language_code": "vi"}, {"language_code": "en"}], "browser_name": "chrome"}, "Ghi chép"),
        ({"locales": [], "language": "en-US", "browser_name": "chrome"}, "Notes"),
        ({"locales": [{"language_code": "fr"}], "browser_name": "chrome"}, "Ghi chép"),
    ],
)
async def test_the_language_is_the_devices_until_one_is_chosen(
    workspace: Workspace, info: dict[str, Any], title: str
) -> None:
    async with Client(workspace, web=True, route="/notes", answers={"get_device_info": info}) as app:
        assert app.find(ft.Text, title)
        spoken = app.page.locale_configuration
        assert spoken is not None
        assert spoken.current_locale == ft.Locale("en" if title == "Notes" else "vi"), "for Flutter's own words"
        assert spoken.current_locale in spoken.supported_locales


async def test_a_browser_keeps_its_key_and_two_browsers_share_nothing(workspace: Workspace) -> None:
    kept: dict[str, str] = {}

    def put(call: Any) -> bool:
        kept[call.arguments["key"]] = call.arguments["value"]
        return True

    answers = {"get": lambda call: kept.get(call.arguments["key"]), "set": put}
    async with Client(workspace, web=True, route="/notes", answers=answers) as app:
        (key,) = kept.values()
        assert len(key) >= 43, "32 random bytes"
        app.session.device.notebook.new_draft(text="Chỉ của tôi")
        await app.until(lambda: app.says("Chỉ của tôi"))
    async with Client(workspace, web=True, route="/notes", answers=answers) as app:
        await app.until(lambda: app.says("Chỉ của tôi"))
        assert list(kept.values()) == [key]
    async with Client(workspace, web=True, route="/notes", answers={"set": True}) as app:
        await app.until(lambda: app.says("Chưa có ghi chép"))


async def is_drawn(app: Client, starting: asyncio.Task[Client]) -> None:
    """The app that is being started comes up, and hears of another address."""
    await asyncio.wait_for(starting, 2)
    try:
        await app.until(lambda: app.known("code-entry"))
        await app.go("/notes")
        await app.until(lambda: app.says("Chưa có ghi chép"))
    finally:
        await app.__aexit__(None, None, None)


@pytest.mark.parametrize(
    ("unanswered", "answer"),
    [("get", None), ("set", True), ("get_device_info", {"locales": [], "browser_name": "chrome"})],
)
async def test_a_page_that_is_loaded_again_while_the_app_starts_is_drawn(
    workspace: Workspace, unanswered: str, answer: Any
) -> None:
    """It keeps its session, and what the page before was asked is answered no more."""
    app = Client(workspace, web=True, answers={"set": True, unanswered: NEVER})
    starting = asyncio.create_task(app.__aenter__())
    assert await until(lambda: hasattr(app, "page") and app.called(unanswered))
    await app.lose_connection()
    await asyncio.sleep(0.05)
    app.answers[unanswered] = answer
    await app.regain_connection()
    await is_drawn(app, starting)


async def test_nothing_is_drawn_until_somebody_is_there_to_see_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a screen does when it is first drawn, such as listening for another address, would be dropped."""
    monkeypatch.setattr(client_answers, "PATIENCE", 0.3)
    app = Client(workspace, web=True, answers={"set": True, "get_device_info": NEVER})
    starting = asyncio.create_task(app.__aenter__())
    assert await until(lambda: hasattr(app, "page") and app.called("get_device_info"))
    await app.lose_connection()
    await asyncio.sleep(0.6)  # longer than the language is waited for
    await app.regain_connection()
    await is_drawn(app, starting)


async def test_a_window_that_closes_gives_its_device_back(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        device = app.session.device
        assert device.users == 1
    await asyncio.sleep(0.05)
    assert device.users == 0


# When something fails


async def test_a_handler_that_fails_tells_the_person_and_covers_no_screen(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object) -> str:
        raise ValueError("unforeseen")

    monkeypatch.setattr(views.parts.code_entry, "show_verdict", broken)
    async with Client(workspace) as app:
        await app.change(app.within("code-entry", ft.TextField), "9520007900017")
        await app.fire(app.within("code-entry", ft.TextField), "submit")
        assert app.says(WENT_WRONG)
        assert not app.crashes
        assert "unforeseen" in caplog.text
        await app.go("/notes")
        await app.until(lambda: app.says("Chưa có ghi chép"))


async def test_a_screen_that_cannot_be_drawn_does_not_stop_the_app(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object, **_named: object) -> ft.Control:
        raise ValueError("cannot be drawn")

    async with Client(workspace) as app:
        for _time in (1, 2):
            await app.go("/scan")
            told = app.words().count(WENT_WRONG)
            with monkeypatch.context() as failing:
                failing.setattr(views.notes.notes_screen, "sending", broken)
                await app.go("/notes")
                # Drawn again for some other reason meanwhile, it is told once more.
                await app.until(lambda told=told: app.words().count(WENT_WRONG) > told)  # type: ignore[misc]
            assert "cannot be drawn" in caplog.text
            await app.go("/settings")
            await app.until(lambda: app.find(ft.Text, "Cài đặt"))
            await app.go("/notes")
            await app.until(lambda: app.says("Chưa có ghi chép"))
        await scan_by_hand(app, "9520007900017")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")


async def test_the_camera_comes_back_after_a_screen_could_not_be_drawn(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object, **_named: object) -> ft.Control:
        raise ValueError("cannot be drawn")

    plugin = Plugin(BACK)
    async with Client(workspace, answers=plugin.answers) as app:
        await app.until(lambda: plugin.streaming(app))
        with monkeypatch.context() as failing:
            failing.setattr(views.notes.notes_screen, "sending", broken)
            await app.go("/notes")
            await app.until(lambda: app.says(WENT_WRONG))
        await app.go("/scan")
        await app.until(lambda: plugin.streaming(app))
        assert len(app.everywhere(fc.Camera)) == 1
    assert caplog.records


async def test_a_damaged_file_is_told_at_the_start(open_workspace: Open, caplog: pytest.LogCaptureFixture) -> None:
    workspace = open_workspace()
    device = workspace.device("local")
    device.settings.change(language="vi")
    device.settings.change(theme="dark")
    workspace.close()
    file = device.folder / "settings.json"
    file.write_bytes(file.read_bytes()[:-9])
    async with Client(open_workspace()) as app:
        assert app.says("Một tệp trên máy này bị hỏng.")
        assert app.known("code-entry")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FolderInUse(Path("/d"), "x"), "OCOP Verify đang chạy trên máy này. Hãy dùng cửa sổ đang mở."),
        (StoreTooNew(Path("/d"), "x"), "Hãy cập nhật ứng dụng."),
        (StoreError(Path("/d"), "x"), "/d"),
        (None, "Không đọc hoặc ghi được dữ liệu trên máy này."),
    ],
)
async def test_a_folder_that_cannot_be_opened_says_what_to_do(error: StoreError | None, words: str) -> None:
    async with Client(None) as app:
        await show_trouble(app.page, error)
        assert app.says(words)
