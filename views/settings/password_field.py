"""The field for a password, which can be shown while it is typed."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from views.parts.fields import TextInput
from views.parts.look import icon_button, known_as
from views.parts.shell import use_shell


@ft.component
def PasswordField(
    identifier: str, label: str, typed: TextInput, error: str | None, submit: Callable[[], object]
) -> ft.Control:
    """A field with a button that shows and hides what is typed; `error` stands below it."""
    shell = use_shell()
    _ = shell.texts.gettext
    revealed, reveal = ft.use_state(False)
    see = icon_button(
        ft.Icons.VISIBILITY_OFF if revealed else ft.Icons.VISIBILITY,
        _("Hide the password") if revealed else _("Show the password"),
        shell.guard(lambda: reveal(not revealed)),
    )
    field = ft.TextField(
        label=label, password=not revealed, suffix_icon=see, error=error, error_max_lines=8, on_submit=submit
    )
    return known_as(identifier, typed.draw(field))
