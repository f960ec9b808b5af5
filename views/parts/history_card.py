"""The card of the history: whether one's own looks are kept, how many there are, export and deletion."""

from __future__ import annotations

import asyncio

import flet as ft

from views.design import Type
from views.parts.device_state import use_device_state
from views.parts.labelled import Labelled
from views.parts.loading import use_loaded
from views.parts.look import card, fact, heading, known_as, text
from views.parts.looks import delete_asked, export_looks
from views.parts.places import HISTORY, place_of
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell


@ft.component
def HistoryCard() -> ft.Control:
    """What is kept of what the person looked at, and the ways to keep none and to be rid of it."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    _, texts, history, viewer = shell.texts.gettext, shell.texts, device.history, state.viewer
    keeps, set_keeps = ft.use_state(device.settings.value.keep_history)
    ready, found = use_loaded(lambda: history.find(viewer, limit=0), [viewer, state.looks_version])

    async def choose(event: ft.Event[ft.Switch]) -> None:
        chosen = bool(event.data)
        await asyncio.to_thread(device.settings.change, keep_history=chosen)
        set_keeps(chosen)

    where = (
        _("It stays with this browser on this site, is never sent anywhere, and only you see it here.")
        if shell.page.web
        else _("It stays on this device, is never sent anywhere, and only you see it here.")
    )
    rows: list[ft.Control] = [
        heading(_("History of what you looked at")),
        known_as(
            "keep-history",
            Labelled(
                _("Keep what I look at"),
                lambda label: ft.Switch(label=label, value=keeps, on_change=shell.guard(choose)),
            ),
        ),
        text(where, Type.SMALL),
    ]
    if ready and not found:
        rows.append(text(_("The history cannot be read now.")))
    if found and found.in_all:
        rows += [
            fact(_("Looks kept"), texts.number(found.in_all)),
            ft.Row(
                [
                    *([] if place_of(shell.page.route) == HISTORY else [_way_there(shell)]),
                    ft.OutlinedButton(
                        _("Export as a table"),
                        icon=ft.Icons.DOWNLOAD,
                        on_click=export_looks(shell, history, viewer, workspace.now),
                    ),
                    ft.OutlinedButton(
                        _("Delete the history"),
                        icon=ft.Icons.DELETE_OUTLINE,
                        on_click=delete_asked(shell, history, viewer),
                    ),
                ],
                wrap=True,
            ),
        ]
    return card(*rows)


def _way_there(shell: Shell) -> ft.Control:
    """The way to the looks themselves, for whom they are no place of the navigation."""
    words = shell.texts.gettext("What you looked at")
    return known_as("history", ft.OutlinedButton(words, icon=ft.Icons.HISTORY, on_click=shell.go_to(HISTORY)))
