"""Products in a list: tiles with their pictures, or the rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import flet as ft

from services.register.lookup import By, Order
from services.verification import Status
from services.wording import mark
from views.design import CARD, CHOSEN, GAP, INK_2, LINE, PILL, STAR, SURFACE, TEXT_STYLES, TONES, Type
from views.parts.look import keyed, known_as, text, tone_colours
from views.parts.product_picture import ProductPicture
from views.parts.shell import use_shell
from views.parts.star_row import star_row
from views.parts.texts import Texts
from views.parts.verdict_words import STATUS
from views.register.rows import Row

Open = Callable[[str], object]
"""Opens the product with this GTIN; the same function at each drawing."""

_NARROW, _LEAST_TILE, _LEAST_WIDE_TILE = 600, 150, 190
_PICTURE = 44
_STARS, _ENDS, _STATE, _PLACE = 76, 112, 168, 200
_BETWEEN, _ASIDE, _HEAD = 12, 24, 4
_ALL_COLUMNS, _MOST_COLUMNS = 820, 520
"""Logical pixels: from the first on a table has every column, from the second the state's words too."""

_SHORT: dict[Status, str] = {
    Status.CERTIFIED: mark("Valid"),
    Status.EXPIRES_SOON: mark("Ends soon"),
    Status.EXPIRED: mark("Ended"),
    Status.WITHDRAWN: mark("Withdrawn"),
    Status.NOT_CERTIFIED: mark("Not certified"),
    Status.CLOCK_WRONG: mark("Date unknown"),
    Status.COPY_TOO_OLD: mark("Copy too old"),
}


@dataclass(frozen=True)
class Around:
    """What the drawn lists need of the person's app; a list is drawn anew where one of these is another.

    `client` is the shell's: for a client that connects again, everything is drawn anew.
    """

    texts: Texts
    client: int
    guard: Callable[[Callable[[], object]], Callable[[], object]] = field(compare=False)


def use_around() -> Around:
    """Hook: what a component hands to its lists."""
    shell = use_shell()
    return Around(shell.texts, shell.client, shell.guard)


