"""Reading from disk for a screen without holding up everybody else's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import flet as ft

from views.parts.session import use_session
from views.parts.words import problem_sentence

T = TypeVar("T")

log = logging.getLogger(__name__)


def use_loaded(load: Callable[[], T], dependencies: Sequence[Any]) -> tuple[bool, T | None]:
    """Hook: run `load` in a thread whenever the dependencies change.

    Gives whether it has ever ended, and its latest value: None where it failed, which the person is told. While it runs
    again the earlier value stays.
    """
    loaded, set_loaded = ft.use_state(cast("tuple[bool, T | None]", (False, None)))

    session = use_session()

    async def run() -> None:
        try:
            value = await asyncio.to_thread(load)
        except Exception:
            log.exception("something could not be read")
            session.say(problem_sentence(session.texts, "internal"))
            value = None
        set_loaded((True, value))

    ft.use_effect(run, dependencies)
    return loaded
