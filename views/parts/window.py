"""Opens the window of a computer where it stood last, with the screen that was open, and keeps both."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import flet as ft

from services.safe_errors import describe
from services.settings import SettingsFile
from services.storage.store import StoreError
from services.window_place import Area, WindowPlace, screens
from views.parts.places import HOME, NOTES, REGISTER, SCAN, SETTINGS
from views.parts.shell import Shell

SETTLED = 0.5
"""Seconds without a change after which the window's place is kept."""

log = logging.getLogger(__name__)


def restore(page: ft.Page, settings: SettingsFile) -> None:
    """Put the window where it stood, as far as that is known and in reach; the size alone where it is not."""
    kept = settings.value.window
    if kept is None:
        return
    place, window = WindowPlace.of(kept), page.window
    window.width, window.height = place.area.width, place.area.height
    if place.in_reach(screens()):
        window.left, window.top = place.area.left, place.area.top
    window.maximized = place.maximized


def first_screen(page: ft.Page, settings: SettingsFile) -> str | None:
    """The screen that was open last, where the app is started without an address."""
    return settings.value.last_screen if page.route in ("", HOME) else None


def keeps(address: str) -> bool:
    """Whether a screen is opened again at the next start. A verdict is not: it is of the pack that was in hand."""
    path = address.partition("?")[0]
    return path in (HOME, SCAN, REGISTER, SETTINGS) or path.startswith((NOTES, "/note/"))


def follow(shell: Shell, settings: SettingsFile) -> Callable[[], None]:
    """Keep the window's place and the screen from now on; gives a function that keeps what is not kept yet."""
    page = shell.page
    waiting: asyncio.TimerHandle | None = None
    loop = asyncio.get_running_loop()

    def keep() -> None:
        nonlocal waiting
        waiting = None
        chosen: dict[str, object] = {"last_screen": page.route} if keeps(page.route) else {}
        place = _place(page.window, settings.value.window)
        if place:
            chosen["window"] = place.row
        if any(getattr(settings.value, name) != value for name, value in chosen.items()):
            page.run_task(_write, settings, chosen)

    def soon(_event: object = None) -> None:
        nonlocal waiting
        if waiting:
            waiting.cancel()
        waiting = loop.call_later(SETTLED, keep)

    hear = page.before_event

    def heard(event: ft.Event[Any]) -> Any:
        if isinstance(event, ft.RouteChangeEvent):
            soon()
        return hear(event)

    def leave() -> None:
        if waiting:
            waiting.cancel()

    page.before_event = heard  # type: ignore[assignment, method-assign]  # the one handler of route_change is Flet's router's
    page.window.on_event = shell.guard(soon)
    return leave


def _place(window: ft.Window, before: tuple[int, ...] | None) -> WindowPlace | None:
    """Where the window is; None where that is not told, or it is out of sight."""
    told = (window.left, window.top, window.width, window.height)
    if window.minimized or window.full_screen or any(one is None for one in told):
        return None
    area = Area(*(round(one or 0) for one in told))
    if window.maximized and before:  # its size then is the screen's
        area = WindowPlace.of(before).area
    try:
        return WindowPlace.of(WindowPlace(area, window.maximized).row)
    except ValueError:
        return None


async def _write(settings: SettingsFile, chosen: dict[str, object]) -> None:
    try:
        await asyncio.to_thread(lambda: settings.change(**chosen))
    except (StoreError, ValueError) as error:
        log.warning("the window's place could not be kept: %s", describe(error))
