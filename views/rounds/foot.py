"""The foot of the screens of an open round: scanning on leads, and one way stands beside it."""

from __future__ import annotations

import flet as ft

from views.parts.look import known_as, main_button, second_button, square_button
from views.parts.places import SCAN
from views.parts.room import use_room
from views.parts.shell import use_shell

_NARROW = 300
"""With less room than this only the main action has words."""


@ft.component
def RoundFoot(identifier: str, words: str, icon: ft.IconData, address: str) -> ft.Control:
    """Draw both; `identifier`, `words`, `icon` and `address` are of the way beside scanning."""
    shell = use_shell()
    room, measured = use_room()
    go = shell.go_to(address)
    beside = square_button(icon, words, go) if room < _NARROW else second_button(words, go, icon=icon)
    scan = main_button(
        shell.texts.gettext("Scan the next pack"), shell.go_to(SCAN), icon=ft.Icons.QR_CODE_SCANNER, expand=True
    )
    return measured(ft.Row([known_as(identifier, beside), known_as("round-scan", scan, expand=True)], spacing=12))
