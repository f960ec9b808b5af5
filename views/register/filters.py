"""The filters of the register (place, group, stars, what the certificates are worth today), its order and its shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import flet as ft

from services.register.certificates import ProductState
from services.register.localities import Gazetteer, full_name
from services.register.lookup import NO_FILTER, By, Order
from services.register.products import Locality
from services.verification import STATUS_OF
from views.design import CHOSEN, FIELD, INK, ON_CHOSEN, OUTLINE, PRIMARY, SURFACE, TARGET, TEXT_STYLES, Type
from views.parts.look import known_as
from views.parts.shell import Shell
from views.parts.sought import RegisterSearch, Shape
from views.parts.texts import mark
from views.parts.verdict_words import STATUS
from views.parts.words import GROUPS

V = TypeVar("V")

_ORDERS: dict[Order, str] = {
    Order(By.NAME): mark("Name, A to Z"),
    Order(By.NAME, descending=True): mark("Name, Z to A"),
    Order(By.STARS, descending=True): mark("Most stars first"),
    Order(By.STARS): mark("Fewest stars first"),
    Order(By.END): mark("Certificate ends first"),
    Order(By.END, descending=True): mark("Certificate ends last"),
    Order(By.PLACE): mark("Place, A to Z"),
    Order(By.PLACE, descending=True): mark("Place, Z to A"),
}


def register_filters(shell: Shell, search: RegisterSearch, gazetteer: Gazetteer) -> ft.Control:
    """A button for the place, a menu for each other filter, and a button that clears all."""
    _ = shell.texts.gettext
    where = search.sought.where
    unit = gazetteer.get(where.place) if where.place else None

    groups = [(code, _(words)) for code, words in GROUPS.items()]
    stars = [(n, _("{stars} stars").format(stars=n)) for n in (5, 4, 3)]
    states = [(state, _(STATUS[STATUS_OF[state]][0])) for state in ProductState]
    controls = [
        _place_button(shell, unit),
        _menu(
            shell, "filter-group", _("Group"), groups, where.group, lambda one: search.narrow(replace(where, group=one))
        ),
        _menu(
            shell, "filter-stars", _("Stars"), stars, where.stars, lambda one: search.narrow(replace(where, stars=one))
        ),
        _menu(
            shell,
            "filter-state",
            _("Certificate"),
            states,
            where.state,
            lambda one: search.narrow(replace(where, state=one)),
        ),
    ]
    if where != NO_FILTER:
        controls.append(
            known_as(
                "filter-clear",
                ft.TextButton(
                    _("Clear filters"),
                    icon=ft.Icons.FILTER_LIST_OFF,
                    on_click=shell.guard(lambda: search.narrow(NO_FILTER)),
                ),
            )
        )
    return ft.Row(controls, wrap=True, spacing=8, run_spacing=8, vertical_alignment=ft.CrossAxisAlignment.CENTER)


def order_menu(shell: Shell, search: RegisterSearch) -> ft.Control:
    """A menu of the orders in which the list can be."""
    _, order = shell.texts.gettext, search.sought.order

    def choice(one: Order, words: str) -> ft.PopupMenuItem:
        return ft.PopupMenuItem(
            _(words), checked=one == order, on_click=shell.guard(lambda: search.sort(one)), height=TARGET
        )

    words = _(_ORDERS[order])
    return known_as(
        "register-order",
        ft.PopupMenuButton(
            content=ft.Container(
                ft.Row(
                    [
                        ft.Icon(ft.Icons.SWAP_VERT, size=20, color=PRIMARY),
                        ft.Text(
                            words,
                            theme_style=TEXT_STYLES[Type.LABEL],
                            color=PRIMARY,
                            semantics_label=_("Order: {order}").format(order=words),
                        ),
                    ],
                    spacing=4,
                    tight=True,
                ),
                padding=ft.Padding.symmetric(horizontal=4, vertical=14),
            ),
            items=[choice(one, words) for one, words in _ORDERS.items()],
            tooltip="",
        ),
    )


def shape_switch(shell: Shell, search: RegisterSearch, shape: Shape) -> ft.Control:
    """Tiles or a table."""
    _ = shell.texts.gettext

    def chose(event: ft.Event[ft.SegmentedButton]) -> None:
        search.draw_as(Shape.TABLE if Shape.TABLE.value in (event.data or ()) else Shape.TILES)

    return known_as(
        "register-shape",
        ft.SegmentedButton(
            segments=[
                ft.Segment(value=Shape.TILES.value, label=ft.Text(_("Pictures")), icon=ft.Icons.GRID_VIEW),
                ft.Segment(value=Shape.TABLE.value, label=ft.Text(_("Table")), icon=ft.Icons.TABLE_ROWS),
            ],
            selected=[shape.value],
            show_selected_icon=False,
            on_change=shell.guard(chose),
        ),
    )


def _place_button(shell: Shell, unit: Locality | None) -> ft.Control:
    label = shell.texts.gettext("Place")
    name = full_name(unit) if unit else None
    return known_as(
        "filter-place",
        ft.TextButton(
            content=_pill(name or label, f"{label}: {name}" if name else label, chosen=unit is not None),
            on_click=shell.go_to("/register/place"),
            style=ft.ButtonStyle(padding=0, shape=ft.RoundedRectangleBorder(radius=FIELD)),
        ),
    )


def _menu(
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
            content=_pill(words or label, f"{label}: {words}" if words else label, chosen=words is not None),
            items=[choice(None, _("All")), *(choice(value, text) for value, text in options)],
            tooltip="",
        ),
    )


def _pill(words: str, said: str, *, chosen: bool) -> ft.Control:
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
