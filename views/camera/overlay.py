"""Draws over the live picture: outlines to tap, how many are read, one hint, and the torch's switch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import flet as ft
import flet.canvas as cv

from services.camera.frames import SeenFrame
from services.camera.preview import Outline, Size, View
from services.decoding import Corners
from services.decoding.hints import Hint, HintKeeper
from views.camera.outlining import MANY, on_tap, shapes
from views.design import INK_2, INSIDE, OVER_PICTURE, SHEET, SURFACE, VEIL, Type
from views.parts.look import known_as, row_button, text, tone_icon
from views.parts.packs import NamedPack, gravest_first, numbers_of, tones_of
from views.parts.question import Scanned, scanned
from views.parts.shell import Shell, use_shell
from views.parts.verdict_words import STATUS
from views.parts.words import HINTS

_ROOM_FOR_HINT, _LEAST_FRAME = 72, 80  # logical pixels of height
_REST = 0.5
"""For how many seconds MANY outlines stay, since to draw them takes long, and the process may serve others too."""
_HEAD, _CHOICE = 64, 96
"""Logical pixels of height: the sheet's head with its edges, and a pack's row with the space below."""
_SHEET = 0.36
"""How much of the picture the sheet may cover."""


@dataclass(frozen=True)
class Shown:
    """What the overlay shows: outlines, their frame's size and view, the hint, and the torch.

    `packs` are those between which the person chooses; `checked` are the texts in view that have been judged already;
    `saved` is a code of the only pack in view, where that was recorded and is left alone.
    `torch` is None where the camera has none.
    """

    outlines: tuple[Outline, ...] = ()
    frame: Size = (1.0, 1.0)
    view: View = field(default_factory=View)
    packs: tuple[NamedPack, ...] = ()
    checked: frozenset[str] = frozenset()
    hint: Hint = Hint.AIM
    torch: bool | None = None
    saved: tuple[Scanned, ...] = ()

    def places(self, box: Size) -> list[Corners]:
        """Where the outlines are in the preview, whose size is `box`."""
        return [self.view.in_box(outline.corners, self.frame, box) for outline in self.outlines]


class Viewfinder(ft.Observable):
    """Keeps what the frames showed; a change of `shown` redraws the overlay and nothing else."""

    def __init__(self) -> None:
        self.shown = Shown()
        self._hints = HintKeeper()
        self._drawn = float("-inf")

    def see(
        self,
        sight: SeenFrame,
        view: View,
        *,
        torch: bool,
        packs: Sequence[NamedPack] = (),
        checked: frozenset[str] = frozenset(),
        saved: tuple[Scanned, ...] = (),
    ) -> None:
        """Show what was seen in a frame; `torch` tells whether the camera has one."""
        before, at = self.shown, sight.at
        hint = self._hints.hint(sight.look, sight.light, at)
        frame: Size = (sight.width, sight.height)
        light = bool(before.torch) if torch else None
        if len(sight.outlines) > MANY and at - self._drawn < _REST:
            return
        self._drawn = at
        now = Shown(sight.outlines, frame, view, tuple(packs), checked, hint, light, saved)
        if now != before:
            self.shown = now

    def set_torch(self, on: bool | None) -> None:
        """Show the torch's state."""
        self.shown = replace(self.shown, torch=on)


@ft.component
def Overlay(
    viewfinder: Viewfinder,
    choose: Callable[[Scanned], object],
    together: Callable[[], object],
    switch: Callable[[bool], Awaitable[None]] | None = None,
) -> ft.Control:
    """Draw over the whole preview.

    `choose` goes to the verdict on the pack of a code, `together` to that on all codes, as those of one pack; `switch`
    turns the torch on or off.
    """
    shell = use_shell()
    box, set_box = ft.use_state((0.0, 0.0))
    shown = viewfinder.shown

    def resized(event: cv.CanvasResizeEvent) -> None:
        set_box((event.width, event.height))

    def tapped(number: int) -> object:
        read = viewfinder.shown.outlines[number].read
        return choose(*scanned([read])) if read else None

    codes = [None if outline.read is None else scanned([outline.read])[0] for outline in shown.outlines]
    numbers, checked = numbers_of(shown.packs, codes), [code is not None and code[0] in shown.checked for code in codes]
    tones = tones_of(shown.packs, codes)
    drawn = shapes(shown.outlines, shown.places(box), box, numbers, checked, tones) if min(box) > 0 else []
    # Always the same controls: the canvas reports its size again when it moves among them. What lies above it has a
    # place of its own: a container that covers everything would take all taps.
    canvas = cv.Canvas(drawn, on_resize=resized, resize_interval=0, expand=True)
    layers: list[ft.Control] = [
        ft.Container(_frame(box), alignment=ft.Alignment.CENTER, expand=True, visible=not shown.outlines),
        on_tap(shell, lambda: viewfinder.shown.places(box), tapped, canvas),
        ft.Container(_advice(shell, shown, choose, together, switch, box[1]), left=0, right=0, bottom=0),
    ]
    if shown.torch is not None and switch:
        layers.append(ft.Container(_torch(shell, shown.torch, switch), right=8, top=8))
    return ft.Stack(layers, expand=True, fit=ft.StackFit.EXPAND)


