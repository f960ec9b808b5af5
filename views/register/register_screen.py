"""The screen for looking products up without a code: by words, place, group, stars and certificates' worth today.

A phone has tiles in two columns, and a tile opens the product's page. From 840 px on there are tiles or a table, and
the product that is chosen stands beside them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import cast

import flet as ft

from services.codes import ProductCode, parse
from services.register.catalogue import CopyState
from services.register.certificates import Today
from services.register.localities import Gazetteer, exists_on, full_name
from services.register.lookup import Order
from services.register.products import Locality
from services.sync.syncer import SyncStatus
from services.verification.check import TYPED
from views.design import EDGE, INK_2, RAIL, Type, Width
from views.parts.device_state import use_device_state
from views.parts.frame import panes, screen
from views.parts.look import keyed, known_as, text
from views.parts.places import PRODUCT, REGISTER
from views.parts.question import Question
from views.parts.search_field import SearchField
from views.parts.shared import use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.sought import RegisterSearch, Shape, Sought, use_register_search
from views.parts.texts import Texts
from views.parts.words import copy_trouble, problem_sentence
from views.register.filters import order_menu, register_filters, shape_switch
from views.register.product_pane import ProductPane
from views.register.rows import Answer, Row, use_answer
from views.register.tiles import table_head, table_rows, tile_rows, use_around

_PANE: dict[Width, int] = {Width.MEDIUM: 340, Width.EXPANDED: 420}
"""Logical pixels of the pane beside the list."""


@ft.component
def RegisterScreen() -> ft.View:
    """The search field stays on top; below it the list scrolls, with the chosen product beside it on a wide window."""
    shell, state, workspace, search = use_shell(), use_device_state(), use_workspace(), use_register_search()
    _, route = shell.texts.gettext, shell.page.route
    gazetteer = Gazetteer(workspace.catalogue.register.localities)
    ft.use_effect(
        lambda: search.follow(route, lambda code: not gazetteer.localities or bool(gazetteer.get(code))), [route]
    )
    ft.use_effect(lambda: None, [], cleanup=search.leave)
    full = shell.wide and state.copy.as_of is not None
    chosen = search.sought.product if full else None
    body: list[ft.Control] = [_Search(), _Results(chosen)]
    if state.copy.as_of is None:
        body = [_no_copy(shell.texts, state.fetching, shell.guard(workspace.fetch_now))]
    elif full:
        width = _PANE[shell.width]
        pane = keyed(chosen, ProductPane, chosen, width, lambda: search.choose(None)) if chosen else None
        column = ft.Column(body, spacing=12, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        body = [panes(shell, column, pane, second_width=width)]  # the list keeps its place when a pane comes or goes
    actions = [shape_switch(shell, search, _shape(shell, search))] if full else []
    return screen(shell, REGISTER, _("Look up products"), body, top=True, actions=actions, scroll=False, full=full)


def _shape(shell: Shell, search: RegisterSearch) -> Shape:
    """What the person chose, else a table where there is room for one."""
    return search.sought.shape or (Shape.TABLE if shell.wide else Shape.TILES)


@ft.component
def _Search() -> ft.Control:
    """The field redraws with what is sought, and not with the list."""
    shell, search = use_shell(), use_register_search()
    label = shell.texts.gettext("Name, producer, place or number")
    return SearchField("register-search", label, search.sought.text, search.look_for, search.keep)


@ft.component
def _Results(chosen: str | None) -> ft.Control:
    """Tiles or rows for what is sought; earlier ones stay until the next are there. `chosen` is shown beside them."""
    shell, search, state, workspace = use_shell(), use_register_search(), use_device_state(), use_workspace()
    _, texts = shell.texts.gettext, shell.texts
    gazetteer, today = Gazetteer(workspace.catalogue.register.localities), workspace.today()
    answer = use_answer(shell, workspace, search.sought.search, state.copy, today)
    around = use_around()
    open_it = ft.use_memo(lambda: lambda gtin: _open(shell, search, gtin), [shell, search])
    draw, width = _use_list(shell, search.sought, chosen=chosen is not None)
    top: list[ft.Control] = [register_filters(shell, search, gazetteer)]
    copy = _about_copy(texts, state.copy, today)
    if answer is None:
        return draw([*top, copy], [ft.Container(ft.ProgressRing(), alignment=ft.Alignment.CENTER)])
    if not answer.in_all:
        return draw([*top, copy], [_nothing(shell, answer.sought, search.clear)])
    shape = _shape(shell, search)
    unit = gazetteer.get(answer.sought.where.place or "")
    found = _("Products found: {count}").format(count=texts.number(answer.in_all))
    top += [
        ft.Row(
            [
                known_as("register-count", text(found, Type.SUB)),
                order_menu(shell, search),
            ],
            spacing=8,
            run_spacing=0,
            wrap=True,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        *(_about_unit(texts, gazetteer, unit, today.day) if unit else []),
    ]
    if shape is Shape.TABLE:
        top.append(table_head(texts, width, search.sought.order, lambda order: _sort(shell, search, order)))
    listed: list[ft.Control] = [copy]

    def drawn(rows: Sequence[Row]) -> list[ft.Control]:
        if shape is Shape.TILES:
            return tile_rows(around, rows, width, open_it)
        return table_rows(around, rows, width, chosen, open_it)

    if unit and answer.possibly_in_all:
        sure = _("Surely in {unit}: {count}").format(unit=full_name(unit), count=texts.number(answer.surely_in_all))
        listed.append(text(sure, Type.SUB))
    listed += drawn(answer.surely)
    if unit and answer.possibly:
        may = _("Possibly in {unit}: {count}").format(unit=full_name(unit), count=texts.number(answer.possibly_in_all))
        why = _("The register does not say more closely where these are made.")
        listed.append(known_as("register-possibly", ft.Column([text(may, Type.SUB), text(why, Type.SMALL)], spacing=0)))
        listed += drawn(answer.possibly)
    shown = len(answer.surely) + len(answer.possibly)
    if shown < answer.in_all:
        listed.append(_more(texts, answer, shown, shell.guard(search.show_more)))
    return draw(top, listed)


def _open(shell: Shell, search: RegisterSearch, gtin: str) -> None:
    """Show a product: beside the list where there is room, else on its page."""
    if shell.wide:
        search.choose(gtin)
    else:
        shell.page.navigate(PRODUCT + gtin)


def _sort(shell: Shell, search: RegisterSearch, order: Order) -> Callable[[], object]:
    return shell.guard(lambda: search.sort(order))


Draw = Callable[[list[ft.Control], list[ft.Control]], ft.Control]


def _use_list(shell: Shell, sought: Sought, *, chosen: bool) -> tuple[Draw, float]:
    """Hook: how to draw the list that scrolls, and its width. A new search begins at its top again.

    On a phone what stands above the list scrolls with it. The width is a guess until the list has been laid out.
    """
    list_view = ft.use_ref(cast("ft.ListView | None", None))
    beside = _PANE[shell.width] + EDGE[shell.width] if chosen else 0
    guess = (shell.page.width or 412) - RAIL[shell.width] - 2 * EDGE[shell.width] - beside
    measured, set_measured = ft.use_state(cast("tuple[float, float] | None", None))
    width = measured[1] if measured and measured[0] == guess else guess

    def resized(event: ft.LayoutSizeChangeEvent[ft.LayoutControl]) -> None:
        if abs(event.width - width) >= 1:
            set_measured((guess, event.width))

    async def to_the_top() -> None:
        if list_view.current:
            with contextlib.suppress(RuntimeError):  # the screen is gone
                await list_view.current.scroll_to(offset=0)

    ft.use_effect(to_the_top, [sought.text, sought.where, sought.order])

    def draw(top: list[ft.Control], listed: list[ft.Control]) -> ft.Control:
        scrolls = listed if shell.wide else [*top, *listed]
        list_view.current = ft.ListView(scrolls, spacing=8, expand=True, padding=0, on_size_change=resized)
        if not shell.wide:
            return list_view.current
        return ft.Column(
            [*top, list_view.current],
            spacing=8,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    return draw, width


def _about_copy(texts: Texts, copy: CopyState, today: Today) -> ft.Control:
    """How old the copy is, whether it is a sample, and which day the filters use where the true day is not known."""
    _ = texts.gettext
    lines: list[ft.Control] = []
    if copy.as_of:
        as_of = _("This device's copy of the register, as of {moment}").format(moment=texts.moment(copy.as_of))
        lines.append(text(as_of, Type.SMALL))
    lines += [text(line, Type.LABEL) for line in copy_trouble(texts, copy)]
    if copy.sample:
        sample = _("Sample data: products and producers are invented.")
        lines.append(text(sample, Type.LABEL))
    if today.clock_behind:
        behind = _(
            "This device's date cannot be believed. Of certificates only the dates are shown. "
            "The filters go by {day}, the day of the copy: it may be later by now."
        )
        words = text(behind.format(day=texts.day(today.day)), Type.LABEL)
        lines.append(known_as("dates-only", words))
    return ft.Column(lines, spacing=0)


def _about_unit(texts: Texts, gazetteer: Gazetteer, unit: Locality, today: date) -> list[ft.Control]:
    """What became of a former unit, or what a commune's land was in."""
    _ = texts.gettext
    words = ""
    if unit.valid_to and not exists_on(unit, today):
        heirs = ", ".join(map(full_name, gazetteer.successors(unit.code, today)))
        words = _("{unit}, until {day}; its land is now in: {units}").format(
            unit=full_name(unit), day=texts.day(unit.valid_to), units=heirs
        )
    elif unit.valid_from and (before := gazetteer.predecessors(unit.code)):
        words = _("{unit}, since {day}; its land was in: {units}").format(
            unit=full_name(unit), day=texts.day(unit.valid_from), units=", ".join(map(full_name, before))
        )
    return [text(words, Type.SMALL)] if words else []


