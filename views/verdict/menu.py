"""What else can be done with a verdict: share the product's page, report, compare."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from services.client.registry import Registry
from services.verification.check import CheckedCode
from views.parts.look import icon_button, known_as
from views.parts.product_page import offer_page, page_of
from views.parts.product_picture import picture_of
from views.parts.question import Question
from views.parts.shell import Shell
from views.verdict.foot import report_address


def verdict_menu(shell: Shell, registry: Registry | None, question: Question, named: CheckedCode) -> list[ft.Control]:
    """The bar's Share, where the product has a page, and its menu."""
    _ = shell.texts.gettext
    product = named.product
    page = page_of(registry, product.gtin) if product else None
    items: list[ft.PopupMenuItem] = []
    share: list[ft.Control] = []

    def item(words: str, icon: ft.IconData, on_click: Callable[[], object]) -> None:
        items.append(ft.PopupMenuItem(words, icon=icon, on_click=shell.guard(on_click)))

    if product and page:
        name, address = product.name, page

        def offer() -> None:
            offer_page(shell, name, address)

        share = [known_as("share", icon_button(ft.Icons.SHARE, _("Share this product"), shell.guard(offer)))]
        item(_("Copy the address of its page"), ft.Icons.CONTENT_COPY, offer)
    if product and picture_of(product, "label"):
        item(_("Compare with the registered label"), ft.Icons.COMPARE, lambda: shell.page.navigate(question.comparison))
    item(
        _("Report something suspicious"),
        ft.Icons.FLAG_OUTLINED,
        lambda: shell.page.navigate(report_address(question, named.gtin)),
    )
    more = ft.PopupMenuButton(
        items=items, icon=ft.Icon(ft.Icons.MORE_VERT, semantics_label=_("More")), tooltip=_("More")
    )
    return [*share, known_as("more", more)]
