"""What becomes of a handheld scan on the screen: every one replaces the last, and a refused one says so."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft
import pytest

from services.scanners import Refusal
from services.workspace import Workspace
from tests.views.headless import Client
from views.bridge import Keyboard, Keys
from views.parts.handheld import SENTENCES

EAN, OTHER = "9520007900017", "9520021000021"


class Page:
    """The keys that a browser's page tells of, with its own times."""

    def __init__(self, app: Client) -> None:
        self.app = app
        self.at = 1.8e9
        self.keyboard = Keyboard()
        self.keyboard.shell, self.keyboard.scanning = app.session.shell, app.session.scanning

    async def scan(
        self,
        keys: Sequence[str],
        *,
        pause_before: int | None = None,
        end: str = "Enter",
        field: bool = False,
        owned: bool = True,
        held: str = "",
    ) -> None:
        """Press keys at a scanner's pace, with a pause of 0.3 s before one of them."""
        told = []
        for number, key in enumerate([*keys, *([end] if end else [])]):
            self.at += 0.3 if number == pause_before else 0.01
            told.append((key, self.at, False))
        self.keyboard.hear(Keys(tuple(told), field=field, owned=owned, quiet=not end, held=held))
        self.at += 20
        await self.app.settle()

    async def press(self, *keys: str) -> None:
        """Press keys one by one, as a person does."""
        for key in keys:
            self.at += 1
            self.keyboard.hear(Keys(((key, self.at, False),), field=False, owned=False, quiet=False))
            await self.app.settle()


def check_of(app: Client) -> str | None:
    found = app.known("check")
    return found[0].label if found else None


