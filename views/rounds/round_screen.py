"""The screen of one round: open, to look after it, or closed, to read what became of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import flet as ft

from services.accounts.viewer import Viewer
from services.register.certificates import VIETNAM
from services.rounds.checks import RoundClosed, RoundInvalid
from services.rounds.kept import KeptInspection, KeptRound
from services.workspace import Device
from views.design import GAP, INSIDE, NARROW, Tone, Type
from views.parts.device_state import use_device_state
from views.parts.frame import panes, screen, scrolled
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import heading, icon_button, keyed, known_as, panel, text
from views.parts.places import PLAN, round_address
from views.parts.plan_rows import product_row, use_plan
from views.parts.round_words import round_problem
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.rounds.closed_round import ClosedRound
from views.rounds.foot import RoundFoot
from views.rounds.gone import gone
from views.rounds.head_card import HeadCard
from views.rounds.reading import Read
from views.rounds.rows import inspection_row

_FIRST = 3
"""So many of the products to look for first stand on the screen."""

_LATELY = 5
"""So many of the inspections saved last stand on the screen; the others unfold."""


@ft.component
def RoundScreen() -> ft.View:
    """Show the round in the address."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    round_id = ft.use_route_params()["round"]
    ready, loaded = use_loaded(
        lambda: Read.of(device.rounds, round_id, state.viewer, datetime.now(UTC)),
        [round_id, state.viewer, state.notes_version],
    )
    route = round_address(round_id)
    if not ready:
        return screen(shell, route, shell.texts.gettext("Round"), [Skeleton()])
    if loaded is None:
        return gone(shell, route)
    return keyed(round_id, ClosedRound if loaded.kept.entry else _OpenRound, loaded.kept, loaded)


@ft.component
def _OpenRound(kept: KeptRound, read: Read) -> ft.View:
    """The open round: its head, what waits for the person, what was saved lately."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    _ = shell.texts.gettext
    all_shown, show_all = ft.use_state(False)
    drafts = [each for each in read.inspections if each.draft]
    saved = [each for each in read.inspections if not each.draft]
    shown = saved if all_shown else saved[:_LATELY]
    rest = ft.TextButton(
        _("Show all {count}").format(count=shell.texts.number(len(saved))), on_click=shell.guard(lambda: show_all(True))
    )
    route, title = round_address(kept.id), _("Round")
    edit = icon_button(ft.Icons.EDIT_OUTLINED, _("Change the head"), shell.go_to(round_address(kept.id, "edit")))
    actions = [known_as("edit-round", edit)]
    foot = RoundFoot("close-round", _("Close"), ft.Icons.STOP_CIRCLE, round_address(kept.id, "close"))
    head: list[ft.Control] = [
        *([_overnight(shell, device, state.viewer, kept, read.left_since)] if read.left_since else []),
        HeadCard(kept),
    ]
    done: list[ft.Control] = [
        *([heading(_("Not saved yet")), *[inspection_row(shell, each) for each in drafts]] if drafts else []),
        *([heading(_("Saved lately"))] if saved else []),
        *[_saved(shell, device, state.viewer, each, newest=each is saved[0]) for each in shown],
        *([rest] if len(saved) > len(shown) else []),
        *([] if read.inspections else [text(_("Nothing is saved yet. Scan a pack, then record what you find."))]),
    ]
    if not shell.wide:
        return screen(shell, route, title, [*head, _Plan(kept), *done], actions=actions, bottom=[foot])
    left = ft.Column(
        [scrolled([*head, *done]), foot],
        spacing=INSIDE,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        expand=True,
    )
    areas = panes(shell, left, scrolled([_Plan(kept)]), second_width=NARROW)
    return screen(shell, route, title, [areas], actions=actions, scroll=False, full=True)


@ft.component
def _Plan(kept: KeptRound) -> ft.Control:
    """What to look for first at this place, with the reasons, and the way to the whole list."""
    shell, workspace = use_shell(), use_workspace()
    _, position = shell.texts.gettext, kept.said.place.position
    here = (position.lat, position.lon) if position else None
    _ready, planned = use_plan(here=here, most=_FIRST)
    if not planned.products:
        return ft.Container()
    today = workspace.now().astimezone(VIETNAM).date()
    way = ft.TextButton(_("The whole list"), icon=ft.Icons.CHECKLIST, on_click=shell.go_to(PLAN))
    head = ft.Row(
        [heading(_("Look for these first")), known_as("plan", way)],
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        wrap=True,
    )
    rows = [product_row(shell, each, today) for each in planned.products[:_FIRST]]
    return ft.Column([head, *rows], spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _saved(shell: Shell, device: Device, viewer: Viewer, kept: KeptInspection, *, newest: bool) -> ft.Control:
    """A saved inspection; the newest can be taken back as long as nothing has taken it up for sending."""
    row = inspection_row(shell, kept)
    if not (newest and kept.may_undo):
        return row
    _ = shell.texts.gettext

    async def undo() -> None:
        try:
            draft = await asyncio.to_thread(device.rounds.undo, kept.id, viewer)
        except RoundInvalid as invalid:
            shell.say(round_problem(shell.texts, invalid.reason))
        except RoundClosed:  # taken back in another window
            pass
        else:
            shell.page.navigate(round_address(draft.round, draft.id))

    button = ft.TextButton(_("Undo"), icon=ft.Icons.UNDO, on_click=shell.guard(undo))
    return ft.Column(
        [row, ft.Row([known_as("undo-inspection", button)], alignment=ft.MainAxisAlignment.END)],
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        key=f"saved {kept.id}",
    )


def _overnight(shell: Shell, device: Device, viewer: Viewer, kept: KeptRound, since: datetime) -> ft.Control:
    """Ask what becomes of a round that was left open: it goes on, or is closed as of the last act in it."""
    _, texts, book = shell.texts.gettext, shell.texts, device.rounds

    async def go_on() -> None:
        def pause_meanwhile() -> None:
            if not kept.said.is_paused:
                book.pause(kept.id, viewer, now=since)
            book.resume(kept.id, viewer)

        await asyncio.to_thread(pause_meanwhile)

    async def close() -> None:
        await asyncio.to_thread(book.to_sign, kept.id, device.author, now=since)
        shell.page.navigate(round_address(kept.id, "close"))

    words = _("This round was left open. Something was last done in it at {moment}.").format(moment=texts.moment(since))
    buttons = ft.Row(
        [
            known_as("carry-on", ft.FilledTonalButton(_("Carry on with it"), on_click=shell.guard(go_on))),
            known_as("close-as-of", ft.OutlinedButton(_("Close it as of then"), on_click=shell.guard(close))),
        ],
        wrap=True,
    )
    small = text(_("Carrying on counts the time since then as a pause."), Type.SMALL)
    return known_as("left-open", panel(text(words), buttons, small, tone=Tone.CAUTION, icon=ft.Icons.BEDTIME))
