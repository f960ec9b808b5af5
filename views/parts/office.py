"""What the office said of a record, with the answers to its questions and the way to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

import flet as ft

from services.answers.answer_book import KeptAnswer
from services.journal.waiting import open_questions
from services.notes.note import NoteState
from services.records.events import Event
from views.design import Tone, Type
from views.parts.device_state import use_device_state
from views.parts.loading import use_loaded
from views.parts.look import card, fact, heading, known_as, selectable, state_label, text
from views.parts.places import ANSWER
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.words import event_state, record_state, refusal_sentence


@ft.component
def FromTheOffice(events: Sequence[Event]) -> ft.Control:
    """The office's events on one record, the latest first, with the answers to them; being shown, they are no news."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    viewer = state.viewer
    _ready, loaded = use_loaded(
        lambda: (device.answers.answers(viewer), device.journal.answered(viewer)), [viewer, state.notes_version]
    )

    async def see() -> None:
        if viewer.account is not None and events:
            await asyncio.to_thread(device.seen.see, viewer.account, events, workspace.now())

    ft.use_effect(see, [tuple(event.id for event in events), viewer.account])
    if not events:
        return ft.Container(visible=False)
    answers, answered = loaded or ((), None)
    return _events(shell, events, answers, answered)


def _events(
    shell: Shell, events: Sequence[Event], answers: Sequence[KeptAnswer], answered: Collection[str] | None
) -> ft.Control:
    """The events; `answered`, the ids of those answered from any device, is None until it has been read."""
    _, texts = shell.texts.gettext, shell.texts
    open_ones = {event.id for event in open_questions(events, answered)} if answered is not None else set()
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
        if answered and event.id in answered and not given:
            lines.append(state_label(_("Answered from another device"), ft.Icons.DEVICES))
        if event.id in open_ones:
            button = ft.FilledButton(_("Answer"), icon=ft.Icons.REPLY, on_click=shell.go_to(ANSWER + event.id))
            lines.append(known_as("answer-question", ft.Row([button])))
    return known_as("events", card(*lines))


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
