"""An audit of a shop's shelves in a real browser: once by the keyboard alone, once by the camera alone."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

from tests.services.decoding.pictures import ean13
from tests.support.browser import Screen, camera_flags, chromium, person
from tests.support.video import Picture, stall, turn_to

CERTIFIED, EXPIRED, UNKNOWN = "9520007900017", "9520021000021", "9529999999993"
NAME, EXPIRED_NAME = "Trà hoa vàng Đầm Hà nụ sấy", "Trà hoa vàng Tiên Yên túi lọc"

PAUSE = 250
"""Milliseconds between a person's keys; the page sends them once none has come for a moment."""


def press(page: Page, *keys: str) -> None:
    """Press keys as a person does, and let the page send them."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(PAUSE)


def write(screen: Screen, identifier: str, text: str) -> None:
    """Type into the field that has the focus by itself, and end it with Enter."""
    field = screen.find(identifier).locator("input, textarea").first
    field.wait_for(state="attached", timeout=20_000)
    for _ in range(20):
        screen.page.keyboard.type(text[0])
        screen.page.wait_for_timeout(PAUSE)
        if text[0] in field.input_value():  # before, Flutter had not connected it to the keyboard
            break
    screen.page.keyboard.type(text[1:], delay=120)
    press(screen.page, "Enter")


def see_line(screen: Screen, *words: str) -> None:
    """Wait until the line on top of the running list shows these words."""
    screen.page.wait_for_function(
        "words => { const top = document.querySelector('[flt-semantics-identifier=audit-line]');"
        " return top && words.every(word => (top.ariaLabel || top.innerText).includes(word)); }",
        arg=list(words),
        timeout=20_000,
    )


def scan(screen: Screen, code: str, *words: str) -> None:
    """Scan until the line on top shows these words: again where a busy machine tore the keys apart, which is told."""
    refused = screen.page.locator("[flt-semantics-identifier=audit-refused]")
    for _again in range(3):
        before = refused.count()
        screen.scan(code)
        screen.page.wait_for_function(
            "([words, before]) => { const top = document.querySelector('[flt-semantics-identifier=audit-line]');"
            " return top && words.every(word => (top.ariaLabel || top.innerText).includes(word))"
            " || document.querySelectorAll('[flt-semantics-identifier=audit-refused]').length > before; }",
            arg=[list(words), before],
            timeout=20_000,
        )
        if refused.count() == before:
            break
    see_line(screen, *words)


def test_an_audit_by_the_keyboard_alone(address: str, browser: Browser) -> None:
    with person(browser, address, path="/audits/now") as screen:
        screen.see("audit-begin")
        screen.page.set_viewport_size({"width": 1280, "height": 800})
        screen.page.wait_for_timeout(PAUSE)
        press(screen.page, "Enter")
        screen.see("audit-ready")

        scan(screen, CERTIFIED, NAME, "Còn hiệu lực")
        scan(screen, UNKNOWN, UNKNOWN, "Không có trong sổ đăng ký")
        scan(screen, CERTIFIED, NAME, "lần 2")
        press(screen.page, "+")
        screen.wait_for_text("audit-quantity", "3")
        press(screen.page, "*", "1", "2", "Enter")
        screen.wait_for_text("audit-quantity", "12")
        press(screen.page, "z")
        screen.wait_for_text("audit-quantity", "3")
        press(screen.page, "e")
        write(screen, "audit-date", "311229")
        see_line(screen, "hạn 31/12/2029")

        screen.scan(EXPIRED)
        screen.wait_for_text("audit-result", "Nên cất khỏi kệ")
        press(screen.page, "Enter")
        screen.wait_for_text("audit-done", "Đã cất lúc")
        press(screen.page, "k")
        write(screen, "audit-shelf", "4")
        screen.page.wait_for_function("document.title.startsWith('4 ')", timeout=15_000)
        scan(screen, CERTIFIED, NAME, "1")
        press(screen.page, "?")
        screen.see("audit-keys")
        press(screen.page, "Escape")
        screen.wait_for_text("audit-total-good", "4")

        press(screen.page, "q")
        screen.see("audit-counts")
        assert "4 sản phẩm · 6 gói · 2 kệ" in screen.words()
        press(screen.page, "Enter")
        screen.page.wait_for_url(lambda url: "/audits/" in url and "/now" not in url, timeout=15_000)


def pack(number: str) -> list[Picture]:
    return [ean13(number, scale=3)]


def test_an_audit_by_the_camera_alone(address: str, playwright: Playwright, tmp_path: Path) -> None:
    films = {
        number: stall(pack(number), tmp_path / f"{number}.y4m", 640, 480) for number in (CERTIFIED, EXPIRED, UNKNOWN)
    }
    camera = tmp_path / "camera.y4m"
    camera.write_bytes(films[CERTIFIED].read_bytes())
    with (
        chromium(playwright, *camera_flags(camera)) as browser,
        person(browser, address, camera=True, path="/audits/now") as screen,
    ):
        screen.tap("audit-begin")
        screen.wait_for_text("audit-result", "Còn hiệu lực")
        screen.wait_for_text("audit-quantity", "1")
        turn_to(films[EXPIRED], camera)
        screen.wait_for_text("audit-result", "Nên cất khỏi kệ")
        turn_to(films[UNKNOWN], camera)
        screen.wait_for_text("audit-result", "Không có trong sổ đăng ký")
        screen.page.wait_for_timeout(3500)  # it stays in view, and is one line with one pack all the same
        screen.wait_for_text("audit-total-outside", "1")
        turn_to(films[CERTIFIED], camera)
        screen.wait_for_text("audit-result", "Còn hiệu lực")
        screen.wait_for_text("audit-quantity", "2")
        totals = {
            name: screen.see(f"audit-total-{name}").split()[-1] for name in ("good", "look", "take_down", "outside")
        }
        assert totals == {"good": "2", "look": "0", "take_down": "1", "outside": "1"}
