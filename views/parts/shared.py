"""What all screens of one person share, one by one: a component asks for the things that it uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast

import flet as ft

from services.workspace import Device, Workspace

T = TypeVar("T")
R = TypeVar("R")


class Shared(Generic[T]):
    """One thing that the screens of a person share.

    Called as a hook while a component is drawn, it gives the thing. If that is an ft.Observable, the component is
    redrawn when it changes.
    """

    def __init__(self) -> None:
        self._context = ft.create_context(cast("T | None", None))

    def given(self, value: T, draw: Callable[[], R]) -> R:
        """Draw content in which `value` is shared."""
        return self._context(value, draw)

    def __call__(self) -> T:
        value = ft.use_context(self._context)
        if value is None:
            raise RuntimeError("a screen was drawn outside an app")
        return value


use_workspace = Shared[Workspace]()
use_device = Shared[Device]()
