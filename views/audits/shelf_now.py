"""What stands on the shelves now, by all tills: how much of each class, and which certificates end."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from services.audits.gravity import totals
from services.audits.judging import Reminder
from services.codes import on_the_pack
from services.register.certificates import Today
from services.wording import mark
from views.audits.reading import SHELF, Overview
from views.design import GAP, TONES, Tone, Type
from views.parts.audit_words import KLASSES, counts_words
from views.parts.fold import fold
from views.parts.look import card, heading, known_as, row_button, text
from views.parts.places import OWN_LIST, PRODUCT, audit_address
from views.parts.shell import Shell
from views.parts.texts import mark_plural

_WITHIN = {
    30: mark("Certificate ends within 30 days"),
    60: mark("Certificate ends within 60 days"),
    90: mark("Certificate ends within 90 days"),
}
_LEFT = mark_plural("{count} day left", "{count} days left")


def shelf_card(shell: Shell, found: Overview, today: Today) -> ft.Control:
    """The shelves as they were seen on their newest day, in numbers by class."""
    _, texts = shell.texts.gettext, shell.texts
    counted = totals(found.lines, today)
    shelves = len(found.state.shelves)
    said = texts.ngettext("{count} shelf", "{count} shelves", shelves).format(count=texts.number(shelves))
    rows: list[ft.Control] = [
        ft.Row(
            [
                ft.Icon(words.icon, size=22, color=TONES[words.tone].icon),
                text(f"{texts.number(counted.packs_of[kind])} {_(words.counted)}", expand=True),
            ],
            spacing=GAP,
        )
        for kind, words in KLASSES.items()
        if counted.packs_of[kind]
    ]
    by_n = {line.n: line for line in found.lines}
    left = sum(by_n[action.n].done is None for action in found.todo)
    if left:
        words = texts.ngettext("{count} thing to do", "{count} things to do", left)
        go = shell.go_to(audit_address(SHELF, "actions"))
        todo = ft.FilledTonalButton(words.format(count=texts.number(left)), icon=ft.Icons.CHECKLIST, on_click=go)
        rows.append(ft.Row([known_as("shelf-actions", todo)]))
    if found.absent:
        words = texts.ngettext(
            "{count} product of your list was not seen",
            "{count} products of your list were not seen",
            len(found.absent),
        )
        way = ft.TextButton(
            words.format(count=texts.number(len(found.absent))),
            icon=ft.Icons.PLAYLIST_REMOVE,
            on_click=shell.go_to(OWN_LIST),
        )
        rows.append(ft.Row([known_as("shelf-absent", way)]))
    numbers = " · ".join([said, counts_words(texts, counted.lines, counted.packs)])
    head: list[ft.Control] = [heading(_("On the shelves now")), text(numbers, Type.SMALL)]
    return known_as("shelf-now", card(*head, *rows))


def reminder_rows(shell: Shell, reminders: Sequence[Reminder]) -> list[ft.Control]:
    """Which certificates end, those within 30 days open at once."""
    _, texts = shell.texts.gettext, shell.texts
    parts: list[ft.Control] = []
    for within, words in _WITHIN.items():
        of_days = [each for each in reminders if each.within == within]
        if of_days:
            rows = [_reminder(shell, each) for each in of_days]
            count = texts.number(len(of_days))
            parts.append(fold(f"reminders-{within}", _(words), count, rows, opened=within == 30))
    return parts


def _reminder(shell: Shell, reminder: Reminder) -> ft.Control:
    texts = shell.texts
    left = texts.ngettext(*_LEFT, reminder.days).format(count=texts.number(reminder.days))
    shelves = ", ".join(filter(None, reminder.shelves))
    lines: list[ft.Control] = [
        text(reminder.name or on_the_pack(reminder.gtin), Type.SUB, max_lines=2),
        *([text(shelves, Type.SMALL, max_lines=1)] if shelves else []),
        text(f"{texts.day(reminder.ends)} · {left}", Type.LABEL),
    ]
    sign = TONES[Tone.CAUTION]
    row = ft.Row([ft.Column(lines, spacing=2, expand=True), ft.Icon(sign.shape, size=24, color=sign.icon)], spacing=12)
    return row_button("reminder-row", row, shell.go_to(f"{PRODUCT}{reminder.gtin}"), key=f"reminder {reminder.gtin}")
