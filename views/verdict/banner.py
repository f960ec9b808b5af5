"""The word in which a scan ends: on a coloured banner for the eye, and said aloud."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from views.design import Tone, Type
from views.parts.look import text, tone_colours


def banner(identifier: str, word: str, tone: Tone, icon: ft.IconData) -> ft.Control:
    """Draw the banner. In browsers it is a live region, which a screen reader says by itself."""
    background, colour = tone_colours(tone)
    return ft.Semantics(
        identifier=identifier,
        label=word,
        container=True,
        live_region=True,
        exclude_semantics=True,
        content=ft.Container(
            ft.Row(
                [
                    ft.Icon(icon, size=44, color=colour),
                    text(word, Type.VERDICT, color=colour, expand=True),
                ],
                spacing=16,
            ),
            bgcolor=background,
            border_radius=16,
            padding=20,
        ),
    )


def use_announcement(page: ft.Page, word: str | None, causes: Sequence[object]) -> None:
    """Hook: let a device's screen reader say the word whenever one of the causes has changed."""

    def announce() -> None:
        if word is not None and not page.web:
            page.run_task(ft.SemanticsService().announce_message, word)

    ft.use_effect(announce, list(causes))
