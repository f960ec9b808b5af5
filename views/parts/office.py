"""What the office said of a record, with the answers to its questions and the way to answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import flet as ft

from services.answers.answer_book import KeptAnswer
from services.journal.waiting import open_questions
from services.notes.note import NoteState
from services.records.events import Event
from views.design import Tone, Type
from views.parts.look import card, fact, heading, known_as, selectable, state_label, text
from views.parts.places import ANSWER
from views.parts.shell import Shell
from views.parts.words import event_state, record_state, refusal_sentence


def from_the_office(
    shell: Shell,
    events: Sequence[Event],
    answers: Sequence[KeptAnswer],
    answered: Collection[str],
) -> list[ft.Control]:
    """The office's events on one record, the latest first, each with the answers to it.

    `answers` are those of this device; `answered` also holds the ids of events answered from another one.
    """
    if not events:
        return []
    _, texts = shell.texts.gettext, shell.texts
    open_ones = {event.id for event in open_questions(events, answered)}
    lines: list[ft.Control] = [heading(_("From the office"))]
    for event in reversed(events):
        words, icon, tone = event_state(texts, event.state)
        state = state_label(words, icon, urgent=tone is Tone.CAUTION)
        lines.append(ft.Row([state, text(texts.moment(event.at), Type.SMALL)], wrap=True))
        if event.number:
            lines.append(fact(_("Decision or letter"), event.number))
        if event.text:
            lines.append(selectable(event.text))
        given = [kept for kept in answers if kept.answer.event == event.id]
        lines += [_answer(shell, kept) for kept in given]
        if event.id in answered and not given:
            lines.append(state_label(_("Answered from another device"), ft.Icons.DEVICES))
        if event.id in open_ones:
            button = ft.FilledButton(_("Answer"), icon=ft.Icons.REPLY, on_click=shell.go_to(ANSWER + event.id))
            lines.append(known_as("answer-question", ft.Row([button])))
    return [known_as("events", card(*lines))]


def _answer(shell: Shell, kept: KeptAnswer) -> ft.Control:
    """An answer, and what became of it."""
    _, texts, answer = shell.texts.gettext, shell.texts, kept.answer
    words, icon, tone = record_state(
        texts,
        NoteState(kept.state.value),
        photos=len(answer.files),
        sent=kept.photos_sent,
        reason=kept.reason,
        received=kept.received_at is not None,
    )
    said = _("Your answer of {when}").format(when=texts.moment(answer.signed_at))
    lines: list[ft.Control] = [text(said, Type.SMALL), selectable(answer.text)]
    if answer.files:
        lines.append(text(_("Photos: {count}").format(count=len(answer.files)), Type.SMALL))
    lines.append(state_label(words, icon, urgent=tone is Tone.CAUTION))
    if kept.state.value == NoteState.REFUSED.value:
        lines.append(text(refusal_sentence(texts, kept.reason or "", received=kept.received_at is not None)))
    return known_as("answer-given", ft.Container(ft.Column(lines, spacing=4), padding=ft.Padding.only(left=16)))
