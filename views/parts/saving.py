"""Hands a file on that was made on the device, or opens it to be printed; exporting.py saves it."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
from pathlib import Path

import flet as ft

from views.parts.shell import Shell


def may_share(shell: Shell) -> bool:
    """Whether the system has a way to share files: phones, Windows and macOS do. A browser saves instead."""
    return shell.on_phone or (
        shell.on_computer and shell.page.platform in (ft.PagePlatform.WINDOWS, ft.PagePlatform.MACOS)
    )


async def share_file(content: bytes, name: str, mime_type: str) -> None:
    """Hand the file on by the system's own way."""
    await ft.Share().share_files([ft.ShareFile.from_bytes(content, mime_type=mime_type, name=name)])


async def open_file(content: bytes, name: str) -> None:
    """Open the file in the system's program for it."""
    path = await asyncio.to_thread(_keep_for_now, content, name)
    await ft.UrlLauncher().launch_url(path.as_uri())


def _keep_for_now(content: bytes, name: str) -> Path:
    """Put the file where another program can read it, until this app ends."""
    folder = Path(tempfile.mkdtemp(prefix="ocop-verify-"))  # for this user alone
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / name
    path.write_bytes(content)
    return path
