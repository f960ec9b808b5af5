"""Chooses picture files, in the same way on every target, and shows the photos of notes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import flet as ft

from services.records.files import Photo, PhotoFolder, PhotoLost
from views.parts.loading import use_loaded
from views.parts.picture_file import PictureFile, Rejected
from views.parts.shared import use_device
from views.parts.shell import Shell, use_texts
from views.parts.texts import Texts
from views.parts.words import problem_sentence

# What services.decoding reads, and HEIC, so that the person hears why it is not read. A computer's own filter for
# pictures leaves out TIFF and PDF.
_DOCUMENTS = [
    *("jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif", "pbm", "pgm", "ppm", "pnm", "heic", "heif"),
    "pdf",
]


async def pick_pictures(*, several: bool = False, documents: bool = False) -> list[PictureFile]:
    """Ask for picture files, with `documents` for scanned pages too; empty where the person chose none.

    On the web there is no path, so the bytes come with the answer.
    """
    files = await ft.FilePicker().pick_files(
        file_type=ft.FilePickerFileType.CUSTOM if documents else ft.FilePickerFileType.IMAGE,
        allowed_extensions=_DOCUMENTS if documents else None,
        allow_multiple=several,
        with_data=True,
        cancel_upload_on_window_blur=False,
    )
    return [
        PictureFile(file.name, file.bytes)
        if file.bytes is not None or not file.path
        else await asyncio.to_thread(PictureFile.at, Path(file.path))
        for file in files
    ]


def photo_names(texts: Texts, count: int, at: datetime) -> list[str]:
    """What a screen reader calls the photos of a note of this time."""
    name = texts.gettext("Photo {number} of {all}, note of {when}")
    return [name.format(number=number, all=count, when=texts.moment(at)) for number in range(1, count + 1)]


def tell_rejected(shell: Shell, chosen: int, rejected: Sequence[Rejected]) -> None:
    """Name the files that were not added, each with its reason, until the person has read it."""
    _, ngettext, page = shell.texts.gettext, shell.texts.ngettext, shell.page
    lines: list[ft.Control] = [
        ft.Text(_("{file}: {reason}").format(file=one.name, reason=problem_sentence(shell.texts, one.problem)))
        for one in rejected
    ]
    words = ngettext("{added} of {chosen} photo was added", "{added} of {chosen} photos were added", chosen)
    title = words.format(added=chosen - len(rejected), chosen=chosen)
    page.show_dialog(
        ft.AlertDialog(
            title=ft.Text(title),
            content=ft.Column(lines, tight=True, width=480),
            scrollable=True,  # a column that scrolls by itself takes the whole height
            actions=[ft.FilledButton(_("Close"), on_click=shell.guard(page.pop_dialog))],
        )
    )


class _Adds(Protocol):
    async def add_photos(self, pictures: Sequence[PictureFile]) -> list[Rejected]: ...


async def add_pictures(shell: Shell, editor: _Adds, pictures: Sequence[PictureFile]) -> None:
    """Add pictures to what is being written. One that is not added is told in passing, several are named."""
    rejected = await editor.add_photos(pictures)
    if rejected and len(pictures) == 1:
        shell.say_problem(rejected[0].problem)
    elif rejected:
        tell_rejected(shell, len(pictures), rejected)


@ft.component
def StoredPhoto(photo: Photo, name: str, *, side: int | None = None, photos: PhotoFolder | None = None) -> ft.Control:
    """A note's photo, read from the device's store; `side` makes it a square thumbnail of so many logical pixels.

    `name` is what a screen reader calls it. `photos` is another store than that of notes.
    """
    _, device = use_texts().gettext, use_device()
    photos = photos or device.photos
    ready, jpeg = use_loaded(lambda: _read(photos, photo), [photo.sha256])
    if not ready:
        return ft.Container(ft.ProgressRing(), width=side, height=side or 200, alignment=ft.Alignment.CENTER)
    if jpeg is None:
        lost = _("This photo cannot be read")
        return ft.Container(
            ft.Icon(ft.Icons.BROKEN_IMAGE, semantics_label=f"{name}: {lost}"),
            width=side,
            height=side or 200,
            alignment=ft.Alignment.CENTER,
        )
    return ft.Image(
        src=jpeg,
        width=side,
        height=side,
        fit=ft.BoxFit.COVER if side else ft.BoxFit.CONTAIN,
        border_radius=12,
        cache_width=2 * side if side else 1200,
        semantics_label=name,
    )


def _read(photos: PhotoFolder, photo: Photo) -> bytes | None:
    try:
        return photos.read(photo.sha256)
    except PhotoLost:
        return None
