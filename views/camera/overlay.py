"""Draws over the live picture: outlines around codes, one hint, and the torch's switch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import flet as ft
import flet.canvas as cv

from services.camera.frames import SeenFrame
from services.camera.preview import Outline, Size, View, outlines
from services.decoding import Corners, Read
from services.decoding.hints import Hint, HintKeeper
from services.decoding.symbol import bounds
from views.parts.look import known_as
from views.parts.shell import Shell, use_shell
from views.parts.words import HINTS

LINGER = 0.3
"""For how many seconds an outline stays while frames show nothing, since not every frame of a code can be read."""

_BELIEVED, _SEEN = "#35E08A", "#FFFFFF"
_VEIL = ft.Colors.with_opacity(0.65, ft.Colors.BLACK)
_ROOM_FOR_HINT, _LEAST_FRAME = 72, 80  # logical pixels of height
# The plate with the words, in logical pixels: its height, the space for the tick, the size and the width of letters.
_PLATE, _TICK, _TEXT, _LETTER = 26.0, 26.0, 13, 7.3


@dataclass(frozen=True)
class Shown:
    """What the overlay shows: outlines, their frame's size and view, the hint, and the torch.

    `torch` is None where the camera has none.
    """

    outlines: tuple[Outline, ...] = ()
    frame: Size = (1.0, 1.0)
    view: View = field(default_factory=View)
    hint: Hint = Hint.AIM
    torch: bool | None = None


class Viewfinder(ft.Observable):
    """Keeps what the frames showed; a change of `shown` redraws the overlay and nothing else."""

    def __init__(self) -> None:
        self.shown = Shown()
        self._hints = HintKeeper()
        self._seen_at = float("-inf")

    def see(self, sight: SeenFrame, view: View, at: float, *, torch: bool) -> None:
        """Show what was seen in a frame `at` a time (monotonic seconds); `torch` tells whether the camera has one."""
        found, before = outlines(sight.look), self.shown
        frame: Size = (sight.width, sight.height)
        if found:
            self._seen_at = at
        elif at - self._seen_at < LINGER:
            found, frame, view = before.outlines, before.frame, before.view
        hint = self._hints.hint(sight.look, sight.light, at)
        now = Shown(found, frame, view, hint, bool(before.torch) if torch else None)
        if now != before:
            self.shown = now

    def set_torch(self, on: bool | None) -> None:
        """Show the torch's state."""
        self.shown = replace(self.shown, torch=on)


@ft.component
def Overlay(viewfinder: Viewfinder, switch: Callable[[bool], Awaitable[None]]) -> ft.Control:
    """Draw over the whole preview; `switch` is a coroutine function that turns the torch on or off."""
    shell = use_shell()
    box, set_box = ft.use_state((0.0, 0.0))
    shown = viewfinder.shown

    def resized(event: cv.CanvasResizeEvent) -> None:
        set_box((event.width, event.height))

    shapes: list[cv.Shape] = []
    if min(box) > 0:
        for outline in shown.outlines:
            corners = shown.view.in_box(outline.corners, shown.frame, box)
            shapes += _believed(corners, outline.read, box) if outline.read else _seen(corners)
    # Always the same controls: the canvas reports its size again when it moves among them.
    layers: list[ft.Control] = [
        ft.Container(_frame(box), alignment=ft.Alignment.CENTER, expand=True, visible=not shown.outlines),
        cv.Canvas(shapes, on_resize=resized, resize_interval=0, expand=True),
        ft.Container(_hint(shell, shown, switch), alignment=ft.Alignment.BOTTOM_CENTER, padding=12, expand=True),
    ]
    if shown.torch is not None:
        layers.append(ft.Container(_torch(shell, shown.torch, switch), alignment=ft.Alignment.TOP_RIGHT, padding=8))
    return ft.Stack(layers, expand=True, fit=ft.StackFit.EXPAND)


def _frame(box: Size) -> ft.Control:
    """A frame for the code while none is seen: above the hint, and left out where the preview is too low for both."""
    width, height = min(260, box[0] * 0.8), min(220, box[1] - 2 * _ROOM_FOR_HINT)
    border = ft.Border.all(3, ft.Colors.WHITE)
    return ft.Container(border=border, border_radius=20, width=width, height=height, visible=height >= _LEAST_FRAME)


