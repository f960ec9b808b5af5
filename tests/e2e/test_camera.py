"""A code held before a real browser's camera comes to its verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Playwright

from tests.support.browser import ROOT, app, camera_flags, chromium, person
from tests.support.registry_server import RegistryServer, free_port
from tests.support.video import film, part

LIVE_TRACKS = (
    "[...document.querySelectorAll('video')].flatMap(v => v.srcObject ? v.srcObject.getTracks() : [])"
    ".filter(t => t.readyState == 'live').length"
)
"""How many camera tracks the page's video elements hold open."""

WORDS = {
    "certified": ("Chứng nhận còn hiệu lực", "Certificate valid"),
    "certificate_expired": ("Chứng nhận đã hết hạn", "Certificate expired"),
    "not_registered": ("Không có trong sổ đăng ký", "Not registered"),
    "malformed": ("Mã sai", "Malformed code"),
}


def label(file: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
    picture = cv2.imread(str(ROOT / "assets/samples" / file))
    assert picture is not None
    return np.asarray(picture, np.uint8)


@pytest.mark.parametrize(
    ("file", "which"),
    [
        ("certified.png", "qr"),
        ("certified.png", "ean"),
        ("expired.png", "qr"),
        ("unknown.png", "ean"),
        ("malformed.png", "qr"),
    ],
)
def test_a_code_in_view_gives_its_verdict(
    file: str, which: str, address: str, playwright: Playwright, samples: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    video = film(part(label(file), which), tmp_path / "camera.y4m")
    with chromium(playwright, *camera_flags(video)) as browser, person(browser, address, camera=True) as screen:
        vietnamese, _english = WORDS[samples[file]["status"]]
        assert screen.see("verdict") == vietnamese
        if samples[file]["status"] in ("certified", "certificate_expired"):
            assert screen.see("product-name")
        symbology = {"qr": "QR+Code", "ean": "EAN-13"}[which]
        assert f"s={symbology}" in screen.page.url


def test_the_camera_is_released_and_taken_again(address: str, playwright: Playwright, tmp_path: Path) -> None:
    video = film(label("certified.png"), tmp_path / "camera.y4m")
    with (
        chromium(playwright, *camera_flags(video)) as browser,
        person(browser, address, locale="en-GB", camera=True) as screen,
    ):
        assert screen.see("verdict") == "Certificate valid"
        # The verdict stands on top, so the camera's light goes off; the client lets go of it after the drawing.
        screen.page.wait_for_function(f"{LIVE_TRACKS} == 0", timeout=5_000)
        screen.back("verdict")
        screen.page.wait_for_function("document.querySelectorAll('video').length > 0", timeout=15_000)
        assert screen.see("verdict", seconds=30) == "Certificate valid"  # still in view after the moment of quiet
        screen.back("verdict")
        screen.tap("nav-notes")
        screen.page.wait_for_function("document.querySelectorAll('video').length == 0", timeout=15_000)
        screen.tap("nav-scan")
        assert screen.see("verdict", seconds=30) == "Certificate valid"


def test_without_a_camera_the_other_ways_are_offered(address: str, browser: Browser) -> None:
    with person(browser, address) as screen:
        assert "Không thấy máy ảnh" in screen.see("camera-fault")
        screen.type_into("code-entry", "9529999999993")
        screen.page.keyboard.press("Enter")
        assert screen.see("verdict") == "Không có trong sổ đăng ký"


def test_a_camera_that_is_not_allowed_says_so(address: str, playwright: Playwright) -> None:
    with (
        chromium(playwright, "--use-fake-device-for-media-stream", "--deny-permission-prompts") as browser,
        person(browser, address) as screen,
    ):
        assert "Chưa được phép dùng máy ảnh" in screen.see("camera-fault")


def test_a_page_that_is_not_secure_says_so(
    server: RegistryServer, playwright: Playwright, tmp_path: Path, own_address: str
) -> None:
    with (
        app(tmp_path, server.url, free_port(), host=own_address) as address,
        chromium(playwright) as browser,
        person(browser, address) as screen,
    ):
        assert "Trang này không được dùng máy ảnh" in screen.see("camera-fault")


@pytest.fixture
def own_address() -> str:
    """An address of this machine that browsers do not count as local."""
    import socket

    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1; a UDP connect sends nothing
            own = str(probe.getsockname()[0])
    except OSError:
        own = "127.0.0.1"
    if own.startswith("127."):
        pytest.skip("this machine has no address beside loopback")
    return own
