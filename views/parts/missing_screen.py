"""The screen for an address that leads to nothing."""

from __future__ import annotations

import flet as ft

from views.parts.frame import screen
from views.parts.look import known_as
from views.parts.places import SCAN
from views.parts.shell import use_shell


@ft.component
def MissingScreen() -> ft.View:
    """Say that the page does not exist, and show the way to the first screen."""
    shell = use_shell()
    _, address = shell.texts.gettext, shell.page.route
    words = _("There is no page at this address: {address}").format(address=address)
    return screen(
        shell,
        address,
        _("This page does not exist"),
        [
            known_as("missing", ft.Text(words)),
            ft.Text(_("Look whether the address is typed rightly. Nothing that you recorded is lost.")),
            ft.Row([ft.FilledButton(_("Scan a code"), icon=ft.Icons.QR_CODE_SCANNER, on_click=shell.go_to(SCAN))]),
        ],
    )
