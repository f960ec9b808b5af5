"""A code held before a real browser's camera comes to its verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Playwright

from tests.support.browser import ROOT, Screen, camera_flags, chromium, person
from tests.support.video import film, part, turn_to

LIVE_TRACKS = (
    "[...document.querySelectorAll('video')].flatMap(v => v.srcObject ? v.srcObject.getTracks() : [])"
    ".filter(t => t.readyState == 'live').length"
)
"""How many camera tracks the page's video elements hold open."""

WORDS = {
    "certified": "Chứng nhận còn hiệu lực",
    "certificate_expired": "Chứng nhận đã hết hạn",
    "not_registered": "Không có trong sổ đăng ký",
    "malformed": "Mã sai",
}


def label(file: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
    picture = cv2.imread(str(ROOT / "assets/samples" / file))
    assert picture is not None
    return np.asarray(picture, np.uint8)


@dataclass(frozen=True)
class Phone:
    """The app before a camera, which looks at one pack after another."""

    screen: Screen
    camera: Path

    def judge(self, file: str, which: str) -> str:
        """Hold the half of a sample label before the camera, and give the verdict's word.

        The next pack takes its place while the verdict stands and the camera is closed.
        """
        turn_to(film(part(label(file), which), self.camera.with_name("next.y4m")), self.camera)
        if self.screen.find("verdict").count():
            self.screen.back("verdict")
        return self.screen.see("verdict", seconds=30)


@pytest.fixture(scope="module")
def phone(address: str, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phone]:
    table = np.full((480, 640, 3), 200, np.uint8)
    camera = film(table, tmp_path_factory.mktemp("film") / "camera.y4m")
    with chromium(playwright, *camera_flags(camera)) as browser, person(browser, address, camera=True) as screen:
        yield Phone(screen, camera)


@pytest.mark.parametrize(
    ("file", "which"),
    [
        ("certified.png", "qr"),
        ("expired.png", "qr"),
        ("unknown.png", "ean"),
        ("malformed.png", "qr"),
        ("certified.png", "ean"),  # a while after its other code: at once it would be the same pack
    ],
)
def test_a_code_in_view_gives_its_verdict(
    file: str, which: str, phone: Phone, samples: dict[str, dict[str, Any]]
) -> None:
    status = samples[file]["status"]
    assert phone.judge(file, which) == WORDS[status]
    if status in ("certified", "certificate_expired"):
        assert phone.screen.see("product-name")
    symbology = {"qr": "QR+Code", "ean": "EAN-13"}[which]
    assert f"s={symbology}" in phone.screen.page.url


def test_the_camera_is_released_and_taken_again(phone: Phone) -> None:
    screen = phone.screen
    assert phone.judge("expired.png", "ean") == WORDS["certificate_expired"]
    # The verdict stands on top, so the camera's light goes off; the client lets go of it after the drawing.
    screen.page.wait_for_function(f"{LIVE_TRACKS} == 0", timeout=5_000)
    screen.back("verdict")
    screen.page.wait_for_function("document.querySelectorAll('video').length > 0", timeout=15_000)
    # Still in view after the moment of quiet.
    assert screen.see("verdict", seconds=30) == WORDS["certificate_expired"]
    screen.back("verdict")
    screen.tap("nav-notes")
    screen.page.wait_for_function("document.querySelectorAll('video').length == 0", timeout=15_000)
    screen.tap("nav-scan")
    assert screen.see("verdict", seconds=30) == WORDS["certificate_expired"]
