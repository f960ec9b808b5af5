"""The audits of the shelves: the one that runs, and those before."""

from __future__ import annotations

import flet as ft

from views.parts.device_state import use_device_state
from views.parts.frame import screen
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import empty, known_as, main_button
from views.parts.places import AUDIT_NOW, AUDITS
from views.parts.shared import use_device
from views.parts.shell import use_shell


@ft.component
def AuditsScreen() -> ft.View:
    """Begin an audit, or go on with the one that runs."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    _ = shell.texts.gettext
    ready, running = use_loaded(lambda: device.audits.current(state.viewer), [state.viewer, state.notes_version])
    words = _("Go on with the audit") if running else _("Begin an audit")
    way = known_as("audit-start", main_button(words, shell.go_to(AUDIT_NOW), icon=ft.Icons.BARCODE_READER))
    said = _("Scan what stands on your shelves: what to take down, what to look at, and what is in order.")
    content = empty(ft.Icons.SHELVES, _("Audit of the shelves"), said, way) if ready else Skeleton()
    return screen(shell, AUDITS, _("Shelves"), [content], top=True)
