"""The foot of a verdict's screen: the one main action, and the others that people need at hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlencode

import flet as ft

from services.notes.content import NotedCode, NotedVerdict
from services.rounds.checks import RoundClosed, RoundInvalid
from services.verification import Status
from services.verification.check import CheckedCode
from views.parts.device_state import use_device_state
from views.parts.look import known_as, main_button, second_button, square_button
from views.parts.open_round import begin_inspection, is_under_way, round_line
from views.parts.places import SCAN, round_address
from views.parts.question import Question
from views.parts.room import use_room
from views.parts.round_words import round_problem
from views.parts.scanning import use_scanning
from views.parts.shared import use_device, use_workspace
from views.parts.shell import use_shell
from views.verdict.advice import Action

_NARROW = 260
"""With less room than this only the main action has words."""
_NARROW_FOR_THREE = 360

_TELL_OF_NO_PRODUCT = (Status.MALFORMED, Status.NOT_A_PRODUCT_CODE, Status.CLOCK_WRONG)
"""After these there is nothing to record of a product yet: what to do about them leads."""


@ft.component
def VerdictFoot(question: Question, pack: Sequence[CheckedCode], action: Action) -> ft.Control:
    """Offer the main action filled and wide; scanning on and writing are there with every verdict.

    `pack` are the codes on the pack, the judged one first. While a round is open, recording the result in it leads
    wherever the verdict tells of a product, and takes a note's place.
    """
    shell, scanning, workspace = use_shell(), use_scanning(), use_workspace()
    state, device = use_device_state(), use_device()
    _, checked = shell.texts.gettext, pack[0]
    room, measured = use_room()
    in_round = state.round if is_under_way(state.round) else None
    if in_round and checked.verdict.status not in _TELL_OF_NO_PRODUCT:
        action = Action.NOTE

    async def record() -> None:
        if in_round is None:
            return
        try:
            draft = await asyncio.to_thread(begin_inspection, device, state.viewer, in_round.id, pack, state.copy.as_of)
        except RoundInvalid as invalid:
            shell.say(round_problem(shell.texts, invalid.reason))
        except RoundClosed:
            shell.say(_("This round was closed in another window."))
        else:
            shell.page.navigate(round_address(in_round.id, draft.id))

    async def write() -> None:
        draft = await asyncio.to_thread(
            device.notebook.new_draft,
            code=NotedCode.of(checked),
            verdict=NotedVerdict.of(checked),
            product_name=checked.product.name if checked.product else None,
            account=state.viewer.account,
        )
        shell.page.navigate(f"/note/{draft.id}")

    def compare() -> None:
        scanning.compared = replace(question, one_pack=True)
        shell.page.navigate(SCAN)

    def update() -> None:
        workspace.fetch_now()
        shell.say(_("The register is being fetched. This verdict is judged anew when it is here."))

    scan, note = shell.go_to(SCAN), shell.guard(record if in_round else write)
    noting = _("Record the result") if in_round else _("Write a note")
    note_icon = ft.Icons.FACT_CHECK_OUTLINED if in_round else ft.Icons.EDIT_NOTE
    main: dict[Action, Callable[[], ft.Control]] = {
        Action.SCAN: lambda: main_button(_("Scan the next"), scan, icon=ft.Icons.QR_CODE_SCANNER),
        Action.NOTE: lambda: known_as("write-note", main_button(noting, note, icon=note_icon, expand=True)),
        Action.COMPARE: lambda: main_button(
            _("Scan the pack's other code"), shell.guard(compare), icon=ft.Icons.COMPARE_ARROWS
        ),
        Action.REPORT: lambda: main_button(
            _("Report it"), shell.go_to(report_address(question, checked.gtin)), icon=ft.Icons.FLAG_OUTLINED
        ),
        Action.UPDATE: lambda: main_button(_("Update now"), shell.guard(update), icon=ft.Icons.DOWNLOAD),
    }
    others: list[ft.Control] = []
    if action is not Action.SCAN:
        others.append(square_button(ft.Icons.QR_CODE_SCANNER, _("Scan the next"), scan))
    if action is not Action.NOTE:
        beside = (
            square_button(note_icon, _("Note it"), note)
            if room < (_NARROW if action is Action.SCAN else _NARROW_FOR_THREE)
            else second_button(_("Note it"), note, icon=note_icon)
        )
        others.append(known_as("write-note", beside))
    led = ft.Container(main[action](), expand=True)
    above: list[ft.Control] = [round_line(shell, in_round)] if in_round else []
    if room < _NARROW:
        rows: list[list[ft.Control]] = [[led], others] if len(others) > 1 else [[*others, led]]
        return measured(ft.Column([*above, *[ft.Row(row, spacing=8) for row in rows]], spacing=8))
    return measured(ft.Column([*above, ft.Row([*others, led], spacing=12)], spacing=8))


def report_address(question: Question, gtin: str | None) -> str:
    """The address of the form that reports what is suspicious, filled with what was scanned."""
    pairs = [("gtin", gtin)] if gtin else []
    return "/report?" + urlencode([*pairs, *(("scanned", text) for text, _symbology in question.codes)])
