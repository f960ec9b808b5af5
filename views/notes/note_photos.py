"""The photos of the note that is being written: those so far, and the ways to add one."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from services.records.files import Photo
from views.design import INK_2, VEIL
from views.notes.editor import NoteEditor
from views.parts.look import known_as
from views.parts.picture_file import PictureFile
from views.parts.pictures import StoredPhoto, photo_names, pick_pictures, tell_rejected
from views.parts.shell import Shell


def photos_so_far(shell: Shell, editor: NoteEditor) -> ft.Control:
    """The photos so far, each with a button that removes it."""
    _ = shell.texts.gettext
    if not editor.draft.photos:
        return ft.Text(_("No photos yet"), color=INK_2)

    names = photo_names(shell.texts, len(editor.draft.photos), editor.draft.started_at)

    def tile(number: int, photo: Photo, name: str) -> ft.Control:
        words = _("Remove photo {number}").format(number=number)
        remove = ft.IconButton(
            ft.Icon(ft.Icons.CANCEL, color=ft.Colors.WHITE, size=20, semantics_label=words),
            bgcolor=VEIL,
            right=0,
            top=0,
            tooltip=words,
            on_click=shell.guard(lambda: editor.remove_photo(photo)),
        )
        return ft.Stack([StoredPhoto(photo, name, side=104), remove], width=104, height=104)

    named = zip(editor.draft.photos, names, strict=True)
    return ft.Row([tile(number, *one) for number, one in enumerate(named, start=1)], wrap=True)


def ways_to_add_photos(shell: Shell, editor: NoteEditor, open_camera: Callable[[], None]) -> ft.Control:
    """The buttons that open the camera and the file picker."""
    _ = shell.texts.gettext

    async def from_file() -> None:
        pictures = await pick_pictures(several=True)
        if pictures:
            rejected = await editor.add_photos(pictures)
            if rejected:
                tell_rejected(shell, len(pictures), rejected)

    camera = ft.OutlinedButton(_("Take a photo"), icon=ft.Icons.PHOTO_CAMERA, on_click=shell.guard(open_camera))
    file = ft.OutlinedButton(_("Photo from a file"), icon=ft.Icons.IMAGE, on_click=shell.guard(from_file))
    return ft.Row([camera, known_as("note-photo-file", file)], wrap=True)


async def add_taken_photo(shell: Shell, editor: NoteEditor, picture: bytes) -> None:
    """Add what the camera took."""
    for one in await editor.add_photos([PictureFile("", picture)]):
        shell.say_problem(one.problem)
