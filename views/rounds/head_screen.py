"""The form that opens a round, and the same form to change what was said at its head."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import cast

import flet as ft

from services.rounds.checks import RoundClosed, RoundInvalid
from services.rounds.kept import KeptRound
from services.rounds.round import OpenRound, Person, Role
from views.design import ERROR, FORM
from views.parts.device_state import use_device_state
from views.parts.frame import screen
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import keyed, known_as, main_button, text
from views.parts.places import NEW_ROUND, ROUNDS, SCAN, round_address
from views.parts.reader import Reader
from views.parts.round_words import round_problem
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.rounds.form import HeadEntries, head_fields, use_scans
from views.rounds.gone import gone, not_for_them


@ft.component
def NewRoundScreen() -> ft.View:
    """Read the last round, from which the form takes over what is likely to hold again."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    _, viewer = shell.texts.gettext, state.viewer

    def last() -> OpenRound | None:
        rounds = sorted(device.rounds.rounds(viewer), key=lambda kept: kept.said.opened_at)
        return rounds[-1].said if rounds else None

    ready, loaded = use_loaded(last, [viewer])
    if shell.reader is not Reader.INSPECTOR:
        return not_for_them(shell, NEW_ROUND)
    if not ready:
        return screen(shell, NEW_ROUND, _("New round"), [Skeleton()])
    return keyed("new", _NewRound, loaded)


@ft.component
def _NewRound(last: OpenRound | None) -> ft.View:
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    _, account = shell.texts.gettext, state.account
    inspector = Person(account.name, Role.INSPECTOR) if account else None
    key = (NEW_ROUND, state.viewer.account)

    def unfinished() -> HeadEntries:
        kept = shell.unfinished.setdefault(key, HeadEntries.after(last, inspector, workspace.now()))
        return cast("HeadEntries", kept)

    entries = ft.use_memo(unfinished, [])
    busy, set_busy = ft.use_state(False)
    ft.use_state(entries)
    use_scans(entries)

    async def begin() -> None:
        head = entries.head()
        if head is None or busy:
            return
        set_busy(True)
        try:
            await asyncio.to_thread(
                device.rounds.open, head.place, head.inspected, head.people, head.case_number, state.viewer
            )
        except RoundInvalid as invalid:
            shell.say(round_problem(shell.texts, invalid.reason))
            if invalid.reason == "already_open":
                shell.page.navigate(ROUNDS)
            return
        finally:
            set_busy(False)
        shell.unfinished.pop(key, None)
        shell.page.navigate(SCAN)

    button = main_button(_("Open the round and scan"), shell.guard(begin), icon=ft.Icons.QR_CODE_SCANNER)
    button.disabled = busy
    return screen(
        shell,
        NEW_ROUND,
        _("New round"),
        head_fields(shell, entries),
        bottom=[*_lacking(shell, entries), known_as("begin-round", button)],
        widest=FORM,
    )


@ft.component
def EditRoundScreen() -> ft.View:
    """Find the open round whose head is to be changed."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    round_id = ft.use_route_params()["round"]
    ready, loaded = use_loaded(lambda: device.rounds.round(round_id, state.viewer), [round_id, state.viewer])
    if not ready:
        return screen(shell, round_address(round_id, "edit"), shell.texts.gettext("Change the head"), [Skeleton()])
    if loaded is None or loaded.entry is not None:
        return gone(shell, round_address(round_id, "edit"))
    return keyed(round_id, _EditRound, loaded)


@ft.component
def _EditRound(kept: KeptRound) -> ft.View:
    shell, state, device = use_shell(), use_device_state(), use_device()
    _ = shell.texts.gettext
    base = ft.use_memo(lambda: kept.said, [])
    entries = ft.use_memo(lambda: HeadEntries(base), [])
    ft.use_state(entries)
    use_scans(entries)

    async def save() -> None:
        head = entries.head()
        if head is None:
            return
        new = replace(
            base, place=head.place, inspected=head.inspected, people=head.people, case_number=head.case_number
        )
        try:
            await asyncio.to_thread(device.rounds.change, base, new, device.author)
        except RoundInvalid as invalid:
            shell.say(round_problem(shell.texts, invalid.reason))
            return
        except RoundClosed:
            shell.say(_("This round was closed in another window."))
        shell.page.navigate(round_address(kept.id))

    async def discard() -> None:
        shell.page.pop_dialog()
        try:
            await asyncio.to_thread(device.rounds.discard_round, kept.id, state.viewer)
        except RoundInvalid as invalid:
            shell.say(round_problem(shell.texts, invalid.reason))
            return
        except RoundClosed:
            pass
        shell.page.navigate(ROUNDS)

    def ask() -> None:
        shell.page.show_dialog(
            ft.AlertDialog(
                title=ft.Text(_("Throw this round away?")),
                content=ft.Text(_("It holds no inspection. What was said at its head is removed from this device.")),
                actions=[
                    ft.TextButton(_("Keep it"), on_click=shell.guard(shell.page.pop_dialog)),
                    ft.FilledButton(_("Throw away"), on_click=shell.guard(discard)),
                ],
            )
        )

    unused = not kept.inspections and not kept.drafts
    away = ft.TextButton(_("Opened by mistake: throw it away"), icon=ft.Icons.DELETE_OUTLINE, on_click=shell.guard(ask))
    return screen(
        shell,
        round_address(kept.id, "edit"),
        _("Change the head"),
        [*head_fields(shell, entries), *([known_as("discard-round", ft.Row([away]))] if unused else [])],
        bottom=[
            *_lacking(shell, entries),
            known_as("save-round", main_button(_("Save"), shell.guard(save), icon=ft.Icons.CHECK)),
        ],
        widest=FORM,
    )


def _lacking(shell: Shell, entries: HeadEntries) -> list[ft.Control]:
    """What the form lacks, beside the button: the field itself may be out of sight."""
    if not entries.lacking:
        return []
    reason = "unknown_place" if "kind" in entries.lacking else "no_place"
    return [known_as("round-lacking", text(round_problem(shell.texts, reason), color=ERROR))]
