"""The back office in a browser: on a phone nothing runs over the side, and keys alone reach what there is."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.support.office_screens import faults, signed_in
from tests.support.registry_server import RegistryServer

PAGES = ("", "register/product/", "register/producer/add/", "register/locality/", "inbox/note/", "imports/")
"""One of each form: figures, a list, a form, a list with places, the inbox, a page of the office's own."""

CHOOSING = ("register/locality/add/", "register/product/add/")
"""Fields whose lists the frame draws: they need names and colours of the office's own."""


def test_pages_fit_a_phone_by_day_and_night_and_obey_keys(browser: Browser, server: RegistryServer) -> None:
    found = {}
    for size, theme, pages in (("phone", "light", PAGES), ("phone", "dark", PAGES[1:3]), ("desk", "dark", CHOOSING)):
        page = signed_in(browser, server.url, size, theme, "quantri", "mau-quantri-01")
        for path in pages:
            page.goto(f"{server.url}/admin/{path}")
            page.wait_for_timeout(200)
            if wrong := faults(page, by_thumb=size == "phone"):
                found[path, size, theme] = wrong
        if theme == "light":
            page.goto(f"{server.url}/admin/register/producer/")
            page.wait_for_function("document.querySelector('#main [role=button]')")  # the frame's script has run
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.className") == "of-skip"
            page.keyboard.press("Tab")
            page.keyboard.press("Shift+?")
            page.locator("#of-keys").wait_for(state="visible")
            page.keyboard.press("Escape")
            page.keyboard.press("/")
            page.wait_for_function("document.activeElement.id === 'searchbar'")
            opener = page.locator("#main [role=button]:visible").first
            opener.focus()
            assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
            page.keyboard.press("Enter")
            page.locator("#nav-sidebar").wait_for(state="visible")
            page.goto(f"{server.url}/admin/register/producer/add/")
            page.fill("[name=name]", "HTX Phím Tắt")
            page.fill("[name=address]", "Thôn 1")
            # A hand that is not sure of the first time presses again.
            page.evaluate("setTimeout(() => document.querySelector('[name=_save]').click(), 60)")
            page.keyboard.press("Control+s")
            page.wait_for_url("**/admin/register/producer/")
            page.goto(f"{server.url}/admin/register/producer/?q=phim+tat")
            assert page.locator("#result_list").inner_text().count("HTX Phím Tắt") == 1
        page.context.close()
    assert found == {}
