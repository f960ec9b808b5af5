"""The third area of a wide window: the registered label, and what was looked at last."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import flet as ft

from services.codes import on_the_pack
from services.history.history import Look
from services.register.products import Product
from services.verification.check import TYPED
from views.design import CARD
from views.parts.device_state import use_device_state
from views.parts.loading import use_loaded
from views.parts.look import card, heading, keyed, known_as, text, tone_icon
from views.parts.product_picture import ProductPicture, picture_of
from views.parts.question import Question, show_further
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.verdict_words import status_words

WIDTH = 300
"""Of the third area, in logical pixels."""

_LAST = 5
_INSIDE = WIDTH - 2 * 16


def label_card(shell: Shell, product: Product, on_compare: Callable[[], object]) -> list[ft.Control]:
    """The registered label with the way to compare it; nothing where the register has no picture of it."""
    _ = shell.texts.gettext
    if picture_of(product, "label") is None:
        return []
    compare = ft.TextButton(_("Compare"), icon=ft.Icons.COMPARE, on_click=shell.guard(on_compare))
    return [
        known_as(
            "registered-label",
            card(
                ft.Row([ft.Container(heading(_("Registered label")), expand=True), compare]),
                keyed(
                    product.gtin,
                    ProductPicture,
                    product,
                    "label",
                    _INSIDE,
                    height=_INSIDE * 5 // 4,
                    fit=ft.BoxFit.CONTAIN,
                    radius=CARD,
                ),
            ),
        )
    ]


@ft.component
def LastLooks(address: str) -> ft.Control:
    """The person's last looks, newest first, as the history has them; each leads to its verdict."""
    shell, viewer, device = use_shell(), use_device_state().viewer, use_device()
    _ = shell.texts.gettext
    changed, set_changed = ft.use_state(0)

    async def redraw() -> None:
        set_changed(lambda count: count + 1)

    def watch() -> Callable[[], None]:
        return device.history.subscribe(lambda: shell.page.run_task(redraw))

    _use_subscription(watch)
    _ready, found = use_loaded(lambda: device.history.find(viewer, limit=_LAST).looks, [address, changed, viewer])
    if not found:
        return ft.Container()
    return known_as(
        "last-looks", card(heading(_("Looked at last")), *(keyed(str(look.key), _Row, look) for look in found))
    )


def _use_subscription(watch: Callable[[], Callable[[], None]]) -> None:
    """Hook: be told of changes as long as the component is shown."""
    left = ft.use_ref(cast("list[Callable[[], None]]", []))

    def begin() -> None:
        left.current = [watch()]

    def end() -> None:
        for leave in left.current or ():
            leave()

    ft.use_effect(begin, [], cleanup=end)


@ft.component
def _Row(look: Look) -> ft.Control:
    shell, workspace = use_shell(), use_workspace()
    product = workspace.catalogue.product(look.gtin) if look.gtin else None
    _word, tone, _icon = status_words(look.verdict)
    again = Question(((look.text, TYPED),))
    return ft.ListTile(
        leading=ProductPicture(product, width=44, radius=10) if product else None,
        title=text(look.name or on_the_pack(look.gtin or "") or look.text, max_lines=2),
        subtitle=ft.Text(f"{look.said}, {shell.texts.clock(look.at)[:5]}"),
        trailing=tone_icon(tone),
        content_padding=0,
        on_click=shell.guard(lambda: show_further(shell.page, again)),
    )
