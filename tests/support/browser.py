"""The real app in a real browser: starts main.py's browser version, and finds things by their semantics."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page is open for seconds: what runs often is optimized all the same, and not what runs a few times.
    "--js-flags=--wasm-tiering-budget=200000000",
    # The app's sound goes nowhere here, twelve times a second instead of a hundred.
    "--audio-buffer-size=8192",
)

FRAMES_APART = 100
"""So many milliseconds, at least, lie between two frames of a page: a busy machine draws no more either."""
_FEWER_FRAMES = """
((apart) => {
  const draw = window.requestAnimationFrame.bind(window), cancel = window.cancelAnimationFrame.bind(window);
  const waiting = new Map();
  let last = 0, number = 0;
  window.requestAnimationFrame = (callback) => {
    const own = ++number;
    const ask = () => waiting.set(own, [cancel, draw((now) => {
      waiting.delete(own);
      last = performance.now();
      callback(now);
    })]);
    const wait = last + apart - performance.now();
    if (wait > 1) waiting.set(own, [clearTimeout, setTimeout(ask, wait)]);
    else ask();
    return own;
  };
  window.cancelAnimationFrame = (own) => {
    const [stop, id] = waiting.get(own) ?? [];
    stop?.(id);
    waiting.delete(own);
  };
})"""

_AT_REST = """async (element) => {
  const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
  const place = () => JSON.stringify(element.getBoundingClientRect());
  for (let before = "", look = 0; look < 40 && before !== place(); look++) {
    before = place();
    await frame();
    await frame();
  }
}"""
"""Playwright's own look at what moves compares two of the screen's frames, between which the app may draw none."""

_QUICK = {"OCOP_VERIFY_PACKING": "quick"}
"""Without half a minute of the processor for the last tenth of a first visit's bytes."""


async def _press_all(session: Any, keys: Sequence[Mapping[str, Any]]) -> None:
    def event(kind: str, key: Mapping[str, Any]) -> Any:
        told = {"type": kind, "key": key["key"], "code": key["code"], "windowsVirtualKeyCode": key["number"]}
        told |= {"text": key["text"]} if kind == "keyDown" else {}
        return session.send(method="Input.dispatchKeyEvent", params=told, timeout=None)

    await asyncio.gather(*(event(kind, key) for key in keys for kind in ("keyDown", "keyUp")))


@contextmanager
def app(data: Path, server: str | None, port: int, *, host: str = "127.0.0.1") -> Iterator[str]:
    """Run the browser version and give its address. Its output is in `data`/app.log."""
    data.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(ROOT / "main.py"), "--web", "--no-open", "--host", host, "--port", str(port)]
    command += ["--data", str(data), *(["--server", server] if server else [])]
    with (data / "app.log").open("ab") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1", **_QUICK}
        )
    try:
        address = f"http://{host}:{port}"
        _wait_for(address, process)
        yield address
    except Exception as failure:
        failure.add_note(f"The app said last:\n{(data / 'app.log').read_text()[-3000:]}")
        raise
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the app did not start")


