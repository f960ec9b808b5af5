"""The first screen: the live camera, and the other ways to put a code in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import flet as ft

from services.camera.choice import Chooser
from services.camera.frames import Frame
from services.camera.preview import in_reading_order
from services.decoding.tracker import QUIET
from services.verification import Status
from services.verification.check import CheckedCode
from views.camera.live import LiveCamera
from views.camera.overlay import Overlay, Viewfinder
from views.camera.reading import read_frame, switch_torch
from views.camera.stage import LiveView, camera_stage, use_camera
from views.design import BACKGROUND, GAP, INSIDE, NARROW, PANEL, SURFACE, Tone
from views.parts.code_entry import CodeEntry
from views.parts.copy_line import CopyLine
from views.parts.device_state import use_device_state
from views.parts.frame import panes, screen, scrolled
from views.parts.look import icon_button, keyed, known_as, main_button, panel
from views.parts.open_round import round_band
from views.parts.packs import JudgedCodes
from views.parts.picture_verdict import use_picture_choice
from views.parts.places import HOME, SCAN
from views.parts.question import Scanned, scanned
from views.parts.room import use_room
from views.parts.scanning import Scanning, show_verdict, use_scanning
from views.parts.shared import use_workspace
from views.parts.shell import Shell, use_shell
from views.scan.photo import PhotoStage
from views.scan.running_list import RunningList

_ENLARGED = 230
"""Less room than the smallest phone has says that the person has enlarged text."""


@ft.component
def ScanScreen() -> ft.View:
    """Show the camera while this screen is on top and the app is in the foreground."""
    shell, scanning, state = use_shell(), use_scanning(), use_device_state()
    on_top = ft.use_route_location() in (HOME, SCAN)
    camera = use_camera()
    room, measured = use_room()
    photo = scanning.photo

    def note() -> None:
        if on_top:
            scanning.no_camera = camera.state.fault

    ft.use_effect(note, [camera.state.fault])
    stage = camera_stage(shell, camera, lambda key: keyed(key, _Stage, camera), shown=on_top and photo is None)
    if photo is not None:
        stage = keyed(f"photo {id(photo)}", PhotoStage, photo)
    seen = photo is not None or camera.state.runs
    if seen:
        box = ft.Container(
            stage,
            expand=True,
            border_radius=PANEL if shell.wide else 0,
            clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        )
    else:
        box = ft.Container(scrolled([stage]), expand=True, padding=ft.Padding.only(top=INSIDE))
    column = ft.Column(
        [
            # Always in the same place: what moves in a list is made anew, and the camera would be opened again.
            round_band(shell, state.round, flush=seen and not shell.wide) if state.round else ft.Container(),
            _inset(shell, _Comparing()) if scanning.compared else ft.Container(),
            box,
            _sheet(
                [_Ways(on_top, main=not seen), measured(CopyLine())],
                plain=shell.wide or not seen,
                half=seen and room < _ENLARGED,
            ),
        ],
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        expand=True,
    )
    body = panes(shell, column, RunningList(), second_width=NARROW) if shell.wide else column
    return screen(shell, SCAN, "OCOP Verify", [body], top=True, scroll=False, full=True, working=True, picture=seen)


def _inset(shell: Shell, content: ft.Control) -> ft.Control:
    return ft.Container(content, padding=0 if shell.wide else ft.Padding.symmetric(horizontal=INSIDE, vertical=GAP))


def _sheet(controls: list[ft.Control], *, plain: bool, half: bool) -> ft.Control:
    """What stands below the picture: a sheet from edge to edge, unless there is no picture or the window is wide.

    With `half` it leaves half of the height to the picture and scrolls: enlarged words would leave it nothing.
    """
    return ft.Container(
        ft.Column(
            controls,
            spacing=GAP,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            scroll=ft.ScrollMode.AUTO if half else None,
        ),
        expand=half,
        bgcolor=BACKGROUND if plain else SURFACE,  # never none: a box without a ground is another to Flutter, made anew
        padding=ft.Padding.only(top=INSIDE) if plain else INSIDE,
    )


@ft.component
def _Stage(camera: LiveView) -> ft.Control:
    """The live picture, read frame by frame; the codes of one pack go straight to their verdict."""
    shell, scanning, workspace = use_shell(), use_scanning(), use_workspace()
    reader = scanning.reader
    viewfinder = ft.use_memo(Viewfinder, [])
    judged = ft.use_memo(lambda: JudgedCodes(workspace), [])
    chooser = ft.use_memo(lambda: Chooser(judged.packs, judged.names_product, scanning.handled), [])
    over = ft.use_ref(False)
    run = camera.state.run

    async def frame(picture: bytes | Frame) -> None:
        sight = await read_frame(reader, camera, run, picture)
        if sight is None:
            return
        new = scanned(sight.look.new)
        ordered = in_reading_order(sight.outlines, camera.view, (sight.width, sight.height))
        in_view = scanned(outline.read for outline in ordered if outline.read)
        believed = scanned(sight.look.believed)
        told = [*in_view, *believed, *new, *scanning.handled.codes]
        if not judged.knows(told):
            await asyncio.to_thread(judged.learn, told)
        if over.current:
            return
        known = scanning.compared.codes if scanning.compared else ()
        seen = [code for code in dict.fromkeys([*in_view, *believed]) if code in believed and code not in known]
        if scanning.compared or sight.at - sight.since < QUIET:
            new = [code for code in new if not _just_judged(scanning, judged[code])]
        unread = any(outline.read is None for outline in sight.outlines)
        due = chooser.see(seen, new, sight.at, awaits_another=sight.awaits_another, unread=unread)
        saved = chooser.left_alone
        packs = [judged.named(pack.number, pack.codes, scanning.checked, saved) for pack in chooser.several]
        marked = frozenset(text for text, _symbology in in_view if text in scanning.checked)
        torch = camera.torch is not None
        viewfinder.see(sight, camera.view, torch=torch, packs=packs, checked=marked, saved=() if packs else saved[:1])
        if due and not (_say_nothing(judged, due) and any(map(judged.names_product, chooser.pack(due[0])))):
            await show(due)

    async def show(codes: Sequence[Scanned], *, one_pack: bool = False) -> None:
        if over.current:
            return
        over.current = True
        show_verdict(shell.page, scanning, codes, one_pack=one_pack)

    async def choose(code: Scanned) -> None:
        await show(chooser.pack(code))

    async def together() -> None:
        await show([code for pack in chooser.several for code in pack.codes], one_pack=True)

    def leave() -> None:
        """Ignore the result of a frame that is still being read."""
        over.current = True

    ft.use_effect(reader.resume, [], cleanup=leave)
    return LiveCamera(
        camera, frame, Overlay(viewfinder, choose, together, partial(switch_torch, shell, camera, viewfinder))
    )


def _just_judged(scanning: Scanning, checked: CheckedCode) -> bool:
    """Whether a code names the product whose verdict the person has just left: a pack often bears two.

    While the person looks for the pack's other code, only the code that was read already counts so.
    """
    if scanning.compared:
        return (checked.text, checked.symbology) in scanning.compared.codes
    return checked.gtin is not None and checked.gtin == scanning.judged_gtin


def _say_nothing(judged: JudgedCodes, codes: Sequence[Scanned]) -> bool:
    """Whether their verdicts tell nothing of their pack, as that on a lot's number read after the pack was judged."""
    return all(judged[code].verdict.status is Status.NOT_A_PRODUCT_CODE for code in codes)


