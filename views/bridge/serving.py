"""Serves the browser version: Flet's web app behind the bridge, the products' pictures and the packed client files."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import flet as ft
import platformdirs
import uvicorn
from flet.utils import open_in_browser

from services.register.pictures import Pictures
from views.bridge.bridge import App, Bridge
from views.bridge.client_files import ClientFiles
from views.bridge.packing import Packer
from views.bridge.picture_files import with_pictures

_LAST_ANSWERS = 5
"""How long open connections may last after the end was asked for, in seconds."""


def serve(
    session: Callable[[ft.Page], Awaitable[None]],
    bridge: Bridge,
    pictures: Pictures | None,
    *,
    host: str,
    port: int,
    assets: str,
    show: str | None,
    thorough: bool = True,
) -> None:
    """Serve until the process is told to end. `show` is the address to open in a browser once it answers, if any.

    `thorough`: spend half a minute of the processor, once, on packing what visitors load as small as can be.
    """
    flet_app: App = ft.run(session, assets_dir=assets, no_cdn=True, export_asgi_app=True)
    packed_files = platformdirs.user_cache_path("ocop-verify", appauthor=False) / "packed"
    packed = ClientFiles(Path(assets), Packer(packed_files, thorough=thorough)).around(flet_app)
    config = uvicorn.Config(
        bridge.around(with_pictures(pictures, packed) if pictures else packed),
        host=host,
        port=port,
        ws="websockets-sansio",  # as Flet's own server
        log_level="warning",
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )
    server = uvicorn.Server(config)

    async def run() -> None:
        serving = asyncio.create_task(server.serve())
        while show and not serving.done():
            if server.started:
                open_in_browser(show)
                break
            await asyncio.sleep(0.05)
        await serving

    with contextlib.suppress(KeyboardInterrupt):  # it has ended in good order, and then repeats the signal
        asyncio.run(run())
