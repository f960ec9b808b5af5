"""The screen with the notes of this device, each with its state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from services.accounts.viewer import Viewer
from services.notes.note import Note, NoteState
from services.notes.notebook import Notebook
from services.records.book import Unsent
from services.sync.syncer import SyncStatus
from services.workspace import Device
from views.design import INK_2, Tone, Type
from views.parts.device_state import use_device_state
from views.parts.exporting import export_handler
from views.parts.frame import screen
from views.parts.loading import use_loaded
from views.parts.look import icon_button, known_as, panel, text
from views.parts.note_content import Content, others_words, sign_in_button, state_row, title_of
from views.parts.places import SCAN
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.parts.words import WAITS_FOR_A_SIGN_IN, outcome_words, problem_sentence

PAGE = 50
"""Rows drawn at a time: a thousand take half a second to build."""


@dataclass(frozen=True)
class _Kept:
    """What the screen shows of the notebook; `others` is the number of notes that this person may not see."""

    notes: list[Note]
    counts: dict[NoteState, int]
    unsent: Unsent
    aside: list[Note]
    others: int

    @classmethod
    def of(cls, notebook: Notebook, viewer: Viewer, limit: int) -> _Kept:
        """Read up to `limit` notes, newest first, and the counts of all."""
        return cls(
            notes=notebook.notes(viewer=viewer, limit=limit),
            counts=notebook.counts(viewer=viewer),
            unsent=notebook.unsent(viewer=viewer),
            aside=notebook.set_aside(viewer=viewer),
            others=notebook.waiting_of(viewer)[1],
        )


_NOTHING_KEPT = _Kept([], {}, Unsent(0, 0, 0), [], 0)


@ft.component
def NotesScreen() -> ft.View:
    """List drafts and signed-off notes, newest first, or only those that somebody has to deal with."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    _, texts, notebook = shell.texts.gettext, shell.texts, device.notebook
    limit, set_limit = ft.use_state(PAGE)
    only_aside, set_only_aside = ft.use_state(False)

    ready, loaded = use_loaded(lambda: _Kept.of(notebook, state.viewer, limit), [limit, state.notes_version])
    kept = loaded or _NOTHING_KEPT
    notes, total = kept.notes, sum(kept.counts.values())
    if only_aside and kept.aside:
        notes, total = kept.aside[:limit], len(kept.aside)

    async def send() -> None:
        await asyncio.to_thread(device.send_now)

    aside = _set_aside(
        texts,
        len(kept.aside),
        only=only_aside,
        change=shell.guard(lambda: set_only_aside(not only_aside)),
        export=export_handler(shell, notebook, lambda: kept.aside, workspace.now),
    )
    more = ft.TextButton(
        _("Show more ({count} in all)").format(count=texts.number(total)),
        on_click=shell.guard(lambda: set_limit(limit + PAGE)),
    )
    return screen(
        shell,
        "/notes",
        _("Notes"),
        [
            *_sending(shell, device, state.sending, kept, workspace.registry is not None),
            *([aside] if kept.aside else []),
            *([_kept_for_others(shell, kept.others)] if kept.others else []),
            *([_empty(shell)] if ready and not notes else []),
            *[_row(shell, note) for note in notes],
            *([more] if total > len(notes) else []),
        ],
        top=True,
        actions=[icon_button(ft.Icons.SYNC, _("Send now"), shell.guard(send))],
    )


def _sending(shell: Shell, device: Device, status: SyncStatus, kept: _Kept, has_server: bool) -> list[ft.Control]:
    """Tell whether the server has everything, and if not, why and what happens next."""
    _, texts, unsent = shell.texts.gettext, shell.texts, kept.unsent
    if not has_server:
        return [text(_("No server is set. Notes stay on this device until one is."), Type.SMALL)]
    if not kept.counts.get(NoteState.WAITING, 0) + kept.counts.get(NoteState.SENDING, 0):
        if kept.counts.get(NoteState.RECEIVED):
            return [text(_("Everything signed off is on the server."), Type.SMALL)]
        return []
    to_go = _("Still to be sent – notes: {notes}, photos: {photos} ({size})")
    if not unsent.files:
        to_go = _("Still to be sent – notes: {notes}")
    to_go = to_go.format(
        notes=texts.number(unsent.records), photos=texts.number(unsent.files), size=texts.size(unsent.file_bytes)
    )
    lines: list[ft.Control] = [text(to_go, Type.SMALL)]
    if status.running:
        now = next((note for note in kept.notes if note.state is NoteState.SENDING), None)
        if now:
            title = title_of(texts, now.product_name, Content.of(now).code)
            lines.append(text(_("Now: {title}").format(title=title), Type.SMALL, max_lines=1))
        cancel = ft.OutlinedButton(_("Cancel"), icon=ft.Icons.CLOSE, on_click=shell.guard(device.sender.cancel))
        lines += [ft.ProgressBar(value=status.done / status.total if status.total else None), ft.Row([cancel])]
    else:
        held = not device.photos_allowed and unsent.files > 0
        if status.last_problem:
            lines.append(text(problem_sentence(texts, status.last_problem), Type.SMALL))
        if held:
            lines.append(text(_("The photos wait for Wi-Fi or a cable, as chosen in the settings."), Type.SMALL))
        button = _go_on(shell, device, status.last_problem, held=held)
        lines += [ft.Row([button])] if button else []
    return [known_as("sending", panel(*lines))]


