"""What a product's page and the pane beside the list show of a product, from this device's copy alone."""

from __future__ import annotations

from dataclasses import dataclass

import flet as ft

from services.codes import on_the_pack
from services.register.catalogue import CopyState
from services.register.certificates import Today
from services.register.localities import Gazetteer
from services.register.neighbours import Neighbours, neighbours
from services.register.products import Producer, Product
from services.verification import Verdict
from services.verification.check import TYPED, check
from services.workspace import Workspace
from views.design import CARD, TONES, Type
from views.parts.certificate_words import certificate_dates
from views.parts.device_state import use_device_state
from views.parts.loading import use_loaded
from views.parts.look import card, fact, heading, known_as, text
from views.parts.opening import ask_to_open
from views.parts.place_words import place_words
from views.parts.places import PRODUCER, REGISTER, SCAN
from views.parts.question import Question
from views.parts.shared import use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.star_row import star_row, stars_of
from views.parts.texts import Texts
from views.parts.verdict_words import STATUS, band_line
from views.parts.words import copy_trouble, group_words
from views.register.rows import Row, row_of
from views.register.small_tiles import small_tiles

_MOST = 12
"""Small tiles in a row."""


@dataclass(frozen=True)
class Shown:
    """A product, what its certificates are worth, and what stands in the device's copy beside it."""

    product: Product
    verdict: Verdict
    copy: CopyState

    @property
    def today(self) -> Today:
        """The day by which it is judged."""
        return self.verdict.today


def use_product(gtin: str) -> Shown | None:
    """Hook: the product with this number (8 to 14 digits) in the device's copy, judged now; None: it is not there."""
    workspace, state = use_workspace(), use_device_state()
    product = workspace.catalogue.product(gtin)
    if product is None:
        return None
    verdict = check(product.gtin, TYPED, workspace.catalogue, workspace.now()).verdict
    return Shown(product, verdict, state.copy)


def product_head(shell: Shell, shown: Shown) -> list[ft.Control]:
    """Name, stars and the state of the certificate, as of the copy."""
    _, texts = shell.texts.gettext, shell.texts
    stars, once = stars_of(shown.product, shown.today)
    as_of = (
        [_("As of the copy on this device, {moment}").format(moment=texts.moment(shown.copy.as_of))]
        if shown.copy.as_of
        else []
    )
    sample = [_("Sample data")] if shown.copy.sample else []
    return [
        known_as("product-name", heading(shown.product.name, Type.HEADLINE)),
        *([star_row(texts, stars, once=once, large=True)] if stars else []),
        _state(shell, shown),
        text(" · ".join([*as_of, *sample]), Type.SMALL),
        *[text(line, Type.LABEL) for line in copy_trouble(texts, shown.copy)],
    ]


def _state(shell: Shell, shown: Shown) -> ft.Control:
    """The verdict on the number alone, as a band that leads to the whole of it."""
    word, tone, _icon = STATUS[shown.verdict.status]
    roles, said = TONES[tone], shell.texts.gettext(word)
    line = band_line(shell.texts, shown.verdict)
    words: list[ft.Control] = [text(said, Type.SUB, color=roles.on_band)]
    if line:
        words.append(text(line, color=roles.on_band))
    return ft.Semantics(
        identifier="verdict",
        label=said,
        button=True,
        container=True,
        content=ft.Container(
            ft.Row(
                [
                    ft.Icon(roles.shape, size=36, color=roles.band_icon),
                    ft.Column(words, spacing=2, expand=True),
                    ft.Icon(ft.Icons.CHEVRON_RIGHT, color=roles.on_band),
                ],
                spacing=16,
            ),
            bgcolor=roles.band,
            border_radius=CARD,
            padding=ft.Padding.symmetric(horizontal=16, vertical=12),
            ink=True,
            on_click=shell.go_to(REGISTER + Question(((shown.product.gtin, TYPED),)).address),
        ),
    )


