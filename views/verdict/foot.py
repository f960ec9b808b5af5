"""The foot of a verdict's screen: the one main action, and the others that people need at hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

import flet as ft

from services.notes.content import NotedCode, NotedVerdict
from services.verification.check import CheckedCode
from views.parts.device_state import use_device_state
from views.parts.look import known_as, main_button, second_button, square_button
from views.parts.places import SCAN
from views.parts.question import Question
from views.parts.room import use_room
from views.parts.scanning import use_scanning
from views.parts.shared import use_device, use_workspace
from views.parts.shell import use_shell
from views.verdict.advice import Action

_NARROW = 260
"""With less room than this only the main action has words."""
_NARROW_FOR_THREE = 360


@ft.component
def VerdictFoot(question: Question, checked: CheckedCode, action: Action) -> ft.Control:
    """Offer the main action filled and wide; scanning on and writing a note are there with every verdict."""
    shell, scanning, workspace = use_shell(), use_scanning(), use_workspace()
    state, device = use_device_state(), use_device()
    _ = shell.texts.gettext
    room, measured = use_room()

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

    scan, note = shell.go_to(SCAN), shell.guard(write)
    main: dict[Action, Callable[[], ft.Control]] = {
        Action.SCAN: lambda: main_button(_("Scan the next"), scan, icon=ft.Icons.QR_CODE_SCANNER),
        Action.NOTE: lambda: known_as(
            "write-note", main_button(_("Write a note"), note, icon=ft.Icons.EDIT_NOTE, expand=True)
        ),
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
            square_button(ft.Icons.EDIT_NOTE, _("Note it"), note)
            if room < (_NARROW if action is Action.SCAN else _NARROW_FOR_THREE)
            else second_button(_("Note it"), note, icon=ft.Icons.EDIT_NOTE)
        )
        others.append(known_as("write-note", beside))
    led = ft.Container(main[action](), expand=True)
    if room < _NARROW:
        rows: list[list[ft.Control]] = [[led], others] if len(others) > 1 else [[*others, led]]
        return measured(ft.Column([ft.Row(row, spacing=8) for row in rows], spacing=8))
    return measured(ft.Row([*others, led], spacing=12))


def report_address(question: Question, gtin: str | None) -> str:
    """The address of the form that reports what is suspicious, filled with what was scanned."""
    pairs = [("gtin", gtin)] if gtin else []
    return "/report?" + urlencode([*pairs, *(("scanned", text) for text, _symbology in question.codes)])
