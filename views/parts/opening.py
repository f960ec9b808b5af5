"""Asks before an address is opened outside the app."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from services.codes import CodeError
from services.links import Link, read_link
from services.workspace import Workspace
from views.design import Type
from views.parts.look import selectable, text
from views.parts.shell import Shell


def ask_to_open(shell: Shell, workspace: Workspace, address: str) -> None:
    """Show where an address of the register's leads before it opens in the browser; one that leads nowhere is told."""
    _ = shell.texts.gettext
    try:
        link = read_link(address, workspace.catalogue.known_domains)
    except CodeError:
        shell.say(_("This address cannot be opened: {address}").format(address=address))
        return
    ask_to_open_link(shell, link)


def ask_to_open_link(shell: Shell, link: Link, doubts: Sequence[str] = ()) -> None:
    """Show once more where a link leads, and what is doubtful about it, before it opens in the browser."""
    _ = shell.texts.gettext
    leave = shell.guard(shell.page.pop_dialog)
    shell.page.show_dialog(
        ft.AlertDialog(
            title=ft.Text(_("Open {domain}?").format(domain=link.domain)),
            content=ft.Column(
                [
                    selectable(link.clean),
                    *[text(doubt, Type.SUB) for doubt in doubts],
                    ft.Text(_("It opens outside this app. What it shows there is not checked.")),
                ],
                tight=True,
            ),
            scrollable=True,
            actions=[
                ft.TextButton(_("Cancel"), on_click=leave),
                # The client opens the address: browsers let a page open another only in response to a click.
                ft.TextButton(_("Open"), url=ft.Url(link.clean, target=ft.UrlTarget.BLANK), on_click=leave),
            ],
        )
    )
