"""Picture files: the way to the verdict on their codes, or to the packs in one that the person chooses between."""

from __future__ import annotations

import asyncio

import flet as ft

from services.camera.frames import preview_jpeg
from services.camera.preview import Fit, Outline, View, in_reading_order
from services.decoding import BadImage, CodeKind, look
from services.decoding.files import open_file, read_file
from services.workspace import Workspace
from views.camera.overlay import Overlay, Shown, Viewfinder
from views.design import VEIL
from views.parts.look import known_as
from views.parts.packs import JudgedCodes
from views.parts.places import SCAN
from views.parts.question import Scanned, scanned
from views.parts.scanning import Photo, Scanning, show_verdict, use_scanning
from views.parts.shell import Shell, use_shell
from views.parts.words import nothing_read_sentence


async def judge_picture(shell: Shell, scanning: Scanning, workspace: Workspace, data: bytes) -> None:
    """Read a picture file's codes and go to their verdict, show the packs to choose from, or say why there is none.

    A PDF is drawn where the app runs on the person's own computer, and not in a process that serves several.
    """
    _ = shell.texts.gettext
    scanning.photo = None  # or the packs of the picture before would be taken for this one's
    try:
        found, more = await asyncio.to_thread(_packs_in, data, workspace, pdf=shell.on_computer)
    except BadImage as error:
        shell.say_problem(error.reason)
        return
    said = [_("Pages or frames of this file that were not looked at: {count}.").format(count=more)] if more else []
    if not found.packs:
        said = [nothing_read_sentence(shell.texts, found.unread), *said]
    elif len(found.packs) == 1:
        show_verdict(shell.page, scanning, found.packs[0], unread=found.unread)
    else:
        scanning.photo = found
        shell.page.navigate(SCAN)
    if said:
        shell.say(" ".join(said))


def _packs_in(data: bytes, workspace: Workspace, *, pdf: bool) -> tuple[Photo, int]:
    """Tell the packs in a picture file apart, with the page that shows most; and how many pages were left out.

    Raises BadImage.
    """
    file = read_file(open_file(data, pdf=pdf), look)
    page, most = max(file.pages, key=lambda seen: len(seen[1].symbols))
    size = (page.shape[1], page.shape[0])
    outlines = [Outline(symbol.corners, symbol, matrix=symbol.symbology.is_matrix) for symbol in most.symbols]
    outlines = in_reading_order(outlines, View(), size)
    first = scanned(outline.read for outline in outlines if outline.read)
    codes = JudgedCodes(workspace)
    codes.learn(texts := dict.fromkeys([*first, *scanned(file.symbols)]))
    packs = tuple(codes.packs(texts))
    jpeg = preview_jpeg(page, width=1280) if len(packs) > 1 else b""
    missed = [Outline(code.corners, matrix=code.kind is not CodeKind.BARCODE) for code in most.unread]
    return Photo(jpeg, size, (*outlines, *missed), codes, packs, file.unread), file.more


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
