"""The back office in a browser: a day that is typed is said in words at once, as the server will understand it."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.support.registry_server import RegistryServer

HELP = "Chưa hiểu ngày này. Hãy ghi ngày/tháng/năm, ví dụ 01/10/2026."
# As in tests/server/backoffice/test_dates.py.
SAID = {
    "10/01/2026": "10 tháng 1 năm 2026",
    "1/10/2026": "1 tháng 10 năm 2026",
    " 01-10-2026 ": "1 tháng 10 năm 2026",
    "2026-10-01": "1 tháng 10 năm 2026",
    "29/02/2028": "29 tháng 2 năm 2028",
    **dict.fromkeys(("10/13/2026", "10/01/26", "31/02/2026", "1/10-2026", "2026/10/01"), HELP),
    "": "",
}


def test_a_day_is_said_in_words_while_it_is_typed(browser: Browser, server: RegistryServer) -> None:
    page = browser.new_page(locale="en-US", viewport={"width": 1300, "height": 900})
    page.goto(f"{server.url}/admin/login/?next=/admin/register/locality/add/")
    page.fill("[name=username]", "quantri")
    page.fill("[name=password]", "mau-quantri-01")
    page.keyboard.press("Enter")
    day = page.locator("[name=valid_from]")
    words = page.locator("[data-day]:has([name=valid_from]) [data-day-words]")
    for typed, said in SAID.items():
        day.fill(typed)
        assert words.inner_text() == said, typed
    page.locator(".field-valid_from [id^=calendarlink], [id^=calendarlink]").first.click()
    page.locator(".calendarbox:visible td a", has_text="17").first.click()
    number, month, year = day.input_value().split("/")
    assert (number, len(year)) == ("17", 4)
    assert words.inner_text() == f"17 tháng {int(month)} năm {year}"
    page.close()
