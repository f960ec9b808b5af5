"""The screen with one signed-off note, what became of it, and the way to correct it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import flet as ft

from services.accounts.viewer import Viewer
from services.notes.note import Note, NoteState
from services.notes.notebook import Notebook
from services.workspace import Device
from views.design import SENTENCE, Type
from views.notes.record_detail import Opened, record_detail
from views.parts.device_state import use_device_state
from views.parts.exporting import export_handler
from views.parts.frame import screen, scrolled
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import card, chip, fact, heading, known_as, text
from views.parts.note_content import Content, corrected_link, correction_link, sign_in_button, state_row, title_of
from views.parts.office import FromTheOffice
from views.parts.pictures import StoredPhoto, photo_names
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.parts.verdict_words import status_words
from views.parts.words import WAITS_FOR_A_SIGN_IN, outcome_words, problem_sentence, refusal_sentence


@ft.component
def SignedNoteScreen() -> ft.Control:
    """Show the note in the address, and the notes that it corrects or that correct it.

    A wide window shows it beside the list (NotesScreen), else it is a screen of its own.
    """
    shell, state, workspace = use_shell(), use_device_state(), use_workspace()
    _, texts, device, viewer = shell.texts.gettext, shell.texts, use_device(), state.viewer
    notebook = device.notebook
    note_id = ft.use_route_params()["id"]

    def load() -> tuple[Note | None, Note | None, Note | None]:
        note = notebook.note(note_id, viewer=viewer)
        corrected = notebook.note(note.corrects, viewer=viewer) if note and note.corrects else None
        correction = notebook.note(note.corrected_by, viewer=viewer) if note and note.corrected_by else None
        return note, corrected, correction

    ready, loaded = use_loaded(load, [note_id, state.notes_version])
    also_ready, record = use_loaded(
        lambda: Opened.of(device, workspace, viewer, note_id), [note_id, viewer, state.notes_version]
    )
    route = f"/notes/{note_id}"

    def shown(title: str, controls: list[ft.Control]) -> ft.Control:
        if shell.wide:
            return known_as("note-detail", ft.Container(scrolled(controls), width=SENTENCE))
        return screen(shell, route, title, controls)

    if not ready or (loaded and loaded[0] is None and not also_ready):
        return shown(_("Note"), [Skeleton()])
    note, corrected, correction = loaded or (None, None, None)
    if note is None and record is not None:
        return shown(record.title(texts), record_detail(shell, record))
    if note is None:
        nowhere = _("This note is not on this device, or it belongs to another account.")
        return shown(_("Note"), [ft.Text(nowhere)])
    content, signed = Content.of(note), note
    export = export_handler(shell, notebook, lambda: [signed], workspace.now)
    names = photo_names(texts, len(content.photos), content.at)
    links: list[ft.Control] = []
    if note.corrects:
        links.append(correction_link(shell, corrected))
    if correction:
        links.append(corrected_link(shell, correction))
    return shown(
        _("Correction") if note.corrects else _("Note"),
        [
            heading(title_of(texts, note.product_name, content.code), Type.TITLE),
            state_row(texts, note),
            *_what_became_of_it(shell, device, note, export),
            *links,
            FromTheOffice(note.events),
            _facts(texts, note, content),
            *[StoredPhoto(photo, name) for photo, name in zip(content.photos, names, strict=True)],
            *([] if note.corrected_by or note.state is NoteState.DRAFT else [_correct(shell, notebook, viewer, note)]),
        ],
    )


def _what_became_of_it(shell: Shell, device: Device, note: Note, export: Callable[[], object]) -> list[ft.Control]:
    """Tell why the server has not taken the note, and what the person may do."""
    _, texts = shell.texts.gettext, shell.texts

    async def retry() -> None:
        await asyncio.to_thread(device.notebook.retry, note.id)
        await asyncio.to_thread(device.send_now)

    if note.state is NoteState.REFUSED:
        return [
            ft.Text(refusal_sentence(texts, note.reason or "", received=note.received_at is not None)),
            ft.Row(
                [
                    ft.FilledTonalButton(_("Try again"), icon=ft.Icons.REFRESH, on_click=shell.guard(retry)),
                    ft.OutlinedButton(_("Export this note"), icon=ft.Icons.DOWNLOAD, on_click=export),
                ],
                wrap=True,
            ),
        ]
    if note.state is not NoteState.WAITING:  # the state says it all
        return []
    if note.reason:
        way = [ft.Row([sign_in_button(shell, _("Sign in"))])] if note.reason in WAITS_FOR_A_SIGN_IN else []
        return [text(problem_sentence(texts, note.reason), Type.SMALL), *way]
    if note.received_at:
        return [text(_("The server has the note. Its photos follow when there is a connection."), Type.SMALL)]
    return [text(_("It is sent when there is a connection."), Type.SMALL)]


def _facts(texts: Texts, note: Note, content: Content) -> ft.Control:
    _ = texts.gettext
    outcome = outcome_words(texts, content.outcome)
    facts = [fact(_("Signed off"), texts.moment(content.at))]
    if note.received_at:
        facts.append(fact(_("Received by the server"), texts.moment(note.received_at)))
    if content.code:
        facts.append(fact(_("Code"), content.code.text))
    if outcome:
        facts.append(fact(_("What you found"), outcome))
    if content.text:
        facts.append(fact(_("In your words"), content.text))
    if content.place:
        facts.append(fact(_("Place"), str(content.place)))
    return card(*facts, *_verdict_chip(texts, content))


def _verdict_chip(texts: Texts, content: Content) -> list[ft.Control]:
    if not content.verdict:
        return []
    word, tone, icon = status_words(content.verdict.status, content.verdict.reasons)
    return [ft.Row([chip(texts.gettext(word), icon, tone)])]


def _correct(shell: Shell, notebook: Notebook, viewer: Viewer, note: Note) -> ft.Control:
    """The way to a new note that corrects this one, which does not change."""
    _ = shell.texts.gettext

    async def correct() -> None:
        draft = await asyncio.to_thread(notebook.correct, note.id, viewer=viewer)
        shell.page.navigate(f"/note/{draft.id}")
        if note.inspection and len(draft.photos) < len(note.inspection.photos) and not note.correction_draft:
            shell.say(_("Photos that are lost on this device are not in the correction."))

    words = _("Go on with the correction") if note.correction_draft else _("Correct this note")
    return ft.Row(
        [known_as("note-correct", ft.OutlinedButton(words, icon=ft.Icons.EDIT, on_click=shell.guard(correct)))]
    )
