"""The page of a product in the app: what the register says of it, to look at, to check a pack by, and to share."""

from __future__ import annotations

import flet as ft

from services.codes import on_the_pack
from views.design import EDGE, Type
from views.parts.frame import panes, screen, scrolled
from views.parts.look import keyed, known_as, square_button, text
from views.parts.places import PRODUCT, REGISTER, SCAN
from views.parts.shell import Shell, use_shell
from views.register.gallery import Gallery
from views.register.product_view import ProductFacts, Shown, product_head, use_product
from views.register.sharing import server_page, sharing_foot

_LARGE, _HIGH = 620, 300
"""Logical pixels of the picture on a wide window, at most."""


@ft.component
def ProductScreen() -> ft.View:
    """Pictures, state, facts and neighbours of the product in the address; calm words for an unknown number."""
    shell = use_shell()
    gtin = ft.use_route_params().get("gtin", "")
    shown = use_product(gtin)
    return _unknown(shell, gtin) if shown is None else _known(shell, shown)


def _known(shell: Shell, shown: Shown) -> ft.View:
    _, product = shell.texts.gettext, shown.product
    width = int((shell.page.width or 412) - 2 * EDGE[shell.width])
    foot = [_foot(shell, shown)]
    route, head = PRODUCT + product.gtin, product_head(shell, shown)
    facts = keyed(f"facts {product.gtin}", ProductFacts, shown)
    gallery = f"pictures {product.gtin}"
    if not shell.wide:
        body: list[ft.Control] = [keyed(gallery, Gallery, product, width, min(width * 5 // 8, 360)), *head, facts]
        return screen(shell, route, _("Product"), body, bottom=foot)
    pictures = scrolled([keyed(gallery, Gallery, product, _LARGE, _HIGH), *head])
    body = [panes(shell, pictures, scrolled([facts]))]
    return screen(shell, route, _("Product"), body, scroll=False, full=True, bottom=foot)


def _foot(shell: Shell, shown: Shown) -> ft.Control:
    """Report, copy, and share: the page's main action."""
    gtin = shown.product.gtin
    report = square_button(
        ft.Icons.FLAG_OUTLINED,
        shell.texts.gettext("Report something suspicious"),
        shell.go_to(f"/report?gtin={gtin}"),
    )
    address = server_page(shown.copy, PRODUCT + gtin)
    return sharing_foot(shell, address, shown.product.name, [known_as("report-product", report)])


def _unknown(shell: Shell, gtin: str) -> ft.View:
    _ = shell.texts.gettext
    return screen(
        shell,
        PRODUCT + gtin,
        _("Product"),
        [
            known_as(
                "product-unknown",
                text(_("No product has the number {gtin} here").format(gtin=on_the_pack(gtin)), Type.TITLE),
            ),
            text(_("This device's copy of the register does not have it. Most goods are no OCOP products.")),
            ft.Row(
                [
                    ft.FilledButton(_("Scan a code"), icon=ft.Icons.QR_CODE_SCANNER, on_click=shell.go_to(SCAN)),
                    ft.OutlinedButton(_("Look up products"), icon=ft.Icons.SEARCH, on_click=shell.go_to(REGISTER)),
                ],
                wrap=True,
                spacing=8,
            ),
        ],
    )
