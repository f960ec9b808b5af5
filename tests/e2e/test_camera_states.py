"""A real browser's camera that is interrupted: the person is told what it is, and it comes back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Playwright

from tests.support.browser import Screen, camera_flags, chromium, person
from tests.support.video import film

LIVE = """() => [...document.querySelectorAll('video')].flatMap(v => v.srcObject ? v.srcObject.getTracks() : [])
    .filter(track => track.readyState == 'live').length"""
AIM = "Đưa mã QR hoặc mã vạch vào khung"


ELSEWHERE = "not-secure.example"
"""A name of this machine that browsers do not count as local."""


@pytest.fixture(scope="module")
def with_camera(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser with a camera that shows a blank wall, in which the person is not asked: allowed or not."""
    wall = film(np.full((480, 640, 3), 180, np.uint8), tmp_path_factory.mktemp("film") / "wall.y4m")
    asks_nobody = [flag for flag in camera_flags(wall) if "fake-ui" not in flag]
    named = f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"
    with chromium(playwright, *asks_nobody, "--deny-permission-prompts", named) as running:
        yield running


def is_live(screen: Screen) -> None:
    """Wait until the camera is open, and what lies over its picture shows that pictures come."""
    screen.page.wait_for_function(f"({LIVE})() == 1", timeout=20_000)
    screen.find("camera-opening").wait_for(state="detached", timeout=15_000)
    assert AIM in screen.see("scan-hint")


def turn(screen: Screen, visibility: str) -> None:
    """Tell the page that it is `hidden` or `visible`, as a browser does when its tab or window is left."""
    screen.page.evaluate(
        """to => {
            Object.defineProperty(document, 'visibilityState', {value: to, configurable: true});
            document.dispatchEvent(new Event('visibilitychange'));
        }""",
        visibility,
    )


def test_a_camera_survives_reloading_hiding_and_another_tab(with_camera: Browser, address: str) -> None:
    with person(with_camera, address, camera=True) as screen:
        is_live(screen)
        turn(screen, "hidden")
        screen.page.wait_for_function(f"({LIVE})() == 0", timeout=15_000)
        turn(screen, "visible")
        is_live(screen)

        turn(screen, "hidden")
        screen.page.reload()  # the page that was hidden never says that it is shown again
        screen.ready()
        is_live(screen)

        other = Screen(screen.context, screen.context.new_page())
        other.open(f"{address}/scan")
        is_live(other)
        is_live(screen)
        other.page.close()

        screen.page.goto("about:blank")
        screen.page.go_back()
        screen.ready()
        is_live(screen)


def test_a_camera_that_is_not_allowed_taken_away_or_busy_says_so_and_comes_back(
    with_camera: Browser, address: str
) -> None:
    busy = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotReadableError'))"
    with person(with_camera, address) as screen:
        for _time in ("at first", "once it was taken away"):
            assert "Chưa được phép dùng máy ảnh" in screen.see("camera-fault")
            screen.context.grant_permissions(["camera"])
            screen.page.get_by_role("button", name="Thử lại").click()
            is_live(screen)
            screen.context.clear_permissions()

        screen.context.grant_permissions(["camera"])
        screen.page.add_init_script(busy)  # another program's camera, which this machine does not have
        screen.page.reload()
        screen.ready()
        assert "Máy ảnh đang bận" in screen.see("camera-fault")


def test_a_page_that_is_not_secure_says_so(with_camera: Browser, address: str) -> None:
    with person(with_camera, address.replace("127.0.0.1", ELSEWHERE)) as screen:
        assert "Trang này không được dùng máy ảnh" in screen.see("camera-fault")


def test_without_a_camera_the_advice_stands_after_a_reload_and_codes_are_typed(browser: Browser, address: str) -> None:
    with person(browser, address) as screen:
        assert "Không thấy máy ảnh" in screen.see("camera-fault")
        screen.page.reload()
        screen.ready()
        assert "Không thấy máy ảnh" in screen.see("camera-fault")
        screen.page.get_by_role("button", name="Thử lại").click()
        assert "Không thấy máy ảnh" in screen.see("camera-fault")
        screen.type_into("code-entry", "9529999999993")
        screen.page.keyboard.press("Enter")
        assert screen.see("verdict") == "Không có trong sổ đăng ký"
