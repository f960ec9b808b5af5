"""Two pictures side by side that are zoomed and moved as one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import flet as ft

from views.design import FIELD, INK_2, LINE, SURFACE_2, Type
from views.parts.look import icon_button, known_as, text
from views.parts.shell import use_shell

LARGEST = 4.0
"""How many times larger the pictures may be shown."""

_STEP = 0.5
_GAP = 8


@dataclass(frozen=True)
class Zoom:
    """How both pictures are shown: so many times larger, moved by parts of the picture's own width and height."""

    times: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def to(self, times: float) -> Zoom:
        """Zoom to this, with the same place in the middle as far as the edges allow."""
        times = min(max(times, 1.0), LARGEST)
        share = times / self.times
        return replace(self, times=times, x=self.x * share, y=self.y * share)._within()

    def moved(self, x: float, y: float) -> Zoom:
        """Move by parts of the picture's width and height, not beyond its edges."""
        return replace(self, x=self.x + x, y=self.y + y)._within()

    def _within(self) -> Zoom:
        most = (self.times - 1) / 2
        return replace(self, x=min(max(self.x, -most), most), y=min(max(self.y, -most), most))


@ft.component
def SideBySide(
    first: Callable[[int, int], ft.Control],
    second: Callable[[int, int], ft.Control],
    names: tuple[str, str],
    height: int,
    can_zoom: bool,
) -> ft.Control:
    """Draw two pictures, each given the width and height of its box, and what zooms both.

    A pinch, a wheel or a drag on one counts for both. Nothing is zoomed before `can_zoom`.
    """
    shell = use_shell()
    _ = shell.texts.gettext
    zoom, set_zoom = ft.use_state(Zoom())
    room, set_room = ft.use_state(0.0)
    began = ft.use_ref(1.0)
    side = max(int((room - _GAP) / 2), 1)
    shown = zoom if can_zoom else Zoom()

    def begin(_event: ft.ScaleStartEvent[ft.GestureDetector]) -> None:
        began.current = zoom.times

    def pinch(event: ft.ScaleUpdateEvent[ft.GestureDetector]) -> None:
        wanted = zoom.to((began.current or 1.0) * event.scale) if event.scale != 1 else zoom
        delta = event.focal_point_delta
        set_zoom(wanted.moved(delta.x / side, delta.y / height))

    def wheel(event: ft.ScrollEvent[ft.GestureDetector]) -> None:
        set_zoom(zoom.to(zoom.times - _STEP * (1 if event.scroll_delta.y > 0 else -1)))

    def box(draw: Callable[[int, int], ft.Control], name: str) -> ft.Control:
        if not room:
            return ft.Container(height=height)
        content: ft.Control = draw(side, height)
        if can_zoom:
            content = ft.GestureDetector(
                ft.Container(content, scale=shown.times, offset=ft.Offset(shown.x, shown.y)),
                on_scale_start=shell.guard(begin),
                on_scale_update=shell.guard(pinch),
                on_scroll=shell.guard(wheel),
                drag_interval=30,
            )
        framed = ft.Container(
            content,
            width=side,
            height=height,
            bgcolor=SURFACE_2,
            border=ft.Border.all(1, LINE),
            border_radius=FIELD,
            clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
            alignment=ft.Alignment.CENTER,
        )
        return ft.Column([ft.Container(text(name, Type.LABEL), width=side), framed], spacing=4)

    return ft.Container(
        ft.Column(
            [
                ft.Row(
                    [box(first, names[0]), box(second, names[1])],
                    spacing=_GAP,
                    vertical_alignment=ft.CrossAxisAlignment.END,
                ),
                *(
                    [
                        ft.Row(
                            [
                                icon_button(
                                    ft.Icons.ZOOM_OUT,
                                    _("Smaller"),
                                    shell.guard(lambda: set_zoom(zoom.to(zoom.times - _STEP))),
                                ),
                                # No slider: while one is shown, Flutter's layer for its bubble lies over the whole
                                # screen, and in a browser no screen reader's tap gets through it.
                                known_as(
                                    "zoom",
                                    text(
                                        f"{round(shown.times * 100)}\N{NO-BREAK SPACE}%", text_align=ft.TextAlign.CENTER
                                    ),
                                    expand=True,
                                ),
                                icon_button(
                                    ft.Icons.ZOOM_IN,
                                    _("Larger"),
                                    shell.guard(lambda: set_zoom(zoom.to(zoom.times + _STEP))),
                                ),
                            ]
                        ),
                        text(_("Both pictures are zoomed together."), Type.SMALL, color=INK_2),
                    ]
                    if can_zoom
                    else []
                ),
            ],
            spacing=4,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        on_size_change=lambda event: set_room(event.width),
    )
