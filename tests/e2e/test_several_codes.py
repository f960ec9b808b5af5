"""A stall full of packs held before a real browser's camera: all are told, and the one that is tapped is judged."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright

from services.codes import check_digit
from tests.services.decoding.pictures import ean13, qr
from tests.support.browser import camera_flags, chromium, person
from tests.support.video import stall

CERTIFIED = "9520007900017"
OTHERS = [f"9529999999{number}" for number in range(10, 18)]


def test_of_nine_packs_on_a_stall_all_are_told_and_the_one_tapped_is_judged(
    address: str, playwright: Playwright, tmp_path: Path
) -> None:
    numbers = [f"{digits}{check_digit(digits)}" for digits in OTHERS]
    numbers.insert(4, CERTIFIED)
    labels = [
        ean13(number, scale=2) if place % 2 else qr(f"https://id.ocop.example/01/0{number}", scale=4)
        for place, number in enumerate(numbers)
    ]
    video = stall(labels, tmp_path / "stall.y4m")
    with chromium(playwright, *camera_flags(video)) as browser, person(browser, address, camera=True) as screen:
        screen.page.set_viewport_size({"width": 1280, "height": 800})
        screen.wait_for_text("scan-count", "9 đã đọc")
        screen.wait_for_text("pack-choice", "", at_least=9)
        assert screen.find("verdict").count() == 0
        picture = screen.page.locator("video").bounding_box()
        assert picture is not None
        screen.page.mouse.click(picture["x"] + picture["width"] / 2, picture["y"] + picture["height"] / 2)
        assert screen.see("verdict") == "Chứng nhận còn hiệu lực"
        assert CERTIFIED in screen.page.url
