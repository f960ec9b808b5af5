"""Somebody without an account reports something, closes the page in between, and hears what became of it."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.services.conftest import change_register
from tests.services.reports.test_sent_reports import SAY
from tests.support.browser import person
from tests.support.registry_server import RegistryServer


def test_a_report_is_written_over_a_reload_sent_and_answered(
    browser: Browser, address: str, server: RegistryServer
) -> None:
    with person(browser, f"{address}/report?gtin=09520021000021") as screen:
        screen.see("report-send")
        screen.tap("report-looks_copied")
        screen.type_into("report-place", "Chợ Hạ Long 1")
        screen.page.wait_for_timeout(1000)
        screen.page.reload()
        screen.ready()
        screen.see("report-send")
        field = screen.find("report-place").locator("textarea").first
        field.click(timeout=20_000)  # the browser learns of a field's text with the caret
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
