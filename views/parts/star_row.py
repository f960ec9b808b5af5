"""A product's stars: those of the certificate in force, or hollow ones where it has ended or was withdrawn."""

from __future__ import annotations

import flet as ft

from services.register.certificates import Today, worth
from services.register.products import Product
from views.design import INK_2, STAR, Type
from views.parts.look import text
from views.parts.texts import Texts


def stars_of(product: Product, today: Today) -> tuple[int, bool]:
    """How many stars are shown, and whether they are hollow because the product only once had them.

    There are none where there was no certificate yet, or where the day is not known.
    """
    judged = worth(product.certificates, today.day)
    if today.clock_behind or judged.speaks is None:
        return 0, False
    if judged.stars:
        return judged.stars, False
    return (judged.speaks.stars, True) if judged.speaks.valid_from <= today.day else (0, False)


def star_row(texts: Texts, stars: int, *, once: bool, large: bool = False) -> ft.Control:
    """Draw stars with their number in words beside them; a screen reader hears one sentence."""
    _ = texts.gettext
    said = (_("Once had {stars} stars") if once else _("{stars} OCOP stars")).format(stars=stars)
    words = (_("once {stars} stars") if once else _("{stars} stars")).format(stars=stars)
    side = 24 if large else 16
    icon, colour = (ft.Icons.STAR_BORDER, INK_2) if once else (ft.Icons.STAR, STAR)
    return ft.Semantics(
        label=said,
        exclude_semantics=True,
        content=ft.Row(
            [
                ft.Row([ft.Icon(icon, color=colour, size=side) for _star in range(stars)], spacing=1, tight=True),
                text(words, Type.LABEL),
            ],
            spacing=6,
            run_spacing=0,
            wrap=True,
        ),
    )
