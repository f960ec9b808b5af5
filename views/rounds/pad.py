"""The field that people sign in with a finger, a pen or a mouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import flet as ft
import flet.canvas as cv

from services.rounds.round import Point, Stroke
from views.design import CARD, INK, LINE, OUTLINE, PRIMARY, SURFACE, Type
from views.parts.look import known_as, text
from views.parts.shell import use_shell

WIDE, HIGH = 1000, 400
"""The field in its own measure, as docs/api.md has it (ROUND)."""
_BASELINE = 270
_NEAR = 3
"""Points nearer than this to the one before tell nothing more."""
_PIECE = 24
_MOST = 2000
"""Points of a signature; who draws on and on is stopped, so that the record stays small."""


class Strokes(ft.Observable):
    """What was drawn: strokes of points, x from 0 to 1000 and y from 0 to 400."""

    def __init__(self, drawn: tuple[Stroke, ...] = ()) -> None:
        self.drawn = drawn

    def begin(self, point: Point) -> None:
        """Begin a stroke; one that does not go on is a dot."""
        if sum(map(len, self.drawn)) < _MOST:
            self.drawn = (*self.drawn, (point,))

    def go_on(self, point: Point) -> None:
        """Draw on to a point."""
        if not self.drawn or sum(map(len, self.drawn)) >= _MOST:
            return
        *before, last = self.drawn
        if max(abs(point[0] - last[-1][0]), abs(point[1] - last[-1][1])) >= _NEAR:
            self.drawn = (*before, (*last, point))

    def undo(self) -> None:
        """Take the last stroke back."""
        self.drawn = self.drawn[:-1]

    def clear(self) -> None:
        """Take all back."""
        self.drawn = ()

    @property
    def is_signature(self) -> bool:
        """Whether enough is drawn to be somebody's hand: a tap by mistake is none."""
        points = [point for stroke in self.drawn for point in stroke]
        if len(points) < 2:
            return False
        return any(max(axis) - min(axis) >= WIDE / 50 for axis in zip(*points, strict=True))


def within(x: float, y: float, width: float) -> Point:
    """The field's measure of a place in it, given in logical pixels of a field so wide."""
    scale = WIDE / max(width, 1)
    return min(max(round(x * scale), 0), WIDE), min(max(round(y * scale), 0), HIGH)


def ink(strokes: Sequence[Stroke], width: float, thickness: float) -> list[cv.Shape]:
    """The strokes as shapes of a canvas so wide."""
    scale = width / WIDE
    paint = ft.Paint(
        color=INK,
        stroke_width=thickness,
        style=ft.PaintingStyle.STROKE,
        stroke_cap=ft.StrokeCap.ROUND,
        stroke_join=ft.StrokeJoin.ROUND,
    )
    shapes: list[cv.Shape] = []
    for (x, y), *rest in strokes:
        first = cv.Path.MoveTo(x * scale, y * scale)
        # A line of no length has round ends: a dot.
        lines = [cv.Path.LineTo(to_x * scale, to_y * scale) for to_x, to_y in rest or [(x, y)]]
        shapes.append(cv.Path([first, *lines], paint=paint))
    return shapes


def drawn(strokes: Sequence[Stroke], width: float, name: str) -> ft.Control:
    """A signature that was given, small; `name` tells screen readers whose it is."""
    canvas = cv.Canvas(ink(strokes, width, 2), width=width, height=width * HIGH / WIDE)
    return ft.Semantics(label=name, image=True, container=True, exclude_semantics=True, content=canvas)


def pieces(strokes: Sequence[Stroke]) -> list[Stroke]:
    """The strokes in pieces of few points, each of which begins where the one before ended."""
    return [
        stroke[start : start + _PIECE + 1] for stroke in strokes for start in range(0, max(len(stroke) - 1, 1), _PIECE)
    ]


@ft.memo  # type: ignore[untyped-decorator]
@ft.component
def _Piece(piece: Stroke, width: float) -> ft.Control:
    """One piece; while another grows it is left as it was drawn, so that a long signature does not become slow."""
    return cv.Canvas(ink([piece], width, 3), expand=True)


@ft.component
def Pad(strokes: Strokes, changed: Callable[[], object]) -> ft.Control:
    """Draw the field with what is drawn in it. `changed` is called when a stroke has ended.

    It must not lie in what scrolls: only there every stroke is the field's from its first pixel on.
    """
    shell = use_shell()
    ft.use_state(strokes)
    width, set_width = ft.use_state(0.0)
    _ = shell.texts.gettext

    def begin(event: ft.DragStartEvent[ft.GestureDetector]) -> None:
        if width:  # the client has told how wide the field is
            strokes.begin(within(event.local_position.x, event.local_position.y, width))

    def go_on(event: ft.DragUpdateEvent[ft.GestureDetector]) -> None:
        if width:
            strokes.go_on(within(event.local_position.x, event.local_position.y, width))

    def end(_event: ft.DragEndEvent[ft.GestureDetector]) -> None:
        changed()

    canvases: list[ft.Control] = [_Piece(piece, width) for piece in pieces(strokes.drawn)]
    base = _BASELINE * width / WIDE
    line = cv.Line(width * 0.08, base, width * 0.92, base, paint=ft.Paint(color=OUTLINE, stroke_width=1.5))
    field = ft.GestureDetector(
        ft.Container(
            ft.Stack([cv.Canvas([line], expand=True), *canvases], fit=ft.StackFit.EXPAND),
            bgcolor=SURFACE,
            border_radius=CARD,
        ),
        on_pan_start=shell.guard(begin),
        on_pan_update=shell.guard(go_on),
        on_pan_end=shell.guard(end),
        drag_interval=8,
        mouse_cursor=ft.MouseCursor.PRECISE,
    )
    words = _("Sign with a finger in this field. Who cannot sign here: say so with a reason below.")
    return known_as(
        "signature-pad",
        ft.Semantics(
            label=words,
            container=True,
            content=ft.Container(
                ft.Stack(
                    [
                        field,
                        ft.Container(
                            text(_("Sign above this line"), Type.SMALL),
                            left=width * 0.08,
                            bottom=4,
                            ignore_interactions=True,
                            visible=not strokes.drawn,
                        ),
                    ],
                    fit=ft.StackFit.EXPAND,
                ),
                aspect_ratio=WIDE / HIGH,
                bgcolor=SURFACE,
                border=ft.Border.all(2, PRIMARY if strokes.drawn else LINE),
                border_radius=CARD,
                clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
                on_size_change=lambda event: set_width(event.width),
            ),
        ),
    )