def _go_on(shell: Shell, device: Device, problem: str | None, *, held: bool) -> ft.Control | None:
    """The button that sends what waits, shown where sending is the person's decision."""
    _ = shell.texts.gettext

    async def send() -> None:
        await asyncio.to_thread(device.send_photos_now if held else device.send_now)

    if held:
        return ft.FilledTonalButton(_("Send photos now"), icon=ft.Icons.CLOUD_UPLOAD, on_click=shell.guard(send))
    if problem in WAITS_FOR_A_SIGN_IN:
        return sign_in_button(shell, _("Sign in again"))
    if problem in ("unproved_server", "another_register"):
        return ft.FilledTonalButton(_("Settings"), icon=ft.Icons.SETTINGS, on_click=shell.go_to("/settings"))
    if problem == "cancelled":
        return ft.FilledTonalButton(_("Send now"), icon=ft.Icons.SYNC, on_click=shell.guard(send))
    return None


def _kept_for_others(shell: Shell, count: int) -> ft.Control:
    """Tell that there are more notes on this device than are shown, but nothing of their content."""
    words = known_as("others-notes", text(others_words(shell.texts, count), Type.SMALL))
    return ft.Column([words, ft.Row([sign_in_button(shell, shell.texts.gettext("Sign in"))])])


def _set_aside(
    texts: Texts, count: int, *, only: bool, change: Callable[[], object], export: Callable[[], object]
) -> ft.Control:
    """Tell that notes were refused, with a way to see which ones, and one to hand them over by hand."""
    _ = texts.gettext
    words = _("Not taken by the server, or not whole: {count}. Nothing is lost; each note says why and what to do.")
    return known_as(
        "set-aside",
        panel(
            text(words.format(count=texts.number(count)), Type.SMALL),
            ft.Row(
                [
                    ft.TextButton(
                        _("Show all notes") if only else _("Show only these"),
                        icon=ft.Icons.LIST if only else ft.Icons.FILTER_LIST,
                        on_click=change,
                    ),
                    ft.TextButton(_("Export these"), icon=ft.Icons.DOWNLOAD, on_click=export),
                ],
                wrap=True,
                spacing=0,
                run_spacing=0,
            ),
            tone=Tone.BAD,
            icon=ft.Icons.REPORT,
        ),
    )


def _empty(shell: Shell) -> ft.Control:
    _ = shell.texts.gettext
    return ft.Container(
        ft.Column(
            [
                ft.Icon(ft.Icons.ASSIGNMENT_OUTLINED, size=56, color=INK_2),
                text(_("No notes yet"), Type.TITLE),
                ft.Text(
                    _("Scan a product, look at its verdict, then write down what you found."),
                    text_align=ft.TextAlign.CENTER,
                ),
                ft.FilledButton(_("Scan"), icon=ft.Icons.QR_CODE_SCANNER, on_click=shell.go_to(SCAN)),
            ],
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        padding=40,
        alignment=ft.Alignment.CENTER,
    )


def _row(shell: Shell, note: Note) -> ft.Control:
    _, texts = shell.texts.gettext, shell.texts
    content = Content.of(note)
    address = f"/note/{note.id}" if note.state is NoteState.DRAFT else f"/notes/{note.id}"
    second = " · ".join(part for part in (texts.moment(content.at), outcome_words(texts, content.outcome)) if part)
    return known_as(
        "note-row",
        ft.Card(
            ft.ListTile(
                title=ft.Text(
                    title_of(texts, note.product_name, content.code),
                    max_lines=2,
                    overflow=ft.TextOverflow.ELLIPSIS,
                    weight=ft.FontWeight.W_600,
                ),
                subtitle=ft.Column(
                    [
                        text(second, Type.SMALL),
                        *([text(content.text, Type.SMALL, max_lines=2)] if content.text else []),
                        state_row(texts, note),
                    ],
                    spacing=4,
                ),
                on_click=shell.go_to(address),
            ),
            margin=0,
            variant=ft.CardVariant.OUTLINED,
        ),
        key=note.id,
    )
