"""What the office has said of a record."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from services.records.events import Event
from views.design import Tone, Type
from views.parts.look import card, fact, heading, known_as, state_label, text
from views.parts.texts import Texts
from views.parts.words import event_state


def office_card(texts: Texts, events: Sequence[Event]) -> list[ft.Control]:
    """What the office has said, the latest first; nothing where it has said nothing."""
    if not events:
        return []
    _ = texts.gettext
    lines: list[ft.Control] = [heading(_("From the office"))]
    for event in reversed(events):
        words, icon, tone = event_state(texts, event.state)
        state = state_label(words, icon, urgent=tone is Tone.CAUTION)
        lines.append(ft.Row([state, text(texts.moment(event.at), Type.SMALL)], wrap=True))
        if event.number:
            lines.append(fact(_("Decision or letter"), event.number))
        if event.text:
            lines.append(ft.Text(event.text))
    return [known_as("events", card(*lines))]
