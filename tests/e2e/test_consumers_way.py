"""A consumer's whole way: a picture, its verdict, a comparison, a report over a reload, and what became of it."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.e2e.test_dropped_picture import hand_over
from tests.services.conftest import change_register
from tests.services.reports.test_sent_reports import SAY
from tests.support.browser import ROOT, person
from tests.support.registry_server import RegistryServer

EXPIRED = (ROOT / "assets/samples/expired.png").read_bytes()


def test_what_a_consumer_finds_comparing_is_reported_over_a_reload_and_answered(
    browser: Browser, address: str, server: RegistryServer
) -> None:
    with person(browser, address, path="/") as screen:
        screen.see("home-picture")
        assert hand_over(screen.page, "drop", EXPIRED)
        assert screen.see("verdict") == "Chứng nhận đã hết hạn"
        screen.page.get_by_role("button", name="So với nhãn đã đăng ký").first.click()
        screen.page.set_viewport_size({"width": 412, "height": 1800})  # all of it at once, without scrolling
        screen.find("matter-logo").get_by_text("Khác").first.click()
        screen.find("note-differences").first.click()
        screen.see("report-send")
        words = screen.find("report-text").locator("textarea").first
        words.click(timeout=20_000)  # the browser learns of a field's text with the caret
        screen.page.wait_for_function(
            "field => field.value.includes('OCOP')", arg=words.element_handle(), timeout=20_000
        )
        screen.tap("report-looks_copied")
        screen.type_into("report-place", "Chợ Hạ Long 1")
        screen.page.wait_for_timeout(1000)
        screen.page.reload()
        screen.ready()
        screen.see("report-send")
        field = screen.find("report-place").locator("textarea").first
        field.click(timeout=20_000)
        screen.page.wait_for_function(
            "field => field.value === 'Chợ Hạ Long 1'", arg=field.element_handle(), timeout=20_000
        )
        chosen = screen.find("report-looks_copied")
        assert (chosen.get_attribute("role"), chosen.get_attribute("aria-checked")) == ("checkbox", "true")
        screen.tap("report-send")
        screen.wait_for_text("report-state", "Đã đến cơ quan")
        private = screen.see("report-address")
        report_id = screen.page.url.rsplit("/", 1)[1]
        assert private.startswith(f"{server.url}/report/{report_id}#")
        change_register(server, SAY.format(record=report_id))
        screen.page.reload()
        screen.ready()
        screen.wait_for_text("report-state", "Cơ quan đã quyết định")
        assert "Đã thu hồi" in screen.words()
        page = browser.new_page(locale="vi-VN")
        page.goto(private)
        page.locator(".band:visible .headline").get_by_text("Đã có kết luận").wait_for(timeout=20_000)
        page.close()
