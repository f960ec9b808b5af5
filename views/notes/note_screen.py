"""The screen for writing a note: outcome, text, photos, place. Typing is saved at once; signing off makes it final."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import flet as ft

from services.codes import on_the_pack
from services.notes.note import Draft, DraftClosed, Note
from views.camera.photo_screen import PhotoScreen
from views.design import FORM, Tone, Type
from views.notes.editor import NoteEditor
from views.notes.note_photos import add_taken_photo, photos_so_far, ways_to_add_photos
from views.parts.device_state import use_device_state
from views.parts.fields import TextInput
from views.parts.following import use_editing, use_scans
from views.parts.frame import screen
from views.parts.labelled import Labelled
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import card, chip, choice_button, heading, keyed, known_as, main_button, panel, text
from views.parts.note_content import correction_link
from views.parts.notices import ABOUT_PHOTOS, ABOUT_POSITION, NoticeOnce
from views.parts.position import find_position
from views.parts.scanning import use_scanning
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.parts.verdict_words import status_words
from views.parts.words import OUTCOMES


@ft.component
def NoteScreen() -> ft.View:
    """Find the draft in the address and show it for writing."""
    shell, viewer = use_shell(), use_device_state().viewer
    _ = shell.texts.gettext
    draft_id = ft.use_route_params()["id"]
    notebook = use_device().notebook
    route = f"/note/{draft_id}"

    def load() -> tuple[Draft | None, Note | None]:
        draft = notebook.draft(draft_id, viewer=viewer)
        return draft, notebook.note(draft.supersedes, viewer=viewer) if draft and draft.supersedes else None

    ready, loaded = use_loaded(load, [draft_id, viewer.account])
    if not ready:
        return screen(shell, route, _("Note"), [Skeleton()])
    draft, corrected = loaded or (None, None)
    if draft is None:
        words = _("This draft is not here: it was signed off or discarded, or it belongs to another account.")
        button = ft.FilledButton(_("Go to the notes"), on_click=shell.go_to("/notes"))
        return screen(shell, route, _("Note"), [ft.Text(words), button])
    return keyed(draft_id, _NoteForm, draft, corrected)


@ft.component
def _NoteForm(opened: Draft, corrected: Note | None) -> ft.View:
    """Draw the editor's draft, or the camera for a further photo of it."""
    shell, notebook = use_shell(), use_device().notebook
    _ = shell.texts.gettext
    editor = ft.use_memo(lambda: NoteEditor(opened, notebook, shell.say_problem), [])
    camera_open, open_camera = ft.use_state(False)
    words = ft.use_memo(lambda: TextInput(opened.text), [])
    route = f"/note/{opened.id}"
    use_editing(editor, lambda: words.put(editor.draft.text))

    def take_out(scan: str) -> None:
        rest = editor.take_out(words.text, scan)
        if rest is not None:
            words.put(rest)

    use_scans(take_out)
    if editor.gone:
        return _gone(shell, route, editor.moved_to)
    if camera_open:
        return PhotoScreen(
            route, partial(add_taken_photo, shell, editor), lambda: open_camera(False), _("Back to the note")
        )
    return screen(
        shell,
        route,
        _("Correction") if opened.supersedes else _("Note"),
        [
            *([correction_link(shell, corrected)] if opened.supersedes else []),
            *([_shared(shell.texts)] if editor.shared else []),
            _subject(shell.texts, editor.draft),
            heading(_("What did you find?")),
            _outcomes(shell, editor),
            known_as("note-text", _field(shell.texts, editor, words)),
            photos_so_far(shell, editor),
            NoticeOnce(ABOUT_PHOTOS),
            ways_to_add_photos(shell, editor, lambda: open_camera(True)),
            NoticeOnce(ABOUT_POSITION),
            _place(shell, editor),
            *([ft.ProgressBar()] if editor.busy else []),
            text(_("A note that is signed off cannot be changed; a correction is a new note."), Type.SMALL),
            _discard(shell, editor),
        ],
        bottom=[_SignOff(editor, editor.busy)],
        widest=FORM,
    )


def _gone(shell: Shell, route: str, moved_to: str | None) -> ft.View:
    """What is shown once the draft was signed or discarded in another window."""
    _ = shell.texts.gettext
    words: list[ft.Control] = [ft.Text(_("This draft was signed off or discarded in another window."))]
    if moved_to:
        words.append(ft.Text(_("What you wrote here meanwhile is kept as a new draft.")))
        button = ft.FilledButton(_("Open the new draft"), on_click=shell.go_to(f"/note/{moved_to}"))
    else:
        button = ft.FilledButton(_("Go to the notes"), on_click=shell.go_to("/notes"))
    return screen(shell, route, _("Note"), [*words, button])


