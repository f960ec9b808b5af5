"""The pieces that screens are made of, in the design's roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import flet as ft

from views.design import (
    CARD,
    CHOSEN,
    FIELD,
    FIGURES_FONT,
    FOCUS,
    GAP,
    INK,
    INK_2,
    INSIDE,
    LINE,
    NARROW,
    ON_CHOSEN,
    OUTLINE,
    PILL,
    PRIMARY,
    SHEET,
    SURFACE,
    SURFACE_2,
    TEXT_FONT,
    TEXT_STYLES,
    TONES,
    Tone,
    Type,
)

P = ParamSpec("P")
R = TypeVar("R")


def line_width() -> int:
    """How wide lines and edges are, in logical pixels: 1, and 2 in high contrast; 1 where there is no page."""
    try:
        theme = ft.context.page.theme
    except RuntimeError:
        return 1
    return int(theme.divider_theme.thickness or 1) if theme and theme.divider_theme else 1


def tone_colours(tone: Tone) -> tuple[ft.Colors, ft.Colors]:
    """Ground and text colour of a tone's band."""
    roles = TONES[tone]
    return roles.band, roles.on_band


def tone_icon(tone: Tone, *, size: float = 24) -> ft.Icon:
    """A tone's shape on a plain ground: it tells the tone without colour too. Words must stand beside it."""
    return ft.Icon(TONES[tone].shape, color=TONES[tone].icon, size=size)


def text(
    words: str,
    role: Type = Type.BODY,
    *,
    color: ft.Colors | None = None,
    figures: bool = False,
    max_lines: int | None = None,
    expand: bool | int | None = None,
    text_align: ft.TextAlign = ft.TextAlign.START,
) -> ft.Text:
    """A text in a role of the design. `figures`: its digits have one width, for numbers that stand below each other."""
    return ft.Text(
        words,
        theme_style=TEXT_STYLES[role],
        color=color or (INK_2 if role is Type.SMALL else None),
        font_family=FIGURES_FONT if figures else None,
        font_family_fallback=[TEXT_FONT] if figures else None,
        max_lines=max_lines,
        overflow=ft.TextOverflow.ELLIPSIS if max_lines else ft.TextOverflow.CLIP,
        expand=expand,
        text_align=text_align,
    )


def segment(value: str, words: str) -> ft.Segment:
    """One of a few choices beside each other; words that need a second line stay in the middle."""
    return ft.Segment(value=value, label=ft.Text(words, text_align=ft.TextAlign.CENTER))


def main_button(
    words: str, on_click: Callable[[], object], *, icon: ft.IconData | None = None, expand: bool | int | None = None
) -> ft.FilledButton:
    """A screen's one main action: filled, within the thumb, 56 px high and higher where the text is larger."""
    return ft.FilledButton(words, icon=icon, on_click=on_click, expand=expand, style=FOOT_BUTTON)


def second_button(
    words: str, on_click: Callable[[], object], *, icon: ft.IconData | None = None, expand: bool | int | None = None
) -> ft.OutlinedButton:
    """The action beside the main one: outlined, of the same height."""
    return ft.OutlinedButton(words, icon=icon, on_click=on_click, expand=expand, style=FOOT_BUTTON)


def square_button(icon: ft.IconData, label: str, on_click: Callable[[], object]) -> ft.OutlinedButton:
    """A second action without words, for which there is no room; its name is a tooltip and is read out."""
    return ft.OutlinedButton(
        content=ft.Icon(icon, semantics_label=label), tooltip=label, on_click=on_click, style=FOOT_BUTTON
    )


FOOT_BUTTON = ft.ButtonStyle(padding=ft.Padding.symmetric(vertical=16, horizontal=16))
"""The style of the buttons in a screen's foot."""


