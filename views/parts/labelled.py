"""A switch or a checkbox whose words break into lines: Flet's own label is cut off where enlarged text has no room."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

_MARK = 64
"""The width of a switch with the gap beside it, in logical pixels; a checkbox has less."""


@ft.component
def Labelled(words: str, make: Callable[[ft.Text], ft.Control]) -> ft.Control:
    """Draw what `make` makes of its label, which is as wide as there is room."""
    width, set_width = ft.use_state(0.0)
    label = ft.Text(words, width=width - _MARK if width > _MARK else None)
    return ft.Container(
        make(label), alignment=ft.Alignment.CENTER_LEFT, on_size_change=lambda event: set_width(event.width)
    )
