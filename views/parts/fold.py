"""A part of a screen that folds away: its title and one word of what is in it stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import flet as ft

from views.design import CARD, INSIDE, LINE, SURFACE, Type
from views.parts.look import known_as, text


def fold(
    identifier: str,
    title: str,
    summary: str,
    controls: Sequence[ft.Control],
    *,
    opened: bool = False,
    on_change: Callable[[bool], object] | None = None,
) -> ft.Control:
    """Draw the part, closed at first unless `opened`; what is in it is read out once it is open.

    A screen that is drawn anew while the part is open is told by `on_change`, and keeps it in `opened`.
    """

    def changed(event: ft.Event[ft.ExpansionTile]) -> None:
        if on_change:
            on_change(bool(event.data))

    edge = ft.BorderSide(1, LINE)
    shape = ft.RoundedRectangleBorder(radius=CARD, side=edge)
    return known_as(
        identifier,
        ft.ExpansionTile(
            title=ft.Row(
                [text(title, Type.SUB, expand=True), text(summary, Type.SMALL)],
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            expanded=opened,
            on_change=changed if on_change else None,
            controls=list(controls),
            bgcolor=SURFACE,
            collapsed_bgcolor=SURFACE,
            shape=shape,
            collapsed_shape=shape,
            controls_padding=ft.Padding.only(left=INSIDE, right=INSIDE, bottom=INSIDE),
            expanded_cross_axis_alignment=ft.CrossAxisAlignment.STRETCH,
            expanded_alignment=ft.Alignment.TOP_LEFT,
        ),
    )
