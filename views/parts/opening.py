"""Asks before an address is opened outside the app."""

from __future__ import annotations

import flet as ft

from services.codes import CodeError
from services.links import read_link
from services.workspace import Workspace
from views.parts.look import selectable
from views.parts.shell import Shell


def ask_to_open(shell: Shell, workspace: Workspace, address: str) -> None:
    """Show where an address of the register's leads before it opens in the browser; one that leads nowhere is told."""
    _ = shell.texts.gettext
    try:
        link = read_link(address, workspace.catalogue.known_domains)
    except CodeError:
        shell.say(_("This address cannot be opened: {address}").format(address=address))
        return
    leave = shell.guard(shell.page.pop_dialog)
    shell.page.show_dialog(
        ft.AlertDialog(
            title=ft.Text(_("Open {domain}?").format(domain=link.domain)),
            content=ft.Column(
                [selectable(link.clean), ft.Text(_("It opens outside this app. What it shows there is not checked."))],
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
