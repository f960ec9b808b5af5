"""Draws looks of the history as rows: the product's picture, its name, when it was, and the verdict's shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import flet as ft

from services.accounts.viewer import Viewer
from services.history.history import History, Look
from services.register.catalogue import Catalogue
from services.register.certificates import VIETNAM
from services.register.products import Product
from services.verification import Status
from services.verification.check import TYPED
from views.design import CARD, FIELD, INK_2, INSIDE, LINE, SURFACE, SURFACE_2, TONES, Tone, Type
from views.parts.look import known_as, text
from views.parts.product_picture import ProductPicture
from views.parts.question import Question
from views.parts.scanning import Scanning
from views.parts.shell import Shell
from views.parts.texts import Texts
from views.parts.verdict_words import STATUS

_PICTURE = 48


@dataclass(frozen=True)
class Seen:
    """A look, and the product that it was at where the copy has it."""

    look: Look
    product: Product | None


@dataclass(frozen=True)
class SeenPage:
    """The newest looks that were sought, and how many there are in all."""

    seen: tuple[Seen, ...]
    in_all: int


def read_looks(history: History, catalogue: Catalogue, viewer: Viewer, query: str = "", *, limit: int) -> SeenPage:
    """Read the viewer's looks, newest first, with their products."""
    found = history.find(viewer, query, limit=limit)
    return SeenPage(tuple(_with_product(catalogue, look) for look in found.looks), found.in_all)


def read_latest(history: History, catalogue: Catalogue, viewer: Viewer, count: int) -> tuple[Seen, ...]:
    """Read the latest looks, each product and each code once."""
    latest = {look.gtin or look.text: look for look in reversed(history.find(viewer, limit=8 * count).looks)}
    newest_first = sorted(latest.values(), key=lambda look: look.key, reverse=True)
    return tuple(_with_product(catalogue, look) for look in newest_first[:count])


def _with_product(catalogue: Catalogue, look: Look) -> Seen:
    return Seen(look, catalogue.product(look.gtin) if look.gtin else None)


def day_of(look: Look) -> date:
    """The day of a look in Vietnam."""
    return look.at.astimezone(VIETNAM).date()


def said_of(texts: Texts, look: Look) -> tuple[str, Tone]:
    """The word and the tone of the verdict that a look was shown."""
    if look.verdict not in STATUS:  # of a later version
        return look.said, Tone.UNKNOWN
    words, tone, _icon = STATUS[Status(look.verdict)]
    return texts.gettext(words), tone


def look_rows(
    shell: Shell,
    seen: Sequence[Seen],
    second: Callable[[Look], str],
    scanning: Scanning,
    *,
    beside: Callable[[Look], ft.Control] | None = None,
    inside: int = INSIDE,
) -> ft.Control:
    """The rows as one group; a tap leads to the verdict of now. `second` gives the second line of a row.

    `beside` stands at the end of each row, after the verdict's shape; `inside` is the room left and right.
    """
    rows: list[ft.Control] = []
    for each in seen:
        rows += [ft.Divider(height=1, color=LINE)] if rows else []
        rows.append(_row(shell, scanning, each, second(each.look), beside(each.look) if beside else None, inside))
    return ft.Column(rows, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def framed(content: ft.Control) -> ft.Control:
    """Rows with the edge of a card around them."""
    return ft.Container(
        content,
        bgcolor=SURFACE,
        border=ft.Border.all(1, LINE),
        border_radius=CARD,
        clip_behavior=ft.ClipBehavior.HARD_EDGE,
    )


def _row(
    shell: Shell, scanning: Scanning, seen: Seen, second: str, beside: ft.Control | None, inside: int
) -> ft.Control:
    look = seen.look
    said, tone = said_of(shell.texts, look)

    def open_again() -> None:
        scanning.leave(shell.page.route)
        shell.page.navigate(Question(((look.text, TYPED),)).address)

    picture: ft.Control = ProductPicture(seen.product, width=_PICTURE, radius=FIELD) if seen.product else _no_product()
    shape = ft.Icon(TONES[tone].shape, color=TONES[tone].icon, semantics_label=said)
    tile = ft.ListTile(
        leading=picture,
        title=text(look.name or look.text, Type.SUB, max_lines=2),
        subtitle=text(second, Type.SMALL),
        trailing=shape,
        content_padding=ft.Padding.only(left=inside, right=4 if beside else inside, top=4, bottom=4),
        on_click=shell.guard(open_again),
    )
    row = known_as("look-row", tile, expand=beside is not None)
    # Beside the row and not in it: a button within a button cannot be told apart by a screen reader.
    content = ft.Row([row, beside], spacing=4) if beside else row
    return ft.Container(content, key=str(look.key))


def _no_product() -> ft.Control:
    drawn = ft.Semantics(content=ft.Icon(ft.Icons.QR_CODE_2, color=INK_2), exclude_semantics=True)
    return ft.Container(
        drawn,
        width=_PICTURE,
        height=_PICTURE,
        bgcolor=SURFACE_2,
        border_radius=FIELD,
        alignment=ft.Alignment.CENTER,
    )
