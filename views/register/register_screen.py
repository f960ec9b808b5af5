"""The screen for looking products up without a code: by words, place, group, stars and certificates' worth today."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

import flet as ft

from services.codes import ProductCode, parse
from services.register.catalogue import Catalogue, CopyState
from services.register.certificates import Today, believed_today, worth
from services.register.localities import Gazetteer, exists_on, full_name
from services.register.products import Locality, Product
from services.sync.syncer import SyncStatus
from services.verification import Status
from services.verification.check import TYPED, check
from services.workspace import Workspace
from views.design import INK_2, STAR, Type
from views.parts.certificate_words import certificate_dates, stars_in_force
from views.parts.device_state import use_device_state
from views.parts.fields import TextInput
from views.parts.frame import screen
from views.parts.look import chip, icon_button, known_as, text
from views.parts.place_words import short_place_words
from views.parts.question import Question
from views.parts.scanning import use_scanning
from views.parts.shared import use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.sought import Sought, use_register_search
from views.parts.texts import Texts
from views.parts.verdict_words import STATUS
from views.parts.words import copy_trouble, problem_sentence
from views.register.filters import register_filters

_PAUSE = 0.2
"""Seconds without a key after which the search begins."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Row:
    """What a row shows of a product. `dates` are its deciding certificate's, shown where there is no state."""

    product: Product
    status: Status
    stars: int
    dates: str
    place: str


@dataclass(frozen=True)
class _Answer:
    """What was found for `sought`: the rows to draw, and how many there are in all."""

    sought: Sought
    surely: Sequence[_Row]
    possibly: Sequence[_Row]
    surely_in_all: int
    possibly_in_all: int


@ft.component
def RegisterScreen() -> ft.View:
    """The search field stays on top; filters and results scroll below it. A tap leads to the product's verdict."""
    shell, state, workspace = use_shell(), use_device_state(), use_workspace()
    _ = shell.texts.gettext
    body = [_SearchField(), _Results()]
    if state.copy.as_of is None:
        body = [_no_copy(shell.texts, state.fetching, shell.guard(workspace.fetch_now))]
    return screen(shell, "/register", _("Look up products"), body, top=True, scroll=False)


@ft.component
def _SearchField() -> ft.Control:
    """Searches when the person pauses typing; the field is not redrawn meanwhile."""
    shell, search, scanning = use_shell(), use_register_search(), use_scanning()
    _ = shell.texts.gettext
    entry = ft.use_memo(lambda: TextInput(search.sought.text), [])
    keys = ft.use_ref(0)
    own = ft.use_ref(search.sought.text)

    def look_for(text: str) -> None:
        keys.current = (keys.current or 0) + 1
        own.current = text.strip()
        search.look_for(own.current)

    async def typed() -> None:
        keys.current = key = (keys.current or 0) + 1
        await asyncio.sleep(_PAUSE)
        if keys.current == key:
            look_for(entry.text)

    def clear() -> None:
        entry.put("")
        look_for("")

    def take_out(scan: str) -> None:
        """Remove what a handheld scanner typed into the field: that code gets its own verdict."""
        entry.put(entry.text.replace(scan, "").rstrip("\n"))
        look_for(entry.text)

    def watch() -> None:
        scanning.take_out = take_out

    def leave() -> None:
        look_for(entry.text)
        scanning.take_out = None

    ft.use_effect(watch, [], cleanup=leave)
    if search.sought.text != own.current:  # changed by something other than this field
        own.current = search.sought.text
        entry.put(own.current)
    clear_it = icon_button(ft.Icons.CLOSE, _("Clear the search"), shell.guard(clear))
    field = ft.TextField(
        label=_("Name, producer, place or number"),
        prefix_icon=ft.Icons.SEARCH,
        autocorrect=False,
        enable_suggestions=False,
        on_change=shell.guard(typed),
        on_submit=shell.guard(lambda: look_for(entry.text)),
        suffix_icon=clear_it if search.sought.text else None,
    )
    return known_as("register-search", entry.draw(field))


@ft.component
def _Results() -> ft.Control:
    """Rows for what is sought; earlier rows stay until the next are there."""
    shell, search, state, workspace = use_shell(), use_register_search(), use_device_state(), use_workspace()
    _, texts = shell.texts.gettext, shell.texts
    gazetteer, today = Gazetteer(workspace.catalogue.register.localities), workspace.today()
    answer, draw = _use_answer(shell, workspace, search.sought, state.copy), _use_list(search.sought)
    head: list[ft.Control] = [_about_copy(texts, state.copy, today), register_filters(shell, search, gazetteer)]
    if answer is None:
        return draw([*head, ft.Container(ft.ProgressRing(), alignment=ft.Alignment.CENTER)])
    in_all = answer.surely_in_all + answer.possibly_in_all
    if not in_all:
        return draw([*head, _nothing(shell, answer.sought, search.clear)])
    shown = len(answer.surely) + len(answer.possibly)
    unit = gazetteer.get(answer.sought.where.place or "")
    found = _("Products found: {count}").format(count=texts.number(in_all))
    controls: list[ft.Control] = [
        *head,
        known_as("register-count", text(found, Type.SUB)),
        *(_about_unit(texts, gazetteer, unit, today.day) if unit else []),
    ]
    if unit and answer.possibly_in_all:
        sure = _("Surely in {unit}: {count}").format(unit=full_name(unit), count=texts.number(answer.surely_in_all))
        controls.append(text(sure, Type.SUB))
    controls += [_row(shell, row) for row in answer.surely]
    if unit and answer.possibly:
        may = _("Possibly in {unit}: {count}").format(unit=full_name(unit), count=texts.number(answer.possibly_in_all))
        why = _("The register does not say more closely where these are made.")
        controls.append(
            known_as(
                "register-possibly",
                ft.Column([text(may, Type.SUB), text(why, Type.SMALL)], spacing=0),
            )
        )
        controls += [_row(shell, row) for row in answer.possibly]
    if shown < in_all:
        controls.append(_more(texts, answer.sought, shown, in_all, shell.guard(search.show_more)))
    return draw(controls)


