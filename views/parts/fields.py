"""Text fields whose words belong to the person."""

from __future__ import annotations

import flet as ft


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
        """Draw `field`, a new one each time, with the text in it."""
        field.value = self.text
        self._drawn = field
        return field
