"""A handheld scanner in a real browser, over a line on which some packets come late."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Browser

from benchmarks.handheld_scans import line, scan_all
from tests.support.browser import person


def test_every_scan_over_a_busy_line_is_told_and_none_wrongly(browser: Browser, address: str) -> None:
    """benchmarks/handheld_scans.py does the same 2,000 times. A busy machine may halt a scan, which is then refused."""
    port = urlsplit(address).port
    assert port
    with line(port, 0.1, 7) as busy, person(browser, f"http://127.0.0.1:{busy}") as screen:
        screen.find("code-entry").first.wait_for(state="attached", timeout=60_000)
        found = scan_all(screen, 9, patience=20)
        assert found["right"] + found["refused"] == 9
        assert found["refused"] == found["halting"]
        screen.page.reload()
        screen.ready()
        screen.find("verdict").first.wait_for(state="attached", timeout=60_000)
        screen.scan("9520007900017")
        screen.wait_for_text("verdict", "Chứng nhận còn hiệu lực")
        screen.wait_for_text("check", "Lượt 10")

        # Into the field for a code, with CR and LF behind it: one verdict, and nothing stays in the field.
        screen.back("verdict")
        screen.type_into("code-entry", "95")
        screen.page.wait_for_timeout(2500)  # what comes sooner might be the rest of what was begun
        screen.scan("9520021000021", ends=2)
        screen.wait_for_text("verdict", "Chứng nhận đã hết hạn")
        screen.page.wait_for_timeout(1000)  # a second verdict would be there by now
        assert "Lượt 11," in screen.see("check")
        screen.back("verdict")
        assert screen.find("code-entry").locator("input").first.input_value() == ""
