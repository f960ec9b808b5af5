"""What waits to be sent, and what the server did not take, above the list of records."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import cast

import flet as ft

from services.notes.note import NoteState
from services.records.book import Unsent
from services.sync.syncer import SyncStatus
from services.workspace import Device
from views.design import CARD, INSIDE, INVERSE, ON_INVERSE, Type
from views.parts.look import known_as, panel, state_label, text
from views.parts.note_content import others_words, sign_in_button
from views.parts.shell import Shell
from views.parts.texts import Texts
from views.parts.words import WAITS_FOR_A_SIGN_IN, problem_sentence


def sending(
    shell: Shell,
    device: Device,
    status: SyncStatus,
    *,
    counts: Mapping[NoteState, int],
    unsent: Unsent,
    now_sending: str | None,
    has_server: bool,
) -> list[ft.Control]:
    """Tell whether the server has everything, and if not, why and what happens next."""
    _, texts = shell.texts.gettext, shell.texts
    if not has_server:
        return [text(_("No server is set. Records stay on this device until one is."), Type.SMALL)]
    if not counts.get(NoteState.WAITING, 0) + counts.get(NoteState.SENDING, 0):
        if counts.get(NoteState.RECEIVED):
            return [text(_("Everything signed off is on the server."), Type.SMALL)]
        return []
    to_go = _("Still to be sent – records: {notes}, photos: {photos} ({size})")
    if not unsent.files:
        to_go = _("Still to be sent – records: {notes}")
    to_go = to_go.format(
        notes=texts.number(unsent.records), photos=texts.number(unsent.files), size=texts.size(unsent.file_bytes)
    )
    lines: list[ft.Control] = [text(to_go, Type.SMALL)]
    if status.running:
        if now_sending:
            lines.append(text(_("Now: {title}").format(title=now_sending), Type.SMALL, max_lines=1))
        cancel = ft.OutlinedButton(_("Cancel"), icon=ft.Icons.CLOSE, on_click=shell.guard(device.sender.cancel))
        lines += [ft.ProgressBar(value=status.done / status.total if status.total else None), ft.Row([cancel])]
    else:
        if status.last_problem == "no_connection":
            return [known_as("sending", _offline(problem_sentence(texts, status.last_problem), to_go))]
        held = not device.photos_allowed and unsent.files > 0
        if status.last_problem:
            lines.append(text(problem_sentence(texts, status.last_problem), Type.SMALL))
        if held:
            lines.append(text(_("The photos wait for Wi-Fi or a cable, as chosen in the settings."), Type.SMALL))
        button = _go_on(shell, device, status.last_problem, held=held)
        lines += [ft.Row([button])] if button else []
    return [known_as("sending", panel(*lines))]


def _offline(*lines: str) -> ft.Control:
    """One dark bar: that there is no connection, what is kept, and how much waits."""
    words = [text(line, Type.SMALL, color=ON_INVERSE) for line in lines]
    sign = ft.Icon(ft.Icons.CLOUD_OFF, color=ON_INVERSE)
    row = ft.Row([sign, ft.Column(cast("list[ft.Control]", words), spacing=4, expand=True)], spacing=12)
    return ft.Container(row, bgcolor=INVERSE, border_radius=CARD, padding=INSIDE)


def _go_on(shell: Shell, device: Device, problem: str | None, *, held: bool) -> ft.Control | None:
    """The button that sends what waits, shown where sending is the person's decision."""
    _ = shell.texts.gettext

    async def send() -> None:
        await asyncio.to_thread(device.send_photos_now if held else device.send_now)

    if held:
        return ft.FilledTonalButton(_("Send photos now"), icon=ft.Icons.CLOUD_UPLOAD, on_click=shell.guard(send))
    if problem in WAITS_FOR_A_SIGN_IN:
        return sign_in_button(shell, _("Sign in again"))
    if problem in ("unproved_server", "another_register"):
        return ft.FilledTonalButton(_("Settings"), icon=ft.Icons.SETTINGS, on_click=shell.go_to("/settings"))
    if problem == "cancelled":
        return ft.FilledTonalButton(_("Send now"), icon=ft.Icons.SYNC, on_click=shell.guard(send))
    return None


def kept_for_others(shell: Shell, count: int) -> ft.Control:
    """Tell that there are more notes on this device than are shown, but nothing of their content."""
    words = known_as("others-notes", text(others_words(shell.texts, count), Type.SMALL))
    return ft.Column([words, ft.Row([sign_in_button(shell, shell.texts.gettext("Sign in"))])])


def set_aside(
    texts: Texts, count: int, *, only: bool, change: Callable[[], object], export: Callable[[], object]
) -> ft.Control:
    """Tell that notes were refused, with a way to see which ones, and one to hand them over by hand."""
    _ = texts.gettext
    words = _("Not taken by the server, or not whole: {count}. Nothing is lost; each note says why and what to do.")
    return known_as(
        "set-aside",
        panel(
            state_label(_("Needs you"), ft.Icons.REPORT, urgent=True),
            text(words.format(count=texts.number(count)), Type.SMALL),
            ft.Row(
                [
                    ft.TextButton(
                        _("Show all notes") if only else _("Show only these"),
                        icon=ft.Icons.LIST if only else ft.Icons.FILTER_LIST,
                        on_click=change,
                    ),
                    ft.TextButton(_("Export these"), icon=ft.Icons.DOWNLOAD, on_click=export),
                ],
                wrap=True,
                spacing=0,
                run_spacing=0,
            ),
        ),
    )
