"""Lets a verdict be felt without looking: a phone trembles more often and harder, the more a person is needed.

Tones say the same to the ear (views/parts/sounds.py).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from weakref import WeakKeyDictionary

import flet as ft

from views.design import Tone
from views.parts.shell import Shell

BETWEEN = 0.14
"""Seconds from one pulse to the next: nearer to each other they are felt as one."""

PULSES: dict[Tone, tuple[str, int]] = {
    Tone.GOOD: ("light_impact", 1),
    Tone.CAUTION: ("medium_impact", 2),
    Tone.BAD: ("heavy_impact", 3),
    Tone.UNKNOWN: ("selection_click", 1),
}
"""How a tone is felt: how hard, and how often."""


_haptics: WeakKeyDictionary[Shell, ft.HapticFeedback] = WeakKeyDictionary()
"""One for each person's page: each that is made is sent to the client with all that the page has."""


async def let_feel(shell: Shell, tone: Tone) -> None:
    """Let a phone tremble as its tone wants, unless the person has switched that off."""
    if not (shell.on_phone and shell.trembles):
        return
    name, times = PULSES[tone]
    haptics = _haptics.get(shell) or _haptics.setdefault(shell, ft.HapticFeedback())
    pulse: Callable[[], Awaitable[None]] = getattr(haptics, name)
    with contextlib.suppress(RuntimeError):  # not every device can do this
        for number in range(times):
            await asyncio.sleep(BETWEEN if number else 0)
            await pulse()
