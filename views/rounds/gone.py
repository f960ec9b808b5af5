"""What is shown where a round is not, or not open any more."""

from __future__ import annotations

import flet as ft

from views.parts.frame import screen
from views.parts.look import main_button, text
from views.parts.places import ROUNDS
from views.parts.shell import Shell


def gone(shell: Shell, route: str) -> ft.View:
    """Say so, and lead to the list."""
    _ = shell.texts.gettext
    words = _("This round is not open on this device: it was closed, or it belongs to another account.")
    button = main_button(_("Go to the rounds"), shell.go_to(ROUNDS), icon=ft.Icons.ROUTE)
    return screen(shell, route, _("Round"), [text(words)], bottom=[button])
