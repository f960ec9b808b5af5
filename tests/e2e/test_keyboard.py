"""From the first screen to a saved note by the keyboard alone: the focus is seen at every step, and never lost."""

from __future__ import annotations

import io
import unicodedata

from PIL import Image, ImageChops
from playwright.sync_api import Browser

from tests.support.browser import Screen, person

FOCUSED = """() => {
    const focused = document.activeElement, box = focused.getBoundingClientRect();
    const known = focused.closest('[flt-semantics-identifier]')?.getAttribute('flt-semantics-identifier');
    return [known || '', focused.ariaLabel || focused.innerText || '', [box.x, box.y, box.right, box.bottom]];
}"""
MOST = 24
"""Stops that a screen may have before what is wanted."""


class Keys:
    """A person with a keyboard and no mouse; each move of the focus is checked to be seen."""

    def __init__(self, screen: Screen) -> None:
        self.page = screen.page

    def shown(self) -> Image.Image:
        """What is drawn once it stays the same."""
        before, now = b"", self.page.screenshot()
        while before != now:
            self.page.wait_for_timeout(150)
            before, now = now, self.page.screenshot()
        return Image.open(io.BytesIO(now)).convert("RGB")

    def focused(self) -> tuple[str, str, tuple[float, float, float, float]]:
        """The identifier and the words of what has the focus, and its box."""
        known, said, box = self.page.evaluate(FOCUSED)
        return known, unicodedata.normalize("NFC", said), tuple(box)

    def type(self, text: str) -> None:
        """Type into the field that has the focus, as a person does: who sees that keys came to nothing types again."""
        for _try in range(3):
            self.page.wait_for_timeout(500)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text, delay=120)  # more slowly than a handheld scanner
            self.page.wait_for_timeout(500)
            if self.page.evaluate("document.activeElement.value") == text:
                return
        raise AssertionError(f"the field has {self.page.evaluate('document.activeElement.value')!r}")

    def go_to(self, wanted: str) -> None:
        """Press Tab until what has this identifier or begins with these words has the focus."""
        passed: list[str] = []
        after = self.shown()
        for _stop in range(MOST):
            before = after
            self.page.keyboard.press("Tab")
            after = self.shown()
            known, said, box = self.focused()
            passed.append(known or said[:30])
            edge = (max(0, int(box[0]) - 4), max(0, int(box[1]) - 4), int(box[2]) + 4, int(box[3]) + 4)
            drawn = ImageChops.difference(before.crop(edge), after.crop(edge)).getbbox()
            assert box[2] - box[0] < before.width or box[3] - box[1] < before.height, f"the focus is lost: {passed}"
            assert drawn, f"nothing shows the focus: {passed}"
            if known == wanted or said.startswith(wanted):
                return
        raise AssertionError(f"no way to {wanted}: {passed}")


def test_from_the_first_screen_to_a_saved_note_without_a_mouse(address: str, browser: Browser) -> None:
    with person(browser, address, path="/") as screen:
        screen.see("code-entry")
        keys, press = Keys(screen), screen.page.keyboard.press
        keys.go_to("code-entry")
        keys.type("9520007900017")
        press("Enter")
        screen.see("verdict")
        keys.go_to("write-note")
        press("Enter")
        screen.see("note-text")
        keys.go_to("Sai nhãn")
        press("Space")
        screen.page.wait_for_function("document.activeElement.getAttribute('aria-checked') === 'true'")
        keys.go_to("note-text")
        keys.type("Nhãn ghi 5 sao")
        keys.go_to("note-save")
        press("Enter")
        screen.wait_for_text("note-row", "Đã nhận")
        screen.wait_for_text("note-row", "Nhãn ghi 5 sao")
        keys.go_to("note-row")
        press("Enter")
        assert "Nhãn ghi 5 sao" in screen.see("note-correct") + screen.words()
        keys.go_to("Quay lại")
        press("Enter")
        screen.see("note-row")