def _shared(texts: Texts) -> ft.Control:
    words = texts.gettext("This note is open in another window as well. What is written there appears here.")
    return known_as("note-shared", panel(ft.Text(words), tone=Tone.CAUTION, icon=ft.Icons.TAB))


def _subject(texts: Texts, draft: Draft) -> ft.Control:
    """What the note is about: the product's name or the code, and the verdict at the time."""
    _ = texts.gettext
    title = draft.product_name or (draft.code.text if draft.code else _("Without a code"))
    lines: list[ft.Control] = [heading(title, Type.TITLE)]
    if draft.code and draft.product_name:
        lines.append(text(on_the_pack(draft.code.gtin) if draft.code.gtin else draft.code.text, Type.SMALL))
    if draft.verdict:
        word, tone, icon = status_words(draft.verdict.status, draft.verdict.reasons)
        lines.append(ft.Row([chip(_(word), icon, tone)]))
    return card(*lines)


def _outcomes(shell: Shell, editor: NoteEditor) -> ft.Control:
    """What the person found, one of several."""
    _ = shell.texts.gettext

    def choose(outcome: str) -> Callable[[], Awaitable[None]]:
        return shell.guard(lambda: editor.choose(outcome))

    cells: list[ft.Control] = [
        choice_button(f"outcome-{outcome}", _(name), icon, choose(outcome), chosen=editor.draft.outcome == outcome)
        for outcome, (name, icon) in OUTCOMES.items()
    ]
    rows = [cells[n : n + 2] for n in range(0, len(cells), 2)]
    return ft.Column([ft.Row(row, spacing=8) for row in rows], spacing=8)


def _field(texts: Texts, editor: NoteEditor, words: TextInput) -> ft.TextField:
    def typed(event: ft.Event[ft.TextField]) -> None:
        editor.type(event.control.value)

    return words.draw(
        ft.TextField(
            label=texts.gettext("In your words"),
            multiline=True,
            min_lines=4,
            max_lines=10,
            max_length=5000,
            on_change=typed,
        )
    )


def _place(shell: Shell, editor: NoteEditor) -> ft.Control:
    """The switch that adds where the person is."""
    _ = shell.texts.gettext

    async def place(event: ft.Event[ft.Switch]) -> None:
        if not event.data:
            editor.remove_place()
        elif not await editor.add_place(find_position):
            shell.say(_("The place could not be had: it is switched off, not allowed, or there is no signal here."))

    shown = editor.draft.place is not None
    return Labelled(
        _("Add the place where I am"),
        lambda label: ft.Switch(label=label, value=shown, on_change=shell.guard(place)),
    )


def _discard(shell: Shell, editor: NoteEditor) -> ft.Control:
    """The button that removes the draft, once the person is sure."""
    _, page = shell.texts.gettext, shell.page

    async def discard() -> None:
        page.pop_dialog()
        await editor.discard()
        page.navigate("/notes")

    def ask() -> None:
        words = _("Its words and photos are removed from this device.")
        if editor.draft.supersedes:
            words = _("The correction is removed from this device. The note that it corrects stays as it is.")
        page.show_dialog(
            ft.AlertDialog(
                title=ft.Text(_("Discard this draft?")),
                content=ft.Text(words),
                actions=[
                    ft.TextButton(_("Keep it"), on_click=shell.guard(page.pop_dialog)),
                    ft.FilledButton(_("Discard"), on_click=shell.guard(discard)),
                ],
            )
        )

    return ft.TextButton(_("Discard this draft"), icon=ft.Icons.DELETE_OUTLINE, on_click=shell.guard(ask))


@ft.component
def _SignOff(editor: NoteEditor, busy: bool) -> ft.Control:
    """The button that makes the note final."""
    shell, device, workspace, scanning = use_shell(), use_device(), use_workspace(), use_scanning()
    _ = shell.texts.gettext

    async def sign() -> None:
        code = editor.draft.code
        account = device.accounts.current
        try:
            signed = await editor.sign(
                account=account.username if account else None,
                viewer=device.accounts.viewer,
                device=device.id,
                clock_offset=workspace.clock_offset,
            )
        except DraftClosed:  # the second of two quick taps
            shell.page.navigate("/notes")
            return
        if signed:
            if code:
                scanning.handled.add([(code.text, code.symbology)])
            shell.page.navigate("/notes")
            shell.say(_("Signed off and kept on this device. The list shows when the server has it."))

    button = main_button(_("Sign off and save"), shell.guard(sign), icon=ft.Icons.CHECK)
    button.disabled = busy
    return known_as("note-save", button)