@ft.component
def ProductFacts(shown: Shown) -> ft.Control:
    """Facts, who makes it and where to buy it, earlier certificates, and what else there is near by."""
    shell, workspace, state = use_shell(), use_workspace(), use_device_state()
    _, texts, product = shell.texts.gettext, shell.texts, shown.product
    gazetteer = Gazetteer(workspace.catalogue.register.localities)
    place = place_words(texts, gazetteer.place_of(product, shown.today.day))
    _ready, beside = use_loaded(lambda: _beside(workspace, texts, shown), [product.gtin, state.copy, texts.language])
    facts = [
        (_("Group"), group_words(texts, product.group)),
        (_("Barcode number"), on_the_pack(product.gtin)),
        (_("Place"), place),
    ]
    return ft.Column(
        [
            card(*[fact(label, value) for label, value in facts if value], *_says_more(texts, product)),
            ft.Row(
                [
                    known_as(
                        "check-pack",
                        ft.OutlinedButton(_("Check a pack"), icon=ft.Icons.QR_CODE_SCANNER, on_click=shell.go_to(SCAN)),
                    )
                ]
            ),
            _producer(shell, product.producer, len(beside.of_producer) if beside else None),
            *where_to_buy(shell, workspace, product.producer),
            *_certificates(texts, shown),
            *(_others(shell, _("By the same producer"), "same-producer", beside.of_producer) if beside else []),
            *(_others(shell, _("Made near by"), "near-by", beside.near) if beside else []),
        ],
        spacing=16,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def where_to_buy(shell: Shell, workspace: Workspace, producer: Producer) -> list[ft.Control]:
    """The producer's shops; an address of the web is asked about before it opens. Empty where there are none."""
    _ = shell.texts.gettext
    if not producer.shops:
        return []
    lines: list[ft.Control] = []
    for shop in producer.shops:
        words: list[ft.Control] = [text(shop.name), *([text(shop.address, Type.SMALL)] if shop.address else [])]
        link = [open_button(shell, workspace, shop.url)] if shop.url else []
        lines.append(ft.Row([ft.Column(words, spacing=0, expand=True), *link]))
    return [known_as("where-to-buy", card(heading(_("Where to buy")), *lines))]


def open_button(shell: Shell, workspace: Workspace, address: str) -> ft.Control:
    """A button that asks before the address opens."""
    words = shell.texts.gettext("Open …")
    return ft.TextButton(
        words, icon=ft.Icons.OPEN_IN_NEW, on_click=shell.guard(lambda: ask_to_open(shell, workspace, address))
    )


@dataclass(frozen=True)
class _Beside:
    of_producer: tuple[Row, ...]
    near: tuple[Row, ...]


def _beside(workspace: Workspace, texts: Texts, shown: Shown) -> _Beside:
    catalogue, now = workspace.catalogue, workspace.now()
    found: Neighbours = neighbours(catalogue, shown.product, shown.today.day, most=_MOST)
    gazetteer = Gazetteer(catalogue.register.localities)

    def rows(products: tuple[Product, ...]) -> tuple[Row, ...]:
        return tuple(row_of(catalogue, gazetteer, texts, product, now) for product in products)

    return _Beside(rows(found.of_producer), rows(found.near))


def _producer(shell: Shell, producer: Producer, others: int | None) -> ft.Control:
    texts = shell.texts
    below = producer.address
    if others:
        more = texts.ngettext("{count} other product", "{count} other products", others)
        below = f"{below} · {more.format(count=texts.number(others))}"
    is_known = producer.id is not None
    return known_as(
        "product-producer",
        ft.Card(
            ft.ListTile(
                leading=ft.Icon(ft.Icons.STOREFRONT),
                title=text(producer.name, Type.SUB),
                subtitle=text(below, Type.SMALL),
                trailing=ft.Icon(ft.Icons.CHEVRON_RIGHT) if is_known else None,
                on_click=shell.go_to(f"{PRODUCER}{producer.id}") if is_known else None,
            )
        ),
    )


def _certificates(texts: Texts, shown: Shown) -> list[ft.Control]:
    """Every certificate by its dates; the state of the one that speaks stands in the band."""
    _ = texts.gettext
    if not shown.product.certificates:
        return []
    lines: list[ft.Control] = []
    if shown.today.clock_behind:
        words = _(
            "This device's date cannot be believed. Of certificates only the dates are shown: "
            "whether they are in force today cannot be said."
        )
        lines.append(known_as("dates-only", text(words, Type.LABEL)))
    for certificate in shown.product.certificates:
        number = _("Certificate {number}").format(number=certificate.number)
        lines.append(ft.Column([text(number), text(certificate_dates(texts, certificate), Type.SMALL)], spacing=0))
    return [known_as("product-certificates", card(heading(_("Certificates")), *lines))]


def _others(shell: Shell, title: str, identifier: str, rows: tuple[Row, ...]) -> list[ft.Control]:
    if not rows:
        return []
    return [
        ft.Column(
            [heading(title), small_tiles(shell, identifier, rows[:_MOST])],
            spacing=8,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    ]


def _says_more(texts: Texts, product: Product) -> list[ft.Control]:
    _ = texts.gettext
    words = _("The register says more of this product than this version of the app can show. Update the app to see it.")
    return [known_as("says-more", text(words, Type.LABEL))] if product.says_more else []
