"""What is chosen in the form: what was found, what becomes of the goods, the seal. Nothing is chosen beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import flet as ft

from services.rounds.checks import Problem
from services.rounds.inspection import Finding
from views.design import ERROR
from views.inspection.editor import InspectionEditor
from views.parts.grid import Grid
from views.parts.inspection_words import FINDINGS, SALES, SEALS, inspection_problem
from views.parts.look import choice_button, heading, known_as, text
from views.parts.shell import Shell
from views.parts.texts import Texts

_OF_FINDINGS = ("nothing_said", "unknown_finding", "findings_contradict")


def findings(shell: Shell, editor: InspectionEditor, columns: int) -> list[ft.Control]:
    """What was found: several, or that all is as on the label."""
    _ = shell.texts.gettext

    def choose(finding: Finding) -> Callable[[], object]:
        return shell.guard(lambda: editor.toggle(finding))

    cells = [
        choice_button(f"finding-{finding}", _(words), icon, choose(Finding(finding)), chosen=finding in chosen)
        for chosen in [editor.found.findings]
        for finding, (words, icon) in FINDINGS.items()
    ]
    return [
        heading(_("What did you find?")),
        Grid(cells, columns),
        *said_wrong(shell.texts, editor.problems, _OF_FINDINGS),
    ]


def sale(shell: Shell, editor: InspectionEditor) -> list[ft.Control]:
    """What becomes of the goods here, apart from what was found."""
    return [
        heading(shell.texts.gettext("What becomes of the goods?")),
        _one_of(shell, "sale", SALES, editor.found.sale, lambda value: editor.switch(sale=value)),
    ]


def seal(shell: Shell, editor: InspectionEditor) -> ft.Control:
    """The state of the seal."""
    return _one_of(shell, "seal", SEALS, editor.found.seal, lambda value: editor.switch(seal=value))


def said_wrong(texts: Texts, problems: Sequence[Problem], reasons: Sequence[str]) -> list[ft.Control]:
    """The problems of these reasons, below the part of the form that they are about."""
    there = [problem.reason for problem in problems if problem.reason in reasons]
    return [
        known_as("problem", text(inspection_problem(texts, reason) or "", color=ERROR))
        for reason in dict.fromkeys(there)
    ]


def _one_of(
    shell: Shell,
    name: str,
    table: Mapping[str, tuple[str, ft.IconData]],
    chosen: str | None,
    choose: Callable[[str], object],
) -> ft.Control:
    """One of a few answers; a second tap takes it back."""

    def tap(value: str) -> Callable[[], object]:
        return shell.guard(lambda: choose(value))

    cells = [
        choice_button(f"{name}-{value}", shell.texts.gettext(words), icon, tap(value), chosen=chosen == value)
        for value, (words, icon) in table.items()
    ]
    return Grid(cells, len(cells) if shell.wide else 2)
