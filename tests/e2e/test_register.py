"""Looking products up in a real browser, from a server with the sample register."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.support.browser import Screen, person


def count(screen: Screen, number: int) -> None:
    """Wait until so many products are found."""
    screen.wait_for_text("register-count", f"Số sản phẩm tìm thấy: {number}")


def test_a_product_is_looked_up_by_name_and_place_filtered_judged_and_the_search_is_still_there(
    address: str, browser: Browser
) -> None:
    with person(browser, address) as screen:
        screen.tap("nav-register")
        count(screen, 393)
        screen.type_into("register-search", "ba kich tim")
        count(screen, 10)
        screen.tap("filter-stars")
        screen.page.get_by_role("menuitemcheckbox", name="3 sao").click()
        screen.find("filter-clear").first.wait_for(state="attached", timeout=15_000)
        screen.find("register-row").first.click()
        screen.see("verdict")
        screen.page.get_by_role("button", name="Quay lại").click()
        screen.see("register-row")
        assert screen.page.url.endswith("/register")
        screen.go_to("nav-notes", "Chưa có ghi chép")
        screen.tap("nav-register")
        screen.see("filter-clear")
        screen.find("register-search").locator("input").first.click()
        screen.page.wait_for_timeout(300)
        assert screen.find("register-search").locator("input").first.input_value() == "ba kich tim"
        screen.page.get_by_role("button", name="Xóa nội dung tìm").click()
        screen.tap("filter-clear")
        count(screen, 393)

        # By a place, chosen from the units of before.
        screen.tap("filter-place")
        screen.type_into("place-search", "huyen tien yen")
        screen.find("place-age").get_by_text("Trước 01/07/2025").first.click()
        screen.wait_for_text("place-row", "huyện Tiên Yên")
        screen.tap("place-row")
        screen.page.get_by_text("huyện Tiên Yên, đến hết 30/06/2025; nay thuộc").wait_for(state="attached")
        assert 0 < screen.find("register-row").count() < 50
