"""What an inspector does in the app again and again: signs in, opens a round, records what the camera shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.browser import Screen

_COUNT = "window.taps = 0; addEventListener('pointerdown', window.countTap ??= () => window.taps++, true)"


@dataclass(frozen=True)
class Recorded:
    """What it took to record one product: taps, and seconds until it was saved.

    `own` is the person's time, from the verdict on the screen. `whole` is from when the scan screen was there.
    """

    taps: int
    own: float
    whole: float


def sign_in(screen: Screen, name: str, password: str) -> None:
    """Sign in on the screen of the settings."""
    screen.type_into("sign-in-name", name)
    screen.type_into("sign-in-password", password)
    screen.tap("sign-in")
    screen.find("sign-in-password").wait_for(state="detached", timeout=15_000)


def judged(screen: Screen, gtin: str) -> str:
    """Wait for the verdict on this product, and give its words."""
    screen.page.wait_for_function(
        "gtin => location.pathname === '/verdict' && location.search.includes(gtin)", arg=gtin, timeout=60_000
    )
    return screen.see("verdict")


def photograph(screen: Screen) -> None:
    """Take a photo as soon as the camera is open, and wait until it is kept."""
    screen.find("photo-take").get_by_role("button", disabled=False).click(timeout=20_000)

    screen.see("photo-tile")


def record(screen: Screen, gtin: str, finding: str, count: int, turn: Callable[[], object]) -> Recorded:
    """Record the pack before the camera with a photo and a finding; it is so manieth that is saved in the round.

    `turn` puts the next pack before the camera: a person does so once the photo is taken.
    """
    began = time.monotonic()
    judged(screen, gtin)
    screen.page.evaluate(_COUNT)
    seen = time.monotonic()
    screen.tap("write-note")
    photograph(screen)
    turn()
    screen.tap(f"finding-{finding}")
    screen.tap("inspection-save")
    screen.wait_for_text("round-band", f"{count} đã lưu", seconds=60)
    now = time.monotonic()
    return Recorded(screen.page.evaluate("window.taps"), now - seen, now - began)
