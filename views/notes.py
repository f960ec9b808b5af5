"""The notes of this device: each with its state, and what became of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import flet as ft

from services.inspections import Note, NoteState
from services.photos import Photo
from services.verification import Status
from views.parts.loading import use_loaded
from views.parts.look import card, chip, fact, icon_button, known_as, screen
from views.parts.pictures import StoredPhoto
from views.parts.session import Session, use_session
from views.parts.words import NOTE_STATE, OUTCOMES, STATUS, Tone, problem_sentence, refusal_sentence

PAGE = 50
"""Rows drawn at a time: a thousand take half a second to build."""


@ft.component
def NotesScreen() -> ft.View:
    """List drafts and signed-off notes, newest first."""
    session = use_session()
    _, texts = session.texts.gettext, session.texts
    limit, set_limit = ft.use_state(PAGE)
    notebook = session.device.notebook
    ready, loaded = use_loaded(
        lambda: (notebook.notes(limit=limit), notebook.count(), notebook.counts()), [limit, session.notes_version]
    )
    notes, total, counts = loaded or ([], 0, {})

    def send(_event: Any) -> None:
        session.device.sender.wake()

    more = ft.TextButton(
        _("Show more ({count} in all)").format(count=texts.number(total)),
        on_click=session.guard(lambda _e: set_limit(limit + PAGE)),
    )
    return screen(
        session,
        "/notes",
        _("Notes"),
        [
            _sending(session, counts),
            *([_empty(session)] if ready and not notes else []),
            *[_row(session, note) for note in notes],
            *([more] if total > len(notes) else []),
        ],
        tab=1,
        actions=[icon_button(ft.Icons.SYNC, _("Send now"), session.guard(send))],
    )


def _sending(session: Session, counts: dict[NoteState, int]) -> ft.Control:
    """Whether the server has everything, and if not, why and what happens next."""
    _, texts, status = session.texts.gettext, session.texts, session.sending
    waiting = counts.get(NoteState.WAITING, 0) + counts.get(NoteState.SENDING, 0)
    lines: list[ft.Control] = []
    if session.workspace.registry is None:
        lines.append(ft.Text(_("No server is set. Notes stay on this device until one is."), size=13))
    elif status.running:
        progress = status.done / status.total if status.total else None
        lines += [ft.Text(_("Sending …"), size=13), ft.ProgressBar(value=progress)]
    elif waiting:
        lines.append(
            ft.Text(_("{count} on this device, not yet on the server.").format(count=texts.number(waiting)), size=13)
        )
        if status.last_problem:
            lines.append(ft.Text(problem_sentence(texts, status.last_problem), size=13))
    elif counts.get(NoteState.RECEIVED):
        lines.append(ft.Text(_("Everything signed off is on the server."), size=13))
    return ft.Column(lines, spacing=4)


def _empty(session: Session) -> ft.Control:
    _ = session.texts.gettext
    return ft.Container(
        ft.Column(
            [
                ft.Icon(ft.Icons.ASSIGNMENT_OUTLINED, size=56, color=ft.Colors.ON_SURFACE_VARIANT),
                ft.Text(_("No notes yet"), size=18, weight=ft.FontWeight.W_600),
                ft.Text(
                    _("Scan a product, look at its verdict, then write down what you found."),
                    text_align=ft.TextAlign.CENTER,
                ),
                ft.FilledButton(
                    _("Scan"),
                    icon=ft.Icons.QR_CODE_SCANNER,
                    on_click=session.guard(lambda _e: session.page.navigate("/")),
                ),
            ],
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        padding=40,
        alignment=ft.Alignment.CENTER,
    )


@dataclass(frozen=True)
class Content:
    """What a note says, be it a draft or signed off; the documents are as in docs/api.md."""

    at: datetime
    code: dict[str, Any] | None
    verdict: dict[str, Any] | None
    outcome: str
    text: str
    place: dict[str, Any] | None
    photos: tuple[Photo, ...]

    @classmethod
    def of(cls, note: Note) -> Content:
        """Read a row of the notebook."""
        if note.inspection:
            body, photos = note.inspection.body, note.inspection.photos
            at = datetime.fromisoformat(body["created_at"])
            return cls(at, body["code"], body["verdict"], body["outcome"], body["text"], body["place"], photos)
        if note.draft is None:
            raise ValueError("a note is a draft or an inspection")
        d = note.draft
        return cls(d.started_at, d.code, d.verdict, d.outcome, d.text, d.place, d.photos)


def title_of(session: Session, name: str | None, code: dict[str, Any] | None) -> str:
    """What a note is called: the product, else the code, else that it has none."""
    return name or (code["text"] if code else session.texts.gettext("Without a code"))


def _row(session: Session, note: Note) -> ft.Control:
    _, texts = session.texts.gettext, session.texts
    words, tone, icon = NOTE_STATE[note.state]
    content = Content.of(note)
    outcome = OUTCOMES.get(content.outcome)
    address = f"/note/{note.id}" if note.state is NoteState.DRAFT else f"/notes/{note.id}"
    second = " · ".join(part for part in (texts.moment(content.at), _(outcome[0]) if outcome else "") if part)
    return known_as(
        "note-row",
        ft.Card(
            ft.ListTile(
                title=ft.Text(
                    title_of(session, note.product_name, content.code),
                    max_lines=2,
                    overflow=ft.TextOverflow.ELLIPSIS,
                    weight=ft.FontWeight.W_600,
                ),
                subtitle=ft.Column(
                    [
                        ft.Text(second, size=13),
                        *(
                            [ft.Text(content.text, size=13, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS)]
                            if content.text
                            else []
                        ),
                        ft.Row([chip(_(words), icon, tone), *_photo_count(session, note, content)], wrap=True),
                    ],
                    spacing=4,
                ),
                on_click=session.guard(lambda _e: session.page.navigate(address)),
            ),
            margin=0,
            variant=ft.CardVariant.OUTLINED,
        ),
    )


def _photo_count(session: Session, note: Note, content: Content) -> list[ft.Control]:
    if not content.photos:
        return []
    count = session.texts.gettext("{sent} of {all} photos on the server").format(
        sent=note.photos_sent, all=len(content.photos)
    )
    return [ft.Text(count, size=12, color=ft.Colors.ON_SURFACE_VARIANT)]


@ft.component
def NoteDetailScreen() -> ft.View:
    """One signed-off note, whole, with what became of it."""
    session = use_session()
    _, texts = session.texts.gettext, session.texts
    note_id = ft.use_route_params()["id"]
    ready, note = use_loaded(lambda: session.device.notebook.note(note_id), [note_id, session.notes_version])
    route = f"/notes/{note_id}"
    if not ready:
        return screen(session, route, _("Note"), [ft.ProgressBar()])
    if note is None:
        return screen(session, route, _("Note"), [ft.Text(_("This note is not on this device."))])

    async def retry(_event: Any) -> None:
        await asyncio.to_thread(session.device.notebook.retry, note_id)

    words, tone, icon = NOTE_STATE[note.state]
    content = Content.of(note)
    outcome = OUTCOMES.get(content.outcome)
    controls: list[ft.Control] = [
        ft.Text(title_of(session, note.product_name, content.code), size=20, weight=ft.FontWeight.W_600),
        ft.Row([chip(_(words), icon, tone), *_photo_count(session, note, content)], wrap=True),
    ]
    if note.state is NoteState.REFUSED:
        controls += [
            ft.Text(refusal_sentence(texts, note.reason or "")),
            ft.Row(
                [
                    ft.FilledTonalButton(_("Try again"), icon=ft.Icons.REFRESH, on_click=session.guard(retry)),
                    ft.OutlinedButton(
                        _("Export all notes"), icon=ft.Icons.DOWNLOAD, on_click=session.guard(export_handler(session))
                    ),
                ],
                wrap=True,
            ),
        ]
    elif note.reason:
        controls.append(ft.Text(problem_sentence(texts, note.reason), size=13))
    facts = [fact(_("Signed off"), texts.moment(content.at))]
    if note.received_at:
        facts.append(fact(_("Received by the server"), texts.moment(note.received_at)))
    if content.code:
        facts.append(fact(_("Code"), content.code["text"]))
    if outcome:
        facts.append(fact(_("What you found"), _(outcome[0])))
    if content.text:
        facts.append(fact(_("In your words"), content.text))
    if content.place:
        facts.append(fact(_("Place"), f"{content.place['lat']:.5f}, {content.place['lon']:.5f}"))
    controls.append(card(*facts, *_verdict_chip(session, content)))
    controls += [StoredPhoto(photo) for photo in content.photos]
    return screen(session, route, _("Note"), controls)


def _verdict_chip(session: Session, content: Content) -> list[ft.Control]:
    if not content.verdict:
        return []
    word, tone, icon = STATUS.get(Status(content.verdict["status"]), ("", Tone.UNKNOWN, ft.Icons.HELP))
    return [ft.Row([chip(session.texts.gettext(word), icon, tone)])]


def export_handler(session: Session) -> Any:
    """A handler that saves all notes with their photos as one zip file where the person wants it."""

    async def export(_event: Any) -> None:
        archive = await asyncio.to_thread(session.device.notebook.export)
        name = f"ocop-notes-{session.now():%Y%m%d-%H%M}.zip"
        path = await ft.FilePicker().save_file(file_name=name, src_bytes=archive)
        if path or session.page.web:
            session.say(session.texts.gettext("Exported: {name}").format(name=name))

    return export
