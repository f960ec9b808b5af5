"""Saves a file that was made on the device where the person wants it, hands it on, or opens it to be printed."""

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


async def save_file(shell: Shell, content: bytes, name: str) -> str | None:
    """Let the person choose where; browsers and phones get the bytes. Returns its name, None where it was not saved.

    What is in the way is told.
    """
    if not shell.on_computer:
        path = await ft.FilePicker().save_file(file_name=name, src_bytes=content)
        return name if path or shell.page.web else None
    chosen = await ft.FilePicker().save_file(file_name=name)
    if not chosen:
        return None
    try:
        await asyncio.to_thread(_write, Path(chosen), content)
    except OSError:
        shell.say_problem("not_saved")
        return None
    return Path(chosen).name


async def share_file(content: bytes, name: str, mime_type: str) -> None:
    """Hand the file on by the system's own way."""
    await ft.Share().share_files([ft.ShareFile.from_bytes(content, mime_type=mime_type, name=name)])


async def open_file(content: bytes, name: str) -> None:
    """Open the file in the system's program for it."""
    path = await asyncio.to_thread(_keep_for_now, content, name)
    await ft.UrlLauncher().launch_url(path.as_uri())


def _write(path: Path, content: bytes) -> None:
    """Write the file aside and put it in place, so that half of one is never left."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _keep_for_now(content: bytes, name: str) -> Path:
    """Put the file where another program can read it, until this app ends."""
    folder = Path(tempfile.mkdtemp(prefix="ocop-verify-"))  # for this user alone
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / name
    path.write_bytes(content)
    return path
