"""What all screens of one person share, one by one: a component asks for the things that it uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar, cast

import flet as ft
from flet.components.utils import current_component

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
        self._name = f"shared {id(self)}"

    def given(self, value: T, draw: Callable[[], R]) -> R:
        """Draw content in which `value` is shared, which is all that the person's page shows."""
        ft.context.page.session.store.set(self._name, value)
        return self._context(value, draw)

    def __call__(self) -> T:
        found, known = ft.use_context(self._context), ft.use_ref(cast("T | None", None))
        if found is not None:
            known.current = found
            return found
        # A part that is kept over its parent's redraws (ft.memo) looks for that parent in vain when it is drawn anew
        # by itself, and so does what is new in it.
        if known.current is None:
            known.current = ft.context.page.session.store.get(self._name)
        if known.current is None:
            raise RuntimeError("a screen was drawn outside an app")
        if isinstance(known.current, ft.Observable):
            current_component()._attach_observable_subscription(known.current)  # as use_context does
        return known.current


use_workspace = Shared[Workspace]()
use_device = Shared[Device]()
