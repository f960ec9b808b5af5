"""Reads from the disk for one screen without delaying others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TypeVar, cast

import flet as ft

from views.parts.shell import use_shell

T = TypeVar("T")

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
