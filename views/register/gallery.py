"""A product's pictures: the chosen one large, the others small below it."""

from __future__ import annotations

from dataclasses import replace

import flet as ft

from services.register.products import Product
from views.design import CARD, LINE, PILL, PRIMARY, Type
from views.parts.look import keyed, known_as, text
from views.parts.product_picture import ProductPicture, picture_words
from views.parts.shell import use_texts

_SMALL = 64
_WIDEST = 1.7
"""Width by height up to which a place may be filled: of a picture in a wider one too little would be left."""


@ft.component
def Gallery(product: Product, width: int, height: int) -> ft.Control:
    """Up to five pictures in a place of so many logical pixels; without any, the drawing of the product's group."""
    texts = use_texts()
    index, choose = ft.use_state(0)
    pictures = product.pictures
    at = min(index, max(0, len(pictures) - 1))

    def only(number: int) -> Product:
        return replace(product, pictures=pictures[number : number + 1])

    def small(number: int) -> ft.Control:
        return ft.Container(
            keyed(f"small {pictures[number].sha256}", ProductPicture, only(number), width=_SMALL, radius=PILL),
            border=ft.Border.all(3 if number == at else 1, PRIMARY if number == at else LINE),
            border_radius=CARD,
            padding=2,
            ink=True,
            on_click=lambda: choose(number),
            tooltip=picture_words(texts, product, pictures[number]),
        )

    is_label = bool(pictures) and pictures[at].shows == "label"  # whose edges may bear what one looks for
    fit = ft.BoxFit.CONTAIN if is_label or width > _WIDEST * height else ft.BoxFit.COVER
    large = keyed(f"large {at}", ProductPicture, only(at), width=width, height=height, fit=fit, radius=CARD)
    if len(pictures) < 2:
        return large
    count = texts.gettext("Picture {number} of {all}").format(number=at + 1, all=len(pictures))
    return ft.Column(
        [
            large,
            known_as(
                "product-pictures",
                ft.Row(
                    [
                        ft.Row([small(number) for number in range(len(pictures))], spacing=8, wrap=True, expand=True),
                        text(count, Type.SMALL),
                    ]
                ),
            ),
        ],
        spacing=8,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