def _hint(shell: Shell, shown: Shown, switch: Callable[[bool], Awaitable[None]]) -> ft.Control:
    """The hint in a pill; in the dark, with a switch for a torch that is off."""
    _ = shell.texts.gettext
    words, icon = HINTS[shown.hint]
    can_light = shown.hint is Hint.DARK and shown.torch is False
    text = ft.Text(
        _("It is dark. Turn on the torch.") if can_light else _(words),
        color=ft.Colors.WHITE,
        text_align=ft.TextAlign.CENTER,
    )
    parts: list[ft.Control] = [*([ft.Icon(icon, color=ft.Colors.WHITE, size=20)] if icon else []), text]
    if can_light:
        light = ft.FilledTonalButton(_("Turn on"), on_click=shell.guard(lambda: switch(True)))
        parts.append(known_as("torch-on", light))
    pill = ft.Container(
        ft.Row(parts, tight=True, wrap=True, spacing=8, run_spacing=4, alignment=ft.MainAxisAlignment.CENTER),
        bgcolor=_VEIL,
        border_radius=22,
        padding=ft.Padding.symmetric(horizontal=16, vertical=8),
    )
    return ft.Semantics(identifier="scan-hint", live_region=True, content=pill)


def _torch(shell: Shell, on: bool, switch: Callable[[bool], Awaitable[None]]) -> ft.Control:
    _ = shell.texts.gettext
    words = _("Turn off the torch") if on else _("Turn on the torch")
    icon = ft.Icons.FLASHLIGHT_ON if on else ft.Icons.FLASHLIGHT_OFF
    button = ft.IconButton(
        ft.Icon(icon, color=ft.Colors.BLACK if on else ft.Colors.WHITE, semantics_label=words),
        tooltip=words,
        bgcolor=ft.Colors.WHITE if on else _VEIL,
        on_click=shell.guard(lambda: switch(not on)),
    )
    return ft.Semantics(identifier="torch", toggled=on, content=button)


def _seen(corners: Corners) -> list[cv.Shape]:
    """A dashed outline: there is a code here, but no read that is believed yet."""
    return [
        _ring(corners, ft.Paint(color=_VEIL, stroke_width=6)),
        _ring(corners, ft.Paint(color=_SEEN, stroke_width=3, stroke_dash_pattern=[10, 8])),
    ]


def _believed(corners: Corners, read: Read, box: Size) -> list[cv.Shape]:
    """A solid outline with a tick, and the code's kind and text, as far as they fit into the box."""
    return [
        _ring(corners, ft.Paint(color=_VEIL, stroke_width=8)),
        _ring(corners, ft.Paint(color=_BELIEVED, stroke_width=4)),
        *_label(corners, read, box),
    ]


def _ring(corners: Corners, paint: ft.Paint) -> cv.Shape:
    paint.style = ft.PaintingStyle.STROKE
    paint.stroke_join = ft.StrokeJoin.ROUND
    (x, y), *others = corners
    ring = [cv.Path.MoveTo(x, y), *(cv.Path.LineTo(*point) for point in others), cv.Path.Close()]
    return cv.Path(ring, paint=paint)


def _label(corners: Corners, read: Read, box: Size) -> list[cv.Shape]:
    """A plate with a tick and the words above the code, or below it where there is no room above."""
    left, top, right, bottom = bounds(corners)
    room = (box[0] - _TICK - 10) / _LETTER
    full = f"{read.symbology} {read.text}" if read.text.isdigit() else read.symbology.value  # not an address
    words = next(w for w in (full, read.symbology.value, "") if len(w) <= max(room, 0))
    width = _TICK + (_LETTER * len(words) + 10 if words else 4)
    x = min(max((left + right - width) / 2, 0), box[0] - width)
    y = top - _PLATE - 8 if top >= _PLATE + 8 else min(bottom + 8, box[1] - _PLATE)
    stroke = ft.Paint(color=_BELIEVED, stroke_width=3, style=ft.PaintingStyle.STROKE)
    shapes: list[cv.Shape] = [
        cv.Rect(x, y, width, _PLATE, border_radius=8, paint=ft.Paint(color=_VEIL)),
        cv.Path([cv.Path.MoveTo(x + 8, y + 13), cv.Path.LineTo(x + 13, y + 18), cv.Path.LineTo(x + 22, y + 8)], stroke),
    ]
    if words:
        style = ft.TextStyle(size=_TEXT, color=ft.Colors.WHITE, weight=ft.FontWeight.W_600)
        shapes.append(cv.Text(x + _TICK + 2, y + _PLATE / 2, words, style, alignment=ft.Alignment.CENTER_LEFT))
    return shapes
