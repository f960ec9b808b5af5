"""The product, directly below the verdict's word: its picture, its name, its stars, and who makes it."""

from __future__ import annotations

import math
from collections.abc import Callable

import flet as ft

from services.register.certificates import Today
from services.register.products import Product
from views.design import INK_2, STAR, Type
from views.parts.look import heading, keyed, known_as, text
from views.parts.product_picture import ProductPicture, picture_of
from views.parts.room import use_room
from views.parts.shell import use_shell
from views.parts.star_row import stars_of
from views.parts.texts import Texts

_BESIDE = 330
"""So much room lets the picture stand beside the name."""

_SMALL, _LARGE = 104, 220
_ROOM_FOR_LARGE = 600


@ft.component
def ProductHead(
    product: Product, today: Today, place: str | None, sample: bool, on_compare: Callable[[], object], stacked: bool
) -> ft.Control:
    """Draw the product; the picture stands above the name if it is `stacked`, or where there is little room for text.

    `place` is where it is made, in short.
    """
    shell = use_shell()
    texts, _ = shell.texts, shell.texts.gettext
    room, measured = use_room()
    above = stacked or room < _BESIDE
    width, height = _size(room, stacked=stacked)
    picture = keyed(f"{product.gtin}-{width}", ProductPicture, product, None, width, height=height)
    words: list[ft.Control] = [
        known_as("product-name", heading(product.name, Type.TITLE)),
        *stars(texts, product, today),
        text(product.producer.name, Type.SMALL),
        *([text(place, Type.SMALL)] if place else []),
        *([text(_("Sample data"), Type.LABEL)] if sample else []),
    ]
    column = ft.Column(words, spacing=4, expand=not above)
    compare: list[ft.Control] = []
    if picture_of(product, "label"):
        button = ft.FilledTonalButton(
            _("Compare with the registered label"), icon=ft.Icons.COMPARE, on_click=shell.guard(on_compare)
        )
        compare = [known_as("compare-label", button)]
    shown: ft.Control = (
        ft.Column([picture, column], spacing=12)
        if above
        else ft.Row([picture, column], spacing=16, vertical_alignment=ft.CrossAxisAlignment.START)
    )
    return measured(ft.Column([shown, *compare], spacing=16, horizontal_alignment=ft.CrossAxisAlignment.STRETCH))


def _size(room: float, *, stacked: bool) -> tuple[int, int]:
    """The picture's width and height. A `stacked` one is as high as its width asks for, so that a pack is whole.

    >>> _size(380, stacked=False), _size(640, stacked=False), _size(640, stacked=True)
    ((104, 104), (220, 220), (640, 426))
    """
    side = _LARGE if stacked or (math.isfinite(room) and room >= _ROOM_FOR_LARGE) else _SMALL
    if not stacked or not math.isfinite(room):
        return side, side
    width = max(side, int(room))
    return width, width * 2 // 3


def stars(texts: Texts, product: Product, today: Today) -> list[ft.Control]:
    """The stars of the certificate in force; hollow those that it once had. None where the day is not known."""
    stars, once = stars_of(product, today)
    if not stars:
        return []
    words = (texts.gettext("Once had {stars} stars") if once else texts.gettext("{stars} OCOP stars")).format(
        stars=stars
    )
    icon, colour = (ft.Icons.STAR_BORDER, INK_2) if once else (ft.Icons.STAR, STAR)
    return [
        ft.Semantics(
            label=words,
            exclude_semantics=True,
            content=ft.Row(
                [
                    ft.Row([ft.Icon(icon, color=colour, size=20) for _star in range(stars)], spacing=1, tight=True),
                    text(words),
                ],
                spacing=8,
                wrap=True,
            ),
        )
    ]
