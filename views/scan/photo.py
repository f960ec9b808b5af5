"""A picture file with several packs, which the person chooses between."""

from __future__ import annotations

import flet as ft

from services.camera.preview import Fit, View
from views.camera.overlay import Overlay, Shown, Viewfinder
from views.design import VEIL
from views.parts.look import known_as
from views.parts.question import Scanned
from views.parts.scanning import Photo, show_verdict, use_scanning
from views.parts.shell import use_shell


@ft.component
def PhotoStage(photo: Photo) -> ft.Control:
    """A picture file with several packs, in the camera's place until the person goes back to the camera."""
    shell, scanning = use_shell(), use_scanning()
    viewfinder = ft.use_memo(Viewfinder, [])
    packs = [photo.codes.named(n, pack, scanning.checked) for n, pack in enumerate(photo.packs, 1)]
    marked = frozenset(text for pack in photo.packs for text, _symbology in pack if text in scanning.checked)
    viewfinder.shown = Shown(photo.outlines, photo.size, View(Fit.CONTAIN), tuple(packs), marked)

    def choose(code: Scanned) -> None:
        pack = next(pack for pack in photo.packs if code in pack)
        show_verdict(shell.page, scanning, [code, *(other for other in pack if other != code)], unread=photo.unread)

    def together() -> None:
        codes = [code for pack in photo.packs for code in pack]
        show_verdict(shell.page, scanning, codes, one_pack=True, unread=photo.unread)

    def leave() -> None:
        scanning.photo = None

    words = shell.texts.gettext("Back to the camera")
    picture = ft.Image(src=photo.jpeg, fit=ft.BoxFit.CONTAIN, expand=True, gapless_playback=True)
    close = ft.IconButton(
        ft.Icon(ft.Icons.CLOSE, color=ft.Colors.WHITE, semantics_label=words),
        tooltip=words,
        bgcolor=VEIL,
        on_click=shell.guard(leave),
    )
    layers: list[ft.Control] = [
        ft.Container(picture, bgcolor=ft.Colors.BLACK, expand=True),
        Overlay(viewfinder, choose, together),
        ft.Container(known_as("leave-photo", close), right=8, top=8),
    ]
    return ft.Stack(layers, expand=True, fit=ft.StackFit.EXPAND)
