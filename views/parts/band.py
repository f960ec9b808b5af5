"""The band at a screen's head in which a scan ends: a shape, the word and one line, for the eye and said aloud."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import flet as ft

from views.design import EDGE, PANEL, TONES, Tone, Type, Width
from views.parts.look import text
from views.parts.room import use_room

_NARROW = {Width.COMPACT: 300, Width.MEDIUM: 400, Width.EXPANDED: 480}
"""With less room than this the shape is small, so that no word is broken; words are larger on wide windows."""


@ft.component
def Band(
    identifier: str,
    word: str,
    line: str | None,
    tone: Tone,
    width: Width,
    *,
    small: bool = False,
    square: bool = True,
    on_narrow: Callable[[bool], object] | None = None,
    number: int = 0,
) -> ft.Control:
    """Draw the band; `small` is its one line while the rest of the screen is scrolled, `square` reaches the edges.

    `on_narrow` is told whether there is little room, so that the screen may show the line below, where it scrolls.
    In browsers it is a live region, which a screen reader says by itself; it is said again with another `number`.
    """
    room, measured = use_room()
    narrow = room < _NARROW[width]

    def tell() -> None:
        if on_narrow:
            on_narrow(narrow)

    ft.use_effect(tell, [narrow])
    roles = TONES[tone]
    words: list[ft.Control] = [text(word, Type.TITLE if small else Type.VERDICT, color=roles.on_band)]
    if line and not small:
        words.append(text(line, color=roles.on_band))
    return measured(
        ft.Semantics(
            key=f"{number} {word}",  # a browser says no region again whose words change
            identifier=identifier,
            label=word,
            container=True,
            live_region=True,
            exclude_semantics=True,
            content=ft.Container(
                ft.Row(
                    [
                        ft.Icon(roles.shape, size=32 if small or narrow else 56, color=roles.band_icon),
                        ft.Column(words, spacing=4, expand=True),
                    ],
                    spacing=8 if narrow else 16,
                ),
                bgcolor=roles.band,
                border_radius=None if square else PANEL,
                padding=ft.Padding.symmetric(horizontal=12 if narrow else EDGE[width] + 4, vertical=8 if small else 16),
            ),
        )
    )


def use_announcement(page: ft.Page, word: str | None, causes: Sequence[object]) -> None:
    """Hook: let a device's screen reader say the word whenever one of the causes has changed."""

    def announce() -> None:
        if word is not None and not page.web:
            page.run_task(ft.SemanticsService().announce_message, word)

    ft.use_effect(announce, list(causes))
