"""Asks the register itself about what this device's copy cannot decide, and tells how that went."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import flet as ft

from services.client.answers import ProductAnswer, Refused
from services.client.transport import Unreachable
from services.verification import Status
from services.verification.check import CheckedCode
from views.design import Tone, Type
from views.parts.look import panel, text
from views.parts.shared import use_workspace
from views.parts.shell import use_shell
from views.parts.words import problem_sentence

_ASKED = frozenset(Status) - {
    Status.CERTIFIED,
    Status.EXPIRES_SOON,
    Status.MALFORMED,
    Status.NOT_A_PRODUCT_CODE,
    Status.UNKNOWN_LINK,
}
"""The verdicts about which the server is asked, if it can be reached: no copy accuses if the server can decide."""


@ft.component
def AskTheRegister(checked: CheckedCode, answered: Callable[[str, ProductAnswer], None]) -> ft.Control:
    """Asks the server about what the copy cannot decide, as soon as the verdict is shown, and tells the progress."""
    shell, workspace = use_shell(), use_workspace()
    _ = shell.texts.gettext
    problem, set_problem = ft.use_state(cast("str | None", None))
    asking, set_asking = ft.use_state(False)
    over = ft.use_ref(False)
    gtin = checked.gtin
    wanted = bool(workspace.registry and gtin and checked.verdict.status in _ASKED and not checked.verdict.live)

    async def ask() -> None:
        if gtin is None:
            return
        set_asking(True)
        set_problem(None)
        try:
            answer = await asyncio.to_thread(workspace.product, gtin, cancelled=lambda: bool(over.current))
        except Unreachable as error:
            if not over.current:
                set_problem(error.reason)
        except Refused:
            pass  # the server refuses such a number
        else:
            if not over.current:
                answered(gtin, answer)
        finally:
            if not over.current:
                set_asking(False)

    def begin() -> None:
        if wanted:
            shell.page.run_task(ask)

    def leave() -> None:
        over.current = True

    ft.use_effect(begin, [], cleanup=leave)
    if asking:
        ring = ft.ProgressRing(width=16, height=16, stroke_width=2)
        return ft.Row([ring, text(_("Asking the register …"), Type.SMALL)], spacing=8)
    if problem and wanted:
        return panel(
            text(_("The register could not be asked. What stands here rests on this device alone."), Type.SMALL),
            text(problem_sentence(shell.texts, problem), Type.SMALL) if problem == "insecure" else ft.Container(),
            ft.Row([ft.TextButton(_("Ask again"), icon=ft.Icons.REFRESH, on_click=shell.guard(ask))]),
            tone=Tone.UNKNOWN,
            icon=ft.Icons.CLOUD_OFF,
        )
    return ft.Container()