def _advice(
    shell: Shell,
    shown: Shown,
    choose: Callable[[Scanned], object],
    together: Callable[[], object],
    switch: Callable[[bool], Awaitable[None]] | None,
    height: float,
) -> ft.Control:
    """How many codes are read, the hint, and the packs to choose from: two may also be two codes of one pack."""
    told = [*_count(shell, shown.outlines)]
    if shown.saved:
        told.append(_saved(shell, shown.saved[0], choose))
    elif not shown.packs or shown.hint is not Hint.AIM:
        told.append(_hint(shell, shown, switch))
    if shown.packs:
        told.append(_choose(shell))
    row = ft.Row(told, tight=True, wrap=True, spacing=8, run_spacing=8, alignment=ft.MainAxisAlignment.CENTER)
    parts: list[ft.Control] = [ft.Container(row, padding=12, alignment=ft.Alignment.CENTER)]
    if shown.packs:
        parts.append(_Choices(shown.packs, int(height * _SHEET), choose, together))
    return ft.Column(parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _count(shell: Shell, outlines: Sequence[Outline]) -> list[ft.Control]:
    """How many codes are read and how many are not yet, where there are several. Not read out at each change."""
    _, number = shell.texts.gettext, shell.texts.number
    if len(outlines) < 2:
        return []
    read = sum(outline.read is not None for outline in outlines)
    said = [_("{count} read").format(count=number(read))] if read else []
    if read < len(outlines):
        said.append(_("{count} not read yet").format(count=number(len(outlines) - read)))
    words = text(" · ".join(said), Type.LABEL, color=OVER_PICTURE)
    return [known_as("scan-count", _pill([words], vertical=8))]


def _saved(shell: Shell, code: Scanned, choose: Callable[[Scanned], object]) -> ft.Control:
    """That the pack in view is recorded, and the way to its verdict, to which it does not lead by itself again."""
    _ = shell.texts.gettext
    again = ft.FilledTonalButton(_("Check it again"), on_click=shell.guard(lambda: choose(code)))
    said = ft.Text(_("This pack is saved."), color=OVER_PICTURE, text_align=ft.TextAlign.CENTER)
    pill = _pill(
        [ft.Icon(ft.Icons.CHECK, color=OVER_PICTURE, size=20), said, known_as("saved-again", again)], vertical=8
    )
    return ft.Semantics(identifier="scan-saved", live_region=True, content=pill)


def _choose(shell: Shell) -> ft.Control:
    words = ft.Text(
        shell.texts.gettext("Tap the product to check"),
        color=ft.Colors.WHITE,
        text_align=ft.TextAlign.CENTER,
    )
    pill = _pill([ft.Icon(ft.Icons.TOUCH_APP, color=ft.Colors.WHITE, size=20), words], vertical=8)
    return ft.Semantics(identifier="scan-choose", live_region=True, content=pill)


@ft.memo  # type: ignore[untyped-decorator]
@ft.component
def _Choices(
    packs: tuple[NamedPack, ...], most: int, choose: Callable[[Scanned], object], together: Callable[[], object]
) -> ft.Control:
    """A sheet with a row for each pack, the gravest first; frames that show the same do not draw it again.

    It is at most so many pixels high, and scrolls. It serves whoever does not tap an outline, too.
    """
    shell = use_shell()
    _ = shell.texts.gettext
    head = text(_("In view: {count} packs").format(count=shell.texts.number(len(packs))), Type.SUB)
    rows: list[ft.Control] = [ft.Row([head, text(_("What needs a look is on top"), Type.SMALL)], wrap=True)]
    rows += [_choice(shell, pack, choose) for pack in gravest_first(packs)]
    if len(packs) == 2:
        words = _("They are all on one pack")
        one = ft.OutlinedButton(words, on_click=shell.guard(together))
        rows.append(known_as("one-pack", one, key="one pack"))
    # As high as its rows are at the usual size of text, or as high as there is room: a column that scrolls fills all.
    height = min(most, _HEAD + len(rows[1:]) * _CHOICE)
    return ft.Container(
        ft.Column(rows, spacing=8, scroll=ft.ScrollMode.AUTO, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=SURFACE,
        border_radius=ft.BorderRadius.only(top_left=SHEET, top_right=SHEET),
        padding=INSIDE,
        height=height,
    )


def _choice(shell: Shell, pack: NamedPack, choose: Callable[[Scanned], object]) -> ft.Control:
    _ = shell.texts.gettext
    word, tone, _icon = STATUS[pack.status]
    detail = _("saved") if pack.saved else _("checked") if pack.checked else pack.detail
    lines: list[ft.Control] = [
        text(f"{shell.texts.number(pack.number)} · {pack.name}", Type.SUB, max_lines=1),
        text(_(word), Type.LABEL, max_lines=1),
        *([text(detail, Type.SMALL, max_lines=1)] if detail else []),
    ]
    sign = ft.Icon(ft.Icons.DONE_ALL, color=INK_2) if pack.checked else tone_icon(tone)
    row = ft.Row([sign, ft.Column(lines, spacing=0, expand=True), ft.Icon(ft.Icons.CHEVRON_RIGHT, color=INK_2)])
    return row_button("pack-choice", row, shell.guard(lambda: choose(pack.codes[0])), key=f"pack {pack.number}")


def _frame(box: Size) -> ft.Control:
    """A frame for the code while none is seen: above the hint, and left out where the preview is too low for both."""
    width, height = min(260, box[0] * 0.8), min(220, box[1] - 2 * _ROOM_FOR_HINT)
    border = ft.Border.all(3, ft.Colors.WHITE)
    return ft.Container(border=border, border_radius=20, width=width, height=height, visible=height >= _LEAST_FRAME)


def _hint(shell: Shell, shown: Shown, switch: Callable[[bool], Awaitable[None]] | None) -> ft.Control:
    """The hint in a pill; in the dark, with a switch for a torch that is off."""
    _ = shell.texts.gettext
    words, icon = HINTS[shown.hint]
    can_light = shown.hint is Hint.DARK and shown.torch is False and switch is not None
    text = ft.Text(
        _("It is dark. Turn on the torch.") if can_light else _(words),
        color=ft.Colors.WHITE,
        text_align=ft.TextAlign.CENTER,
    )
    parts: list[ft.Control] = [*([ft.Icon(icon, color=ft.Colors.WHITE, size=20)] if icon else []), text]
    if can_light:
        light = ft.FilledTonalButton(_("Turn on"), on_click=shell.guard(lambda: switch(True) if switch else None))
        parts.append(known_as("torch-on", light))
    return ft.Semantics(identifier="scan-hint", live_region=True, content=_pill(parts, vertical=8))


def _pill(parts: list[ft.Control], *, vertical: float) -> ft.Control:
    return ft.Container(
        ft.Row(parts, tight=True, wrap=True, spacing=8, run_spacing=4, alignment=ft.MainAxisAlignment.CENTER),
        bgcolor=VEIL,
        border_radius=22,
        padding=ft.Padding.symmetric(horizontal=16, vertical=vertical),
    )


def _torch(shell: Shell, on: bool, switch: Callable[[bool], Awaitable[None]]) -> ft.Control:
    _ = shell.texts.gettext
    words = _("Turn off the torch") if on else _("Turn on the torch")
    icon = ft.Icons.FLASHLIGHT_ON if on else ft.Icons.FLASHLIGHT_OFF
    button = ft.IconButton(
        ft.Icon(icon, color=ft.Colors.BLACK if on else ft.Colors.WHITE, semantics_label=words),
        tooltip=words,
        bgcolor=ft.Colors.WHITE if on else VEIL,
        on_click=shell.guard(lambda: switch(not on)),
    )
    return ft.Semantics(identifier="torch", toggled=on, content=button)
