"""Signatures that were given, or refused with a reason."""

from __future__ import annotations

from collections.abc import Iterable

import flet as ft

from services.rounds.round import Signature
from views.design import CARD, INK_2, INSIDE, LINE, PRIMARY, SURFACE, Type
from views.parts.look import known_as, line_width, text
from views.parts.round_words import ROLES
from views.parts.texts import Texts
from views.rounds.pad import drawn

_WIDTH = 120


def signature_rows(texts: Texts, signatures: Iterable[Signature]) -> list[ft.Control]:
    """A row each: as what, who, when, and the signature itself or why there is none."""
    return [signature_row(texts, signature) for signature in signatures]


def signature_row(texts: Texts, signature: Signature, *beside: ft.Control) -> ft.Control:
    """One of them, with what stands `beside` it, such as a button."""
    role = texts.gettext(ROLES.get(signature.role, signature.role))
    who = f"{signature.name} · {texts.time(signature.at)}"
    lines: list[ft.Control] = [text(role, Type.SUB), text(who, Type.SMALL)]
    if signature.refused is not None:
        lines.append(text(texts.gettext("Not signed: {reason}").format(reason=signature.refused)))
        icon, colour = ft.Icons.DO_NOT_DISTURB_ON_OUTLINED, INK_2
    else:
        icon, colour = ft.Icons.CHECK_CIRCLE, PRIMARY
    row: list[ft.Control] = [ft.Icon(icon, color=colour), ft.Column(lines, spacing=0, expand=True)]
    if signature.strokes:
        row.append(drawn(signature.strokes, _WIDTH, texts.gettext("Signature of {name}").format(name=signature.name)))
    return known_as(
        "signature",
        ft.Container(
            ft.Row([*row, *beside], spacing=12),
            bgcolor=SURFACE,
            border=ft.Border.all(line_width(), LINE),
            border_radius=CARD,
            padding=INSIDE,
        ),
    )
