"""The card with what the register says of a product."""

from __future__ import annotations

import flet as ft

from services.register.certificates import Today
from services.register.localities import Gazetteer
from services.register.products import Certificate, Product
from views.design import Type
from views.parts.certificate_words import certificate_dates, stars_in_force, state_chip
from views.parts.look import card, fact, heading, known_as
from views.parts.place_words import place_words
from views.parts.texts import Texts
from views.parts.words import group_words


def product_card(texts: Texts, product: Product, gazetteer: Gazetteer, today: Today, *, sample: bool) -> ft.Control:
    """Show the producer, the place, and the certificates with what each is worth on the day of the verdict."""
    _ = texts.gettext
    stars = stars_in_force(product, today)
    place = place_words(texts, gazetteer.place_of(product, today.day))
    return card(
        known_as("product-name", heading(product.name, Type.TITLE)),
        *([_stars(texts, stars)] if stars else []),
        fact(_("Producer"), product.producer.name),
        fact(_("Address"), product.producer.address),
        *([fact(_("Place"), place)] if place else []),
        fact(_("Group"), group_words(texts, product.group)),
        *([_says_more(texts)] if product.says_more else []),
        *([_dates_only(texts)] if product.certificates and today.clock_behind else []),
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


def _certificate(texts: Texts, certificate: Certificate, today: Today) -> ft.Control:
    _ = texts.gettext
    number = _("Certificate {number}").format(number=certificate.number)
    state = state_chip(texts, certificate, today)
    return ft.Column(
        [
            ft.Row([ft.Text(number, weight=ft.FontWeight.W_600), *([state] if state else [])], wrap=True),
            ft.Text(certificate_dates(texts, certificate), size=13),
        ],
        spacing=2,
    )


def _says_more(texts: Texts) -> ft.Control:
    _ = texts.gettext
    words = _("The register says more of this product than this version of the app can show. Update the app to see it.")
    return known_as("says-more", ft.Text(words, size=13, weight=ft.FontWeight.W_600))


def _dates_only(texts: Texts) -> ft.Control:
    """Tell why the certificates are shown without their states."""
    _ = texts.gettext
    words = _(
        "This device's date cannot be believed. Of certificates only the dates are shown: "
        "whether they are in force today cannot be said."
    )
    return known_as("dates-only", ft.Text(words, size=13, weight=ft.FontWeight.W_600))
