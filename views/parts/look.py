"""The look of the app: themes, the colours of tones, and the frame around each screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar, cast

import flet as ft

from views.parts.shell import Shell
from views.parts.texts import Texts
from views.parts.words import Tone

P = ParamSpec("P")
R = TypeVar("R")

SEED = "#0B6B57"

# Backgrounds with their text colours; each pair has a contrast of at least 4.5 (WCAG 2.2, 1.4.3).
_TONES: dict[Tone, tuple[str, str]] = {
    Tone.GOOD: ("#0B6B3A", "#FFFFFF"),
    Tone.CAUTION: ("#FFC53D", "#2B1D00"),
    Tone.BAD: ("#B3261E", "#FFFFFF"),
    Tone.UNKNOWN: ("#455A64", "#FFFFFF"),
}


# No transitions: people wait for a verdict, and a field that is tapped while a screen slides loses the focus.
_AT_ONCE = ft.PageTransitionsTheme(
    android=ft.PageTransitionTheme.NONE,
    ios=ft.PageTransitionTheme.CUPERTINO,  # has the swipe back that people expect on iOS
    linux=ft.PageTransitionTheme.NONE,
    macos=ft.PageTransitionTheme.NONE,
    windows=ft.PageTransitionTheme.NONE,
)


def tone_colours(tone: Tone) -> tuple[str, str]:
    """Background and text colour of a tone, the same in every theme."""
    return _TONES[tone]


def apply_theme(page: ft.Page, theme: str) -> None:
    """Set `system`, `light`, `dark` or `contrast` on the page."""
    page.theme = ft.Theme(color_scheme_seed=SEED, page_transitions=_AT_ONCE)
    page.dark_theme = ft.Theme(color_scheme_seed=SEED, page_transitions=_AT_ONCE)
    if theme == "contrast":
        page.theme = ft.Theme(
            page_transitions=_AT_ONCE,
            color_scheme=ft.ColorScheme(
                primary="#003D30",
                on_primary="#FFFFFF",
                surface="#FFFFFF",
                on_surface="#000000",
                on_surface_variant="#000000",
                outline="#000000",
                outline_variant="#000000",
                error="#8C0009",
                secondary_container="#003D30",
                on_secondary_container="#FFFFFF",
            ),
        )
    page.theme_mode = {"light": ft.ThemeMode.LIGHT, "contrast": ft.ThemeMode.LIGHT, "dark": ft.ThemeMode.DARK}.get(
        theme, ft.ThemeMode.SYSTEM
    )


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


def screen(
    shell: Shell,
    route: str,
    title: str,
    controls: Sequence[ft.Control],
    *,
    tab: int | None = None,
    actions: Sequence[ft.Control] = (),
    scroll: bool = True,
    bottom: Sequence[ft.Control] = (),
) -> ft.View:
    """A screen: a title bar, its controls in a column of readable width, and the navigation of the window's size.

    `tab` is the index in the navigation; screens on top of another have none, and get a way back instead. Controls in
    `bottom` stay within reach of the thumb, however long the screen is.
    """
    _ = shell.texts.gettext
    column: ft.Control = _readable(
        shell,
        ft.Column(
            list(controls),
            spacing=12,
            scroll=ft.ScrollMode.AUTO if scroll else None,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            expand=True,
        ),
        expand=True,
    )
    if bottom:
        actions_row = ft.Column(list(bottom), spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        column = ft.Column(
            [column, ft.Divider(height=1), _readable(shell, actions_row)],
            spacing=0,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    body: list[ft.Control] = [column]
    bar: ft.NavigationBar | None = None
    if tab is not None and shell.wide:
        body = [
            ft.Row(
                [_rail(shell, tab), ft.VerticalDivider(width=1), column],
                expand=True,
                spacing=0,
                vertical_alignment=ft.CrossAxisAlignment.STRETCH,
            )
        ]
    elif tab is not None:
        bar = _bar(shell, tab)
    back = None
    if tab is None:
        leave = shell.guard(lambda: shell.page.navigate(_parent(shell.page.route)))
        back = icon_button(ft.Icons.ARROW_BACK, _("Back"), leave)
    return ft.View(
        route=route,
        padding=0,
        appbar=ft.AppBar(
            title=ft.Text(title, size=20, weight=ft.FontWeight.W_600),
            leading=back,
            automatically_imply_leading=False,
            center_title=False,
            actions=[*actions, ft.Container(width=8)],
        ),
        navigation_bar=bar,
        controls=[
            ft.SafeArea(
                ft.Column(body, expand=True, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH), expand=True
            )
        ],
    )


def _readable(shell: Shell, content: ft.Control, *, expand: bool = False) -> ft.Control:
    """Limit the content of a wide window to a readable width, in the middle."""
    padded = ft.Container(
        content,
        padding=ft.Padding.symmetric(horizontal=16, vertical=12),
        width=720 if shell.wide else None,
        expand=expand and not shell.wide,
    )
    if not shell.wide:
        return padded
    return ft.Row(
        [padded],
        alignment=ft.MainAxisAlignment.CENTER,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH if expand else ft.CrossAxisAlignment.START,
        expand=expand,
    )


def _parent(route: str) -> str:
    return next((base for base in ("/notes", "/register", "/settings") if route.startswith(f"{base}/")), "/")


_TABS = (
    ("nav-scan", "/", ft.Icons.QR_CODE_SCANNER),
    ("nav-register", "/register", ft.Icons.MANAGE_SEARCH),
    ("nav-notes", "/notes", ft.Icons.ASSIGNMENT_OUTLINED),
    ("nav-settings", "/settings", ft.Icons.SETTINGS_OUTLINED),
)


def _labels(texts: Texts) -> list[str]:
    _ = texts.gettext
    return [_("Scan"), _("Look up"), _("Notes"), _("Settings")]


def _go_to_tab(shell: Shell, tab: int | str) -> None:
    """Open the screen of a tab, by the index in the navigation's event.

    The bar itself may show the old tab again, if the screen was redrawn before the event arrived.
    """
    shell.page.navigate(_TABS[int(tab)][1])


def _bar(shell: Shell, tab: int) -> ft.NavigationBar:
    def choose(event: ft.Event[ft.NavigationBar]) -> None:
        _go_to_tab(shell, event.data or 0)

    return ft.NavigationBar(
        selected_index=tab,
        destinations=[
            ft.NavigationBarDestination(icon=known_as(name, ft.Icon(icon)), label=label, tooltip="")
            for (name, _route, icon), label in zip(_TABS, _labels(shell.texts), strict=True)
        ],
        on_change=shell.guard(choose),
    )


def _rail(shell: Shell, tab: int) -> ft.NavigationRail:
    def choose(event: ft.Event[ft.NavigationRail]) -> None:
        _go_to_tab(shell, event.data or 0)

    return ft.NavigationRail(
        selected_index=tab,
        label_type=ft.NavigationRailLabelType.ALL,
        destinations=[
            ft.NavigationRailDestination(icon=known_as(name, ft.Icon(icon)), label=label)
            for (name, _route, icon), label in zip(_TABS, _labels(shell.texts), strict=True)
        ],
        on_change=shell.guard(choose),
    )


def icon_button(icon: ft.IconData, label: str, on_click: Callable[[], object]) -> ft.IconButton:
    """A button without words, with a name for screen readers and as a tooltip."""
    return ft.IconButton(ft.Icon(icon, semantics_label=label), tooltip=label, on_click=on_click)


def chip(text: str, icon: ft.IconData, tone: Tone) -> ft.Control:
    """A small label that tells a state by word, icon and colour together."""
    background, colour = tone_colours(tone)
    return ft.Container(
        ft.Row(
            [ft.Icon(icon, size=14, color=colour), ft.Text(text, size=12, color=colour, weight=ft.FontWeight.W_600)],
            spacing=4,
            tight=True,
        ),
        bgcolor=background,
        border_radius=999,
        padding=ft.Padding.symmetric(horizontal=10, vertical=3),
    )


def card(*controls: ft.Control) -> ft.Control:
    """A group of controls that belong together."""
    return ft.Card(
        ft.Container(
            ft.Column(list(controls), spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH), padding=16
        ),
        margin=0,
        variant=ft.CardVariant.OUTLINED,
    )


def panel(*controls: ft.Control, tone: Tone | None = None, icon: ft.IconData | None = None) -> ft.Control:
    """A group of controls that tells a state; with a tone it asks for attention by icon and colour."""
    column = ft.Column(list(controls), spacing=6, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    mark: list[ft.Control] = []
    if tone and icon:
        background, colour = tone_colours(tone)
        mark = [ft.Container(ft.Icon(icon, size=18, color=colour), bgcolor=background, border_radius=999, padding=6)]
    return ft.Container(
        ft.Row([*mark, column], vertical_alignment=ft.CrossAxisAlignment.START, spacing=12),
        bgcolor=ft.Colors.SURFACE_CONTAINER_HIGH,
        border_radius=12,
        padding=12,
    )


def fact(label: str, value: str) -> ft.Control:
    """A fact: the label above, the value below, which can be selected; a screen reader says both in one."""
    words: list[ft.Control] = [
        ft.Text(label, size=12, color=ft.Colors.ON_SURFACE_VARIANT),
        ft.Text(value, size=15, selectable=True),
    ]
    return _said(f"{label}: {value}", ft.Column(words, spacing=0))


def selectable(text: str, *, size: float | None = None) -> ft.Control:
    """A text that can be selected and copied."""
    return _said(text, ft.Text(text, size=size, selectable=True))


def _said(words: str, shown: ft.Control) -> ft.Control:
    """Give a control the words for screen readers: what Flutter makes of selectable text is an empty field to them."""
    return ft.Semantics(label=words, exclude_semantics=True, container=True, content=shown)


def heading(text: str, *, size: float = 16) -> ft.Control:
    """The title of a part of a screen, below the screen's own; screen readers jump from one to the next."""
    return ft.Semantics(heading_level=2, container=True, content=ft.Text(text, size=size, weight=ft.FontWeight.W_600))
