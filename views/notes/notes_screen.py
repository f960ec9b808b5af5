"""The screen with the notes, inspections and rounds of the account, by day, each with what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

import flet as ft

from services.accounts.viewer import Viewer
from services.journal.journal import Choices, JournalEntry
from services.journal.waiting import Matter
from services.notes.note import Note, NoteState
from services.records.book import Unsent
from services.register.certificates import VIETNAM
from services.register.products import Product
from services.workspace import Device, Workspace
from views.design import BETWEEN, INK_2, NARROW, Type
from views.notes.export_records import export_records
from views.notes.rows import entry_row
from views.notes.search import filters
from views.notes.sending import kept_for_others, sending, set_aside
from views.notes.sought import Sought, use_sought
from views.notes.waiting_card import waiting_card
from views.parts.device_state import use_device_state
from views.parts.exporting import export_handler
from views.parts.frame import panes, screen, scrolled
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import empty, heading, icon_button, known_as, text
from views.parts.places import NOTES, SCAN
from views.parts.record_words import entry_title
from views.parts.search_field import SearchField
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell

PAGE = 50
"""Rows drawn at a time: a thousand take half a second to build."""


@dataclass(frozen=True)
class _Kept:
    """What the screen shows of the records; `others` is the number of notes that this person may not see.

    `products` are those that the rows shown are about, by their GTIN, where the register's copy has them.
    """

    found: list[JournalEntry] = field(default_factory=list)
    in_all: int = 0
    choices: Choices = field(default_factory=Choices)
    counts: Mapping[NoteState, int] = field(default_factory=dict)
    unsent: Unsent = field(default_factory=lambda: Unsent(0, 0, 0))
    now_sending: JournalEntry | None = None
    aside: list[Note] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    others: int = 0
    products: Mapping[str, Product] = field(default_factory=dict)

    @classmethod
    def of(cls, device: Device, workspace: Workspace, viewer: Viewer, sought: Sought, limit: int) -> _Kept:
        """Read what is sought, and the counts of all. Blocks."""
        journal, catalogue = device.journal, workspace.catalogue
        every, found = journal.entries(viewer), journal.find(viewer, sought.text, sought.where)
        aside = device.notebook.set_aside(viewer=viewer)
        ids = {note.id for note in aside[:limit]}
        drawn = [*found[:limit], *(entry for entry in every if entry.id in ids)]
        gtins = {entry.said.gtin for entry in drawn if entry.said.gtin}
        states = [entry.state for entry in every if not entry.elsewhere]
        return cls(
            found=found,
            in_all=len(every),
            choices=journal.choices(viewer),
            counts={state: states.count(state) for state in NoteState},
            unsent=device.unsent(viewer),
            now_sending=next((entry for entry in every if entry.state is NoteState.SENDING), None),
            aside=aside,
            matters=device.matters(viewer),
            others=device.waiting_of(viewer)[1],
            products={gtin: product for gtin in gtins if (product := catalogue.product(gtin))},
        )


@ft.component
def NotesScreen() -> ft.View:
    """List what was recorded by day; a wide window shows the record in the address beside the list."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    _, viewer = shell.texts.gettext, state.viewer
    note = ft.use_route_outlet()
    _ready, any_there = use_loaded(lambda: bool(device.journal.entries(viewer)), [viewer, state.notes_version])

    async def send() -> None:
        await asyncio.to_thread(device.send_now)

    chosen = ft.use_route_location().removeprefix(NOTES).strip("/")
    if not shell.wide:
        body = _List(chosen)
    else:
        words = _("Choose a note: it is shown here, beside the list.")
        told = text(words if any_there else "", color=INK_2)  # where there is none, the list says how one comes about
        beside = note or ft.Container(told, padding=BETWEEN)
        body = panes(shell, _List(chosen), ft.Container(beside, alignment=ft.Alignment.TOP_CENTER), first_width=NARROW)
    export = export_records(shell, device, workspace, lambda: _found_at(device, viewer, shell.page.route), _("records"))
    return screen(
        shell,
        NOTES,
        _("Notes"),
        [body],
        top=True,
        scroll=False,
        full=True,
        actions=[
            known_as("notes-export", icon_button(ft.Icons.DOWNLOAD, _("Export what is listed"), export)),
            icon_button(ft.Icons.SYNC, _("Send now"), shell.guard(send)),
        ],
    )


def _found_at(device: Device, viewer: Viewer, address: str) -> list[JournalEntry]:
    sought = Sought.at(address)
    return device.journal.find(viewer, sought.text, sought.where)


