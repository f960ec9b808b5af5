"""What was checked since the app was opened, beside the camera of a wide window."""

from __future__ import annotations

import flet as ft

from views.design import INK_2, Type
from views.parts.frame import scrolled
from views.parts.look import heading, row_button, text, tone_icon
from views.parts.scanning import Judged, use_scanning
from views.parts.shell import Shell, use_shell
from views.parts.verdict_words import STATUS


@ft.component
def RunningList() -> ft.Control:
    """List the verdicts shown, the newest first; a tap opens one again."""
    shell, scanning = use_shell(), use_scanning()
    _ = shell.texts.gettext
    head = heading(_("Checked since the start"))
    if not scanning.shown:
        return scrolled([head, text(_("What you check is listed here, with its verdict."), color=INK_2)])
    return scrolled([head, *[_row(shell, judged) for judged in scanning.shown]])


def _row(shell: Shell, judged: Judged) -> ft.Control:
    word, tone, _icon = STATUS[judged.status]
    lines: list[ft.Control] = [
        text(judged.name, Type.SUB, max_lines=2),
        text(shell.texts.gettext(word), Type.LABEL),
    ]
    row = ft.Row(
        [
            tone_icon(tone, size=28),
            ft.Column(lines, spacing=0, expand=True),
            text(shell.texts.time(judged.at), Type.SMALL, figures=True),
        ],
        spacing=12,
    )
    return row_button("checked-row", row, shell.go_to(judged.address), key=judged.address)
