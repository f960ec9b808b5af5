"""A line of a closed audit, as a row: what it is, what was found, how many."""

from __future__ import annotations

import flet as ft

from services.audits.audit import Line
from services.audits.gravity import klass
from services.codes import on_the_pack
from services.register.certificates import Today
from views.design import CARD, GAP, LINE, SURFACE, TONES, Type
from views.parts.audit_words import KLASSES, done_words, line_name, state_words
from views.parts.look import icon_button, line_width, text
from views.parts.places import PRODUCT
from views.parts.shell import Shell

_BUTTON = 48
"""As wide as the button that opens a product, so that quantities stand below each other."""


def line_row(shell: Shell, line: Line, today: Today, *extra: ft.Control, why: str = "") -> ft.Control:
    """Draw it; `extra` stands below. A product that the register names opens its page.

    `why` something is to be done stands in the place of what was found.
    """
    texts, words = shell.texts, KLASSES[klass(line, today)]
    _ = texts.gettext
    small = [
        line.product.name if line.product and line.own_name else "",
        on_the_pack(line.gtin) if line.gtin and line.name else "",
        _("good to {day}").format(day=texts.day(line.expiry)) if line.expiry else "",
        _("lot {lot}").format(lot=line.lot) if line.lot else "",
        f"{texts.number(line.price)}\u00a0₫" if line.price is not None else "",
        done_words(texts, line),
    ]
    said = " · ".join(filter(None, small))
    sign = ft.Row(
        [
            ft.Icon(words.icon, size=20, color=TONES[words.tone].icon),
            text(why or state_words(texts, line, today), Type.LABEL, expand=True),
        ],
        spacing=6,
    )
    named: list[ft.Control] = [
        text(line_name(line), Type.SUB, max_lines=2),
        sign,
        *([text(said, Type.SMALL)] if said else []),
    ]
    count = ft.Container(
        text(texts.number(line.quantity), Type.TITLE, figures=True, text_align=ft.TextAlign.END), width=48
    )
    beside: ft.Control = ft.Container(width=_BUTTON)
    if line.product and line.gtin:
        label = _("Open {name}").format(name=line_name(line))
        beside = icon_button(ft.Icons.CHEVRON_RIGHT, label, shell.go_to(f"{PRODUCT}{line.gtin}"))
    row = ft.Row(
        [ft.Column(named, spacing=2, expand=True), count, beside],
        spacing=GAP,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    content = ft.Column([row, *extra], spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Semantics(
        identifier="audit-line",
        container=True,
        key=f"line {line.n}",
        content=ft.Container(
            content,
            bgcolor=SURFACE,
            border=ft.Border.all(line_width(), LINE),
            border_radius=CARD,
            padding=12,
        ),
    )
