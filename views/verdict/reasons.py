"""Why the verdict is what it is: each reason as a sentence with a small icon beside it."""

from __future__ import annotations

import flet as ft

from services.verification import Reason, ReasonCode, Verdict
from views.design import CARD, INK_2, SENTENCE, SURFACE, TONES, Tone
from views.parts.look import heading, known_as, text
from views.parts.texts import Texts
from views.parts.verdict_words import reason_sentence, status_words

_RIGHT = {
    ReasonCode.CERTIFICATE_VALID,
    ReasonCode.CERTIFICATE_ENDS,
    ReasonCode.STATEMENT_VALID,
    ReasonCode.PRODUCERS_PAGE,
}
"""Reasons that say that something is in order."""


def reasons(texts: Texts, verdict: Verdict) -> ft.Control:
    """Draw the reasons, gravest first; where the verdict is loud, in a card that the tone edges."""
    _word, tone, icon = status_words(verdict.status, verdict.codes)
    rows = [
        _row(texts, reason, icon if first and reason.code not in _RIGHT else None, tone)
        for first, reason in ((reason is verdict.reasons[0], reason) for reason in verdict.reasons)
    ]
    if tone not in (Tone.CAUTION, Tone.BAD):
        return known_as("reasons", _column(rows))
    return known_as(
        "reasons",
        ft.Container(
            _column([heading(texts.gettext("Why")), *rows]),
            bgcolor=SURFACE,
            border=ft.Border.all(2, TONES[tone].icon),
            border_radius=CARD,
            padding=16,
        ),
    )


def _column(rows: list[ft.Control]) -> ft.Control:
    return ft.Column(rows, spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _row(texts: Texts, reason: Reason, own: ft.IconData | None, tone: Tone) -> ft.Control:
    if reason.code in _RIGHT:
        icon, colour = ft.Icons.CHECK, TONES[Tone.GOOD].icon
    elif own:
        icon, colour = own, TONES[tone].icon
    else:
        icon, colour = ft.Icons.INFO_OUTLINE, INK_2
    row = ft.Row(
        [
            ft.Container(ft.Icon(icon, color=colour, size=20), padding=ft.Padding.only(top=2)),
            ft.Container(text(reason_sentence(texts, reason)), expand=True, width=SENTENCE),
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return ft.Semantics(container=True, content=row)  # each is heard by itself
