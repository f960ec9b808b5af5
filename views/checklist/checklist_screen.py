"""The screen of a checklist, for the inspection that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from services.checklists.filling import answered
from views.checklist.form import ChecklistForm
from views.checklist.subject import Opened, Subject, use_opened
from views.design import Type
from views.parts.frame import screen
from views.parts.loading import Skeleton
from views.parts.look import known_as, text
from views.parts.room import use_room
from views.parts.shell import Shell, use_shell

_ENLARGED = 230
"""With less room for text than this, how far one is stands below the title, which it would cut off."""


@ft.component
def ChecklistScreen(
    route: str, subject: Subject, head: Sequence[ft.Control] = (), bottom: Sequence[ft.Control] = ()
) -> ft.View:
    """Draw the checklist of a subject; `head` says what goods it is, `bottom` is the foot."""
    shell = use_shell()
    _ = shell.texts.gettext
    opened = use_opened(subject)
    room, measured = use_room()
    if opened is None:
        return screen(shell, route, _("Check the label"), [*head, Skeleton()], bottom=bottom)
    words, part = progress(shell, opened)
    told = [_told(words)] if words else []
    bar = ft.ProgressBar(value=part, semantics_label=words, year_2023=True)
    below = told if room < _ENLARGED else []
    return screen(
        shell,
        route,
        _("Check the label"),
        [*below, *head, measured(ChecklistForm(subject, opened, room))],
        actions=[] if below else told,
        head=bar if words else None,
        bottom=bottom,
    )


def progress(shell: Shell, opened: Opened) -> tuple[str, float]:
    """How many items have an answer, in words (empty where there is no list yet) and as a part of all."""
    if opened.checklist is None or opened.filled is None:
        return "", 0
    done, of = answered(opened.checklist, opened.filled), len(opened.checklist.items)
    return shell.texts.gettext("Item {done}/{of}").format(done=done, of=of), done / of


def _told(words: str) -> ft.Control:
    return ft.Container(known_as("checklist-progress", text(words, Type.LABEL)), padding=ft.Padding.only(right=12))
