"""The screen for writing a note: outcome, text, photos, place. Typing is saved at once; signing off makes it final."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from services.notes.note import Draft, DraftClosed, Note
from services.records.files import Photo
from views.notes.editor import NoteEditor
from views.notes.photo_screen import PhotoScreen
from views.notes.position import find_position
from views.parts.device_state import use_device_state
from views.parts.fields import TextInput
from views.parts.loading import use_loaded
from views.parts.look import card, chip, keyed, known_as, screen
from views.parts.note_content import correction_link
from views.parts.pictures import StoredPhoto, pick_pictures
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
        return screen(shell, route, _("Note"), [ft.ProgressBar()])
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
    _use_changes(editor)
    _use_scans(editor, words)
    if camera_open:
        return PhotoScreen(route, lambda picture: editor.add_photos([picture]), lambda: open_camera(False))
    return screen(
        shell,
        route,
        _("Correction") if opened.supersedes else _("Note"),
        [
            *([correction_link(shell, corrected)] if opened.supersedes else []),
            _subject(shell.texts, editor.draft),
            ft.Text(_("What did you find?"), weight=ft.FontWeight.W_600),
            _outcomes(shell, editor),
            known_as("note-text", _field(shell.texts, editor, words)),
            _photos(shell, editor),
            _ways_to_add_photos(shell, editor, lambda: open_camera(True)),
            _place(shell, editor),
            *([ft.ProgressBar()] if editor.busy else []),
            ft.Text(
                _("A note that is signed off cannot be changed; a correction is a new note."),
                size=12,
                color=ft.Colors.ON_SURFACE_VARIANT,
            ),
            _discard(shell, editor),
        ],
        bottom=[_SignOff(editor, editor.busy)],
    )


def _use_changes(editor: NoteEditor) -> None:
    """Hook: redraw the component when the editor's draft changes, and save unsaved changes when it goes away."""
    _version, set_version = ft.use_state(0)
    unsubscribe = ft.use_memo(lambda: editor.subscribe(lambda: set_version(lambda version: version + 1)), [])

    def leave() -> None:
        unsubscribe()
        editor.leave()

    ft.use_effect(lambda: None, [], cleanup=leave)


def _use_scans(editor: NoteEditor, words: TextInput) -> None:
    """Hook: keep what a handheld scanner types into the text field out of the note."""
    scanning = use_scanning()

    def take_out(scan: str) -> None:
        rest = editor.take_out(words.text, scan)
        if rest is not None:
            words.put(rest)

    def begin() -> None:
        scanning.take_out = take_out

    def leave() -> None:
        scanning.take_out = None

    ft.use_effect(begin, [], cleanup=leave)


def _subject(texts: Texts, draft: Draft) -> ft.Control:
    """What the note is about: the product's name or the code, and the verdict at the time."""
    _ = texts.gettext
    title = draft.product_name or (draft.code.text if draft.code else _("Without a code"))
    lines: list[ft.Control] = [ft.Text(title, size=18, weight=ft.FontWeight.W_600)]
    if draft.code and draft.product_name:
        lines.append(ft.Text(draft.code.gtin or draft.code.text, size=13))
    if draft.verdict:
        word, tone, icon = status_words(draft.verdict.status)
        lines.append(ft.Row([chip(_(word), icon, tone)]))
    return card(*lines)


def _outcomes(shell: Shell, editor: NoteEditor) -> ft.Control:
    """What the person found, one of several."""
    _ = shell.texts.gettext

    def choose(outcome: str) -> Callable[[], Awaitable[None]]:
        return shell.guard(lambda: editor.choose(outcome))

    return ft.Row(
        [
            ft.Chip(
                label=_(name),
                leading=ft.Icon(icon),
                selected=editor.draft.outcome == outcome,
                show_checkmark=False,
                on_select=choose(outcome),
            )
            for outcome, (name, icon) in OUTCOMES.items()
        ],
        wrap=True,
        spacing=8,
        run_spacing=4,
    )


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


def _photos(shell: Shell, editor: NoteEditor) -> ft.Control:
    """The photos so far, each with a button that removes it."""
    _ = shell.texts.gettext
    if not editor.draft.photos:
        return ft.Text(_("No photos yet"), color=ft.Colors.ON_SURFACE_VARIANT)

    def tile(photo: Photo) -> ft.Control:
        remove = ft.IconButton(
            ft.Icons.CANCEL,
            icon_color=ft.Colors.WHITE,
            bgcolor="#99000000",
            icon_size=20,
            right=0,
            top=0,
            tooltip=_("Remove this photo"),
            on_click=shell.guard(lambda: editor.remove_photo(photo)),
        )
        return ft.Stack([StoredPhoto(photo, side=104), remove], width=104, height=104)

    return ft.Row([tile(photo) for photo in editor.draft.photos], wrap=True)


def _ways_to_add_photos(shell: Shell, editor: NoteEditor, open_camera: Callable[[], None]) -> ft.Control:
    _ = shell.texts.gettext

    async def from_file() -> None:
        pictures = await pick_pictures(several=True)
        if pictures:
            await editor.add_photos(pictures)

    camera = ft.OutlinedButton(_("Take a photo"), icon=ft.Icons.PHOTO_CAMERA, on_click=shell.guard(open_camera))
    file = ft.OutlinedButton(_("Photo from a file"), icon=ft.Icons.IMAGE, on_click=shell.guard(from_file))
    return ft.Row([camera, known_as("note-photo-file", file)], wrap=True)


def _place(shell: Shell, editor: NoteEditor) -> ft.Control:
    """The switch that adds where the person is."""
    _ = shell.texts.gettext

    async def place(event: ft.Event[ft.Switch]) -> None:
        if not event.data:
            editor.remove_place()
        elif not await editor.add_place(find_position):
            shell.say(_("The place could not be had: it is switched off, not allowed, or there is no signal here."))

    shown = editor.draft.place is not None
    return ft.Switch(label=_("Add the place where I am"), value=shown, on_change=shell.guard(place))


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
    shell, device, workspace = use_shell(), use_device(), use_workspace()
    _ = shell.texts.gettext

    async def sign() -> None:
        account = device.accounts.current
        try:
            signed = await editor.sign(
                account=account.username if account else None, device=device.id, clock_offset=workspace.clock_offset
            )
        except DraftClosed:  # the second of two quick taps
            shell.page.navigate("/notes")
            return
        if signed:
            shell.page.navigate("/notes")
            shell.say(_("Signed off and kept on this device. It is sent when there is a connection."))

    button = ft.FilledButton(
        _("Sign off and save"), icon=ft.Icons.CHECK, height=52, disabled=busy, on_click=shell.guard(sign)
    )
    return known_as("note-save", button)
