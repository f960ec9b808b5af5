"""Hears a person's keys, from the page's script on the web and from Flet on devices, and tells each burst's outcome."""

from __future__ import annotations

import asyncio
import time

import flet as ft

from services.scanners import Refusal
from views.bridge.bridge import Keys
from views.parts.commands import ALONE
from views.parts.handheld import tell
from views.parts.scanning import Scanning
from views.parts.shell import Shell
from views.parts.wedge import QUIET, character


class Keyboard:
    """The keys of one person. `shell` and `scanning` are set once the app is open."""

    def __init__(self) -> None:
        self.shell: Shell | None = None
        self.scanning: Scanning | None = None
        self._quiet: asyncio.TimerHandle | None = None
        self._pause: asyncio.TimerHandle | None = None

    def hear(self, keys: Keys) -> None:
        """Take keys with the browser's own times. Raises RuntimeError while nobody could be told what becomes of them.

        The quiet after them is told by the page as well.
        """
        if self.shell is None or self.scanning is None or self.shell.page.session.expires_at is not None:
            raise RuntimeError("the app is not open")
        if keys.contrast is not None:
            self.shell.page.run_task(self._follow, keys.contrast)
            return
        wedge, commands = self.scanning.wedge, self.scanning.commands
        for key, at, other in keys.keys:
            if commands and not keys.written:
                commands.press(key, at, other_modifier=other)
            wedge.take(key, at, other_modifier=other)
            self._tell(in_field=keys.field, owned=keys.owned or not keys.field, held=keys.held)
        if commands:  # the page waits for a pause, or for an end, before it tells of keys
            commands.flush()
        if keys.quiet:
            wedge.cease()
            self._tell(in_field=keys.field, owned=not keys.field)

    async def _follow(self, contrast: bool) -> None:
        """Take over the system's wish for contrast, as a task of the page: what is drawn anew has to know its page."""
        if self.shell is not None:
            self.shell.follow_contrast(contrast)
            self.shell.page.update()

    def pressed(self, event: ft.KeyboardEvent) -> None:
        """Take a key of a device: its time is the time at which it is heard here."""
        if self.scanning is None:
            return
        other = event.ctrl or event.alt or event.meta
        at, loop = time.monotonic(), asyncio.get_running_loop()
        if commands := self.scanning.commands:
            commands.press(character(event.key, shift=event.shift), at, other_modifier=other)
            if self._pause:
                self._pause.cancel()
            self._pause = loop.call_later(ALONE, commands.flush)
        self.scanning.wedge.press(event.key, at, shift=event.shift, other_modifier=other)
        self._tell_on_device()
        if self._quiet:
            self._quiet.cancel()
        self._quiet = loop.call_later(QUIET, self._cease)

    def _cease(self) -> None:
        if self.scanning is None:
            return
        self.scanning.wedge.cease()
        self._tell_on_device()

    def _tell_on_device(self) -> None:
        """Tell the outcome; of a device's fields only that for a code tells whether it has the focus."""
        if self.scanning is None:
            return
        entry = self.scanning.entry is not None
        if not (entry and isinstance(self.scanning.wedge.outcome, Refusal)):  # that field judges all of what it holds
            self._tell(in_field=entry, owned=True)

    def _tell(self, *, in_field: bool, owned: bool, held: str = "") -> None:
        if self.shell is None or self.scanning is None or self.scanning.wedge.outcome is None:
            return
        heard = self.scanning.wedge.outcome, self.scanning.wedge.burst
        self.shell.page.run_task(tell, self.shell, self.scanning, *heard, in_field=in_field, owned=owned, held=held)
