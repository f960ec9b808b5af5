"""Choosing a place to look products up in: an administrative unit of today or of before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import flet as ft

from services.register.localities import FORMER_UNIT, Gazetteer, exists_on, full_name
from services.register.products import Locality
from services.register.search import fold
from services.verification import VIETNAM
from views.parts.fields import TextInput
from views.parts.look import known_as, screen
from views.parts.session import PAGE, Session, use_session


@ft.component
def PlaceScreen() -> ft.View:
    """The units of today or those before, searched by their own names and by those of the units that share land."""
    session = use_session()
    _, texts, gazetteer = session.texts.gettext, session.texts, session.gazetteer
    today = session.now().astimezone(VIETNAM).date()
    chosen = gazetteer.get(session.sought.where.place or "")
    old, set_old = ft.use_state(chosen is not None and not exists_on(chosen, today))
    entry = ft.use_memo(TextInput, [])
    typed, set_typed = ft.use_state("")

    def go_to(unit: Locality | None) -> None:
        where = replace(session.sought.where, place=unit.code if unit else None)
        session.sought = replace(session.sought, where=where, limit=PAGE)
        session.page.navigate("/register")

    ended = max((unit.valid_to for unit in gazetteer.localities if unit.valid_to), default=None)
    before = _("Before {day}").format(day=texts.day(ended + timedelta(days=1))) if ended else _("Before")
    units = _listed(gazetteer, today, typed, old=old)
    other = [] if units else _listed(gazetteer, today, typed, old=not old)
    return screen(
        session,
        "/register/place",
        _("Place"),
        [
            known_as(
                "place-search",
                entry.draw(
                    label=_("Name of a place, old or new"),
                    prefix_icon=ft.Icons.SEARCH,
                    autocorrect=False,
                    enable_suggestions=False,
                    on_change=lambda e: set_typed(e.control.value),
                ),
            ),
            known_as(
                "place-age",
                ft.SegmentedButton(
                    segments=[
                        ft.Segment(value="now", label=ft.Text(_("Now"))),
                        ft.Segment(value="before", label=ft.Text(before)),
                    ],
                    selected=["before" if old else "now"],
                    show_selected_icon=False,
                    on_change=session.guard(lambda e: set_old("before" in e.data)),
                ),
            ),
            ft.ListView(
                [
                    *([_row(session, None, _("All places"), "", go_to)] if not typed.strip() else []),
                    *[_row(session, unit, full_name(unit), _kin(session, unit), go_to) for unit in units],
                    *([_elsewhere(session, other, lambda: set_old(not old), old=old)] if not units else []),
                ],
                key=f"{old}",
                expand=True,
                padding=0,
            ),
        ],
        scroll=False,
    )


def _listed(gazetteer: Gazetteer, today: date, typed: str, *, old: bool) -> list[Locality]:
    """Units of today, or those that have ended, that answer the words, by name."""
    words = fold(typed).split()

    def answers(unit: Locality) -> bool:
        kin = (unit, *_related(gazetteer, unit, today))
        text = " " + " ".join(fold(full_name(one)) for one in kin)
        return all(f" {word}" in text for word in words)

    units = [
        unit
        for unit in gazetteer.localities
        if (unit.valid_to is not None and unit.valid_to < today if old else exists_on(unit, today)) and answers(unit)
    ]
    own = {unit: all(f" {word}" in f" {fold(full_name(unit))}" for word in words) for unit in units}
    return sorted(units, key=lambda unit: (not own[unit], fold(unit.name), unit.code))


def _related(gazetteer: Gazetteer, unit: Locality, today: date) -> tuple[Locality, ...]:
    if unit.level == FORMER_UNIT:
        return gazetteer.successors(unit.code, today)
    return gazetteer.predecessors(unit.code)


def _kin(session: Session, unit: Locality) -> str:
    """The units that share land with this one."""
    _ = session.texts.gettext
    today = session.now().astimezone(VIETNAM).date()
    names = ", ".join(map(full_name, _related(session.gazetteer, unit, today)))
    if not names:
        return ""
    return (_("now: {units}") if unit.level == FORMER_UNIT else _("before: {units}")).format(units=names)


def _row(session: Session, unit: Locality | None, title: str, kin: str, go_to: Any) -> ft.Control:
    chosen = session.sought.where.place == (unit.code if unit else None)
    return known_as(
        "place-row",
        ft.ListTile(
            title=ft.Text(title),
            subtitle=ft.Text(kin, size=13) if kin else None,
            trailing=ft.Icon(ft.Icons.CHECK, semantics_label=session.texts.gettext("Chosen")) if chosen else None,
            selected=chosen,
            content_padding=ft.Padding.symmetric(horizontal=8),
            on_click=session.guard(lambda _e: go_to(unit)),
        ),
    )


def _elsewhere(session: Session, others: list[Locality], change: Any, *, old: bool) -> ft.Control:
    """That no such unit is in this list, and that the other one has it."""
    _ = session.texts.gettext
    if not others:
        return ft.Text(_("No place has this name. Try fewer letters."), text_align=ft.TextAlign.CENTER)
    words = _("It is among today's places.") if old else _("It is among the places of before.")
    return ft.Column(
        [
            ft.Text(words, text_align=ft.TextAlign.CENTER),
            ft.TextButton(_("Show them"), on_click=session.guard(lambda _e: change())),
        ],
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
