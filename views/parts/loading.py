"""Reads from the disk for one screen without delaying others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TypeVar, cast

import flet as ft

from views.design import FIELD, SURFACE_3
from views.parts.shell import use_shell

T = TypeVar("T")

SKELETON_AFTER = 0.3
"""Seconds without an answer after which the shape of what comes is shown."""

log = logging.getLogger(__name__)


def use_loaded(load: Callable[[], T], dependencies: Sequence[object]) -> tuple[bool, T | None]:
    """Hook: run `load` in a thread whenever the dependencies change.

    Gives whether it has ever finished, and its latest value: None where it failed, which the person is told. While it
    runs again the earlier value stays. One that ends after a later one has begun counts for nothing.
    """
    loaded, set_loaded = ft.use_state(cast("tuple[bool, T | None]", (False, None)))
    shell = use_shell()
    begun = ft.use_ref(0)

    async def run() -> None:
        begun.current = mine = (begun.current or 0) + 1
        try:
            value = await asyncio.to_thread(load)
        except Exception:
            log.exception("something could not be read")
            if mine != begun.current:
                return
            shell.say_problem("internal")
            value = None
        if mine == begun.current:
            set_loaded((True, value))

    ft.use_effect(run, dependencies)
    return loaded


@ft.component
def Skeleton() -> ft.Control:
    """The shape of what is being read: nothing at first, since what comes and goes at once only disturbs."""
    shown, show = ft.use_state(False)
    words = use_shell().texts.gettext("Loading …")

    async def wait() -> None:
        await asyncio.sleep(SKELETON_AFTER)
        show(True)

    ft.use_effect(wait, [])
    bars = [ft.Container(height=height, bgcolor=SURFACE_3, border_radius=FIELD) for height in (32, 88, 88, 88)]
    return ft.Semantics(label=words, content=ft.Column(cast("list[ft.Control]", bars), spacing=12), visible=shown)
