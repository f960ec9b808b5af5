"""The product that was chosen in the list, beside it on a wide window."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from services.codes import on_the_pack
from views.design import LINE, PANEL, SURFACE
from views.parts.frame import scrolled
from views.parts.look import icon_button, known_as, main_button, text
from views.parts.places import PRODUCT
from views.parts.shell import use_shell
from views.register.gallery import Gallery
from views.register.product_view import ProductFacts, product_head, use_product


@ft.component
def ProductPane(gtin: str, width: int, close: Callable[[], object]) -> ft.Control:
    """Pictures, state and facts; a button opens the product's own page, another closes the pane."""
    shell = use_shell()
    _ = shell.texts.gettext
    shown = use_product(gtin)
    inside = width - 34
    body: list[ft.Control] = []
    foot: list[ft.Control] = []
    if shown is None:
        words = _("No product has the number {gtin} here").format(gtin=on_the_pack(gtin))
        body = [known_as("product-unknown", text(words))]
    else:
        body = [Gallery(shown.product, inside, inside * 5 // 8), *product_head(shell, shown), ProductFacts(shown)]
        page = main_button(
            _("Open the product's page"), shell.go_to(PRODUCT + shown.product.gtin), icon=ft.Icons.OPEN_IN_FULL
        )
        foot = [known_as("open-product", page)]
    closing = icon_button(ft.Icons.CLOSE, _("Close"), shell.guard(close))
    return known_as(
        "product-pane",
        ft.Container(
            ft.Column(
                [ft.Row([closing], alignment=ft.MainAxisAlignment.END), scrolled(body), *foot],
                spacing=8,
                expand=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            bgcolor=SURFACE,
            border=ft.Border.all(1, LINE),
            border_radius=PANEL,
            padding=ft.Padding.only(left=16, right=16, top=4, bottom=16),
            expand=True,
        ),
        expand=True,
    )
