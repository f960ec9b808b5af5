"""Asks the client while the app starts, when its connection may break off and come back.

A page that is reloaded in a browser keeps its session. What the earlier page was asked is never answered, and Flet
drops what is drawn while no client is connected. A start that waited for such an answer would leave the screen empty
for as long as the session is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import TypeVar

import flet as ft

T = TypeVar("T")

PATIENCE = 3.0
"""A client that has not answered within so many seconds never will."""


async def in_time(answer: Awaitable[T]) -> T:
    """Wait for a client's answer. Raises TimeoutError after PATIENCE."""
    async with asyncio.timeout(PATIENCE):
        return await answer


async def answer_of(page: ft.Page, ask: Callable[[], Coroutine[object, None, T]]) -> T:
    """Give the client's answer to `ask`, asking again each time the client has reconnected."""
    while True:
        connected = _next_connection(page)
        asked = asyncio.ensure_future(ask())
        waiting = asyncio.ensure_future(connected.wait())
        try:
            await asyncio.wait((asked, waiting), return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
        finally:
            asked.cancel()
            waiting.cancel()


async def until_connected(page: ft.Page) -> None:
    """Wait while no client is connected. Raises RuntimeError where none reconnects in time."""
    while (expires := page.session.expires_at) is not None:
        if expires < datetime.now(UTC):
            raise RuntimeError("the client has not come back")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(60):
                await _next_connection(page).wait()


def _next_connection(page: ft.Page) -> asyncio.Event:
    connected = asyncio.Event()
    page.on_connect = connected.set
    return connected
