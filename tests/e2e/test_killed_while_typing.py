"""The app's process is killed while somebody types: what was typed more than a second before is in the draft."""

from __future__ import annotations

import os
import random
import re
import signal
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
from playwright.sync_api import Browser

from tests.e2e.test_notes import begin_note
from tests.support.browser import Screen, app, person
from tests.support.registry_server import RegistryServer, free_port

SEED = 2026
KILLS = 3
LOST_AT_MOST = 1.0
"""Seconds of typing that a kill may take."""

COUNTER = re.compile(r"\d[\d.,]*")

TEXT = "Nhãn ghi 5 sao, chứng nhận chỉ 4 sao; tem truy xuất mờ, không đọc được. Chủ quán nói hàng nhập hôm qua. " * 3


def shown_text(screen: Screen, begins: str) -> str:
    """What the note's field holds; the caret is put into it.

    The browser may learn of a field's text a while after the caret: what `begins` as it should is waited for a little.
    """
    screen.see("note-text")
    field = screen.find("note-text").locator("textarea").first
    field.click()
    for _look in range(30):
        screen.page.wait_for_timeout(300)
        text = field.input_value()
        if text.startswith(begins):
            break
    return text


def room_left(screen: Screen) -> int:
    """How many letters the field still takes. The app draws it: it falls only for letters that came through to it."""
    words = screen.find("note-text").inner_text()
    left = COUNTER.search(words)
    assert left, f"the field has no counter: {words!r}"
    return int(left[0].replace(",", "").replace(".", ""))


def begin_to_type(screen: Screen) -> str:
    """Put the caret at the end and type until the app counts it; the text that the field shows then.

    Flutter connects a field to the keyboard some time after it has the focus, and keys pressed before are lost. A
    person sees that the field has not taken them, and taps it again.
    """
    field = screen.find("note-text").locator("textarea").first
    before = room_left(screen)
    for _tap in range(5):
        screen.page.keyboard.press("Control+End")
        screen.page.keyboard.type("…")
        for _look in range(10):
            screen.page.wait_for_timeout(100)
            if room_left(screen) < before:
                return field.input_value()
        field.click()
        screen.page.wait_for_timeout(500)
    raise AssertionError(f"the field took no letter: {field.input_value()!r}")


def type_until_killed(screen: Screen, process: int, chance: random.Random) -> str:
    """Type with a person's pauses until the process is killed; what was typed early enough to be kept."""
    killed_at: list[float] = []

    def kill() -> None:
        killed_at.append(time.monotonic())  # before: on a busy machine this thread may be stopped between the two
        os.kill(process, signal.SIGKILL)

    timer = threading.Timer(chance.uniform(2, 5), kill)
    timer.start()
    typed: list[tuple[float, str]] = []
    for letter in TEXT:
        if killed_at:
            break
        screen.page.keyboard.type(letter)
        typed.append((time.monotonic(), letter))
        time.sleep(chance.uniform(0.01, 0.12))
    timer.join()
    return "".join(letter for moment, letter in typed if moment < killed_at[0] - LOST_AT_MOST)


def test_a_kill_takes_at_most_the_last_second_of_typing(
    server: RegistryServer, browser: Browser, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    data, port = tmp_path / "app", free_port()
    kept = ""
    with ExitStack() as running:
        address = running.enter_context(app(data, server.url, port))
        screen = running.enter_context(person(browser, address))
        begin_note(screen)
        note = screen.page.url
        for kill in range(KILLS):
            before = shown_text(screen, kept)
            assert before.startswith(kept), f"seed {SEED}, kill {kill}: {before!r} lacks the end of {kept!r}"
            begun = begin_to_type(screen)
            assert begun.startswith(before), f"seed {SEED}, kill {kill}: {begun!r} lacks the end of {before!r}"
            [process] = [child for child in psutil.Process().children() if str(data) in child.cmdline()]
            kept = begun + type_until_killed(screen, process.pid, chance)
            process.wait()
            running.enter_context(app(data, server.url, port))
            screen.open(note)
        after = shown_text(screen, kept)
    assert after.startswith(kept), f"seed {SEED}: {after!r} lacks the end of {kept!r}"
    assert len(kept) > 20