def columns_in(width: float) -> int:
    """How many tiles stand beside each other in a list that is so many logical pixels wide."""
    least = _LEAST_TILE if width < _NARROW else _LEAST_WIDE_TILE
    return max(1, int((width + GAP) // (least + GAP)))


def tile_rows(around: Around, rows: Sequence[Row], width: float, open_it: Open) -> list[ft.Control]:
    """Tiles, as many beside each other as there is room for. What is drawn already is not drawn again."""
    columns = columns_in(width)
    across = int((width - GAP * (columns - 1)) // columns)
    lines = (tuple(rows[start : start + columns]) for start in range(0, len(rows), columns))
    return [
        keyed(f"{line[0].product.gtin} {columns}", _TILES, around, line, across, columns, open_it) for line in lines
    ]


@ft.component
def _Tiles(around: Around, rows: tuple[Row, ...], across: int, columns: int, open_it: Open) -> ft.Control:
    rest = [ft.Container(expand=True) for _gap in range(columns - len(rows))]
    return ft.Row(
        [*(_tile(around, row, across, open_it) for row in rows), *rest],
        spacing=GAP,
        intrinsic_height=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


_TILES = ft.memo(_Tiles)  # type: ignore[no-untyped-call]


def _tile(around: Around, row: Row, width: int, open_it: Open) -> ft.Control:
    texts, gtin = around.texts, row.product.gtin
    return known_as(
        "register-row",
        ft.Card(
            ft.ListTile(
                title=ft.Column(
                    [
                        ProductPicture(row.product, width=width, height=width * 7 // 10, radius=0),
                        ft.Container(
                            ft.Column(
                                [
                                    text(row.product.name, Type.SUB, max_lines=4),
                                    *([star_row(texts, row.stars, once=row.once)] if row.stars else []),
                                    text(_below(row), Type.SMALL, max_lines=3),
                                    *([text(row.dates, Type.SMALL)] if row.dates else []),
                                    _state(texts, row.status),
                                ],
                                spacing=4,
                            ),
                            padding=ft.Padding.only(left=12, right=12, top=8, bottom=12),
                        ),
                    ],
                    spacing=0,
                ),
                title_alignment=ft.ListTileTitleAlignment.TOP,
                content_padding=0,
                min_vertical_padding=0,
                on_click=around.guard(lambda: open_it(gtin)),
            ),
            margin=0,
            variant=ft.CardVariant.OUTLINED,
            clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        ),
        key=row.product.gtin,
        expand=True,
    )


def table_head(texts: Texts, width: float, order: Order, sort: Callable[[Order], Callable[[], object]]) -> ft.Control:
    """The heads of the table's columns; a click sorts by one, a second click the other way round."""
    _ = texts.gettext

    def head(by: By, words: str, across: int | None) -> ft.Control:
        sorted_by = order.by is by
        turned = Order(by, not order.descending if sorted_by else by is By.STARS)
        arrow = ft.Icons.ARROW_DOWNWARD if order.descending else ft.Icons.ARROW_UPWARD
        way = _("descending") if order.descending else _("ascending")
        return ft.Container(
            known_as(
                f"sort-{by}",
                ft.TextButton(
                    content=ft.Row(
                        [
                            ft.Text(words, theme_style=TEXT_STYLES[Type.LABEL]),
                            *([ft.Icon(arrow, size=16, semantics_label=way)] if sorted_by else []),
                        ],
                        spacing=2,
                        tight=True,
                    ),
                    on_click=sort(turned),
                    style=ft.ButtonStyle(padding=ft.Padding.symmetric(horizontal=_HEAD)),
                ),
            ),
            width=across,
            expand=across is None,
            alignment=ft.Alignment.CENTER_LEFT,
        )

    return ft.Container(
        ft.Row(
            [
                head(By.NAME, _("Product"), None),
                *([head(By.PLACE, _("Place"), _PLACE)] if width >= _ALL_COLUMNS else []),
                head(By.STARS, _("Stars"), _STARS),
                *([head(By.END, _("To the end of"), _ENDS)] if width >= _MOST_COLUMNS else []),
                ft.Container(
                    ft.Text(_("Certificate"), theme_style=TEXT_STYLES[Type.LABEL]) if width >= _ALL_COLUMNS else None,
                    width=_STATE if width >= _ALL_COLUMNS else _ASIDE,
                ),
            ],
            spacing=_BETWEEN,
        ),
        padding=ft.Padding.only(left=_BETWEEN + _PICTURE + _BETWEEN - _HEAD, right=_BETWEEN),
        border=ft.Border.only(bottom=ft.BorderSide(1, LINE)),
    )


def table_rows(
    around: Around, rows: Sequence[Row], width: float, chosen: str | None, open_it: Open
) -> list[ft.Control]:
    """Products as rows of the table; a narrow one has fewer columns. What is drawn already is not drawn again."""
    return [
        keyed(row.product.gtin, _TABLE_ROW, around, row, width, row.product.gtin == chosen, open_it) for row in rows
    ]


@ft.component
def _TableRow(around: Around, row: Row, width: float, chosen: bool, open_it: Open) -> ft.Control:
    texts, gtin = around.texts, row.product.gtin
    word, tone, icon = STATUS[row.status]
    every = width >= _ALL_COLUMNS
    said = texts.gettext(word)
    below = row.product.producer.name if every else _below(row)
    return known_as(
        "register-row",
        ft.ListTile(
            title=ft.Row(
                [
                    ProductPicture(row.product, width=_PICTURE),
                    ft.Column(
                        [
                            text(row.product.name, Type.SUB, max_lines=3),
                            text(below, Type.SMALL, max_lines=2),
                            *([text(row.dates, Type.SMALL)] if row.dates else []),
                        ],
                        spacing=0,
                        expand=True,
                    ),
                    *([_cell(text(row.place), _PLACE)] if every else []),
                    _cell(_short_stars(texts, row), _STARS),
                    *([_cell(text(row.ends, figures=True), _ENDS)] if width >= _MOST_COLUMNS else []),
                    _state(texts, row.status, width=_STATE)
                    if every
                    else ft.Icon(icon, color=TONES[tone].icon, semantics_label=said, size=_ASIDE, tooltip=said),
                ],
                spacing=_BETWEEN,
            ),
            bgcolor=CHOSEN if chosen else SURFACE,  # `selected` would put Flutter's own colour over it
            content_padding=ft.Padding.symmetric(horizontal=_BETWEEN, vertical=4),
            shape=ft.RoundedRectangleBorder(radius=CARD),
            on_click=around.guard(lambda: open_it(gtin)),
        ),
        key=row.product.gtin,
    )


_TABLE_ROW = ft.memo(_TableRow)  # type: ignore[no-untyped-call]


def _below(row: Row) -> str:
    return " · ".join(part for part in (row.product.producer.name, row.place) if part)


def _state(texts: Texts, status: Status, width: int | None = None) -> ft.Control:
    """The state in few words, which wrap where the tile is narrow; a screen reader hears the whole."""
    _ = texts.gettext
    word, tone, icon = STATUS[status]
    ground, colour = tone_colours(tone)
    said = ft.Text(
        _(_SHORT.get(status, word)),
        theme_style=TEXT_STYLES[Type.LABEL],
        color=colour,
        weight=ft.FontWeight.W_600,
        semantics_label=_(word),
        expand=True,
        expand_loose=True,
    )
    chip = ft.Container(
        ft.Row([ft.Icon(icon, size=18, color=colour), said], spacing=6, tight=True),
        bgcolor=ground,
        border_radius=PILL,
        padding=ft.Padding.only(left=6, right=8, top=3, bottom=3),
    )
    return ft.Container(chip, width=width, alignment=ft.Alignment.CENTER_LEFT)


def _short_stars(texts: Texts, row: Row) -> ft.Control | None:
    """One star and the number; a screen reader hears the sentence."""
    _ = texts.gettext
    if not row.stars:
        return None
    said = (_("Once had {stars} stars") if row.once else _("{stars} OCOP stars")).format(stars=row.stars)
    icon, colour = (ft.Icons.STAR_BORDER, INK_2) if row.once else (ft.Icons.STAR, STAR)
    shown = ft.Row([ft.Icon(icon, size=18, color=colour), text(str(row.stars), figures=True)], spacing=4, tight=True)
    return ft.Semantics(label=said, exclude_semantics=True, content=shown)


def _cell(content: ft.Control | None, width: int) -> ft.Control:
    """A cell whose content stands below the words of its head."""
    return ft.Container(content, width=width, padding=ft.Padding.only(left=_HEAD))
