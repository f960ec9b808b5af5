"""The screen on which a question of the office is answered; what is typed is on the disk at once."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from services.answers.answer import LONGEST_TEXT, MOST_PHOTOS, AnswerDraft
from services.journal.journal import JournalEntry
from services.records.events import Event
from services.records.files import Photo
from views.camera.photo_screen import PhotoScreen
from views.design import Type
from views.notes.answer_editor import AnswerEditor
from views.parts.device_state import use_device_state
from views.parts.fields import TextInput
from views.parts.following import use_editing, use_scans
from views.parts.frame import screen
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import card, heading, icon_button, keyed, known_as, main_button, selectable, text
from views.parts.notices import ABOUT_PHOTOS, NoticeOnce
from views.parts.picture_file import PictureFile
from views.parts.pictures import StoredPhoto, add_pictures, pick_pictures
from views.parts.places import ANSWER, NOTES, WAITING
from views.parts.record_words import entry_title, kind_words
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell

_TILE = 80
"""A photo's side, in logical pixels."""


@ft.component
def AnswerScreen() -> ft.View:
    """Find the question in the address, and begin or go on with its answer."""
    shell, viewer, device = use_shell(), use_device_state().viewer, use_device()
    _ = shell.texts.gettext
    event_id = ft.use_route_params()["id"]

    def load() -> tuple[Event, JournalEntry, AnswerDraft] | None:
        for entry in device.journal.entries(viewer):
            for event in entry.events:
                if event.id == event_id and event_id not in device.journal.answered(viewer):
                    return event, entry, device.answers.begin(event, viewer)
        return None

    ready, loaded = use_loaded(load, [event_id, viewer.account])
    if not ready:
        return screen(shell, ANSWER + event_id, _("Answer"), [Skeleton()])
    if loaded is None:
        words = _("This question has been answered, or it is not for this account.")
        leave = ft.FilledButton(_("Waiting for you"), on_click=shell.go_to(WAITING))
        return screen(shell, ANSWER + event_id, _("Answer"), [text(words), ft.Row([leave])])
    event, entry, draft = loaded
    return keyed(draft.id, _Form, event, entry, draft)


@ft.component
def _Form(event: Event, entry: JournalEntry, opened: AnswerDraft) -> ft.View:
    """The question above, the answer below it, and the button within the thumb's reach."""
    shell, device, workspace = use_shell(), use_device(), use_workspace()
    _, texts = shell.texts.gettext, shell.texts
    camera_open, open_camera = ft.use_state(False)

    editor = ft.use_memo(lambda: AnswerEditor(opened, device.answers, shell.say_problem), [])
    words = ft.use_memo(lambda: TextInput(opened.text), [])
    route = ANSWER + event.id

    use_editing(editor, lambda: words.put(editor.draft.text))
    # A handheld scanner's code is no part of the answer.
    use_scans(lambda scan: editor.take_out(scan, words.text))
    if camera_open:
        return PhotoScreen(
            route,
            lambda jpeg: add_pictures(shell, editor, [PictureFile("", jpeg)]),
            lambda: open_camera(False),
            _("Back to the answer"),
        )

    async def send() -> None:
        account = device.accounts.current
        if account is None:
            shell.say_problem("no_account")
            return
        answer = await editor.sign(
            account=account.username,
            viewer=device.accounts.viewer,
            device=device.id,
            clock_offset=workspace.clock_offset,
        )
        if answer:
            shell.say(_("Your answer is kept on this device and goes off by itself."))
            shell.page.navigate(f"{NOTES}/{entry.id}")

    if editor.gone:
        gone = _("This question has been answered in another window.")
        return screen(shell, route, _("Answer"), [text(gone)])
    product = workspace.catalogue.product(entry.said.gtin) if entry.said.gtin else None
    about = f"{kind_words(texts, entry)} · {texts.moment(entry.said.at)}"
    question = card(
        text(entry_title(texts, entry, product.name if product else None), Type.SUB),
        text(about, Type.SMALL),
        heading(_("The office asks")),
        selectable(event.text or _("It asks for more, without saying what. Call the office if that is not clear.")),
        text(texts.moment(event.at), Type.SMALL),
    )
    field = words.draw(
        ft.TextField(
            label=_("Your answer"),
            multiline=True,
            min_lines=4,
            align_label_with_hint=True,
            max_lines=12,
            max_length=LONGEST_TEXT,
            counter="",
            on_change=lambda typed: editor.type(typed.control.value),
        )
    )
    lasting = _("Once it is sent off it does not change any more. It is signed as your other records are.")
    return screen(
        shell,
        route,
        _("Answer"),
        [
            question,
            known_as("answer-text", field),
            NoticeOnce(ABOUT_PHOTOS),
            _photos(shell, editor, lambda: open_camera(True)),
            text(lasting, Type.SMALL),
        ],
        bottom=[known_as("answer-send", main_button(_("Send the answer"), shell.guard(send), icon=ft.Icons.SEND))],
    )


def _photos(
    shell: Shell,
    editor: AnswerEditor,
    open_camera: Callable[[], None],
) -> ft.Control:
    """The photos so far, each with a button that removes it, and the ways to add one."""
    _, book = shell.texts.gettext, use_device().answers

    async def from_file() -> None:
        if pictures := await pick_pictures(several=True):
            await add_pictures(shell, editor, pictures)

    def tile(number: int, photo: Photo) -> ft.Control:
        words = _("Remove photo {number}").format(number=number)
        remove = icon_button(ft.Icons.CANCEL, words, shell.guard(lambda: editor.remove_photo(photo.sha256)))
        name = _("Photo {number} of the answer").format(number=number)
        return ft.Row([StoredPhoto(photo, name, side=_TILE, photos=book.photos), remove], spacing=0, tight=True)

    there = [tile(number, photo) for number, photo in enumerate(editor.draft.photos, start=1)]
    camera = ft.OutlinedButton(_("Take a photo"), icon=ft.Icons.ADD_A_PHOTO, on_click=shell.guard(open_camera))
    file = ft.OutlinedButton(_("Photo from a file"), icon=ft.Icons.IMAGE, on_click=shell.guard(from_file))
    ways: list[ft.Control] = [camera, file] if len(there) < MOST_PHOTOS else []
    return ft.Column([*([ft.Row(list(there), wrap=True)] if there else []), ft.Row(ways, wrap=True)], spacing=8)