@contextmanager
def chromium(playwright: Playwright, *flags: str) -> Iterator[Browser]:
    """Start Debian's Chromium without touching the network."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=[*FLAGS, *flags])
    try:
        yield browser
    finally:
        browser.close()


def camera_flags(video: Path) -> Sequence[str]:
    """Flags that give Chromium a camera which shows a video file, and allow it."""
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    )


@contextmanager
def person(
    browser: Browser,
    address: str,
    *,
    locale: str = "vi-VN",
    camera: bool = False,
    path: str = "/scan",
    frames_apart: int = FRAMES_APART,
) -> Iterator[Screen]:
    """A person with a phone-sized browser of their own who opens the app at a path of it.

    What measures times draws every frame: `frames_apart` 0, in milliseconds.
    """
    context = browser.new_context(
        viewport={"width": 412, "height": 915}, locale=locale, permissions=["camera"] if camera else []
    )
    with closing(context):  # an open page would go on drawing and slow the next test down
        if frames_apart:
            context.add_init_script(f"{_FEWER_FRAMES}({frames_apart})")
        screen = Screen(context, context.new_page())
        try:
            screen.open(address + path)
            yield screen
        except Exception as failure:
            failure.add_note(f"{screen.page.url} showed: {screen.words()}")
            raise


class Screen:
    """A page of the app; things are found by their semantics identifiers."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.context = context
        self.page = page

    def open(self, address: str) -> None:
        """Load the app and switch its semantics on, as a screen reader does."""
        self.page.goto(address)
        self.ready()

    def ready(self) -> None:
        """Wait for the first frame and switch semantics on.

        On a busy machine the button may be there before Flutter hears it, so it is pressed until something is said.
        """
        self.page.wait_for_selector("flt-semantics-placeholder", state="attached", timeout=60_000)
        said = self.page.locator("[id^=flt-semantic-node]").first
        for _ in range(30):
            self.page.evaluate("document.querySelector('flt-semantics-placeholder')?.click()")
            with suppress(PlaywrightError):
                said.wait_for(state="attached", timeout=2000)
                return
        raise AssertionError("semantics were not switched on")

    def find(self, identifier: str) -> Locator:
        """The element with this semantics identifier."""
        return self.page.locator(f"[flt-semantics-identifier={identifier}]")

    def see(self, identifier: str, seconds: float = 20) -> str:
        """Wait for an element and give its words."""
        found = self.find(identifier).first
        found.wait_for(state="attached", timeout=seconds * 1000)
        return found.get_attribute("aria-label") or found.inner_text()

    def words(self) -> str:
        """All words on the screen now."""
        try:
            said: str = self.page.evaluate(
                "[...document.querySelectorAll('flt-semantics')].filter(e => !e.querySelector('flt-semantics'))"
                ".map(e => e.ariaLabel || e.innerText).filter(Boolean).join(' | ')"
            )
        except PlaywrightError as error:
            return str(error)
        return said

    def back(self, identifier: str) -> None:
        """Go back, and wait until the element with the identifier has left the screen."""
        self.page.go_back()
        self.find(identifier).first.wait_for(state="detached", timeout=15_000)

    def leave_settings(self) -> None:
        """Go back from the settings to the place that they were opened from first, where the navigation is."""
        self.page.get_by_role("button", name=re.compile("^(Quay lại|Back)$")).click()
        self.find("nav-scan").first.wait_for(state="attached", timeout=15_000)

    def tap(self, identifier: str) -> None:
        """Tap an element once it stays where it is."""
        found = self.find(identifier).first
        found.evaluate(_AT_REST, timeout=20_000)
        found.click(timeout=20_000)

    def draw(self, identifier: str) -> None:
        """Draw a stroke from corner to corner of a field, as a finger does."""
        box = self.find(identifier).first.bounding_box()
        assert box
        mouse, left, top, width, height = self.page.mouse, box["x"], box["y"], box["width"], box["height"]
        mouse.move(left + width * 0.3, top + height * 0.4)
        mouse.down()
        for step in range(1, 9):
            mouse.move(left + width * (0.3 + 0.05 * step), top + height * (0.4 + 0.03 * step))
            self.page.wait_for_timeout(30)
        mouse.up()

    def unfold(self, identifier: str) -> None:
        """Open a part that folds away, from the end of its screen: on the way there a shrinking band moves it."""
        part = self.find(identifier).first
        part.wait_for(state="attached", timeout=20_000)
        self.page.mouse.move(200, 500)
        self.page.mouse.wheel(0, 3000)
        places: list[object] = []
        while len(places) < 4 or places[-1] != places[-4]:
            self.page.wait_for_timeout(150)
            places.append(part.bounding_box())
        closed = part.inner_text()
        part.click(timeout=20_000)
        self.page.wait_for_function(
            "([part, closed]) => part.innerText !== closed || part.ariaLabel", arg=[part.element_handle(), closed]
        )

    def go_to(self, tab: str, shows: str) -> None:
        """Tap a tab of the navigation and wait until its screen shows these words, as a person does.

        Until then the earlier screen is shown, which the app may already have left, so that a tap on it would be lost.
        """
        self.tap(tab)
        self.page.get_by_text(shows).first.wait_for(state="attached", timeout=15_000)

    def type_into(self, identifier: str, text: str) -> None:
        """Tap a field and type, key by key, once the first key has arrived in it.

        Flutter connects a field to the keyboard a frame after it has the focus, and keys pressed before that are lost
        to it; on a busy machine the frame may come late. So many keys beside a field would be a handheld scanner's.
        """
        field = self.find(identifier).locator("input, textarea").first
        before = ""
        for _ in range(5):
            field.click(timeout=20_000)
            self.page.wait_for_timeout(300)
            before = field.input_value()
            self.page.keyboard.type(text[0])
            if self._holds(field, before + text[0]):
                break
        self.page.keyboard.type(text[1:], delay=15)
        assert self._holds(field, before + text), f"{identifier} has {field.input_value()!r} and not {text!r}"

    def scan(self, digits: str, *, ends: int = 1) -> None:
        """Pull the trigger of a handheld scanner that types: digits and Enter, twice where it sends CR and LF.

        All keys are sent before the first is answered, as a scanner does. Sent one after another on a busy machine,
        they would come as slowly as a person's, and the app tells the two apart by their speed.
        """
        keys = [{"key": digit, "code": f"Digit{digit}", "text": digit, "number": ord(digit)} for digit in digits]
        keys += [{"key": "Enter", "code": "Enter", "text": "\r", "number": 13}] * ends
        session = self.context.new_cdp_session(self.page)
        session._sync(_press_all(session._impl_obj, keys))
        session.detach()

    def _holds(self, field: Locator, text: str) -> bool:
        """Whether the field shows the text within two seconds."""
        for _ in range(20):
            if text in field.input_value():
                return True
            self.page.wait_for_timeout(100)
        return False

    def wait_for_text(self, identifier: str, words: str, seconds: float = 30, *, at_least: int = 1) -> None:
        """Wait until so many elements with the identifier show these words."""
        self.page.wait_for_function(
            "([id, words, count]) => [...document.querySelectorAll(`[flt-semantics-identifier=${id}]`)]"
            ".filter(found => (found.ariaLabel || found.innerText).includes(words)).length >= count",
            arg=[identifier, words, at_least],
            timeout=seconds * 1000,
        )