async def test_the_same_product_twice_is_seen_to_be_the_second_time(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        page = Page(app)
        await page.scan(EAN)
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        first = check_of(app)
        assert first is not None
        assert first.startswith("Lượt 1, lúc ")
        await page.scan(EAN)
        await app.until(lambda: (check_of(app) or "").endswith("mã này: lần thứ 2"))
        assert (check_of(app) or "").startswith("Lượt 2, lúc ")
        await page.scan(OTHER)
        await app.until(lambda: app.verdict == "Chứng nhận đã hết hạn")
        assert "lần thứ" not in (check_of(app) or "")


@pytest.mark.parametrize(
    ("keys", "pause_before", "why"),
    [
        (list(EAN), 1, Refusal.INTERRUPTED),
        (list(EAN), 5, Refusal.INTERRUPTED),
        ([*"https://ex", "Backspace", "ẽ", *"ample/01/09520007900017"], None, Refusal.INPUT_METHOD),
        ([*EAN[:5], "F5", *EAN[5:]], None, Refusal.FOREIGN_KEY),
        (list('_ç"éàà&'), None, Refusal.LAYOUT),
    ],
)
async def test_a_refused_scan_takes_the_place_of_the_last_verdict(
    workspace: Workspace, keys: list[str], pause_before: int | None, why: Refusal
) -> None:
    async with Client(workspace) as app:
        page = Page(app)
        await page.scan(OTHER)
        await app.until(lambda: app.verdict == "Chứng nhận đã hết hạn")
        await page.scan(keys if why is not Refusal.LAYOUT else keys * 2, pause_before=pause_before)
        await app.until(lambda: app.known("refused-scan"))
        assert app.verdict is None
        assert app.says(app.session.shell.texts.gettext(SENTENCES[why]))
        assert (check_of(app) or "").startswith("Lượt 2, lúc ")
        await page.scan(EAN)
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")


async def test_a_scan_without_an_end_is_told(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await Page(app).scan(EAN, end="")
        await app.until(lambda: app.says("gửi phím Enter sau mỗi mã"))


async def test_other_words_get_their_own_screen_and_no_part_of_them_is_judged(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        page = Page(app)
        await page.scan(EAN)
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        await page.scan("WIFI:T:WPA;S:quan;P:95200079;;")
        await app.until(lambda: app.verdict == "Không phải mã sản phẩm")


async def test_what_a_field_keeps_is_no_scan(workspace: Workspace) -> None:
    """The page gave the field its Enter, so the field answers, with all that is in it."""
    async with Client(workspace) as app:
        page = Page(app)
        entry = app.within("code-entry", ft.TextField)
        await app.fire(entry, "focus")
        await page.scan(EAN, field=True, owned=False)
        await page.scan(EAN, pause_before=5, field=True, owned=False)
        assert app.page.route == "/scan"
        assert not app.find(ft.SnackBar)


async def test_a_broken_scan_into_the_field_for_a_code_is_told_and_leaves_nothing_there(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        entry = app.within("code-entry", ft.TextField)
        await app.fire(entry, "focus")
        await app.change(entry, f"95{EAN}")
        await Page(app).scan(f"95{EAN}", pause_before=2, field=True, held=f"95{EAN}")
        await app.until(lambda: app.says("Lượt quét bị ngắt quãng"))
        await app.until(lambda: app.within("code-entry", ft.TextField).value == "")
        assert app.page.route == "/scan"


async def test_the_first_screen_takes_scans_as_the_cameras_does(workspace: Workspace) -> None:
    async with Client(workspace, route="/") as app:
        page = Page(app)
        await app.fire(app.within("code-entry", ft.TextField), "focus")
        await app.change(app.within("code-entry", ft.TextField), f"95{EAN}")
        await page.scan(f"95{EAN}", pause_before=2, field=True, held=f"95{EAN}")
        await app.until(lambda: app.says("Lượt quét bị ngắt quãng"))
        await app.until(lambda: app.within("code-entry", ft.TextField).value == "")
        assert app.page.route == "/"
        await app.fire(app.within("code-entry", ft.TextField), "blur")
        await page.scan(EAN)
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        await page.scan(EAN, pause_before=5)
        await app.until(lambda: app.known("refused-scan"))
        await app.tap(ft.IconButton, "Quay lại")
        await app.until(lambda: app.page.route == "/")


async def test_a_halting_scan_into_the_field_for_a_code_is_judged_by_all_that_it_holds(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await app.fire(app.within("code-entry", ft.TextField), "focus")
        await Page(app).scan(EAN, pause_before=5, field=True, held=EAN)
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        assert app.page.route.startswith(f"/verdict?c={EAN}&")


async def test_a_broken_scan_into_another_field_is_told_without_leaving_it(workspace: Workspace) -> None:
    async with Client(workspace, route="/register") as app:
        await app.until(lambda: app.known("register-row"))
        await Page(app).scan(EAN, pause_before=5, field=True, owned=False)
        await app.until(lambda: app.says("Lượt quét bị ngắt quãng"))
        assert app.page.route == "/register"


async def test_the_field_is_empty_again_after_a_verdict(workspace: Workspace) -> None:
    async with Client(workspace) as app:
        await app.change(app.within("code-entry", ft.TextField), EAN)
        await app.fire(app.within("code-entry", ft.TextField), "submit")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        await app.go("/scan")
        await app.until(lambda: app.known("code-entry"))
        assert app.within("code-entry", ft.TextField).value == ""


async def test_the_settings_test_a_scanner_and_take_its_prefix_over(workspace: Workspace) -> None:
    async with Client(workspace, route="/settings/scanner") as app:
        page = Page(app)
        await app.until(lambda: app.known("trial-ean_13"))
        await page.scan("9521234567899")
        await app.until(lambda: app.says("Phím báo kết thúc mã: Enter."))
        await page.scan("HTTPS://ID.OCOP.EXAMPLE/01/09521234567899/10/ABYZ?17=271231")
        await app.until(lambda: app.says("Chữ hoa và chữ thường bị đổi thành một loại."))
        await page.scan("010952123456789910Ly7-Z21aB9q")
        await app.until(lambda: app.says("Dấu ngăn của mã GS1 (GS) không đến"))
        await page.scan(EAN)
        await app.until(lambda: app.says("Đây không phải một trong ba mã"))
        await page.scan("#9521234567899")
        await app.until(lambda: app.says("Máy quét gõ “#” trước"))
        await app.tap(ft.FilledButton, "Từ nay chờ những ký tự này")
        await app.until(lambda: app.says("Tiền tố đang chờ"))
        assert app.page.route == "/settings/scanner"
        await app.go("/scan")
        await page.scan(f"#{EAN}")
        await app.until(lambda: app.verdict == "Chứng nhận còn hiệu lực")
        await page.scan(OTHER)
        await app.until(lambda: app.says("không bắt đầu bằng tiền tố"))
        assert workspace.device("local").settings.value.scanner_prefix == "#"
