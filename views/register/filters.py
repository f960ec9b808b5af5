"""The filters of the register: by place, group, stars, and what the certificates are worth today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import flet as ft

from services.register.certificates import ProductState
from services.register.localities import full_name
from services.register.lookup import NO_FILTER
from services.register.products import Locality
from services.verification import STATUS_OF
from views.parts.look import known_as
from views.parts.session import PAGE, Session
from views.parts.verdict_words import STATUS
from views.parts.words import GROUPS


def register_filters(session: Session) -> ft.Control:
    """A button for the place, a menu for each of the others, and a way to be rid of them all."""
    _ = session.texts.gettext
    where = session.sought.where
    unit = session.gazetteer.get(where.place) if where.place else None

    def choose(**chosen: Any) -> None:
        session.sought = replace(session.sought, where=replace(where, **chosen), limit=PAGE)

    groups = [(code, _(words)) for code, words in GROUPS.items()]
    stars = [(n, _("{stars} stars").format(stars=n)) for n in (5, 4, 3)]
    states = [(state, _(STATUS[STATUS_OF[state]][0])) for state in ProductState]
    controls = [
        _place_button(session, unit),
        _menu(session, "filter-group", _("Group"), groups, where.group, lambda value: choose(group=value)),
        _menu(session, "filter-stars", _("Stars"), stars, where.stars, lambda value: choose(stars=value)),
        _menu(session, "filter-state", _("Certificate"), states, where.state, lambda value: choose(state=value)),
    ]
    if where != NO_FILTER:
        controls.append(
            known_as(
                "filter-clear",
                ft.TextButton(
                    _("Clear filters"),
                    icon=ft.Icons.FILTER_LIST_OFF,
                    on_click=session.guard(lambda _e: choose(**vars(NO_FILTER))),
                ),
            )
        )
    return ft.Row(controls, wrap=True, spacing=8, run_spacing=8, vertical_alignment=ft.CrossAxisAlignment.CENTER)


def _place_button(session: Session, unit: Locality | None) -> ft.Control:
    label = session.texts.gettext("Place")
    name = full_name(unit) if unit else None
    return known_as(
        "filter-place",
        ft.Container(
            _pill(name or label, f"{label}: {name}" if name else label, chosen=unit is not None),
            on_click=session.guard(lambda _e: session.page.navigate("/register/place")),
            border_radius=8,
            ink=True,
        ),
    )


def _menu(
    session: Session,
    identifier: str,
    label: str,
    options: Sequence[tuple[Any, str]],
    chosen: Any,
    choose: Callable[[Any], None],
) -> ft.Control:
    """A filter with one choice of several, or none."""
    _ = session.texts.gettext
    words = dict(options).get(chosen)

    def choice(value: Any, text: str) -> ft.PopupMenuItem:
        return ft.PopupMenuItem(
            text, checked=value == chosen, on_click=session.guard(lambda _e: choose(value)), height=48
        )

    return known_as(
        identifier,
        ft.PopupMenuButton(
            content=_pill(words or label, f"{label}: {words}" if words else label, chosen=words is not None),
            items=[choice(None, _("All")), *(choice(value, text) for value, text in options)],
            tooltip="",
        ),
    )


def _pill(words: str, said: str, *, chosen: bool) -> ft.Control:
    """How a filter looks, filled where something is chosen, and what is said to those who hear the screen."""
    colour = ft.Colors.ON_SECONDARY_CONTAINER if chosen else ft.Colors.ON_SURFACE
    return ft.Container(
        ft.Row(
            [
                *([ft.Icon(ft.Icons.CHECK, size=16, color=colour)] if chosen else []),
                ft.Text(words, size=14, color=colour, semantics_label=said),
                ft.Icon(ft.Icons.ARROW_DROP_DOWN, size=18, color=colour),
            ],
            spacing=4,
            tight=True,
        ),
        bgcolor=ft.Colors.SECONDARY_CONTAINER if chosen else None,
        border=ft.Border.all(1, ft.Colors.SECONDARY_CONTAINER if chosen else ft.Colors.OUTLINE),
        border_radius=8,
        padding=ft.Padding.only(left=12, right=6, top=8, bottom=8),
    )
