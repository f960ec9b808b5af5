"""Text fields whose words belong to the person."""

from __future__ import annotations

import flet as ft

from views.design import ERROR, FIELD, FOCUS, OUTLINE, SURFACE
from views.parts.look import line_width


class TextInput:
    """The text typed into one field, kept over all its redraws; hold it with `ft.use_memo`.

    A field redrawn with the text that the app last received would undo the letters typed since. So each redraw starts
    from the text of the control on the screen, and text is only sent to the client when `put` changes it.
    """

    def __init__(self, initial: str = "") -> None:
        self._text = initial
        self._drawn: ft.TextField | None = None

    @property
    def text(self) -> str:
        """The text in the field now."""
        return self._drawn.value if self._drawn else self._text

    def put(self, text: str) -> None:
        """Change the text; shown at the next redraw."""
        self._text, self._drawn = text, None

    def draw(self, field: ft.TextField) -> ft.TextField:
        """Draw `field`, a new one each time, with the text in it, as the design has fields."""
        field.value = self.text
        field.filled, field.bgcolor = True, SURFACE
        field.border = {
            ft.ControlState.FOCUSED: _outline(3, FOCUS),
            ft.ControlState.ERROR: _outline(2, ERROR),
            ft.ControlState.DEFAULT: _outline(line_width(), OUTLINE),
        }
        self._drawn = field
        return field


def _outline(width: int, colour: ft.Colors) -> ft.OutlineInputBorder:
    return ft.OutlineInputBorder(side=ft.BorderSide(width, colour), border_radius=FIELD)
