"""The frame around each screen: its title and way back, its content, its foot, and the navigation.

A phone has one column and a bar below. From 840 px on there is a rail, on every screen, and room for two panes; from
1,240 px on the rail has words and there is room for three areas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import flet as ft

from views.design import (
    BACKGROUND,
    EDGE,
    INK_2,
    LINE,
    ON_PRIMARY,
    OVER_PICTURE,
    PICTURE,
    PRIMARY,
    SENTENCE,
    SURFACE,
    Type,
    Width,
)
from views.parts.look import icon_button, known_as, text
from views.parts.places import HOME, NOTES, SCAN, SETTINGS, Place, place_of, places
from views.parts.shell import Shell


def screen(
    shell: Shell,
    route: str,
    title: str,
    controls: Sequence[ft.Control],
    *,
    top: bool = False,
    actions: Sequence[ft.Control] = (),
    scroll: bool = True,
    bottom: Sequence[ft.Control] = (),
    head: ft.Control | None = None,
    full: bool = False,
    titled: bool = True,
    widest: int = SENTENCE,
    working: bool = False,
    picture: bool = False,
) -> ft.View:
    """A screen: a title bar, its controls in a column, and the navigation of the window's size.

    `top` is a place of the navigation; other screens have a way back. `head` stands above the controls from edge to
    edge and does not scroll. Controls in `bottom` stay within reach of the thumb, however long the screen is. On a wide
    window the controls have a readable width, at most `widest`, or with `full` all there is: then the screen lays out
    panes itself. Not `titled`: there the controls begin with a head of their own. A `working` screen needs the width
    for its work: its rail has no words beside the icons. With `picture` a phone's screen is a picture from edge to
    edge, and the bar above it as dark as that.
    """
    if _is_on_top(shell.page.route, route):
        shell.name_page(title)
    column = _readable(
        shell,
        ft.Column(
            list(controls),
            spacing=12,
            scroll=ft.ScrollMode.AUTO if scroll else None,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            expand=True,
        ),
        full=full,
        widest=widest,
        flush=picture and not shell.wide,
        expand=True,
    )
    parts: list[ft.Control] = [*([head] if head else []), column]
    if bottom:
        row = ft.Column(list(bottom), spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        parts += [ft.Container(_readable(shell, row, full=full, widest=widest), bgcolor=SURFACE, border=_top_edge())]
    if not shell.wide:
        return ft.View(
            route=route,
            padding=0,
            appbar=_bar_above(shell, title, actions, top=top, picture=picture),
            navigation_bar=_bar_below(shell) if top else None,
            controls=[ft.SafeArea(_stacked(parts), expand=True)],
        )
    beside = _stacked([*([_bar_beside(shell, title, actions, top=top)] if titled else []), *parts])
    words = shell.width is Width.EXPANDED and not working
    row_of = ft.Row(
        [
            _rail(shell, words=words),
            ft.VerticalDivider(width=1, color=LINE),
            beside,
        ],
        expand=True,
        spacing=0,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.View(route=route, padding=0, controls=[ft.SafeArea(row_of, expand=True)])


def _is_on_top(address: str, route: str) -> bool:
    """Whether the screen of this route is the one that the address names, and not one below it."""
    path = address.partition("?")[0]
    return path == route or (path.endswith(route) and route != HOME) or (path == HOME and route == SCAN)


def panes(
    shell: Shell,
    first: ft.Control,
    second: ft.Control | None,
    *,
    first_width: int | None = None,
    second_width: int | None = None,
) -> ft.Control:
    """Two panes side by side, such as a list and its detail; each takes care of its own scrolling.

    Both are as wide as each other where none has a width of its own, in logical pixels. While there is nothing to show
    in the second, the first has all the width and stays the same control.
    """
    return ft.Row(
        [
            ft.Container(first, width=first_width if second else None, expand=first_width is None or not second),
            *([ft.Container(second, width=second_width, expand=second_width is None)] if second else []),
        ],
        expand=True,
        spacing=EDGE[shell.width],
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def scrolled(
    controls: Sequence[ft.Control], *, on_scroll: Callable[[ft.OnScrollEvent], object] | None = None
) -> ft.Column:
    """A column that scrolls on its own, such as a pane."""
    return ft.Column(
        list(controls),
        spacing=12,
        scroll=ft.ScrollMode.AUTO,
        on_scroll=on_scroll,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        expand=True,
    )


def _stacked(parts: Sequence[ft.Control]) -> ft.Column:
    return ft.Column(list(parts), expand=True, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _top_edge() -> ft.Border:
    return ft.Border.only(top=ft.BorderSide(1, LINE))


def _readable(
    shell: Shell,
    content: ft.Control,
    *,
    full: bool,
    widest: int,
    flush: bool = False,
    expand: bool = False,
) -> ft.Control:
    """Limit the content of a wide window to a readable width, in the middle."""
    edge = EDGE[shell.width]
    limited = shell.wide and not full
    padded = ft.Container(
        content,
        padding=ft.Padding.symmetric(horizontal=edge, vertical=12) if not flush else 0,
        width=widest + 2 * edge if limited else None,
        expand=expand and not limited,
    )
    if not limited:
        return padded
    return ft.Row(
        [padded],
        alignment=ft.MainAxisAlignment.CENTER,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH if expand else ft.CrossAxisAlignment.START,
        expand=expand,
    )


def _back(shell: Shell) -> ft.Control:
    leave = shell.guard(lambda: shell.page.navigate(shell.back_to(shell.page.route)))
    return icon_button(ft.Icons.ARROW_BACK, shell.texts.gettext("Back"), leave)


def _account(shell: Shell) -> ft.Control:
    """The way to the settings and the account, at the same corner of every place."""
    words = shell.texts.gettext("Settings")
    return known_as("nav-settings", icon_button(ft.Icons.ACCOUNT_CIRCLE, words, shell.go_to(SETTINGS)))


def _bar_above(shell: Shell, title: str, actions: Sequence[ft.Control], *, top: bool, picture: bool) -> ft.AppBar:
    return ft.AppBar(
        title=text(title, Type.HEADLINE if top else Type.TITLE, color=OVER_PICTURE if picture else None),
        leading=None if top else _back(shell),
        automatically_imply_leading=False,
        center_title=False,
        actions=[*actions, *([_account(shell)] if top else []), ft.Container(width=4)],
        bgcolor=PICTURE if picture else None,
        color=OVER_PICTURE if picture else None,
    )


def _bar_beside(shell: Shell, title: str, actions: Sequence[ft.Control], *, top: bool) -> ft.Control:
    """The title within the screen: beside a rail a bar from edge to edge would cut the rail off."""
    words = ft.Semantics(
        heading_level=1, container=True, content=text(title, Type.HEADLINE if top else Type.TITLE), expand=True
    )
    return ft.Container(
        ft.Row([*([] if top else [_back(shell)]), words, *actions], spacing=4),
        padding=ft.Padding.only(left=EDGE[shell.width] - (0 if top else 12), right=EDGE[shell.width], top=8, bottom=4),
        bgcolor=BACKGROUND,
    )


def _destinations(shell: Shell) -> tuple[Place, ...]:
    return places(shell.reader)


def _chosen(shell: Shell) -> int | None:
    """The index of the place that this screen belongs to; None where it is none of the navigation's."""
    addresses = [place.address for place in _destinations(shell)]
    here = place_of(shell.page.route)
    if here == HOME and HOME not in addresses:
        here = SCAN
    return addresses.index(here) if here in addresses else None


