"""Photographs screens of the running app in every size and theme, for the documentation and to be looked at."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Browser

from tests.support.browser import Screen

LOCALES = {"vi": "vi-VN", "en": "en-GB"}
SIZES = {"phone": (412, 915), "tablet": (834, 1112), "desktop": (1280, 800), "wide": (1920, 1080)}
THEMES = ("light", "dark", "contrast", "large")
"""High contrast is what the system wishes for; `large` is the light theme with text of 200 %."""
_FAR = 40
"""Levels of 255 by which a spot's red, green or blue may differ: a person takes it for the same colour."""
WIDE = frozenset({"audit"})
"""Screens that the documentation shows as a computer at the counter does."""

_AWAY = """
const settings = MediaStreamTrack.prototype.getSettings;
MediaStreamTrack.prototype.getSettings = function () { return {...settings.call(this), facingMode: 'environment'} };
"""
"""Lets Chromium's stand-in say what a phone's back camera says: a camera that says nothing is shown mirrored."""


@dataclass(frozen=True)
class Album:
    """Which pictures are taken, and where they go. `only` names the screens.

    Without `sizes` each screen has that of the documentation: a phone's, or that of `WIDE`.
    `whole`: of a screen that scrolls, its end is taken too.
    """

    folder: Path
    languages: Sequence[str]
    sizes: Sequence[str]
    themes: Sequence[str]
    scale: int
    only: frozenset[str]
    whole: bool

    def wants(self, *names: str) -> bool:
        """Whether one of these screens is taken."""
        return not self.only.isdisjoint(names)

    def shoot(self, screen: Screen, name: str, language: str) -> None:
        """Photograph what is on the screen in every width and theme."""
        if not self.wants(name):
            return
        screen.page.wait_for_timeout(2000)  # until the pictures of products have come
        for size in self.sizes or (("desktop",) if name in WIDE else ("phone",)):
            width, height = SIZES[size]
            screen.page.set_viewport_size({"width": width, "height": height})
            for theme in self.themes:
                dress(screen, theme)
                suffix = "" if theme == "light" else f"-{theme}"
                top = at_rest(screen)
                save(top, self.folder / f"{name}-{size}-{language}{suffix}.png")
                if self.whole:
                    self._end(screen, top, self.folder / f"{name}-{size}-{language}{suffix}-end.png")
        width, height = SIZES["phone"]
        screen.page.set_viewport_size({"width": width, "height": height})
        dress(screen, "light")
        at_rest(screen)

    def page(self, pdf: Path, language: str) -> None:
        """Draw the first page of a record."""
        if self.wants("record-page"):
            with pypdfium2.PdfDocument(pdf) as document:
                drawn = document[0].render(scale=2).to_pil()
                small(drawn).save(self.folder / f"record-page-{language}.png", optimize=True)

    def _end(self, screen: Screen, top: bytes, path: Path) -> None:
        size = screen.page.viewport_size
        assert size
        screen.page.mouse.move(size["width"] / 2, size["height"] * 0.55)
        screen.page.mouse.wheel(0, 9000)
        end = at_rest(screen)
        screen.page.mouse.wheel(0, -9000)
        screen.page.mouse.move(1, size["height"] / 2)
        if end != top and not screen.page.locator("video").count():
            save(end, path)


def dress(screen: Screen, theme: str) -> None:
    """Give the browser what the system would say of this theme."""
    screen.page.emulate_media(
        color_scheme="dark" if theme == "dark" else "light",
        contrast="more" if theme == "contrast" else "no-preference",
    )
    screen.page.evaluate("size => document.documentElement.style.fontSize = size", "32px" if theme == "large" else "")


def at_rest(screen: Screen) -> bytes:
    """A picture of the screen once it stays the same; a camera's never does."""
    screen.page.wait_for_timeout(800)
    now = screen.page.screenshot()
    for _ in range(5):
        screen.page.wait_for_timeout(250)
        before, now = now, screen.page.screenshot()
        if now == before:
            break
    return now


def save(png: bytes, path: Path) -> None:
    """Keep a picture of a screen in little room."""
    with Image.open(io.BytesIO(png)) as picture:
        small(picture.convert("RGB")).save(path, optimize=True)
    print(f"{path}  {path.stat().st_size // 1024} kB", flush=True)


def small(picture: Image.Image) -> Image.Image:
    """The picture with 256 colours, of which none is far from what it was: the whole picture where one would be.

    The median cut gives its colours to what there is much of, and a small sign in a colour of its own turns grey beside
    a photograph. The octree keeps rare colours.
    """
    for method in (Image.Quantize.MEDIANCUT, Image.Quantize.FASTOCTREE):
        reduced = picture.quantize(256, method=method, dither=Image.Dither.NONE)
        if not _lost(picture, reduced):
            return reduced
    return picture


def _lost(picture: Image.Image, reduced: Image.Image) -> bool:
    """Whether a colour that fills a spot, however small, has become another."""
    apart = ImageChops.difference(picture, reduced.convert("RGB"))
    worst = functools.reduce(ImageChops.lighter, apart.split())
    return max(worst.filter(ImageFilter.MinFilter(3)).tobytes()) > _FAR


def visit(browser: Browser, address: str, language: str, album: Album, *, camera: bool) -> Screen:
    """Open the app as somebody with this language."""
    width, height = SIZES["phone"]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=LOCALES[language],
        device_scale_factor=album.scale,
        permissions=["camera"] if camera else [],
    )
    context.add_init_script(_AWAY)
    screen = Screen(context, context.new_page())
    screen.open(address)
    return screen
