"""What an inspection is about, as it was shown: the verdict, the product, and how old the device's copy was."""

from __future__ import annotations

from datetime import datetime

import flet as ft

from services.codes import on_the_pack
from services.register.products import Product
from services.rounds.inspection import Found
from views.design import Type
from views.parts.band import Band
from views.parts.look import known_as, text
from views.parts.product_picture import ProductPicture
from views.parts.round_words import inspection_title
from views.parts.shell import Shell
from views.parts.texts import Texts
from views.parts.verdict_words import status_words

_PICTURE = 56


def verdict_band(shell: Shell, found: Found, *, square: bool = True) -> list[ft.Control]:
    """The verdict in one line; nothing where no code was judged."""
    if found.verdict is None:
        return []
    word, tone, _icon = status_words(found.verdict.status, found.verdict.reasons)
    return [Band("inspection-verdict", shell.texts.gettext(word), None, tone, shell.width, small=True, square=square)]


def subject(shell: Shell, found: Found, product: Product | None, at: datetime, *, brief: bool = False) -> ft.Control:
    """The product with its picture, who makes it, the number, and, unless `brief`, what the verdict rested on."""
    number = found.gtin or (found.codes[0].text if found.codes and found.product_name else None)
    lines = [
        text(inspection_title(shell.texts, found), Type.SUB),
        *([text(found.producer_name, Type.SMALL)] if found.producer_name else []),
        *([text(on_the_pack(number), Type.SMALL)] if number else []),
        *([] if brief else [text(words, Type.SMALL) for words in rested_on(shell.texts, found, at)]),
    ]
    words = ft.Column(list(lines), spacing=0, expand=True)
    picture = [ProductPicture(product, width=_PICTURE)] if product else []
    return known_as(
        "inspection-subject",
        ft.Row([*picture, words], spacing=12, vertical_alignment=ft.CrossAxisAlignment.START),
    )


def rested_on(texts: Texts, found: Found, at: datetime) -> list[str]:
    """As of when the verdict was, and how old the copy on this device was when the inspection was begun."""
    _ = texts.gettext
    said = []
    if found.verdict and found.verdict.as_of:
        said.append(_("Judged as of {moment}").format(moment=texts.moment(found.verdict.as_of)))
    if found.copy_as_of is None:
        return said
    days = max((at - found.copy_as_of).days, 0)
    words = texts.ngettext("this device's copy was {days} day old", "this device's copy was {days} days old", days)
    said.append(_("this device's copy was of the same day") if not days else words.format(days=texts.number(days)))
    return [" · ".join(said)] if len(said) > 1 else [said[0][:1].upper() + said[0][1:]]
