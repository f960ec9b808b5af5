"""A part of a screen that folds away: its title and one word of what is in it stay."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from views.design import CARD, INSIDE, LINE, SURFACE, Type
from views.parts.look import known_as, text


def fold(
    identifier: str, title: str, summary: str, controls: Sequence[ft.Control], *, opened: bool = False
) -> ft.Control:
    """Draw the part, closed at first unless `opened`; what is in it is read out once it is open."""
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
