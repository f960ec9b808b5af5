"""The screen for choosing a place to look products up in: an administrative unit of today or a former one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import flet as ft

from services.register.localities import FORMER_UNIT, Gazetteer, exists_on, full_name
from services.register.products import Locality
from services.register.search import fold
from views.design import PRIMARY, Type
from views.parts.fields import TextInput
from views.parts.frame import screen
from views.parts.look import known_as, row_button, segment, text
from views.parts.shared import use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.sought import use_register_search
from views.parts.texts import Texts


@ft.component
def PlaceScreen() -> ft.View:
    """Units of today or former ones, searched by their own names and those of the units that share land with them."""
    shell, search, workspace = use_shell(), use_register_search(), use_workspace()
    _, texts, where = shell.texts.gettext, shell.texts, search.sought.where
    gazetteer = Gazetteer(workspace.catalogue.register.localities)
    today = workspace.today().day
    chosen = gazetteer.get(where.place or "")
    old, set_old = ft.use_state(chosen is not None and not exists_on(chosen, today))
    entry = ft.use_memo(TextInput, [])
    typed, set_typed = ft.use_state("")

    def row(unit: Locality | None, title: str, kin: str) -> ft.Control:
        code = unit.code if unit else None

        def choose() -> None:
            search.narrow(replace(where, place=code))
            shell.page.navigate(search.sought.address)

        return _row(texts, title, kin, shell.guard(choose), key=code or "all", chosen=where.place == code)

    def chose_age(event: ft.Event[ft.SegmentedButton]) -> None:
        set_old("before" in (event.data or ()))

    ended = max((unit.valid_to for unit in gazetteer.localities if unit.valid_to), default=None)
    before = _("Before {day}").format(day=texts.day(ended + timedelta(days=1))) if ended else _("Before")
    units = _listed(gazetteer, today, typed, old=old)
    other = [] if units else _listed(gazetteer, today, typed, old=not old)
    return screen(
        shell,
        "/register/place",
        _("Place"),
        [
            known_as(
                "place-search",
                entry.draw(
                    ft.TextField(
                        label=_("Name of a place, old or new"),
                        prefix_icon=ft.Icons.SEARCH,
                        autocorrect=False,
                        enable_suggestions=False,
                        on_change=lambda e: set_typed(e.control.value),
                    )
                ),
            ),
            known_as(
                "place-age",
                ft.SegmentedButton(
                    segments=[
                        segment("now", _("Now")),
                        segment("before", before),
                    ],
                    selected=["before" if old else "now"],
                    show_selected_icon=False,
                    on_change=shell.guard(chose_age),
                ),
            ),
            ft.ListView(
                [
                    *([row(None, _("All places"), "")] if not typed.strip() else []),
                    *[row(unit, full_name(unit), _kin(texts, gazetteer, unit, today)) for unit in units],
                    *([] if units else [_elsewhere(shell, bool(other), lambda: set_old(not old), old=old)]),
                ],
                key=f"{old}",
                expand=True,
                padding=0,
            ),
        ],
        scroll=False,
    )


def _listed(gazetteer: Gazetteer, today: date, typed: str, *, old: bool) -> list[Locality]:
    """Units of today, or former ones, that match the words, by name."""
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


def _kin(texts: Texts, gazetteer: Gazetteer, unit: Locality, today: date) -> str:
    """The units that share land with this one."""
    _ = texts.gettext
    names = ", ".join(map(full_name, _related(gazetteer, unit, today)))
    if not names:
        return ""
    return (_("now: {units}") if unit.level == FORMER_UNIT else _("before: {units}")).format(units=names)


def _row(texts: Texts, title: str, kin: str, choose: Callable[[], object], *, key: str, chosen: bool) -> ft.Control:
    lines: list[ft.Control] = [text(title, Type.SUB), *([text(kin, Type.SMALL)] if kin else [])]
    sign = ft.Icon(ft.Icons.CHECK, semantics_label=texts.gettext("Chosen"), color=PRIMARY, visible=chosen)
    row = ft.Row([ft.Column(lines, spacing=0, expand=True), sign])
    place = row_button("place-row", row, choose, chosen=chosen)
    return ft.Container(place, key=key, padding=ft.Padding.symmetric(vertical=4))


def _elsewhere(shell: Shell, is_in_other: bool, change: Callable[[], None], *, old: bool) -> ft.Control:
    """Tell that no such unit is in this list, and whether the other list has it."""
    _ = shell.texts.gettext
    if not is_in_other:
        return ft.Text(_("No place has this name. Try fewer letters."), text_align=ft.TextAlign.CENTER)
    words = _("It is among today's places.") if old else _("It is among the places of before.")
    return ft.Column(
        [
            ft.Text(words, text_align=ft.TextAlign.CENTER),
            ft.TextButton(_("Show them"), on_click=shell.guard(change)),
        ],
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
