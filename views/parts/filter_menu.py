"""Filters as buttons that open a menu: one choice of several, or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import flet as ft

from views.design import CHOSEN, FIELD, INK, ON_CHOSEN, OUTLINE, SURFACE, TEXT_STYLES, Type
from views.parts.look import known_as
from views.parts.shell import Shell

V = TypeVar("V")


def filter_menu(
    shell: Shell,
    identifier: str,
    label: str,
    options: Sequence[tuple[V, str]],
    chosen: V | None,
    choose: Callable[[V | None], None],
) -> ft.Control:
    """A filter with one choice of several, or none."""
    _ = shell.texts.gettext
    words = next((text for value, text in options if value == chosen), None)

    def choice(value: V | None, text: str) -> ft.PopupMenuItem:
        return ft.PopupMenuItem(text, checked=value == chosen, on_click=shell.guard(lambda: choose(value)), height=48)

    return known_as(
        identifier,
        ft.PopupMenuButton(
            content=filter_pill(words or label, f"{label}: {words}" if words else label, chosen=words is not None),
            items=[choice(None, _("All")), *(choice(value, text) for value, text in options)],
            tooltip="",
        ),
    )


def filter_pill(words: str, said: str, *, chosen: bool) -> ft.Control:
    """A filter's button, filled where something is chosen, with words for screen readers."""
    colour = ON_CHOSEN if chosen else INK
    return ft.Container(
        ft.Row(
            [
                *([ft.Icon(ft.Icons.CHECK, size=16, color=colour)] if chosen else []),
                ft.Text(words, theme_style=TEXT_STYLES[Type.LABEL], color=colour, semantics_label=said),
                ft.Icon(ft.Icons.ARROW_DROP_DOWN, size=18, color=colour),
            ],
            spacing=4,
            tight=True,
        ),
        bgcolor=CHOSEN if chosen else SURFACE,
        border=ft.Border.all(1, CHOSEN if chosen else OUTLINE),
        border_radius=FIELD,
        padding=ft.Padding.only(left=12, right=6, top=13, bottom=13),
    )
