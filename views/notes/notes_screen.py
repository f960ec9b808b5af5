"""The notes of this device: each with its state, and what became of it."""

from __future__ import annotations

import asyncio
from typing import Any

import flet as ft

from services.notes.note import Note, NoteState
from services.records.book import Unsent
from views.parts.exporting import export_handler
from views.parts.loading import use_loaded
from views.parts.look import icon_button, known_as, panel, screen
from views.parts.note_content import Content, state_row, title_of
from views.parts.session import Session, use_session
from views.parts.words import OUTCOMES, Tone, problem_sentence

PAGE = 50
"""Rows drawn at a time: a thousand take half a second to build."""


@ft.component
def NotesScreen() -> ft.View:
    """List drafts and signed-off notes, newest first, or only those that somebody has to see to."""
    session = use_session()
    _, texts = session.texts.gettext, session.texts
    limit, set_limit = ft.use_state(PAGE)
    only_aside, set_only_aside = ft.use_state(False)
    notebook, viewer = session.device.notebook, session.viewer

    def load() -> tuple[list[Note], dict[NoteState, int], Unsent, list[Note], int]:
        counts, unsent = notebook.counts(viewer=viewer), notebook.unsent(viewer=viewer)
        others = notebook.waiting_of(viewer.account)[1]
        return notebook.notes(viewer=viewer, limit=limit), counts, unsent, notebook.set_aside(viewer=viewer), others

    ready, loaded = use_loaded(load, [limit, session.notes_version])
    notes, counts, unsent, aside, others = loaded or ([], {}, Unsent(0, 0, 0), [], 0)
    total = sum(counts.values())
    if only_aside and aside:
        notes, total = aside[:limit], len(aside)

    async def send(_event: Any) -> None:
        await asyncio.to_thread(session.device.wake)

    more = ft.TextButton(
        _("Show more ({count} in all)").format(count=texts.number(total)),
        on_click=session.guard(lambda _e: set_limit(limit + PAGE)),
    )
    return screen(
        session,
        "/notes",
        _("Notes"),
        [
            *_sending(session, counts, unsent, next((n for n in notes if n.state is NoteState.SENDING), None)),
            *([_set_aside(session, aside, only_aside, set_only_aside)] if aside else []),
            *([_kept_for_others(session, others)] if others else []),
            *([_empty(session)] if ready and not notes else []),
            *[_row(session, note) for note in notes],
            *([more] if total > len(notes) else []),
        ],
        tab=2,
        actions=[icon_button(ft.Icons.SYNC, _("Send now"), session.guard(send))],
    )


def _sending(session: Session, counts: dict[NoteState, int], unsent: Unsent, now: Note | None) -> list[ft.Control]:
    """Whether the server has everything, and if not, why and what happens next."""
    _, texts, status = session.texts.gettext, session.texts, session.sending
    waiting = counts.get(NoteState.WAITING, 0) + counts.get(NoteState.SENDING, 0)
    if session.workspace.registry is None:
        return [ft.Text(_("No server is set. Notes stay on this device until one is."), size=13)]
    if not waiting:
        if counts.get(NoteState.RECEIVED):
            return [ft.Text(_("Everything signed off is on the server."), size=13)]
        return []
    to_go = _("Still to be sent – notes: {notes}, photos: {photos} ({size})")
    if not unsent.files:
        to_go = _("Still to be sent – notes: {notes}")
    to_go = to_go.format(
        notes=texts.number(unsent.records), photos=texts.number(unsent.files), size=texts.size(unsent.file_bytes)
    )
    lines: list[ft.Control] = [ft.Text(to_go, size=13)]
    if status.running:
        if now:
            title = title_of(session, now.product_name, Content.of(now).code)
            lines.append(ft.Text(_("Now: {title}").format(title=title), size=13, max_lines=1, no_wrap=True))
        lines += [
            ft.ProgressBar(value=status.done / status.total if status.total else None),
            ft.Row(
                [
                    ft.OutlinedButton(
                        _("Cancel"),
                        icon=ft.Icons.CLOSE,
                        on_click=session.guard(lambda _e: session.device.sender.cancel()),
                    )
                ]
            ),
        ]
    else:
        held = not session.device.photos_allowed and unsent.files > 0
        if status.last_problem:
            lines.append(ft.Text(problem_sentence(texts, status.last_problem), size=13))
        if held:
            lines.append(ft.Text(_("The photos wait for Wi-Fi or a cable, as chosen in the settings."), size=13))
        lines += _go_on(session, held=held)
    return [known_as("sending", panel(*lines))]


def _go_on(session: Session, *, held: bool) -> list[ft.Control]:
    """The button that sends what waits, where it is the person who decides that."""
    _ = session.texts.gettext

    async def send(_event: Any) -> None:
        await asyncio.to_thread(session.device.send_photos_now if held else session.device.wake)

    if held:
        return [
            ft.Row(
                [ft.FilledTonalButton(_("Send photos now"), icon=ft.Icons.CLOUD_UPLOAD, on_click=session.guard(send))]
            )
        ]
    if session.sending.last_problem in ("sign_in_needed", "locked"):
        return [
            ft.Row(
                [
                    ft.FilledTonalButton(
                        _("Sign in again"),
                        icon=ft.Icons.LOGIN,
                        on_click=session.guard(lambda _e: session.page.navigate("/settings")),
                    )
                ]
            )
        ]
    if session.sending.last_problem == "cancelled":
        return [ft.Row([ft.FilledTonalButton(_("Send now"), icon=ft.Icons.SYNC, on_click=session.guard(send))])]
    return []


def _kept_for_others(session: Session, count: int) -> ft.Control:
    """That there is more on this device than is shown, and nothing of what it says."""
    _ = session.texts.gettext
    words = _("Notes of another account kept on this device: {count}. They are sent when it signs in again.")
    return known_as("others-notes", ft.Text(words.format(count=session.texts.number(count)), size=13))


def _set_aside(session: Session, aside: list[Note], only: bool, set_only: Any) -> ft.Control:
    """That notes were not taken, which ones, and a way to hand them over by hand."""
    _ = session.texts.gettext
    return known_as(
        "set-aside",
        panel(
            ft.Text(
                _(
                    "Not taken by the server, or not whole: {count}. "
                    "Nothing is lost; each note says why and what to do."
                ).format(count=session.texts.number(len(aside))),
                size=13,
            ),
            ft.Row(
                [
                    ft.TextButton(
                        _("Show all notes") if only else _("Show only these"),
                        icon=ft.Icons.LIST if only else ft.Icons.FILTER_LIST,
                        on_click=session.guard(lambda _e: set_only(not only)),
                    ),
                    ft.TextButton(
                        _("Export these"),
                        icon=ft.Icons.DOWNLOAD,
                        on_click=session.guard(export_handler(session, lambda: aside)),
                    ),
                ],
                wrap=True,
                spacing=0,
                run_spacing=0,
            ),
            tone=Tone.BAD,
            icon=ft.Icons.REPORT,
        ),
    )


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


def _row(session: Session, note: Note) -> ft.Control:
    _, texts = session.texts.gettext, session.texts
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
                        state_row(session, note),
                    ],
                    spacing=4,
                ),
                on_click=session.guard(lambda _e: session.page.navigate(address)),
            ),
            margin=0,
            variant=ft.CardVariant.OUTLINED,
        ),
    )
