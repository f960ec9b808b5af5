"""What the register says of a product."""

from __future__ import annotations

from datetime import date, datetime

import flet as ft

from services.register.localities import Gazetteer
from services.register.products import Certificate, Product
from services.verification import VIETNAM
from views.parts.look import card, chip, fact, known_as
from views.parts.place_words import place_words
from views.parts.texts import Texts
from views.parts.words import GROUPS, Tone


def product_card(texts: Texts, product: Product, gazetteer: Gazetteer, now: datetime, *, sample: bool) -> ft.Control:
    """Whose product it is, from where, and its certificates with what each is worth today."""
    _ = texts.gettext
    today = now.astimezone(VIETNAM).date()
    standing = [c for c in product.certificates if not c.withdrawn_on and c.valid_from <= today <= c.valid_to]
    stars = max((c.stars for c in standing), default=0)
    place = place_words(texts, gazetteer.place_of(product, today))
    return card(
        known_as("product-name", ft.Text(product.name, size=20, weight=ft.FontWeight.W_600)),
        *([_stars(texts, stars)] if stars else []),
        fact(_("Producer"), product.producer.name),
        fact(_("Address"), product.producer.address),
        *([fact(_("Place"), place)] if place else []),
        fact(_("Group"), _(GROUPS.get(product.group, product.group))),
        *[_certificate(texts, c, today) for c in product.certificates],
        *([ft.Text(_("Sample data"), size=12, weight=ft.FontWeight.W_600)] if sample else []),
    )


def _stars(texts: Texts, stars: int) -> ft.Control:
    words = texts.gettext("{stars} OCOP stars").format(stars=stars)
    return ft.Semantics(
        label=words,
        exclude_semantics=True,
        content=ft.Row(
            [
                ft.Row([ft.Icon(ft.Icons.STAR, color="#F5A400", size=20) for _star in range(stars)], spacing=2),
                ft.Text(words),
            ],
            spacing=8,
        ),
    )


def _certificate(texts: Texts, certificate: Certificate, today: date) -> ft.Control:
    _ = texts.gettext
    if certificate.withdrawn_on:
        state = chip(_("Withdrawn"), ft.Icons.BLOCK, Tone.BAD)
    elif certificate.valid_to < today:
        state = chip(_("Ended"), ft.Icons.EVENT_BUSY, Tone.BAD)
    elif certificate.valid_from > today:
        state = chip(_("Not yet valid"), ft.Icons.SCHEDULE, Tone.UNKNOWN)
    else:
        state = chip(_("Valid"), ft.Icons.CHECK, Tone.GOOD)
    return ft.Column(
        [
            ft.Row(
                [
                    ft.Text(_("Certificate {number}").format(number=certificate.number), weight=ft.FontWeight.W_600),
                    state,
                ],
                wrap=True,
            ),
            ft.Text(
                _("{stars} stars, {start} to {end}, by {issuer}").format(
                    stars=certificate.stars,
                    start=texts.day(certificate.valid_from),
                    end=texts.day(certificate.valid_to),
                    issuer=certificate.issuer,
                ),
                size=13,
            ),
        ],
        spacing=2,
    )
