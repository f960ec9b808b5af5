"""Draws a record of the list as a row: what it is about, what happened, and what became of it."""

from __future__ import annotations

import flet as ft

from services.journal.journal import JournalEntry
from services.notes.note import NoteState
from services.records.kind import ROUND
from services.register.products import Product
from views.design import FIELD, INK_2, SURFACE, SURFACE_2, Tone, Type
from views.parts.look import row_button, state_label, text, tone_icon
from views.parts.product_picture import ProductPicture
from views.parts.record_words import KINDS, became_words, entry_title, found_words
from views.parts.shell import Shell
from views.parts.texts import Texts
from views.parts.verdict_words import status_words

_PICTURE = 48


def entry_row(shell: Shell, entry: JournalEntry, product: Product | None, address: str, *, chosen: bool) -> ft.Control:
    """The row of one record; it opens `address`."""
    texts = shell.texts
    happened = " · ".join(filter(None, (texts.time(entry.said.at), found_words(texts, entry), _photos(texts, entry))))
    beside = " · ".join(filter(None, (_place(entry), entry.said.text)))
    lines: list[ft.Control] = [
        text(entry_title(texts, entry, product.name if product else None), Type.SUB, max_lines=4),
        ft.Row(
            [text(happened, Type.SMALL), _marks(texts, entry)],
            wrap=True,
            spacing=12,
            run_spacing=4,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        *([text(beside, Type.SMALL, max_lines=1)] if beside else []),
    ]
    body = ft.Row(
        [_picture(texts, product, entry), ft.Column(lines, spacing=4, expand=True)],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return row_button("note-row", body, shell.go_to(address), chosen=chosen, key=f"{entry.kind}/{entry.id}")


def _place(entry: JournalEntry) -> str:
    """Where it was; a round's place is its title already."""
    return "" if entry.kind == ROUND.name else entry.said.place


def _photos(texts: Texts, entry: JournalEntry) -> str:
    """How many photos there are; once signed off, how many of them are on the server."""
    photos = len(entry.said.files)
    if not photos:
        return ""
    if entry.state is NoteState.DRAFT:
        return texts.gettext("Photos: {count}").format(count=photos)
    words = texts.ngettext("{sent} of {all} photo on the server", "{sent} of {all} photos on the server", photos)
    return words.format(sent=entry.files_sent, all=photos)


def _marks(texts: Texts, entry: JournalEntry) -> ft.Control:
    """What became of it, as quiet labels."""
    _ = texts.gettext
    words, icon, tone = became_words(texts, entry)
    marks = [state_label(words, icon, urgent=tone is Tone.CAUTION)]
    if entry.corrected_by:
        marks.append(state_label(_("Corrected"), ft.Icons.EDIT_OFF))
    elif entry.said.corrects:
        marks.append(state_label(_("Correction"), ft.Icons.EDIT))
    if entry.elsewhere:
        marks.append(state_label(_("Another device"), ft.Icons.DEVICES))
    return ft.Row(marks, wrap=True, spacing=12, run_spacing=4, tight=True)


def _picture(texts: Texts, product: Product | None, entry: JournalEntry) -> ft.Control:
    """The product's picture, with the shape of the verdict at the time in its corner."""
    icon = ft.Icons.QR_CODE_2 if entry.said.code or entry.said.gtin else KINDS[entry.kind][1]
    shown = (
        ProductPicture(product, width=_PICTURE, radius=FIELD)
        if product
        else ft.Container(ft.Icon(icon, color=INK_2), bgcolor=SURFACE_2, border_radius=FIELD)
    )
    layers: list[ft.Control] = [ft.Container(shown, width=_PICTURE, height=_PICTURE)]
    if entry.said.verdict:
        word, tone, _icon = status_words(entry.said.verdict)
        sign = ft.Container(tone_icon(tone, size=20), bgcolor=SURFACE, border_radius=FIELD, padding=2)
        told = ft.Semantics(label=texts.gettext(word), exclude_semantics=True, container=True, content=sign)
        layers.append(ft.Container(told, right=-4, bottom=-4))
    return ft.Container(ft.Stack(layers, clip_behavior=ft.ClipBehavior.NONE), width=_PICTURE + 4, height=_PICTURE + 4)
