"""The open round, wherever one scans and judges: where one is, how much is saved, and what was saved last."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import flet as ft

from services.accounts.viewer import Viewer
from services.rounds.checks import RoundClosed, RoundInvalid
from services.rounds.inspection import InspectionDraft
from services.rounds.kept import KeptRound
from services.rounds.subject import found_on
from services.verification.check import CheckedCode
from services.workspace import Device
from views.design import CARD, CHOSEN, INK_2, ON_CHOSEN, Type
from views.parts.device_state import DeviceState
from views.parts.look import known_as, text
from views.parts.places import SCAN, round_address
from views.parts.round_words import place_name, round_problem
from views.parts.scanning import Scanning
from views.parts.shell import Shell
from views.parts.texts import Texts


def saved_words(texts: Texts, count: int) -> str:
    """How many inspections are saved: "7 saved"."""
    return texts.gettext("{count} saved").format(count=texts.number(count))


def is_under_way(kept: KeptRound | None) -> bool:
    """Whether what is judged now belongs to the round: there is one, and it is not paused."""
    return kept is not None and not kept.said.is_paused


def round_band(shell: Shell, kept: KeptRound, *, flush: bool) -> ft.Control:
    """The band over the camera: which round is open and how much is saved; a tap leads to the round.

    `flush`: it reaches from edge to edge.
    """
    _, texts = shell.texts.gettext, shell.texts
    state = _("round paused") if kept.said.is_paused else _("round open")
    line = f"{state[:1].upper()}{state[1:]} · {saved_words(texts, len(kept.inspections))}"
    words: list[ft.Control] = [
        text(place_name(kept.said.place), Type.SUB, color=ON_CHOSEN, max_lines=4),
        text(line, Type.SMALL, color=ON_CHOSEN),
    ]
    icon = ft.Icons.PAUSE_CIRCLE_OUTLINE if kept.said.is_paused else ft.Icons.RADIO_BUTTON_CHECKED
    button = ft.TextButton(
        content=ft.Row(
            [
                ft.Icon(icon, color=ON_CHOSEN),
                ft.Column(words, spacing=0, expand=True),
                ft.Icon(ft.Icons.CHEVRON_RIGHT, color=ON_CHOSEN),
            ],
            spacing=12,
        ),
        on_click=shell.go_to(round_address(kept.id)),
        style=ft.ButtonStyle(
            bgcolor=CHOSEN,
            padding=ft.Padding.symmetric(horizontal=16, vertical=12),
            shape=ft.RoundedRectangleBorder(radius=0 if flush else CARD),
        ),
    )
    return ft.MergeSemantics(known_as("round-band", button))


def round_line(shell: Shell, kept: KeptRound) -> ft.Control:
    """The line above a verdict's actions: into which round they write."""
    words = f"{saved_words(shell.texts, len(kept.inspections))} · {place_name(kept.said.place)}"
    row = ft.Row(
        [ft.Icon(ft.Icons.ROUTE, size=20, color=INK_2), text(words, Type.SMALL, max_lines=1, expand=True)], spacing=8
    )
    return known_as("round-line", row)


def back_to_scanning(shell: Shell, scanning: Scanning, state: DeviceState, device: Device, inspection_id: str) -> None:
    """Go straight back to the camera after an inspection was saved, and offer to take it back.

    The pack is often still before the camera, which then leaves it alone.
    """
    viewer, texts = state.viewer, shell.texts
    kept = device.rounds.inspection(inspection_id, viewer)
    pack = [(code.text, code.symbology) for code in kept.found.codes] if kept else []

    async def undo() -> None:
        try:
            draft = await asyncio.to_thread(device.rounds.undo, inspection_id, viewer)
        except RoundInvalid as invalid:
            shell.say(round_problem(texts, invalid.reason))
            if invalid.reason in ("sent_meanwhile", "correction_begun"):
                draft = await asyncio.to_thread(device.rounds.correct, inspection_id, viewer)
                shell.page.navigate(round_address(draft.round, draft.id))
            return
        except RoundClosed:  # taken back already
            return
        scanning.handled.take_back(pack)
        shell.page.navigate(round_address(draft.round, draft.id))

    scanning.handled.add(pack)
    said = device.rounds.round(kept.round, viewer) if kept else None
    shell.page.navigate(SCAN)
    shell.say(saved_words(texts, len(said.inspections) if said else 1), undo)


def begin_inspection(
    device: Device, viewer: Viewer, round_id: str, pack: Sequence[CheckedCode], copy_as_of: datetime | None
) -> InspectionDraft:
    """The draft for this pack in the round: the one that was begun for its code already, or a new one.

    Raises RoundClosed, RoundInvalid, StoreWriteError.
    """
    begun = (draft for draft in device.rounds.drafts(viewer) if draft.round == round_id and draft.supersedes is None)
    same = (draft for draft in begun if draft.found.codes and draft.found.codes[0].text == pack[0].text)
    return next(same, None) or device.rounds.begin(round_id, found_on(pack, copy_as_of), device.author)
