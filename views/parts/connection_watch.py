"""Watches how the device is connected: asks once, then hears of each change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection

import flet as ft

from services.sync.connection import Connection
from views.parts.client_answers import in_time

SETTLED = 1.0
"""A change counts once it has lasted so many seconds: on the way from Wi-Fi to mobile data there are several."""

log = logging.getLogger(__name__)


def connection_of(kinds: Collection[ft.ConnectivityType]) -> Connection:
    """Tell whether data over these simultaneous connections may cost money.

    A VPN is reported beside the connection that it uses or, on iOS, as `other` without it: alone, neither tells the
    cost. Bluetooth leads to somebody's phone, and so to its mobile data. Wi-Fi may do so too, which cannot be detected.
    """
    if {ft.ConnectivityType.WIFI, ft.ConnectivityType.ETHERNET} & set(kinds):
        return Connection.UNMETERED
    if {ft.ConnectivityType.MOBILE, ft.ConnectivityType.BLUETOOTH} & set(kinds):
        return Connection.METERED
    if {ft.ConnectivityType.VPN, ft.ConnectivityType.OTHER} & set(kinds):
        return Connection.UNKNOWN
    return Connection.NONE


class ConnectionWatch:
    """Calls `tell` with how the device is connected, at first and after each change that lasts.

    For apps that run on the device itself: on the web it would be the browser's connection, while notes go over the web
    server's.
    """

    def __init__(self, tell: Callable[[Connection], Awaitable[object]]) -> None:
        self._tell = tell
        self._service = ft.Connectivity(on_change=self._changed)
        self._task: asyncio.Task[None] | None = asyncio.get_running_loop().create_task(self._ask())

    def close(self) -> None:
        """Stop telling."""
        if self._task:
            self._task.cancel()
        self._service.on_change = None

    async def _ask(self) -> None:
        try:
            kinds = await in_time(self._service.get_connectivity())
        except (TimeoutError, RuntimeError, ValueError, ft.FletUnsupportedPlatformException) as error:
            log.info("the device does not say how it is connected: %s", error)
            return
        await self._tell(connection_of(kinds))

    def _changed(self, event: ft.ConnectivityChangeEvent) -> None:
        if self._task:
            self._task.cancel()
        self._task = asyncio.get_running_loop().create_task(self._settle(connection_of(event.connectivity)))

    async def _settle(self, connection: Connection) -> None:
        await asyncio.sleep(SETTLED)
        await self._tell(connection)
