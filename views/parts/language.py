"""The choice of the language, where it is at hand without going to the settings."""

from __future__ import annotations

import asyncio

import flet as ft

from views.design import MAIN_TARGET, PRIMARY, Type
from views.parts.look import known_as, text
from views.parts.shared import use_device
from views.parts.shell import use_shell
from views.parts.texts import LANGUAGES


@ft.component
def LanguageChoice() -> ft.Control:
    """The language by its own name, and a menu of all of them."""
    shell, device = use_shell(), use_device()

    async def choose(language: str) -> None:
        await asyncio.to_thread(device.settings.change, language=language)
        shell.set_language(language)

    def item(language: str, name: str) -> ft.PopupMenuItem:
        async def chosen() -> None:
            await choose(language)

        return ft.PopupMenuItem(content=name, checked=language == shell.texts.language, on_click=shell.guard(chosen))

    name = LANGUAGES[shell.texts.language]
    shown = ft.Row(
        [text(name, Type.SUB, color=PRIMARY), ft.Icon(ft.Icons.ARROW_DROP_DOWN, color=PRIMARY)], spacing=4, tight=True
    )
    menu = ft.PopupMenuButton(
        content=ft.Container(shown, padding=ft.Padding.symmetric(horizontal=8), height=MAIN_TARGET),
        tooltip=f"{shell.texts.gettext('Language')}: {name}",
        items=[item(language, name) for language, name in LANGUAGES.items()],
    )
    return known_as("language", menu)