@ft.component
def _List(chosen: str) -> ft.Control:
    """The search, what waits, and the records by day, or only the notes that somebody has to deal with."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    _, texts, notebook = shell.texts.gettext, shell.texts, device.notebook
    sought, change = use_sought(shell)
    limit, set_limit = ft.use_state(PAGE)
    only_aside, set_only_aside = ft.use_state(False)
    ft.use_effect(lambda: set_limit(PAGE), [sought])

    ready, loaded = use_loaded(
        lambda: _Kept.of(device, workspace, state.viewer, sought, limit),
        [limit, sought, state.notes_version, state.copy.as_of],
    )
    kept = loaded or _Kept()
    found = kept.found
    if only_aside and kept.aside:
        ids = {note.id for note in kept.aside}
        found = [entry for entry in found if entry.id in ids]
    now = workspace.now()
    aside = set_aside(
        texts,
        len(kept.aside),
        only=only_aside,
        change=shell.guard(lambda: set_only_aside(not only_aside)),
        export=export_handler(shell, notebook, lambda: kept.aside, workspace.now),
    )
    more = ft.TextButton(
        _("Show more ({count} in all)").format(count=texts.number(len(found))),
        on_click=shell.guard(lambda: set_limit(limit + PAGE)),
    )
    searched = kept.in_all > 0 or not sought.is_everything
    rows = scrolled(
        [
            *([filters(shell, sought, change, kept.choices, now.astimezone(VIETNAM).date())] if searched else []),
            *sending(
                shell,
                device,
                state.sending,
                counts=kept.counts,
                unsent=kept.unsent,
                now_sending=entry_title(texts, kept.now_sending) if kept.now_sending else None,
                has_server=workspace.registry is not None,
            ),
            *([waiting_card(shell, kept.matters)] if kept.matters else []),
            *([aside] if kept.aside else []),
            *([kept_for_others(shell, kept.others)] if kept.others else []),
            *([] if ready else [Skeleton()]),
            *([_empty(shell)] if ready and not kept.in_all and not found else []),
            *([_nothing_found(shell)] if ready and kept.in_all and not found else []),
            *_by_day(shell, found[:limit], _counts(found), kept.products, now, sought, chosen),
            *([more] if len(found) > limit else []),
        ]
    )

    def look_for(words: str) -> None:
        change(replace(sought, text=words))

    label = _("Name, place, number or words")
    search = [SearchField("notes-search", label, sought.text, look_for)] if searched else []
    return ft.Column([*search, rows], spacing=12, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _counts(entries: Sequence[JournalEntry]) -> Mapping[str, int]:
    counted: dict[str, int] = {}
    for entry in entries:
        if entry.state is not NoteState.DRAFT:
            counted[entry.day.isoformat()] = counted.get(entry.day.isoformat(), 0) + 1
    return counted


def _by_day(
    shell: Shell,
    entries: Sequence[JournalEntry],
    counts: Mapping[str, int],
    products: Mapping[str, Product],
    now: datetime,
    sought: Sought,
    chosen: str,
) -> list[ft.Control]:
    """The records under the day on which they were signed off; drafts stand before them, under a head of their own."""
    texts, today = shell.texts, now.astimezone(VIETNAM).date()
    rows: list[ft.Control] = []
    for day, group in groupby(entries, lambda entry: "" if entry.state is NoteState.DRAFT else entry.day.isoformat()):
        of_day = list(group)
        words = texts.day(of_day[0].day)
        if not day:
            words = texts.gettext("Not signed off yet")
        elif of_day[0].day == today:
            words = texts.gettext("Today, {day}").format(day=words)
        number = counts.get(day, len(of_day))
        count = texts.ngettext("{count} record", "{count} records", number).format(count=texts.number(number))
        rows.append(
            ft.Row(
                [heading(words), text(count, Type.SMALL)],
                alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
                wrap=True,
            )
        )
        for entry in of_day:
            address = f"/note/{entry.id}" if entry.state is NoteState.DRAFT else sought.address(entry.id)
            product = products.get(entry.said.gtin or "")
            rows.append(entry_row(shell, entry, product, address, chosen=entry.id == chosen))
    return rows


def _nothing_found(shell: Shell) -> ft.Control:
    _ = shell.texts.gettext
    words = _("No record matches these words and filters. Try fewer or other ones.")
    return empty(ft.Icons.SEARCH_OFF, _("Nothing found"), words)


def _empty(shell: Shell) -> ft.Control:
    _ = shell.texts.gettext
    first = ft.FilledButton(_("Scan"), icon=ft.Icons.QR_CODE_SCANNER, on_click=shell.go_to(SCAN))
    words = _("Scan a product, look at its verdict, then write down what you found.")
    return empty(ft.Icons.ASSIGNMENT_OUTLINED, _("No notes yet"), words, first)
