"""The screen of one's own looks: by day, with search, deletion and export."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby

import flet as ft

from services.history.history import Look
from services.register.certificates import VIETNAM
from views.design import BETWEEN, INK_2, Type
from views.parts.device_state import use_device_state
from views.parts.frame import panes, screen, scrolled
from views.parts.history_card import HistoryCard
from views.parts.loading import use_loaded
from views.parts.look import heading, icon_button, known_as, text
from views.parts.look_rows import Seen, SeenPage, day_of, framed, look_rows, read_looks, said_of
from views.parts.looks import delete_asked, export_looks
from views.parts.places import HISTORY, SCAN
from views.parts.reader import Reader
from views.parts.scanning import Scanning, use_scanning
from views.parts.search_field import SearchField
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell

PAGE = 50
"""Rows drawn at a time."""

_BESIDE = 344
"""The width of what stands beside the list, in logical pixels."""


@ft.component
def HistoryScreen() -> ft.View:
    """List what the person looked at, newest first; a tap leads to the verdict of now."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    _, history, viewer = shell.texts.gettext, device.history, state.viewer
    scanning = use_scanning()
    query, set_query = ft.use_state("")
    limit, set_limit = ft.use_state(PAGE)
    _ready, loaded = use_loaded(
        lambda: read_looks(history, workspace.catalogue, viewer, query, limit=limit),
        [viewer, query, limit, state.looks_version, state.copy.as_of],
    )
    page = loaded or SeenPage((), 0)

    async def delete(look: Look) -> None:
        async def undo() -> None:
            await asyncio.to_thread(history.put_back, look)

        await asyncio.to_thread(history.delete, [look.key])
        shell.say(_("Deleted: {name}").format(name=look.name or look.text), undo)

    def look_for(words: str) -> None:
        set_query(words)
        set_limit(PAGE)

    rows = _by_day(shell, page.seen, workspace.now().astimezone(VIETNAM).date(), delete, scanning)
    if page.in_all > len(page.seen):
        words = _("Show more ({count} in all)").format(count=shell.texts.number(page.in_all))
        rows.append(ft.TextButton(words, on_click=shell.guard(lambda: set_limit(limit + PAGE))))
    if loaded is not None and not page.seen:
        rows = [_nothing_found(shell) if query else _empty(shell)]
    field = SearchField("history-search", _("Search what you have seen"), query, look_for)
    search = [field] if page.seen or query else []
    actions: list[ft.Control] = []
    if page.seen and not shell.wide:
        actions = [
            icon_button(ft.Icons.DOWNLOAD, _("Export as a table"), export_looks(shell, history, viewer, workspace.now)),
            icon_button(ft.Icons.DELETE_OUTLINE, _("Delete the history"), delete_asked(shell, history, viewer)),
        ]
    if shell.wide:
        beside = ft.Column([HistoryCard()], horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        content: list[ft.Control] = [panes(shell, scrolled([*search, *rows]), beside, second_width=_BESIDE)]
    else:
        content = [*search, *rows, HistoryCard()]
    return screen(
        shell,
        HISTORY,
        _("Seen"),
        content,
        top=shell.reader is Reader.CONSUMER,  # others come here from the settings
        actions=actions,
        full=shell.wide,
        scroll=not shell.wide,
    )


def _by_day(
    shell: Shell, seen: Sequence[Seen], today: date, delete: Callable[[Look], object], scanning: Scanning
) -> list[ft.Control]:
    _, texts = shell.texts.gettext, shell.texts

    def second(look: Look) -> str:
        return f"{texts.clock(look.at)[:5]} · {said_of(texts, look)[0]}"

    def bin_of(look: Look) -> ft.Control:
        words = _("Delete {name}").format(name=look.name or look.text)
        return known_as("delete-look", icon_button(ft.Icons.DELETE_OUTLINE, words, shell.guard(lambda: delete(look))))

    blocks: list[ft.Control] = []
    for day, of_day in groupby(seen, key=lambda each: day_of(each.look)):
        rows = framed(look_rows(shell, list(of_day), second, scanning, beside=bin_of))
        head = heading(texts.near_day(day, today))
        blocks.append(ft.Column([head, rows], key=day.isoformat(), horizontal_alignment=ft.CrossAxisAlignment.STRETCH))
    return blocks


def _nothing_found(shell: Shell) -> ft.Control:
    return _middle(
        ft.Icons.SEARCH_OFF,
        shell.texts.gettext("Nothing found"),
        shell.texts.gettext("Nothing that you have seen has these words. Try fewer or other ones."),
    )


def _empty(shell: Shell) -> ft.Control:
    _ = shell.texts.gettext
    return _middle(
        ft.Icons.HISTORY,
        _("Nothing seen yet"),
        _("What you scan or open is listed here, for you alone."),
        ft.FilledButton(_("Scan"), icon=ft.Icons.QR_CODE_SCANNER, on_click=shell.go_to(SCAN)),
    )


def _middle(icon: ft.IconData, title: str, words: str, *then: ft.Control) -> ft.Control:
    return ft.Container(
        ft.Column(
            [
                ft.Icon(icon, size=56, color=INK_2),
                text(title, Type.TITLE, text_align=ft.TextAlign.CENTER),
                text(words, text_align=ft.TextAlign.CENTER),
                *then,
            ],
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        padding=2 * BETWEEN,
        alignment=ft.Alignment.CENTER,
    )
