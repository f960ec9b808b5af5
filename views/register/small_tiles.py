"""Products in a row of small tiles that scrolls sideways, each a picture, a name and its state."""

from __future__ import annotations

from collections.abc import Iterable

import flet as ft

from views.design import TONES, Type
from views.parts.look import known_as, text
from views.parts.places import PRODUCT
from views.parts.product_picture import ProductPicture
from views.parts.shell import Shell
from views.parts.verdict_words import STATUS
from views.register.rows import Row

_ACROSS, _HIGH = 136, 104


def small_tiles(shell: Shell, identifier: str, rows: Iterable[Row]) -> ft.Control:
    """Draw them; a tap opens the product's page."""
    tiles: list[ft.Control] = [_tile(shell, row) for row in rows]
    return known_as(
        identifier,
        ft.Row(
            tiles,
            spacing=8,
            scroll=ft.ScrollMode.AUTO,
            intrinsic_height=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    )


def _tile(shell: Shell, row: Row) -> ft.Control:
    word, tone, icon = STATUS[row.status]
    said = shell.texts.gettext(word)
    return ft.Card(
        ft.ListTile(
            title=ft.Column(
                [
                    ProductPicture(row.product, width=_ACROSS, height=_HIGH, radius=0),
                    ft.Container(
                        ft.Row(
                            [
                                ft.Icon(icon, size=18, color=TONES[tone].icon, semantics_label=said),
                                text(row.product.name, Type.SMALL, max_lines=3, expand=True),
                            ],
                            spacing=6,
                            vertical_alignment=ft.CrossAxisAlignment.START,
                        ),
                        padding=8,
                    ),
                ],
                spacing=0,
            ),
            title_alignment=ft.ListTileTitleAlignment.TOP,
            content_padding=0,
            min_vertical_padding=0,
            on_click=shell.go_to(PRODUCT + row.product.gtin),
        ),
        width=_ACROSS,
        margin=0,
        variant=ft.CardVariant.OUTLINED,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        key=row.product.gtin,
    )
