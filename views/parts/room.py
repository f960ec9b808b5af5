"""How much room a part of a screen has for text: Flet tells neither that nor how much the person has enlarged text."""

from __future__ import annotations

import math
from collections.abc import Callable

import flet as ft

_LINE = 24
"""The height of a line of text of the common size, in logical pixels."""

Measured = Callable[[ft.Control], ft.Control]


def use_room() -> tuple[float, Measured]:
    """Hook: the part's width in logical pixels of text that is not enlarged, and what wraps its content to measure it.

    Text of twice the size halves the room. Infinite until the client has told it.
    """
    width, set_width = ft.use_state(math.inf)
    line, set_line = ft.use_state(float(_LINE))

    def measured(content: ft.Control) -> ft.Control:
        probe = ft.Text("O", opacity=0, on_size_change=lambda event: set_line(max(event.height, 1)))
        unseen = ft.Semantics(content=ft.Row([probe], tight=True), exclude_semantics=True)
        return ft.Container(
            ft.Stack([unseen, content], fit=ft.StackFit.PASS_THROUGH),
            on_size_change=lambda event: set_width(event.width),
        )

    return width * _LINE / line, measured
