"""One signed-off note, whole, with what became of it and the way to correct it."""

from __future__ import annotations

import asyncio
from typing import Any

import flet as ft

from services.notes.note import Note, NoteState
from views.parts.exporting import export_handler
from views.parts.loading import use_loaded
from views.parts.look import card, chip, fact, known_as, screen
from views.parts.note_content import Content, corrected_link, correction_link, state_row, title_of
from views.parts.pictures import StoredPhoto
from views.parts.session import Session, use_session
from views.parts.verdict_words import status_words
from views.parts.words import OUTCOMES, event_state, problem_sentence, refusal_sentence


@ft.component
def NoteDetailScreen() -> ft.View:
    """Show the note in the address, and the notes that it corrects or that correct it."""
    session = use_session()
    _, notebook, viewer = session.texts.gettext, session.device.notebook, session.viewer
    note_id = ft.use_route_params()["id"]

    def load() -> tuple[Note | None, Note | None, Note | None]:
        note = notebook.note(note_id, viewer=viewer)
        corrected = notebook.note(note.corrects, viewer=viewer) if note and note.corrects else None
        correction = notebook.note(note.corrected_by, viewer=viewer) if note and note.corrected_by else None
        return note, corrected, correction

    ready, loaded = use_loaded(load, [note_id, session.notes_version])
    route = f"/notes/{note_id}"
    if not ready:
        return screen(session, route, _("Note"), [ft.ProgressBar()])
    note, corrected, correction = loaded or (None, None, None)
    if note is None:
        nowhere = _("This note is not on this device, or it belongs to another account.")
        return screen(session, route, _("Note"), [ft.Text(nowhere)])
    content = Content.of(note)
    links: list[ft.Control] = []
    if note.corrects:
        links.append(correction_link(session, corrected))
    if correction:
        links.append(corrected_link(session, correction))
    return screen(
        session,
        route,
        _("Correction") if note.corrects else _("Note"),
        [
            ft.Text(title_of(session, note.product_name, content.code), size=20, weight=ft.FontWeight.W_600),
            state_row(session, note),
            *_what_became_of_it(session, note),
            *links,
            *_events(session, note),
            _facts(session, note, content),
            *[StoredPhoto(photo) for photo in content.photos],
            *([] if note.corrected_by or note.state is NoteState.DRAFT else [_correct(session, note)]),
        ],
    )


def _what_became_of_it(session: Session, note: Note) -> list[ft.Control]:
    _, texts = session.texts.gettext, session.texts

    async def retry(_event: Any) -> None:
        await asyncio.to_thread(session.device.notebook.retry, note.id)

    if note.state is NoteState.REFUSED:
        return [
            ft.Text(refusal_sentence(texts, note.reason or "", received=note.received_at is not None)),
            ft.Row(
                [
                    ft.FilledTonalButton(_("Try again"), icon=ft.Icons.REFRESH, on_click=session.guard(retry)),
                    ft.OutlinedButton(
                        _("Export this note"),
                        icon=ft.Icons.DOWNLOAD,
                        on_click=session.guard(export_handler(session, lambda: [note])),
                    ),
                ],
                wrap=True,
            ),
        ]
    if note.state is NoteState.RECEIVED or note.state is NoteState.DRAFT:
        return []
    if note.reason:
        return [ft.Text(problem_sentence(texts, note.reason), size=13)]
    if note.received_at:
        return [ft.Text(_("The server has the note. Its photos follow when there is a connection."), size=13)]
    return [ft.Text(_("It is sent when there is a connection."), size=13)]


def _events(session: Session, note: Note) -> list[ft.Control]:
    """What the office has said of it, the latest first."""
    if not note.events:
        return []
    _, texts = session.texts.gettext, session.texts
    lines: list[ft.Control] = [ft.Text(_("From the office"), weight=ft.FontWeight.W_600)]
    for event in reversed(note.events):
        lines.append(
            ft.Row([chip(*event_state(texts, event.state)), ft.Text(texts.moment(event.at), size=13)], wrap=True)
        )
        if event.number:
            lines.append(fact(_("Decision or letter"), event.number))
        if event.text:
            lines.append(ft.Text(event.text))
    return [known_as("events", card(*lines))]


def _facts(session: Session, note: Note, content: Content) -> ft.Control:
    _, texts = session.texts.gettext, session.texts
    outcome = OUTCOMES.get(content.outcome)
    facts = [fact(_("Signed off"), texts.moment(content.at))]
    if note.received_at:
        facts.append(fact(_("Received by the server"), texts.moment(note.received_at)))
    if content.code:
        facts.append(fact(_("Code"), content.code.text))
    if outcome:
        facts.append(fact(_("What you found"), _(outcome[0])))
    if content.text:
        facts.append(fact(_("In your words"), content.text))
    if content.place:
        facts.append(fact(_("Place"), str(content.place)))
    return card(*facts, *_verdict_chip(session, content))


def _verdict_chip(session: Session, content: Content) -> list[ft.Control]:
    if not content.verdict:
        return []
    word, tone, icon = status_words(content.verdict.status)
    return [ft.Row([chip(session.texts.gettext(word), icon, tone)])]


def _correct(session: Session, note: Note) -> ft.Control:
    """The way to a new note that corrects this one; this one stays as it is."""
    _ = session.texts.gettext

    async def correct(_event: Any) -> None:
        draft = await asyncio.to_thread(session.device.notebook.correct, note.id, account=session.viewer.account)
        session.page.navigate(f"/note/{draft.id}")
        if note.inspection and len(draft.photos) < len(note.inspection.photos) and not note.correction_draft:
            session.say(_("Photos that are lost on this device are not in the correction."))

    words = _("Go on with the correction") if note.correction_draft else _("Correct this note")
    return ft.Row(
        [known_as("note-correct", ft.OutlinedButton(words, icon=ft.Icons.EDIT, on_click=session.guard(correct)))]
    )