def _more(texts: Texts, answer: Answer, shown: int, show_more: Callable[[], object]) -> ft.Control:
    _ = texts.gettext
    if answer.sought.draws_most:
        words = _("The first {count} are shown. Type more words or choose filters to find the others.")
        return ft.Text(words.format(count=texts.number(shown)), text_align=ft.TextAlign.CENTER)
    return ft.TextButton(_("Show more ({count} in all)").format(count=texts.number(answer.in_all)), on_click=show_more)


def _nothing(shell: Shell, sought: Sought, clear: Callable[[], None]) -> ft.Control:
    """Tell that nothing was found, where it was searched, and what to do."""
    _ = shell.texts.gettext
    code = parse(sought.text) if sought.text else None
    buttons: list[ft.Control] = [
        ft.FilledButton(_("Clear the search and the filters"), icon=ft.Icons.CLOSE, on_click=shell.guard(clear))
    ]
    if isinstance(code, ProductCode):
        address = "/register" + Question(((sought.text, TYPED),)).address
        buttons.append(
            ft.OutlinedButton(_("Check this number"), icon=ft.Icons.QR_CODE_2, on_click=shell.go_to(address))
        )
    words = _("Only this device's copy of the register was searched. Try fewer or other words, or fewer filters.")
    return known_as("register-nothing", _message(ft.Icons.SEARCH_OFF, _("No product found"), words, buttons))


