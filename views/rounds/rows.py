"""Rows of rounds and of their inspections: two facts each, what happened and what became of it."""

from __future__ import annotations

import flet as ft

from services.records.book import RecordState
from services.rounds.kept import KeptInspection, KeptRound
from views.design import SURFACE_3, TONES, Tone, Type
from views.parts.inspection_words import finding_words
from views.parts.look import row_button, text, tone_icon
from views.parts.places import round_address
from views.parts.record_words import state_of
from views.parts.round_words import (
    TONE_WORDS,
    hours_words,
    inspection_title,
    place_name,
    status_tone,
)
from views.parts.shell import Shell
from views.parts.texts import Texts
from views.parts.verdict_words import status_words

_PICTURE = 48


def round_row(shell: Shell, kept: KeptRound) -> ft.Control:
    """A closed round in the list."""
    texts, said = shell.texts, kept.said
    count = len(kept.inspections)
    saved = texts.ngettext("{count} inspection", "{count} inspections", count).format(count=texts.number(count))
    lines: list[ft.Control] = [
        text(place_name(said.place), Type.SUB, max_lines=4),
        text(f"{hours_words(texts, said.opened_at, said.closed_at, ())} · {saved}", Type.SMALL),
        state_of(texts, kept.state),
    ]
    return row_button(
        "round-row", ft.Column(lines, spacing=4), shell.go_to(round_address(kept.id)), key=f"round {kept.id}"
    )


def inspection_row(shell: Shell, kept: KeptInspection) -> ft.Control:
    """An inspection of a round: what it is about, when and what was found, and the verdict's shape."""
    texts, found = shell.texts, kept.found
    photos = sum(1 for picture in kept.pictures if picture.sent)
    happened = [
        texts.time(kept.at) if kept.at else "",
        texts.ngettext("{count} photo", "{count} photos", photos).format(count=photos) if photos else "",
        ", ".join(finding_words(texts, finding) for finding in found.findings),
    ]
    lines: list[ft.Control] = [
        text(inspection_title(texts, found), Type.SUB, max_lines=4),
        text(" · ".join(filter(None, happened)), Type.SMALL),
        *([state_of(texts, kept.state)] if kept.state is not RecordState.RECEIVED else []),
    ]
    status = found.verdict.status if found.verdict else ""
    word = texts.gettext(status_words(status)[0]) if status else texts.gettext("No code was judged")
    tone = status_tone(status)
    shape = ft.Icon(TONES[tone].shape, color=TONES[tone].icon, size=28, semantics_label=word)
    row = ft.Row(
        [ft.Column(lines, spacing=4, expand=True), shape],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return row_button(
        "inspection-row", row, shell.go_to(round_address(kept.round, kept.id)), key=f"inspection {kept.id}"
    )


def tones_bar(texts: Texts, counts: dict[Tone, int]) -> ft.Control:
    """How many of each tone, as a bar and in numbers with their shapes; a screen reader hears the words."""
    shown = {tone: count for tone, count in counts.items() if count}
    total = sum(shown.values())
    parts: list[ft.Control] = [ft.Container(height=12, bgcolor=TONES[tone].icon, expand=n) for tone, n in shown.items()]
    bar = ft.Container(
        ft.Row(parts or [ft.Container(height=12, bgcolor=SURFACE_3, expand=True)], spacing=2),
        border_radius=6,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )
    numbers: list[ft.Control] = [
        ft.Row([tone_icon(tone, size=24), text(texts.number(n), Type.SUB)], spacing=6, tight=True)
        for tone, n in shown.items()
    ]
    told = ", ".join(f"{texts.gettext(TONE_WORDS[tone])}: {texts.number(n)}" for tone, n in shown.items())
    column = ft.Column([bar, *([ft.Row(numbers, spacing=16, wrap=True)] if total else [])], spacing=8)
    return ft.Semantics(label=told, exclude_semantics=True, container=True, content=column)