def _go_to(shell: Shell, index: int | str) -> None:
    """Open a place by the index in the navigation's event.

    The bar itself may show the old place again, if the screen was redrawn before the event arrived.
    """
    shell.page.navigate(_destinations(shell)[int(index)].address)


def _icon(shell: Shell, place: Place) -> ft.Control:
    """A place's icon; at the records, with the number of what waits for the person."""
    icon, waits = ft.Icon(place.icon), shell.waiting if place.address == NOTES else 0
    if not waits:
        return known_as(place.identifier, icon)
    # From the icon's right edge it grows outwards with the person's text, and never over the icon.
    number = str(waits) if waits < _MOST_COUNTED else f"{_MOST_COUNTED - 1}+"
    icon.badge = ft.Badge(label=number, alignment=ft.Alignment.TOP_LEFT, offset=ft.Offset(20, -4))
    words = shell.texts.ngettext("{count} thing waits for you", "{count} things wait for you", waits)
    said = words.format(count=shell.texts.number(waits))
    return ft.Semantics(identifier=place.identifier, label=said, exclude_semantics=True, content=icon)


_MOST_COUNTED = 100
"""From so many on the badge says "99+": the number is not what matters then."""


def _bar_below(shell: Shell) -> ft.NavigationBar:
    def choose(event: ft.Event[ft.NavigationBar]) -> None:
        _go_to(shell, event.data or 0)

    return ft.NavigationBar(
        selected_index=_chosen(shell) or 0,
        destinations=[
            ft.NavigationBarDestination(icon=_icon(shell, place), label=shell.texts.gettext(place.name), tooltip="")
            for place in _destinations(shell)
        ],
        border=_top_edge(),
        on_change=shell.guard(choose),
    )


def _rail(shell: Shell, *, words: bool) -> ft.Control:
    def choose(event: ft.Event[ft.NavigationRail]) -> None:
        _go_to(shell, event.data or 0)

    return ft.NavigationRail(
        selected_index=_chosen(shell),
        extended=words,
        label_type=ft.NavigationRailLabelType.NONE if words else ft.NavigationRailLabelType.ALL,
        leading=_brand(extended=words),
        trailing=ft.Container(_account(shell), padding=12),
        pin_trailing_to_bottom=True,
        pin_leading_to_top=True,
        scrollable=True,
        destinations=[
            ft.NavigationRailDestination(
                icon=_icon(shell, place),
                label=ft.Text(shell.texts.gettext(place.name)),
            )
            for place in _destinations(shell)
        ],
        on_change=shell.guard(choose),
    )


def _brand(*, extended: bool) -> ft.Control:
    mark = ft.Container(ft.Icon(ft.Icons.VERIFIED, color=ON_PRIMARY), bgcolor=PRIMARY, border_radius=11, padding=8)
    if not extended:
        return ft.Container(mark, padding=12)
    name = ft.Column([text("OCOP Verify", Type.SUB), text("Quảng Ninh", Type.SMALL, color=INK_2)], spacing=0)
    return ft.Container(ft.Row([mark, name], spacing=12), padding=ft.Padding.only(left=12, top=12, bottom=16))
