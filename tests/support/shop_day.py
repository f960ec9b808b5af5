"""Walks a shop's audit of its shelves from the first scan to the comparison, and photographs each of its screens."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright

from tests.support.album import Album, visit
from tests.support.browser import ROOT, Screen, camera_flags, chromium
from tests.support.inspecting import sign_in

OWNER = ("cuahang01", "mau-cuahang-01")
VALID, SECOND, EXPIRED, WITHDRAWN, UNKNOWN = (
    "9520007900017", "9520004800020", "9520021000021", "9520010800014", "9529999999993",
)  # fmt: skip
SCREENS = (
    "counter",
    "no-audits",
    "no-own-list",
    "own-list-preview",
    "own-list-refused",
    "own-list",
    "audit-begin",
    "audit-ready",
    "audit",
    "audit-keys",
    "audit-shelf",
    "audit-actions",
    "audit-closing",
    "audit-closed",
    "audit-compare",
    "audits",
    "own-list-absent",
    "label",
    "label-checked",
)
"""In the order in which they come."""

_HEAD = "mã vạch,tên gọi,kệ,giá,số lượng\n"
_LIST = f"{_HEAD}{VALID},Trà hoa vàng hộp 50 g,Kệ 2,185000,6\n{SECOND},Hàng đặt của chị Hoa,Kệ 2,95000,4\n"
_BAD_LIST = f"{_HEAD}{VALID},Trà hoa vàng hộp 50 g,Kệ 2,185000,6\n9520007900018,,Kệ 2,95k,4\n"


class ShopDay:
    """One shop owner's audit with a handheld scanner; `camera` is the film that the camera shows."""

    def __init__(self, address: str, language: str, album: Album, camera: Path) -> None:
        self._address, self._language, self._album, self._camera = address, language, album, camera

    def spend(self, playwright: Playwright) -> None:
        """Walk the day."""
        with chromium(playwright, *camera_flags(self._camera)) as browser:
            self._screen = visit(browser, f"{self._address}/settings", self._language, self._album, camera=True)
            try:
                self._bring_the_list()
                self._scan_the_shelf()
                self._close()
                self._look_again_the_next_time()
                self._check_a_label()
            except Exception as failure:
                failure.add_note(f"{self._screen.page.url} showed: {self._screen.words()}")
                raise
            finally:
                self._screen.context.close()

    def _look(self, name: str, path: str | None = None, sees: str | None = None) -> None:
        if path:
            self._screen.open(f"{self._address}{path}")
        if sees:
            self._screen.see(sees, seconds=60)
        self._album.shoot(self._screen, name, self._language)

    def _bring_the_list(self) -> None:
        screen = self._screen
        sign_in(screen, *OWNER)
        self._look("counter", sees="tones")
        self._look("no-audits", "/audits", "audit-start")
        self._look("no-own-list", "/audits/own-list", "list-choose")
        _choose(screen, "list-choose", "bang.csv", _BAD_LIST.encode())
        self._look("own-list-refused", sees="list-refused")
        _choose(screen, "list-again", "bang.csv", _LIST.encode())
        self._look("own-list-preview", sees="list-take")
        screen.tap("list-take")
        screen.see("list-choose")
        screen.page.wait_for_timeout(8000)  # until the message at the bottom has gone
        self._look("own-list")

    def _scan_the_shelf(self) -> None:
        screen = self._screen
        self._begin()
        screen.find("audit-line").first.wait_for(state="attached", timeout=120_000)  # the camera's pack
        for number in (UNKNOWN, WITHDRAWN, SECOND, "9520007900018", VALID):
            self._scan(number)
        screen.scan(EXPIRED)
        screen.wait_for_text("audit-total-take_down", "2", seconds=60)
        self._look("audit")
        screen.page.keyboard.press("?")
        self._look("audit-keys", sees="audit-keys")
        screen.page.keyboard.press("Escape")
        screen.page.wait_for_timeout(1500)
        screen.page.keyboard.press("k")
        self._look("audit-shelf", sees="audit-shelf")
        self._look("audit-actions", "/audits/now/actions", "action-done")

    def _close(self) -> None:
        screen = self._screen
        self._end()
        self._look("audit-closing")
        screen.tap("audit-close")
        self._look("audit-closed", sees="audit-facts")

    def _look_again_the_next_time(self) -> None:
        screen = self._screen
        self._begin()
        screen.find("audit-line").first.wait_for(state="attached", timeout=120_000)
        for number in (VALID, UNKNOWN):
            self._scan(number)
        self._end()
        screen.tap("audit-close")
        screen.see("audit-facts")
        screen.tap("audit-compare")
        self._look("audit-compare")
        self._look("audits", "/audits", "audit-row")
        self._look("own-list-absent", "/audits/own-list", "list-choose")

    def _check_a_label(self) -> None:
        self._look("label", "/labels/check", "choose-artwork")
        artwork = ROOT / "assets" / "samples" / "certified.png"
        _choose(self._screen, "choose-artwork", artwork.name, artwork.read_bytes())
        self._look("label-checked", sees="label-result")

    def _begin(self) -> None:
        screen = self._screen
        screen.open(f"{self._address}/audits/now")
        screen.see("audit-begin")
        if not screen.find("audit-shop").locator("input").input_value():  # the next time it is named already
            screen.type_into("audit-shop", "Cửa hàng Hòn Gai")
        screen.type_into("audit-first-shelf", "Kệ 2")
        self._look("audit-begin")
        screen.tap("audit-begin")
        self._look("audit-ready", sees="audit-pause")

    def _scan(self, number: str) -> None:
        self._screen.scan(number)
        self._screen.page.wait_for_timeout(3000)  # a person takes up the next pack

    def _end(self) -> None:
        self._screen.open(f"{self._address}/audits/now")
        self._screen.see("audit-pause")
        self._screen.page.wait_for_timeout(3000)
        self._screen.page.keyboard.press("q")
        self._screen.see("audit-close")


def _choose(screen: Screen, button: str, name: str, content: bytes) -> None:
    """Choose a file with the app's own button."""
    with screen.page.expect_file_chooser() as chooser:
        screen.tap(button)
    chooser.value.set_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
