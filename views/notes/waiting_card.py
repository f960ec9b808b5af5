"""That something waits for the person, in one card that leads to the list of it."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from services.journal.waiting import Matter, Waits
from views.design import CARD, FOCUS, INSIDE, PRIMARY, SURFACE, Type
from views.parts.look import text
from views.parts.places import WAITING
from views.parts.shell import Shell
from views.parts.texts import Texts, mark_plural


def waiting_card(shell: Shell, matters: Sequence[Matter]) -> ft.Control:
    """How many things wait, and what kinds of them."""
    words = ft.Column(
        [text(waiting_words(shell.texts, len(matters)), Type.SUB), text(_kinds(shell.texts, matters), Type.SMALL)],
        spacing=2,
        expand=True,
    )
    button = ft.OutlinedButton(
        content=ft.Row(
            [ft.Icon(ft.Icons.MARK_UNREAD_CHAT_ALT_OUTLINED, color=PRIMARY), words, ft.Icon(ft.Icons.CHEVRON_RIGHT)],
            spacing=12,
        ),
        on_click=shell.go_to(WAITING),
        style=ft.ButtonStyle(
            bgcolor=SURFACE,
            padding=INSIDE,
            shape=ft.RoundedRectangleBorder(radius=CARD),
            side={
                ft.ControlState.FOCUSED: ft.BorderSide(3, FOCUS),
                ft.ControlState.DEFAULT: ft.BorderSide(2, PRIMARY),
            },
        ),
    )
    return ft.MergeSemantics(ft.Semantics(identifier="notes-waiting", content=button))


def waiting_words(texts: Texts, count: int) -> str:
    """How many things wait for the person."""
    words = texts.ngettext("{count} thing waits for you", "{count} things wait for you", count)
    return words.format(count=texts.number(count))


def _kinds(texts: Texts, matters: Sequence[Matter]) -> str:
    """What waits, by kind: "The office asks about 1 record · 2 answers of the office"."""
    forms = {
        Waits.ASKED: mark_plural("The office asks about {count} record", "The office asks about {count} records"),
        Waits.REFUSED: mark_plural("{count} record was not taken", "{count} records were not taken"),
        Waits.NEWS: mark_plural("{count} answer of the office", "{count} answers of the office"),
    }
    said = []
    for why, (one, several) in forms.items():
        count = sum(matter.why is why for matter in matters)
        if count:
            said.append(texts.ngettext(one, several, count).format(count=texts.number(count)))
    return " · ".join(said)
