"""The camera of an inspection: what the next photo shows, the shutter, and the photos so far."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from services.rounds.inspection import MOST_PHOTOS, Picture, Shows
from services.rounds.shots import wanted
from views.camera.live import LiveCamera
from views.camera.photo_screen import Shutter, still
from views.camera.stage import camera_stage, use_camera
from views.design import (
    CARD,
    EDGE,
    FOCUS,
    GAP,
    INK_2,
    OVER_PICTURE,
    PILL,
    PRIMARY,
    RAIL,
    SENTENCE,
    TARGET,
    VEIL,
    Tone,
    Type,
)
from views.inspection.editor import InspectionEditor, shown
from views.parts.feel import let_feel
from views.parts.following import use_changes
from views.parts.inspection_words import shows_words
from views.parts.look import keyed, known_as, text
from views.parts.picture_file import PictureFile
from views.parts.pictures import StoredPhoto, add_pictures, pick_pictures
from views.parts.shell import Shell, use_shell

TILE = 88
"""The side of a photo in the strip, in logical pixels."""

_SIDE = 440
"""The least width of the pane with camera and photos, in logical pixels."""


@ft.component
def ShotCamera(
    editor: InspectionEditor,
    height: int | None,
    shown_now: bool,
    close: Callable[[], object] | None = None,
    open_photo: Callable[[Picture], Callable[[], Awaitable[None]]] | None = None,
) -> ft.Control:
    """Show the camera with the shutter over it and the list of shots; after a photo the next shot is ready.

    Without a `height` it fills all there is. `close` ends it, where there is something else on the screen. With
    `open_photo` the newest photo lies small on the picture, so that nothing below moves when one arrives.
    """
    shell = use_shell()
    use_changes(editor)
    _ = shell.texts.gettext
    camera = use_camera()

    async def ignore(_frame: object) -> None:
        return None

    async def take() -> None:
        picture = await still(camera)
        if picture:
            await let_feel(shell, Tone.GOOD)
            await add_pictures(shell, editor, [PictureFile("", picture)])

    def draw(key: str) -> ft.Control:
        name = _("Take the photo: {shows}").format(shows=shows_words(shell.texts, editor.shot))
        corner = [_over(ft.Icons.IMAGE, _("Photo from a file"), shell.guard(lambda: from_file(shell, editor)))]
        if close:
            corner.append(_over(ft.Icons.VIDEOCAM_OFF, _("Close the camera"), shell.guard(close)))
        over = [
            keyed(key, LiveCamera, camera, ignore),
            ft.Container(_aim(shell, editor), left=12, top=12),
            ft.Container(ft.Row(corner, spacing=GAP, tight=True), right=8, top=8),
            ft.Container(
                keyed(f"shutter {key}", Shutter, camera, take, name),
                bottom=12,
                left=0,
                right=0,
                alignment=ft.Alignment.CENTER,
            ),
            *[ft.Container(newest, left=8, bottom=8) for newest in _newest(shell, editor, open_photo)],
        ]
        return ft.Stack(over, expand=True, fit=ft.StackFit.EXPAND)

    stage = camera_stage(shell, camera, draw, shown=shown_now)
    box = ft.Container(
        stage,
        height=height if camera.state.runs else None,
        expand=height is None,
        border_radius=CARD,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )
    photos = strip(shell, editor, open_photo) if open_photo and not camera.state.runs else []
    return ft.Column(
        [box, shot_list(shell, editor), *photos],
        spacing=GAP,
        expand=height is None,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _newest(
    shell: Shell, editor: InspectionEditor, open_photo: Callable[[Picture], Callable[[], Awaitable[None]]] | None
) -> list[ft.Control]:
    """The photo taken last, and how many there are; a tap opens it."""
    pictures = shown(editor.draft.pictures)
    if not pictures or open_photo is None:
        return []
    number, picture = len(pictures), pictures[-1]
    name = _photo_name(shell, number, picture)
    button = ft.TextButton(
        content=ft.Row(
            [
                StoredPhoto(picture.file, name, side=TARGET, photos=editor.book.photos),
                text(str(number), Type.LABEL, color=OVER_PICTURE),
            ],
            spacing=6,
            tight=True,
        ),
        on_click=open_photo(picture),
        style=ft.ButtonStyle(
            bgcolor=VEIL,
            padding=ft.Padding.only(left=4, top=4, bottom=4, right=10),
            shape=ft.RoundedRectangleBorder(radius=CARD),
        ),
    )
    return [known_as("photo-tile", button, key=picture.file.sha256)]


def _photo_name(shell: Shell, number: int, picture: Picture) -> str:
    """What a photo is called to screen readers."""
    shows = shows_words(shell.texts, picture.shows)
    return shell.texts.gettext("Photo {number}: {shows}").format(number=number, shows=shows)


def _over(icon: ft.IconData, words: str, on_click: Callable[[], object]) -> ft.Control:
    """A button on the picture."""
    sign = ft.Icon(icon, color=OVER_PICTURE, semantics_label=words)
    return ft.IconButton(sign, tooltip=words, bgcolor=VEIL, on_click=on_click, width=TARGET, height=TARGET)


def _aim(shell: Shell, editor: InspectionEditor) -> ft.Control:
    words = text(shows_words(shell.texts, editor.shot), Type.SUB, color=OVER_PICTURE)
    pill = ft.Container(
        words, bgcolor=VEIL, border_radius=PILL, padding=ft.Padding.symmetric(horizontal=12, vertical=6)
    )
    return ft.Semantics(identifier="shot-aim", content=pill)


def shot_list(shell: Shell, editor: InspectionEditor) -> ft.Control:
    """What can be photographed; what the findings ask for is marked, and what is there has a tick.

    What they still ask for stands first, since a phone shows no more than three without scrolling.
    """
    there = {picture.shows for picture in editor.draft.pictures}
    asked = wanted(editor.found.findings)

    def chip(shows: Shows) -> ft.Control:
        chosen = shows is editor.shot
        icon = (
            ft.Icons.CHECK_CIRCLE
            if shows in there
            else ft.Icons.RADIO_BUTTON_UNCHECKED
            if shows in asked
            else ft.Icons.ADD
        )
        button = ft.OutlinedButton(
            shows_words(shell.texts, shows),
            icon=icon,
            on_click=shell.guard(lambda: editor.choose_shot(shows)),
            style=ft.ButtonStyle(
                padding=ft.Padding.symmetric(horizontal=12, vertical=14),
                shape=ft.RoundedRectangleBorder(radius=PILL),
                side={
                    ft.ControlState.FOCUSED: ft.BorderSide(3, FOCUS),
                    ft.ControlState.DEFAULT: ft.BorderSide(3 if chosen else 1, PRIMARY if chosen else INK_2),
                },
            ),
        )
        return ft.MergeSemantics(ft.Semantics(identifier=f"shot-{shows}", checked=chosen, content=button))

    order = sorted(Shows, key=lambda shows: (shows not in asked, shows in there))
    return ft.Row([chip(shows) for shows in order], spacing=GAP, scroll=ft.ScrollMode.AUTO)


def strip(
    shell: Shell, editor: InspectionEditor, open_photo: Callable[[Picture], Callable[[], Awaitable[None]]]
) -> list[ft.Control]:
    """The photos so far, each opened by a tap: to draw on it, cover a part, or take it out."""
    pictures = shown(editor.draft.pictures)
    if not pictures:
        return []

    def tile(number: int, picture: Picture) -> ft.Control:
        shows = shows_words(shell.texts, picture.shows)
        name = _photo_name(shell, number, picture)
        icon = [ft.Icon(ft.Icons.DRAW_OUTLINED, size=16, color=INK_2)] if picture.copy_of else []
        content = ft.Column(
            [
                StoredPhoto(picture.file, name, side=TILE, photos=editor.book.photos),
                ft.Row([text(shows, Type.SMALL), *icon], spacing=4, tight=True),
            ],
            spacing=4,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        )
        button = ft.TextButton(
            content=content,
            on_click=open_photo(picture),
            style=ft.ButtonStyle(padding=4, shape=ft.RoundedRectangleBorder(radius=CARD)),
        )
        return known_as("photo-tile", button, key=picture.file.sha256)

    tiles = [tile(number, picture) for number, picture in enumerate(pictures, start=1)]
    return [ft.Row(tiles, spacing=4, scroll=ft.ScrollMode.AUTO)]


def from_file_button(shell: Shell, editor: InspectionEditor) -> ft.Control:
    """The button that adds photos from files."""
    button = ft.TextButton(
        shell.texts.gettext("Photo from a file"),
        icon=ft.Icons.IMAGE,
        on_click=shell.guard(lambda: from_file(shell, editor)),
    )
    button.disabled = len(editor.draft.pictures) >= 2 * MOST_PHOTOS
    return known_as("inspection-photo-file", button)


async def from_file(shell: Shell, editor: InspectionEditor) -> None:
    """Ask for picture files, and add them."""
    if pictures := await pick_pictures(several=True):
        await add_pictures(shell, editor, pictures)


def side_width(shell: Shell) -> int:
    """How wide the pane of camera and photos is: all that the form leaves, which is no wider than a sentence."""
    room = (shell.page.width or 0) - RAIL[shell.width] - 3 * EDGE[shell.width]
    return int(max(_SIDE, room - SENTENCE))


def live_height(shell: Shell) -> int:
    """How high the camera is in the form, in logical pixels."""
    page = shell.page
    if shell.wide:
        return int(min(max(480, side_width(shell) * 0.56), max(320, (page.height or 0) * 0.6)))
    # A tablet has the room for a picture in which a pack is seen whole; a phone on its side has not.
    return int(min(max(220, (page.width or 0) * 0.53), max(220, (page.height or 0) * 0.4)))
