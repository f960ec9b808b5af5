"""The head of an open round: where, since when, how much of what, and whether it rests."""

from __future__ import annotations

import asyncio

import flet as ft

from services.rounds.checks import RoundClosed
from services.rounds.kept import KeptRound
from services.rounds.summary import Summary
from views.design import CARD, INSIDE, PRIMARY, SURFACE, Type
from views.parts.device_state import use_device_state
from views.parts.loading import use_loaded
from views.parts.look import heading, known_as, text
from views.parts.open_round import saved_words
from views.parts.round_words import accuracy_words, by_tone, hours_words, place_kind, place_name
from views.parts.shared import use_device
from views.parts.shell import use_shell
from views.rounds.rows import tones_bar


@ft.component
def HeadCard(kept: KeptRound) -> ft.Control:
    """Draw the head, with the button that pauses the round or goes on with it."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    _, texts, said = shell.texts.gettext, shell.texts, kept.said

    def sum_up() -> Summary | None:
        try:
            return device.rounds.summary(kept.id, device.author)
        except RoundClosed:  # just now, on a screen above this one
            return None

    _ready, summary = use_loaded(sum_up, [kept, state.notes_version])

    async def switch() -> None:
        turn = device.rounds.resume if said.is_paused else device.rounds.pause
        try:
            await asyncio.to_thread(turn, kept.id, state.viewer)
        except RoundClosed:
            shell.say(_("This round was closed in another window."))

    word = _("Paused") if said.is_paused else _("Under way")
    icon = ft.Icons.PAUSE_CIRCLE_OUTLINE if said.is_paused else ft.Icons.RADIO_BUTTON_CHECKED
    button = ft.TextButton(
        _("Go on") if said.is_paused else _("Pause"),
        icon=ft.Icons.PLAY_ARROW if said.is_paused else ft.Icons.PAUSE,
        on_click=shell.guard(switch),
    )
    people = texts.ngettext("{count} person takes part", "{count} people take part", len(said.people))
    about = " · ".join(
        filter(
            None,
            (
                place_kind(texts, said.place),
                people.format(count=len(said.people)) if said.people else "",
                accuracy_words(texts, said.place),
                said.case_number or "",
            ),
        )
    )
    saved = saved_words(texts, len(kept.inspections))
    looked = len(said.looked_at)
    if looked:
        saved += " · " + _("{count} only looked at").format(count=texts.number(looked))
    sign: list[ft.Control] = [ft.Icon(icon, size=20, color=PRIMARY), text(word, Type.LABEL, color=PRIMARY)]
    rows: list[ft.Control] = [
        ft.Row(
            [
                ft.Row(sign, spacing=8, tight=True),
                known_as("round-pause", button),
            ],
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            wrap=True,
        ),
        heading(place_name(said.place), Type.TITLE),
        text(hours_words(texts, said.opened_at, None, said.pauses), Type.SMALL),
        text(about, Type.SMALL),
        tones_bar(texts, by_tone(summary.by_verdict if summary else {})),
        text(saved),
    ]
    card = ft.Container(
        ft.Column(rows, spacing=6, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=SURFACE,
        border=ft.Border.all(2, PRIMARY),
        border_radius=CARD,
        padding=INSIDE,
    )
    return known_as("round-head", card)
