"""Shares and copies the address of a page of the register's server, which any messenger can show."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from services.register.catalogue import CopyState
from views.parts.look import FOOT_BUTTON, known_as
from views.parts.shell import Shell

_WIDE = 320
"""Logical pixels of the main button on a wide window."""


def server_page(copy: CopyState, path: str) -> str | None:
    """The address of a page on the server that the copy came from; None where that is not known."""
    return copy.source.rstrip("/") + path if copy.source else None


def sharing_foot(shell: Shell, address: str | None, title: str, before: Sequence[ft.Control] = ()) -> ft.Control:
    """The foot of a page: buttons, then copy and share; without an address only the buttons."""
    buttons = list(before)
    if address:
        share = _share_button(shell, address, title)
        wide = ft.Container(share, width=_WIDE) if shell.wide else ft.Container(share, expand=True)
        buttons += [_copy_button(shell, address), wide]
    end = ft.MainAxisAlignment.END if shell.wide else ft.MainAxisAlignment.START
    return ft.Row(buttons, spacing=12, alignment=end)


def _share_button(shell: Shell, address: str, title: str) -> ft.Control:
    """Share it. The client itself opens the list of apps: browsers allow that only in response to a click."""
    words = shell.texts.gettext("Share this page")
    action = ft.ShareText(f"{title}\n{address}", title=title, subject=title)
    return known_as("share", ft.FilledButton(words, icon=ft.Icons.SHARE, action=action, style=FOOT_BUTTON))


def _copy_button(shell: Shell, address: str) -> ft.Control:
    """Copy it; said once it is done."""
    _ = shell.texts.gettext
    label = _("Copy the address")
    return known_as(
        "copy-address",
        ft.OutlinedButton(
            content=ft.Icon(ft.Icons.CONTENT_COPY, semantics_label=label),
            tooltip=label,
            action=ft.CopyToClipboard(address),
            on_click=shell.guard(lambda: shell.say(_("The address is copied: {address}").format(address=address))),
            style=FOOT_BUTTON,
        ),
    )
