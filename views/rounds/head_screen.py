"""The form that opens a round, and the same form to change what was said at its head."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import flet as ft

from services.register.certificates import VIETNAM
from services.rounds.begun import HeadEdit
from services.rounds.checks import RoundClosed, RoundInvalid
from services.rounds.kept import KeptRound
from services.rounds.round import OpenRound, Person, Role
from views.design import ERROR, FORM, Tone
from views.parts.autosave import Autosave
from views.parts.device_state import use_device_state
from views.parts.frame import screen
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import keyed, known_as, main_button, panel, text
from views.parts.places import NEW_ROUND, ROUNDS, SCAN, round_address
from views.parts.reader import Reader
from views.parts.round_words import round_problem
from views.parts.shared import use_device
from views.parts.shell import Shell, use_shell
from views.rounds.form import HeadEntries, head_fields, use_scans
from views.rounds.gone import gone, not_for_them


@ft.component
def NewRoundScreen() -> ft.View:
    """Read the form as it was left, else the last round, of which it takes over what is likely to hold again."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    _, viewer = shell.texts.gettext, state.viewer

    def read() -> tuple[OpenRound | None, OpenRound | None]:
        rounds = sorted(device.rounds.rounds(viewer), key=lambda kept: kept.said.opened_at)
        return device.rounds.head(viewer), rounds[-1].said if rounds else None

    ready, loaded = use_loaded(read, [viewer])
    if shell.reader is not Reader.INSPECTOR:
        return not_for_them(shell, NEW_ROUND)
    if not ready or loaded is None:
        return screen(shell, NEW_ROUND, _("New round"), [Skeleton()])
    return keyed(f"new {viewer.account}", _NewRound, *loaded)


@ft.component
def _NewRound(left: OpenRound | None, last: OpenRound | None) -> ft.View:
    shell, state, device = use_shell(), use_device_state(), use_device()
    _, account = shell.texts.gettext, state.account
    inspector = Person(account.name, Role.INSPECTOR) if account else None
    now = ft.use_memo(lambda: datetime.now(UTC), [])
    head_id = ft.use_memo(lambda: left.id if left else str(uuid.uuid4()), [])
    entries = ft.use_memo(
        lambda: HeadEntries(_of_today(left, now)) if left else HeadEntries.after(last, inspector, now), []
    )

    owner = state.viewer.account  # whoever is signed in when it is saved

    def save() -> None:
        device.rounds.keep_head(entries.said(head_id, owner, now))

    keep = ft.use_memo(lambda: Autosave(save, lambda _error: shell.say_problem("not_saved")), [])
    ft.use_memo(lambda: entries.follow(keep.touch), [])
    ft.use_effect(lambda: None, [], cleanup=keep.leave)
    busy, set_busy = ft.use_state(False)
    ft.use_state(entries)
    use_scans(entries)

    async def begin() -> None:
        head = entries.head()
        if head is None or busy:
            return
        set_busy(True)
        try:
            async with keep.turn:  # the form is not kept again once the round is open
                await asyncio.to_thread(
                    device.rounds.open, head.place, head.inspected, head.people, head.case_number, state.viewer
                )
                keep.drop()
        except RoundInvalid as invalid:
            shell.say(round_problem(shell.texts, invalid.reason))
            if invalid.reason == "already_open":
                shell.page.navigate(ROUNDS)
            return
        finally:
            set_busy(False)
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


def _of_today(left: OpenRound, now: datetime) -> OpenRound:
    """The form as it was left; without the position where that was kept on another day, and so perhaps elsewhere."""
    if left.opened_at.astimezone(VIETNAM).date() == now.astimezone(VIETNAM).date():
        return left
    return replace(left, place=replace(left.place, position=None))


@ft.component
def EditRoundScreen() -> ft.View:
    """Find the open round whose head is to be changed."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    round_id = ft.use_route_params()["round"]

    def read() -> tuple[KeptRound, HeadEdit | None] | None:
        kept = device.rounds.round(round_id, state.viewer)
        if kept is None or kept.entry is not None:
            return None
        try:
            return kept, device.rounds.head_edit(round_id, state.viewer)
        except RoundClosed:  # just now, in another window
            return None

    ready, loaded = use_loaded(read, [round_id, state.viewer])
    if not ready:
        return screen(shell, round_address(round_id, "edit"), shell.texts.gettext("Change the head"), [Skeleton()])
    if loaded is None:
        return gone(shell, round_address(round_id, "edit"))
    return keyed(round_id, _EditRound, *loaded)


@ft.component
def _EditRound(kept: KeptRound, begun: HeadEdit | None) -> ft.View:
    """The form, as it was left where changes were begun and not saved. They are kept as they are typed."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    _ = shell.texts.gettext
    base, left = ft.use_memo(lambda: (begun.base, begun.said) if begun else (kept.said, kept.said), [])
    entries = ft.use_memo(lambda: HeadEntries(left), [])
    owner = state.viewer  # whoever is signed in when it is saved

    def keep_it() -> None:
        said = entries.said(base.id, base.account, base.opened_at)
        with suppress(RoundClosed):  # in another window, as is said on saving
            device.rounds.keep_head_edit(kept.id, None if _same_head(said, base) else HeadEdit(base, said), owner)

    keep = ft.use_memo(lambda: Autosave(keep_it, lambda _error: shell.say_problem("not_saved")), [])
    ft.use_memo(lambda: entries.follow(keep.touch), [])
    ft.use_effect(lambda: None, [], cleanup=keep.leave)
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
            async with keep.turn:  # the form is not kept again once it is saved
                await asyncio.to_thread(device.rounds.change, base, new, device.author, ends_edit=True)
                keep.drop()
        except RoundInvalid as invalid:
            shell.say(round_problem(shell.texts, invalid.reason))
            return
        except RoundClosed:
            shell.say(_("This round was closed in another window."))
        shell.page.navigate(round_address(kept.id))

    async def undo() -> None:
        with suppress(RoundClosed):
            async with keep.turn:
                await asyncio.to_thread(device.rounds.keep_head_edit, kept.id, None, owner)
                keep.drop()
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
        [
            *(_left(shell, undo) if begun else []),
            *head_fields(shell, entries),
            *([known_as("discard-round", ft.Row([away]))] if unused else []),
        ],
        bottom=[
            *_lacking(shell, entries),
            known_as("save-round", main_button(_("Save"), shell.guard(save), icon=ft.Icons.CHECK)),
        ],
        widest=FORM,
    )


def _same_head(one: OpenRound, other: OpenRound) -> bool:
    """Whether two rounds say the same at their heads."""
    heads = [(each.place, each.inspected, each.people, each.case_number) for each in (one, other)]
    return heads[0] == heads[1]


def _left(shell: Shell, undo: Callable[[], Awaitable[None]]) -> list[ft.Control]:
    """That the form holds changes that were left unsaved, and the way to drop them."""
    _ = shell.texts.gettext
    drop = known_as("drop-edit", ft.TextButton(_("Drop the changes"), on_click=shell.guard(undo)))
    words = text(_("These changes were begun earlier and are not saved yet."))
    return [
        known_as("edit-left", panel(ft.Column([words, drop], spacing=0), tone=Tone.CAUTION, icon=ft.Icons.EDIT_NOTE))
    ]


def _lacking(shell: Shell, entries: HeadEntries) -> list[ft.Control]:
    """What the form lacks, beside the button: the field itself may be out of sight."""
    if not entries.lacking:
        return []
    reason = "unknown_place" if "kind" in entries.lacking else "no_place"
    return [known_as("round-lacking", text(round_problem(shell.texts, reason), color=ERROR))]
