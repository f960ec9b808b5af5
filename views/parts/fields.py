"""Text fields whose words belong to the person."""

from __future__ import annotations

import flet as ft


class TextInput:
    """What is typed into one field, over all its drawings; keep it with `ft.use_memo`.

    A field drawn with the text the app last *heard of* takes back the letters typed since. So each drawing begins with
    the text of the control that stands on the screen, and none is ever sent back unless `put` changes it.
    """

    def __init__(self, initial: str = "") -> None:
        self._text = initial
        self._drawn: ft.TextField | None = None

    @property
    def text(self) -> str:
        """What stands in the field now."""
        return self._drawn.value if self._drawn else self._text

    def put(self, text: str) -> None:
        """Change the text; seen at the next drawing."""
        self._text, self._drawn = text, None

    def draw(self, field: ft.TextField) -> ft.TextField:
        """Draw `field`, a new one each time, with the text in it."""
        field.value = self.text
        self._drawn = field
        return field
