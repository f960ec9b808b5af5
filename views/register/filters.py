"""The filters of the register (place, group, stars, what the certificates are worth today), its order and its shape."""

from __future__ import annotations

from dataclasses import replace

import flet as ft

from services.register.certificates import ProductState
from services.register.localities import Gazetteer, full_name
from services.register.lookup import NO_FILTER, By, Order
from services.register.products import Locality
from services.verification import STATUS_OF
from services.wording import mark
from views.design import FIELD, PRIMARY, TARGET, TEXT_STYLES, Type
from views.parts.filter_menu import filter_menu, filter_pill
from views.parts.look import known_as
from views.parts.shell import Shell
from views.parts.sought import RegisterSearch, Shape
from views.parts.verdict_words import STATUS
from views.parts.words import GROUPS

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
        filter_menu(
            shell, "filter-group", _("Group"), groups, where.group, lambda one: search.narrow(replace(where, group=one))
        ),
        filter_menu(
            shell, "filter-stars", _("Stars"), stars, where.stars, lambda one: search.narrow(replace(where, stars=one))
        ),
        filter_menu(
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
            content=filter_pill(name or label, f"{label}: {name}" if name else label, chosen=unit is not None),
            on_click=shell.go_to("/register/place"),
            style=ft.ButtonStyle(padding=0, shape=ft.RoundedRectangleBorder(radius=FIELD)),
        ),
    )
