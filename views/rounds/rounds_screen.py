"""The place of rounds: the one that is open, and those that were closed, by day."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

import flet as ft

from services.register.certificates import VIETNAM
from services.rounds.kept import KeptRound
from views.design import SENTENCE
from views.parts.device_state import use_device_state
from views.parts.frame import screen
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import empty, heading, icon_button, known_as, main_button
from views.parts.places import NEW_ROUND, PAPER, PLAN, ROUNDS, round_address
from views.parts.reader import Reader
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.rounds.foot import RoundFoot
from views.rounds.gone import not_for_them
from views.rounds.head_card import HeadCard
from views.rounds.rows import round_row

PAGE = 50
"""Rows drawn at a time."""


@ft.component
def RoundsScreen() -> ft.View:
    """List the rounds, the open one first; opening one, or going on with it, is the main action."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    _, viewer = shell.texts.gettext, state.viewer
    limit, set_limit = ft.use_state(PAGE)
    ready, loaded = use_loaded(lambda: device.rounds.rounds(viewer), [viewer, state.notes_version])
    kept = loaded or []
    opened = [each for each in kept if each.entry is None]
    closed = [each for each in kept if each.entry is not None]
    if shell.reader is not Reader.INSPECTOR:
        return not_for_them(shell, ROUNDS)
    more = ft.TextButton(
        _("Show more ({count} in all)").format(count=shell.texts.number(len(closed))),
        on_click=shell.guard(lambda: set_limit(limit + PAGE)),
    )
    controls: list[ft.Control] = [
        *([] if ready else [Skeleton()]),
        *[HeadCard(each) for each in opened],
        *_by_day(shell, closed[:limit], workspace.now()),
        *([more] if len(closed) > limit else []),
        *([_empty(shell)] if ready and not kept else []),
    ]
    check = icon_button(ft.Icons.FACT_CHECK_OUTLINED, _("Check a record"), shell.go_to(PAPER))
    return screen(
        shell,
        ROUNDS,
        _("Rounds"),
        controls,
        top=True,
        actions=[
            known_as("check-record", check),
            known_as("plan", icon_button(ft.Icons.CHECKLIST, _("What to look at first"), shell.go_to(PLAN))),
        ],
        bottom=_foot(shell, state.round),
        widest=SENTENCE,
    )


def _foot(shell: Shell, current: KeptRound | None) -> list[ft.Control]:
    _ = shell.texts.gettext
    if current is None:
        new = main_button(_("New round"), shell.go_to(NEW_ROUND), icon=ft.Icons.ADD)
        return [known_as("new-round", new)]
    return [RoundFoot("open-round", _("Open it"), ft.Icons.ROUTE, round_address(current.id))]


def _by_day(shell: Shell, closed: list[KeptRound], now: datetime) -> list[ft.Control]:
    today = now.astimezone(VIETNAM).date()
    rows: list[ft.Control] = []
    for day, group in groupby(closed, lambda kept: kept.said.opened_at.astimezone(VIETNAM).date()):
        rows += [heading(shell.texts.near_day(day, today)), *[round_row(shell, kept) for kept in group]]
    return rows


def _empty(shell: Shell) -> ft.Control:
    _ = shell.texts.gettext
    words = _("Say once where you are and with whom. Every inspection that follows has it, and one record closes them.")
    return empty(ft.Icons.ROUTE, _("No rounds yet"), words)