def _no_copy(texts: Texts, status: SyncStatus, fetch: Callable[[], object]) -> ft.Control:
    """Tell that there is no copy to search yet, and how it will come."""
    _, fetching = texts.gettext, status.running
    button = ft.FilledButton(_("Fetch it now"), icon=ft.Icons.DOWNLOAD, disabled=fetching, on_click=fetch)
    words = _("The register is searched on this device, without network. Connect once to fetch its copy.")
    if status.last_problem and not fetching:
        words = problem_sentence(texts, status.last_problem)
    title = _("Fetching the register …") if fetching else _("No copy of the register yet")
    return _message(ft.Icons.CLOUD_DOWNLOAD, title, words, [_ring(status) if fetching else button])


def _ring(status: SyncStatus) -> ft.Control:
    return ft.ProgressRing(value=status.done / status.total if status.total else None)


def _message(icon: ft.IconData, title: str, words: str, buttons: list[ft.Control]) -> ft.Control:
    return ft.Container(
        ft.Column(
            [
                ft.Icon(icon, size=56, color=INK_2),
                text(title, Type.TITLE, text_align=ft.TextAlign.CENTER),
                ft.Text(words, text_align=ft.TextAlign.CENTER),
                *buttons,
            ],
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        padding=24,
        alignment=ft.Alignment.TOP_CENTER,
    )
