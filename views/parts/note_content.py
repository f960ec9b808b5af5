"""What screens show of a note, draft or signed off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import flet as ft

from services.notes.content import NotedCode, NotedVerdict, Position
from services.notes.note import Inspection, Note, NoteState
from services.records.files import Photo
from views.design import Tone, Type
from views.parts.look import state_label, text
from views.parts.shell import Shell
from views.parts.texts import Texts
from views.parts.words import event_state, note_state


@dataclass(frozen=True)
class Content:
    """What a note says, signed off or not."""

    at: datetime
    code: NotedCode | None
    verdict: NotedVerdict | None
    outcome: str
    text: str
    place: Position | None
    photos: tuple[Photo, ...]

    @classmethod
    def of(cls, note: Note) -> Content:
        """Read a row of the notebook."""
        said = note.inspection or note.draft
        if said is None:
            raise ValueError("a note is a draft or signed off")
        at = said.signed_at if isinstance(said, Inspection) else said.started_at
        return cls(at, said.code, said.verdict, said.outcome, said.text, said.place, said.photos)


def title_of(texts: Texts, name: str | None, code: NotedCode | None) -> str:
    """A note's title: the product, else the code, else that it has none."""
    return name or (code.text if code else texts.gettext("Without a code"))


def gtin_of(note: Note) -> str | None:
    """The product that a note is about, by its GTIN of 14 digits."""
    code = Content.of(note).code
    return code.gtin if code else None


def others_words(texts: Texts, count: int) -> str:
    """That notes of other accounts wait on this device, and for what."""
    words = texts.gettext(
        "Records of another account kept on this device: {count}. They are sent when it signs in again."
    )
    return words.format(count=texts.number(count))


def sign_in_button(shell: Shell, words: str) -> ft.Control:
    """The way to the form, beside whatever waits for a sign-in."""
    return ft.FilledTonalButton(words, icon=ft.Icons.LOGIN, on_click=shell.go_to("/settings"))


def state_row(texts: Texts, note: Note) -> ft.Control:
    """What became of a note, as a row of quiet labels."""
    _, photos = texts.gettext, Content.of(note).photos
    marks: list[ft.Control] = [_state(*note_state(texts, note))]
    if note.corrected_by:
        marks.append(state_label(_("Corrected"), ft.Icons.EDIT_OFF))
    elif note.corrects:
        marks.append(state_label(_("Correction"), ft.Icons.EDIT))
    if note.events:
        marks.append(_state(*event_state(texts, note.events[-1].state)))
    if photos:
        words = _("Photos: {count}").format(count=len(photos))
        if note.state is not NoteState.DRAFT:
            words = texts.ngettext(
                "{sent} of {all} photo on the server", "{sent} of {all} photos on the server", len(photos)
            ).format(sent=note.photos_sent, all=len(photos))
        marks.append(text(words, Type.SMALL))
    return ft.Row(marks, wrap=True, spacing=12, run_spacing=4, vertical_alignment=ft.CrossAxisAlignment.CENTER)


def _state(words: str, icon: ft.IconData, tone: Tone) -> ft.Control:
    return state_label(words, icon, urgent=tone is Tone.CAUTION)


def correction_link(shell: Shell, note: Note | None) -> ft.Control:
    """The line of a correction that leads to the note it corrects, where that is on this device."""
    _, texts = shell.texts.gettext, shell.texts
    if note is None:
        return text(_("Corrects an earlier note that is not on this device."), Type.SMALL)
    return _link(shell, note.id, _("Corrects the note of {when}").format(when=texts.moment(Content.of(note).at)))


def corrected_link(shell: Shell, note: Note) -> ft.Control:
    """The line of a corrected note that leads to its correction."""
    when = shell.texts.moment(Content.of(note).at)
    return _link(shell, note.id, shell.texts.gettext("Corrected by the note of {when}").format(when=when))


def _link(shell: Shell, note_id: str, words: str) -> ft.Control:
    button = ft.TextButton(words, icon=ft.Icons.LINK, on_click=shell.go_to(f"/notes/{note_id}"))
    return ft.Row([button], wrap=True)
