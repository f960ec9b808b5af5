"""Where the app's window stood on a computer, and whether it can be reached there now."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from dataclasses import dataclass
from typing import Any

LEAST, MOST = 320, 16_384
"""The least and the most pixels that a window may be wide and high: another size is a mistake, and is ignored."""

_IN_REACH = 100
"""So many pixels of a window's upper edge must be on a screen, to take hold of it."""


@dataclass(frozen=True)
class Area:
    """A rectangle on the desktop, in pixels; all screens together have one."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class WindowPlace:
    """A window's rectangle before it was maximised, and whether it was."""

    area: Area
    maximized: bool = False

    @classmethod
    def of(cls, kept: Any) -> WindowPlace:
        """Read what `row` gave. Raises ValueError for anything else, and for a size that no window has."""
        if not isinstance(kept, list | tuple) or len(kept) != 5 or not all(isinstance(one, int) for one in kept):
            raise ValueError("no window's place")
        left, top, width, height, maximized = kept
        if not (LEAST <= width <= MOST and LEAST <= height <= MOST and max(abs(left), abs(top)) <= MOST):
            raise ValueError("no window is so large or stands there")
        return cls(Area(left, top, width, height), bool(maximized))

    @property
    def row(self) -> tuple[int, ...]:
        """As settings keep it."""
        return (self.area.left, self.area.top, self.area.width, self.area.height, int(self.maximized))

    def in_reach(self, screens: Area | None) -> bool:
        """Whether the window can be taken hold of there; not where nobody knows what the screens are."""
        if screens is None:
            return False
        here = self.area
        seen = min(here.left + here.width, screens.left + screens.width) - max(here.left, screens.left)
        return seen >= _IN_REACH and screens.top <= here.top <= screens.top + screens.height - _IN_REACH


def screens() -> Area | None:
    """The rectangle around all screens of this computer; None where the system does not tell (macOS, Wayland)."""
    try:
        if sys.platform == "win32":
            metrics = ctypes.windll.user32.GetSystemMetrics  # SM_XVIRTUALSCREEN and the three after it
            return Area(*(metrics(number) for number in (76, 77, 78, 79)))
        return _x_screen()
    except (OSError, AttributeError):
        return None


def _x_screen() -> Area | None:
    name = ctypes.util.find_library("X11")
    if name is None or "DISPLAY" not in os.environ or "WAYLAND_DISPLAY" in os.environ:
        return None
    x11 = ctypes.CDLL(name)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if not display:
        return None
    handle = ctypes.c_void_p(display)
    try:
        return Area(0, 0, x11.XDisplayWidth(handle, 0), x11.XDisplayHeight(handle, 0))
    finally:
        x11.XCloseDisplay(handle)