@ft.component
def _Comparing() -> ft.Control:
    """What is being looked for, and the way to stop."""
    shell, scanning = use_shell(), use_scanning()
    _ = shell.texts.gettext

    def stop() -> None:
        scanning.compared = None

    words = _("Now scan another code on the same pack: the barcode, or the QR code.")
    leave = icon_button(ft.Icons.CLOSE, _("Stop comparing"), shell.guard(stop))
    row = ft.Row([ft.Text(words, expand=True), leave])
    return known_as("comparing", panel(row, tone=Tone.CAUTION, icon=ft.Icons.COMPARE_ARROWS))


@ft.component
def _Ways(on_top: bool, *, main: bool) -> ft.Control:
    """The ways beside the camera: a number or words, a picture, a sample. Without a camera they are the `main` ones."""
    shell = use_shell()
    _ = shell.texts.gettext
    busy, choose = use_picture_choice()
    words = _("Reading the picture …") if busy else _("Choose a picture")
    entry = keyed("entry", CodeEntry, on_top)  # keeps what was typed when the camera comes or goes
    samples = ft.TextButton(_("Sample labels"), icon=ft.Icons.STYLE, on_click=shell.go_to("/samples"))
    picture: ft.FilledButton | ft.OutlinedButton = ft.OutlinedButton(words, icon=ft.Icons.IMAGE_SEARCH, on_click=choose)
    if main:
        picture = main_button(words, choose, icon=ft.Icons.IMAGE_SEARCH)
    picture.disabled = busy
    known = known_as("scan-picture", picture)
    row = ft.Row([samples] if main else [known, samples], wrap=True)
    # The field has one place: made anew, it would lose the focus of whoever types while the camera opens in vain.
    parts = [known if main else ft.Container(), entry, row]
    return ft.Column(parts, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