def keyed(key: str, component: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """Draw a component under a key: another key makes a new instance with fresh state."""
    return cast("Callable[..., R]", component)(*arguments, key=key, **named)


def known_as(
    identifier: str, content: ft.Control, *, expand: bool | int | None = None, key: str | None = None
) -> ft.Semantics:
    """Give a control a name that tests and assistive tools find it by.

    The rows of a list that changes by itself need a `key`: without one they are told apart by their index, and a tap
    that is on its way while the list changes would count for another row.
    """
    return ft.Semantics(identifier=identifier, content=content, expand=expand, key=key)


def icon_button(icon: ft.IconData, label: str, on_click: Callable[[], object]) -> ft.IconButton:
    """A button without words, with a name for screen readers and as a tooltip."""
    return ft.IconButton(ft.Icon(icon, semantics_label=label), tooltip=label, on_click=on_click)


def chip(words: str, icon: ft.IconData, tone: Tone) -> ft.Control:
    """A small label that tells a state by word, icon and colour together."""
    ground, colour = tone_colours(tone)
    said = ft.Text(words, theme_style=TEXT_STYLES[Type.LABEL], color=colour, weight=ft.FontWeight.W_600)
    return ft.Container(
        ft.Row([ft.Icon(icon, size=18, color=colour), said], spacing=6, tight=True),
        bgcolor=ground,
        border_radius=PILL,
        padding=ft.Padding.only(left=6, right=8, top=3, bottom=3),
    )


def state_label(words: str, icon: ft.IconData, *, urgent: bool = False) -> ft.Control:
    """A quiet label that tells what became of something; `urgent` where it waits for a person.

    It has no ground and no colour of a tone: those tell verdicts.
    """
    colour = PRIMARY if urgent else INK_2
    said = ft.Text(
        words,
        theme_style=TEXT_STYLES[Type.LABEL],
        color=colour,
        weight=ft.FontWeight.W_600 if urgent else None,
    )
    return ft.Row([ft.Icon(icon, size=20, color=colour), said], spacing=6, tight=True)


def row_button(
    identifier: str,
    content: ft.Control,
    on_click: Callable[[], object],
    *,
    chosen: bool = False,
    key: str | None = None,
) -> ft.Control:
    """A row of a list, all of which opens what it names; `chosen` where that is shown beside the list.

    It is one thing to a screen reader. The rows of a list that changes by itself need a `key` (see `known_as`).
    """
    button = ft.OutlinedButton(
        content=content,
        on_click=on_click,
        style=ft.ButtonStyle(
            bgcolor=SURFACE_2 if chosen else SURFACE,
            padding=12,
            alignment=ft.Alignment.CENTER_LEFT,
            side={
                ft.ControlState.FOCUSED: ft.BorderSide(3, FOCUS),
                ft.ControlState.DEFAULT: _edge(LINE, chosen=chosen),
            },
        ),
    )
    return ft.MergeSemantics(ft.Semantics(identifier=identifier, selected=chosen, content=button), key=key)


def _edge(plain: ft.Colors, *, chosen: bool) -> ft.BorderSide:
    return ft.BorderSide(3, PRIMARY) if chosen else ft.BorderSide(line_width(), plain)


def choice_button(
    identifier: str, words: str, icon: ft.IconData, on_click: Callable[[], object], *, chosen: bool
) -> ft.Control:
    """One of several answers, in a cell as high as the others: all can be aimed at without looking."""
    colour = ON_CHOSEN if chosen else INK
    button = ft.OutlinedButton(
        content=ft.Row(
            [ft.Icon(icon, size=20, color=colour), text(words, Type.LABEL, color=colour, expand=True)], spacing=8
        ),
        on_click=on_click,
        style=ft.ButtonStyle(
            bgcolor=CHOSEN if chosen else SURFACE,
            padding=ft.Padding.symmetric(vertical=14, horizontal=12),
            shape=ft.RoundedRectangleBorder(radius=FIELD),
            side={
                ft.ControlState.FOCUSED: ft.BorderSide(3, FOCUS),
                ft.ControlState.DEFAULT: _edge(OUTLINE, chosen=chosen),
            },
        ),
    )
    return ft.MergeSemantics(ft.Semantics(identifier=identifier, checked=chosen, content=button), expand=True)


def empty(icon: ft.IconData, title: str, words: str, *ways: ft.Control) -> ft.Control:
    """A screen without content: what belongs here, and what begins it or leads on."""
    sign = ft.Container(ft.Icon(icon, size=48, color=ON_CHOSEN), bgcolor=CHOSEN, border_radius=SHEET, padding=24)
    return ft.Container(
        ft.Column(
            [
                ft.Row([sign], alignment=ft.MainAxisAlignment.CENTER),
                text(title, Type.TITLE, text_align=ft.TextAlign.CENTER),
                text(words, text_align=ft.TextAlign.CENTER),
                *ways,
            ],
            spacing=12,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=ft.Padding.symmetric(vertical=32, horizontal=INSIDE),
        width=NARROW,
    )


def card(*controls: ft.Control) -> ft.Control:
    """A group of controls that belong together."""
    return ft.Card(
        ft.Container(
            ft.Column(list(controls), spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH), padding=INSIDE
        )
    )


def panel(*controls: ft.Control, tone: Tone | None = None, icon: ft.IconData | None = None) -> ft.Control:
    """A group of controls that tells a state; with a tone it asks for attention by icon and colour."""
    column = ft.Column(list(controls), spacing=6, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    mark: list[ft.Control] = []
    if tone and icon:
        ground, colour = tone_colours(tone)
        mark = [ft.Container(ft.Icon(icon, size=18, color=colour), bgcolor=ground, border_radius=PILL, padding=6)]
    return ft.Container(
        ft.Row([*mark, column], vertical_alignment=ft.CrossAxisAlignment.START, spacing=12),
        bgcolor=SURFACE_2,
        border=ft.Border.all(line_width(), LINE),
        border_radius=CARD,
        padding=12,
    )


def fact(label: str, value: str) -> ft.Control:
    """A fact: the label above, the value below, which can be selected; a screen reader says both in one."""
    words: list[ft.Control] = [
        text(label, Type.SMALL),
        ft.Text(value, selectable=True),
    ]
    return _said(f"{label}: {value}", ft.Column(words, spacing=0))


def selectable(words: str, role: Type = Type.BODY) -> ft.Control:
    """A text that can be selected and copied."""
    return _said(words, ft.Text(words, theme_style=TEXT_STYLES[role], selectable=True))


def _said(words: str, shown: ft.Control) -> ft.Control:
    """Give a control the words for screen readers: what Flutter makes of selectable text is an empty field to them."""
    return ft.Semantics(label=words, exclude_semantics=True, container=True, content=shown)


def heading(words: str, role: Type = Type.SUB) -> ft.Control:
    """The title of a part of a screen, below the screen's own; screen readers jump from one to the next."""
    return ft.Semantics(heading_level=2, container=True, content=text(words, role))
