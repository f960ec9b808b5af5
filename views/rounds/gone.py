"""What is shown where a round is not, or not open any more."""

from __future__ import annotations

import flet as ft

from views.parts.frame import screen
from views.parts.look import main_button, text
from views.parts.places import ROUNDS, SETTINGS
from views.parts.shell import Shell


def gone(shell: Shell, route: str) -> ft.View:
    """Say so, and lead to the list."""
    _ = shell.texts.gettext
    words = _("This round is not open on this device: it was closed, or it belongs to another account.")
    button = main_button(_("Go to the rounds"), shell.go_to(ROUNDS), icon=ft.Icons.ROUTE)
    return screen(shell, route, _("Round"), [text(words)], bottom=[button])


def not_for_them(shell: Shell, route: str) -> ft.View:
    """Say so to whoever does not inspect: an address, or a sign-out in another window, leads here."""
    _ = shell.texts.gettext
    words = _("Rounds are for those who inspect. Sign in with such an account.")
    button = main_button(_("Settings"), shell.go_to(SETTINGS), icon=ft.Icons.SETTINGS)
    return screen(shell, route, _("Rounds"), [text(words)], bottom=[button])