def _use_list(sought: Sought) -> Callable[[list[ft.Control]], ft.ListView]:
    """Hook: draw the list that scrolls; a new search begins at its top again."""
    drawn = ft.use_ref(cast("ft.ListView | None", None))

    async def to_the_top() -> None:
        if drawn.current:
            with contextlib.suppress(RuntimeError):  # the screen is gone
                await drawn.current.scroll_to(offset=0)

    ft.use_effect(to_the_top, [sought.text, sought.where])

    def draw(controls: list[ft.Control]) -> ft.ListView:
        drawn.current = ft.ListView(controls, spacing=8, expand=True, padding=0)
        return drawn.current

    return draw


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


def _use_answer(shell: Shell, workspace: Workspace, sought: Sought, copy: CopyState) -> _Answer | None:
    """Hook: search in a thread for what is sought now; a newer search cancels an older one."""
    answer, set_answer = ft.use_state(cast("_Answer | None", None))
    newest = ft.use_ref(0)
    today, texts = workspace.today(), shell.texts

    async def run() -> None:
        newest.current = mine = (newest.current or 0) + 1

        def search() -> _Answer | None:
            return _search(workspace.catalogue, workspace.now(), texts, sought, lambda: newest.current != mine)

        try:
            found = await asyncio.to_thread(search)
        except Exception:
            log.exception("the register could not be searched")
            shell.say_problem("internal")
            found = _Answer(sought, (), (), 0, 0)
        if found and newest.current == mine:
            set_answer(found)

    def leave() -> None:
        newest.current = (newest.current or 0) + 1

    ft.use_effect(run, [sought, copy, today.day, today.clock_behind, texts.language])
    ft.use_effect(lambda: None, [], cleanup=leave)
    return answer


def _search(
    catalogue: Catalogue, now: datetime, texts: Texts, sought: Sought, cancelled: Callable[[], bool]
) -> _Answer | None:
    """Find products, and make a row for each; None: cancelled. Blocks."""
    today = believed_today(now, catalogue.copy.as_of).day
    found = catalogue.find(sought.text, sought.where, today, limit=sought.limit, cancelled=cancelled)
    if found is None:
        return None
    gazetteer = Gazetteer(catalogue.register.localities)

    def row(product: Product) -> _Row:
        verdict = check(product.gtin, TYPED, catalogue, now).verdict
        speaks = worth(product.certificates, verdict.today.day).speaks if verdict.today.clock_behind else None
        return _Row(
            product=product,
            status=verdict.status,
            stars=stars_in_force(product, verdict.today),
            dates=certificate_dates(texts, speaks) if speaks else "",
            place=short_place_words(texts, gazetteer.place_of(product, today)),
        )

    surely, possibly = [row(product) for product in found.surely], [row(product) for product in found.possibly]
    return _Answer(sought, surely, possibly, found.surely_in_all, found.possibly_in_all)


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


def _row(shell: Shell, row: _Row) -> ft.Control:
    _ = shell.texts.gettext
    word, tone, icon = STATUS[row.status]
    address = "/register" + Question(((row.product.gtin, TYPED),)).address
    second = " · ".join(part for part in (row.product.producer.name, row.place) if part)
    said = _("{stars} OCOP stars").format(stars=row.stars)  # on the first star, for screen readers
    stars: list[ft.Control] = [
        ft.Icon(ft.Icons.STAR, color=STAR, size=16, semantics_label=None if n else said) for n in range(row.stars)
    ]
    state = [*([ft.Row(stars, spacing=0, tight=True)] if stars else []), chip(_(word), icon, tone)]
    return known_as(
        "register-row",
        ft.Card(
            ft.ListTile(
                title=ft.Text(
                    row.product.name, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS, weight=ft.FontWeight.W_600
                ),
                subtitle=ft.Column(
                    [
                        text(second, Type.SMALL, max_lines=2),
                        *([text(row.dates, Type.SMALL)] if row.dates else []),
                        ft.Row(state, wrap=True, spacing=8, run_spacing=4),
                    ],
                    spacing=4,
                ),
                on_click=shell.go_to(address),
            ),
            margin=0,
            variant=ft.CardVariant.OUTLINED,
        ),
        key=row.product.gtin,
    )


def _more(texts: Texts, sought: Sought, shown: int, in_all: int, show_more: Callable[[], object]) -> ft.Control:
    _ = texts.gettext
    if sought.draws_most:
        words = _("The first {count} are shown. Type more words or choose filters to find the others.")
        return ft.Text(words.format(count=texts.number(shown)), text_align=ft.TextAlign.CENTER)
    return ft.TextButton(_("Show more ({count} in all)").format(count=texts.number(in_all)), on_click=show_more)


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
