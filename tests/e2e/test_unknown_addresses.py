"""The browser's own ways: Back after many scans, addresses of Digital Links, and addresses of nothing."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser

from tests.support.browser import Screen, person


def scan(screen: Screen, number: str, check: int) -> None:
    screen.scan(number)
    screen.wait_for_text("check", f"Lượt {check}")
    screen.see("verdict")


def test_back_leads_past_all_verdicts_to_the_scan_screen(
    browser: Browser, address: str, samples: dict[str, dict[str, Any]]
) -> None:
    gtins = sorted({label["gtin"] for label in samples.values() if label.get("gtin")})[:3]
    with person(browser, address) as screen:
        page = screen.page
        screen.see("code-entry")
        before = page.evaluate("history.length")
        for check, gtin in enumerate(gtins, start=1):
            scan(screen, gtin, check)
            page.get_by_role("button", name="Quét tiếp").click()
            screen.see("code-entry")
        scan(screen, gtins[0], 4)
        assert page.evaluate("history.length") <= before + 1
        page.go_back()
        screen.see("code-entry")
        page.wait_for_function("location.pathname === '/scan'")
        page.go_forward()
        screen.see("verdict")

        screen.open(f"{address}/")
        screen.see("home-camera")
        scan(screen, gtins[1], 5)
        scan(screen, gtins[2], 6)
        page.go_back()
        screen.see("home-camera")
        assert page.evaluate("location.pathname") == "/"

        screen.open(f"{address}/01/{gtins[0]}/10/L7A?17=301231&ten=Chè")
        screen.see("verdict")

        screen.open(f"{address}/product/1")
        assert "/product/1" in screen.see("missing")
        page.get_by_role("button", name="Quét mã").click()
        screen.see("code-entry")
