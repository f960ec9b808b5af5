"""A person at the back office in a real browser: finds things by their words, and counts the clicks that it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Locator, Page

from tests.support.registry_server import RegistryServer


class Desk:
    """A page of the office. A field costs a click as well, unless it has the keyboard already."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.clicks = 0

    def begin(self, path: str = "/admin/") -> None:
        """Open a page by its address, as a bookmark does, and count from here."""
        self.page.goto(self.url + path)
        self.clicks = 0

    def click(self, what: Locator) -> None:
        """Click once."""
        self.clicks += 1
        what.click()

    def press(self, name: str, *, within: Locator | None = None, role: Literal["button", "link"] = "button") -> None:
        """Click the button or link of this name, before which there may be an icon; it is the only one."""
        words = re.escape(name).replace("/", r"\/")  # Playwright writes a pattern between slashes
        found = (within or self.page).get_by_role(role, name=re.compile(rf"(^|\s){words}$"))
        self.click(found)

    def type(self, field: Locator, text: str) -> None:
        """Write into a field."""
        if not field.evaluate("field => field === document.activeElement"):
            self.click(field)
        field.fill(text)

    def fill_in(self, *fields: tuple[str, str]) -> None:
        """Fill in a form's fields by their labels: a click into the first, and to each next one by the Tab key."""
        for number, (label, text) in enumerate(fields):
            field = self.page.get_by_label(label, exact=True)
            if number == 0:
                self.click(field)
            for _ in range(5):
                if field.evaluate("field => field === document.activeElement"):
                    break
                self.page.keyboard.press("Tab")
            else:
                raise AssertionError(f"the Tab key does not lead to {label}")
            if field.evaluate("field => field.tagName") == "SELECT":
                self.page.keyboard.press("Escape")  # a click has opened it; what is open takes the next Tab
                field.select_option(label=text)
            else:
                field.fill(text)

    def choose_file(self, file: Path) -> None:
        """Choose a file by the page's field for one, which lies unseen over its button."""
        with self.page.expect_file_chooser() as chooser:
            self.click(self.page.locator("input[type=file]"))
        chooser.value.set_files(file)

    def row(self, link: str) -> Locator:
        """The row of a table that has this link."""
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("link", name=link, exact=True))

    def see(self, words: str) -> None:
        """Wait until the page says this."""
        self.page.get_by_text(words).first.wait_for()


@contextmanager
def desk(browser: Browser, server: RegistryServer, name: str, password: str) -> Iterator[Desk]:
    """Somebody who has signed in."""
    page = browser.new_page(locale="vi-VN", viewport={"width": 1366, "height": 900})
    page.set_default_timeout(30_000)
    page.goto(f"{server.url}/admin/login/?next=/admin/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Tổng quan").first.wait_for()
    try:
        yield Desk(page, server.url)
    except Exception as failure:
        failure.add_note(f"{page.url} showed: {page.locator('body').inner_text()[-3000:]}")
        raise
    finally:
        page.close()
