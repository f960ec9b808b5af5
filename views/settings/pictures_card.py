"""The settings of pictures of products: how much they may take, and the labels that an inspector has in advance."""

from __future__ import annotations

import asyncio
import contextvars
from typing import cast

import flet as ft

from services.register.pictures import MOST_AHEAD
from services.subscriptions import Unsubscribe
from services.sync.connection import Connection
from services.sync.syncer import SyncStatus
from services.workspace import Workspace
from views.design import Type
from views.parts.device_state import use_device_state
from views.parts.labelled import Labelled
from views.parts.loading import use_loaded
from views.parts.look import card, fact, heading, known_as, text
from views.parts.shared import use_device, use_workspace
from views.parts.shell import use_shell
from views.parts.words import problem_sentence

_SIZES = (50, 100, 250, 500)
_GATHER = 1.0
"""Seconds: fetching tells of each label, which nobody reads one by one."""


@ft.component
def PicturesCard() -> ft.Control:
    """How much room pictures take and may take; below, an inspector's labels."""
    shell, workspace, device, state = use_shell(), use_workspace(), use_device(), use_device_state()
    _, texts, pictures = shell.texts.gettext, shell.texts, workspace.pictures
    most, set_most = ft.use_state(device.settings.value.pictures_mb)
    changes, set_changes = ft.use_state(0)
    _ready, size = use_loaded(lambda: pictures.seen.size, [changes, state.copy.as_of])

    async def choose(event: ft.Event[ft.RadioGroup]) -> None:
        chosen = int(event.data or _SIZES[1])
        await asyncio.to_thread(device.settings.change, pictures_mb=chosen)
        set_most(chosen)
        await asyncio.to_thread(device.limit_pictures)
        set_changes(changes + 1)

    async def remove() -> None:
        await asyncio.to_thread(pictures.seen.clear)
        set_changes(changes + 1)

    choices: list[ft.Control] = [
        ft.Radio(value=str(each), label=_("up to {size}").format(size=f"{each} MB")) for each in _SIZES
    ]
    return card(
        heading(_("Pictures of products")),
        text(_("Pictures that you have seen stay on this device, so that you see them without a network."), Type.SMALL),
        fact(_("Pictures kept"), texts.size(size or 0)),
        known_as(
            "pictures-most", ft.RadioGroup(ft.Row(choices, wrap=True), value=str(most), on_change=shell.guard(choose))
        ),
        ft.Row(
            [
                ft.OutlinedButton(
                    _("Remove these pictures"),
                    icon=ft.Icons.DELETE_OUTLINE,
                    disabled=not size,
                    on_click=shell.guard(remove),
                )
            ]
        ),
        _Labels(),
    )


@ft.component
def _Labels() -> ft.Control:
    """How many labels are on the device, of how many; for an inspector, and wherever there are any."""
    shell, workspace, device, state = use_shell(), use_workspace(), use_device(), use_device_state()
    _, texts, ahead = shell.texts.gettext, shell.texts, workspace.pictures.ahead
    status = _use_status(workspace)
    wanted, set_wanted = ft.use_state(device.settings.value.labels_ahead)
    changes, set_changes = ft.use_state(0)
    _counted, of = use_loaded(lambda: len(workspace.catalogue.labels()), [state.copy.cursor, state.copy.source])
    _ready, kept = use_loaded(lambda: (len(ahead), ahead.size), [status, changes])
    is_inspectors = state.account is not None and state.account.role == "inspector"
    if not kept or not (is_inspectors or kept[0]):
        return ft.Container()

    async def choose(event: ft.Event[ft.Switch]) -> None:
        chosen = bool(event.data)
        await asyncio.to_thread(device.settings.change, labels_ahead=chosen)
        set_wanted(chosen)
        await asyncio.to_thread(workspace.want_labels)

    async def remove() -> None:
        # Otherwise they would be fetched again at once.
        await asyncio.to_thread(device.settings.change, labels_ahead=False)
        set_wanted(False)
        workspace.labels.cancel()
        await asyncio.to_thread(ahead.clear)
        set_changes(changes + 1)

    told = _("{count} of {all}, {size}").format(
        count=texts.number(kept[0]), all=texts.number(of or 0), size=texts.size(kept[1])
    )
    rows: list[ft.Control] = [
        ft.Divider(height=1),
        heading(_("Labels for work without a network")),
        known_as(
            "labels-ahead",
            Labelled(
                _("Fetch the registered label of every product"),
                lambda label: ft.Switch(
                    label=label, value=wanted, disabled=not is_inspectors, on_change=shell.guard(choose)
                ),
            ),
        ),
        text(
            _("Only on Wi-Fi or a cable, and up to {size} in all. Notes always go first.").format(
                size=f"{MOST_AHEAD // 1_000_000} MB"
            ),
            Type.SMALL,
        ),
        fact(_("Labels on this device"), told),
    ]
    if status.running:
        rows.append(ft.ProgressBar(value=status.done / status.total if status.total else None))
    elif wanted and is_inspectors and device.connection is not Connection.UNMETERED:
        rows.append(text(_("Waits for Wi-Fi or a cable."), Type.SMALL))
    elif status.last_problem:
        rows.append(text(problem_sentence(texts, status.last_problem), Type.SMALL))
    elif kept[1] > MOST_AHEAD * 0.99:
        rows.append(text(_("The room for labels is full; the rest is fetched when you look at it."), Type.SMALL))
    rows.append(
        ft.Row(
            [
                ft.OutlinedButton(
                    _("Remove the labels"),
                    icon=ft.Icons.DELETE_OUTLINE,
                    disabled=not kept[0],
                    on_click=shell.guard(remove),
                )
            ]
        )
    )
    return ft.Column(rows, spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _use_status(workspace: Workspace) -> SyncStatus:
    """Hook: what the fetching of labels does, at most once a second."""
    status, set_status = ft.use_state(workspace.labels.status)
    ends = ft.use_ref(cast("list[Unsubscribe]", []))
    waiting = ft.use_ref(cast("asyncio.TimerHandle | None", None))

    def watch() -> None:
        loop = asyncio.get_running_loop()
        here = contextvars.copy_context()  # Flet takes the page to update from it

        def catch_up() -> None:
            waiting.current = None
            set_status(workspace.labels.status)

        def soon() -> None:
            if waiting.current is None:
                waiting.current = loop.call_later(_GATHER, catch_up, context=here)

        ends.current = [workspace.labels.subscribe(lambda: loop.call_soon_threadsafe(soon, context=here))]

    def leave() -> None:
        for end in ends.current or ():
            end()
        if waiting.current:
            waiting.current.cancel()

    ft.use_effect(watch, [], cleanup=leave)
    return status
