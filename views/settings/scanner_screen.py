"""The test of a handheld scanner: three codes to scan, how the scanner is set, and what to change."""

from __future__ import annotations

import flet as ft

from views.parts.look import screen
from views.parts.shell import use_shell


@ft.component
def ScannerScreen() -> ft.View:
    shell = use_shell()
    return screen(shell, "/settings/scanner", shell.texts.gettext("Scanner"), [])
