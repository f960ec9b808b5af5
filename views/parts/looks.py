"""Keeps what the person looks at in their history, and exports it."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path

import flet as ft

from services.accounts.viewer import Viewer
from services.history.history import History, Look
from services.safe_errors import describe
from services.storage.store import StoreError
from services.tables import csv_table
from services.verification.check import CheckedCode
from views.parts.device_state import use_device_state
from views.parts.places import SCAN, place_of
from views.parts.scanning import Judged, use_scanning
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.parts.verdict_words import STATUS

log = logging.getLogger(__name__)


def use_look(code: CheckedCode | None, named: CheckedCode | None) -> None:
    """Hook: keep in the history that the verdict on `code` is shown, and the product that `named` names.

    The list beside the camera has it too. Nobody is disturbed where the disk does not take it.
    """
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    scanning = use_scanning()
    status = code.verdict.status if code else None
    gtin = named.gtin if named else None
    name = named.product.name if named and named.product else None

    async def keep() -> None:
        if code is None:
            return
        address = shell.page.route
        if place_of(address) == SCAN:
            scanning.note_verdict(Judged(address, workspace.now(), name or code.text, code.verdict.status))
        said = shell.texts.gettext(STATUS[code.verdict.status][0])
        owner = state.viewer.account
        look = Look(workspace.now(), code.text, code.verdict.status, said, gtin, name, owner)
        try:
            await asyncio.to_thread(device.looked, look)
        except StoreError as error:
            log.warning("a look could not be kept: %s", describe(error))

    ft.use_effect(keep, [code.text if code else None, status, gtin, name])


def export_looks(
    shell: Shell, history: History, viewer: Viewer, now: Callable[[], datetime]
) -> Callable[[], Awaitable[None]]:
    """Make a handler that saves all looks of the viewer as a table; `now` is for the file's name."""

    def table() -> bytes | None:
        looks = history.find(viewer, limit=sys.maxsize).looks
        return csv_table([_row(shell.texts, look) for look in looks]) if looks else None

    async def export() -> None:
        _ = shell.texts.gettext
        content = await asyncio.to_thread(table)
        if content is None:
            shell.say(_("There is nothing to export."))
            return
        name = f"ocop-looks-{now():%Y%m%d-%H%M}.csv"
        handed = shell.page.web or shell.on_phone
        chosen = await ft.FilePicker().save_file(file_name=name, src_bytes=content if handed else None)
        if chosen and not handed:
            try:
                await asyncio.to_thread(Path(chosen).write_bytes, content)
            except OSError:
                shell.say_problem("not_saved")
                return
        if chosen or shell.page.web:
            shell.say(_("Exported: {name}").format(name=Path(chosen).name if chosen else name))

    return shell.guard(export)


def delete_asked(shell: Shell, history: History, viewer: Viewer) -> Callable[[], Awaitable[None]]:
    """Make a handler that deletes all looks of the viewer once the person has agreed."""
    _ = shell.texts.gettext

    async def delete() -> None:
        shell.page.pop_dialog()
        await asyncio.to_thread(history.delete_all, viewer)

    def ask() -> None:
        shell.page.show_dialog(
            ft.AlertDialog(
                title=ft.Text(_("Delete your history?")),
                content=ft.Text(_("It cannot be brought back. Notes are not touched.")),
                actions=[
                    ft.TextButton(_("Cancel"), on_click=shell.guard(shell.page.pop_dialog)),
                    ft.FilledButton(_("Delete"), on_click=shell.guard(delete)),
                ],
            )
        )

    return shell.guard(ask)


def _row(texts: Texts, look: Look) -> Mapping[str, str]:
    _ = texts.gettext
    return {
        _("Time"): texts.moment(look.at),
        _("Product"): look.name or "",
        _("Code"): look.text,
        "GTIN": look.gtin or "",
        _("Verdict"): look.said,
    }
