"""What the register says of a product: who makes it and where, and its certificates."""

from __future__ import annotations

import flet as ft

from services.register.certificates import Today, worth
from services.register.localities import Gazetteer
from services.register.products import Certificate, Product
from views.design import Type
from views.parts.certificate_words import certificate_dates, state_chip
from views.parts.fold import fold
from views.parts.look import card, fact, known_as, text
from views.parts.place_words import place_words
from views.parts.texts import Texts
from views.parts.words import group_words


def product_facts(texts: Texts, product: Product, gazetteer: Gazetteer, today: Today) -> ft.Control:
    """Who makes it and where, and the certificate that speaks for it; older ones fold away."""
    _ = texts.gettext
    place = place_words(texts, gazetteer.place_of(product, today.day))
    speaks = worth(product.certificates, today.day).speaks
    first = [c for c in product.certificates if c is speaks or today.clock_behind]
    older = [c for c in product.certificates if c not in first]
    return ft.Column(
        [
            card(
                fact(_("Address"), product.producer.address),
                *([fact(_("Place"), place)] if place else []),
                fact(_("Group"), group_words(texts, product.group)),
                *([_says_more(texts)] if product.says_more else []),
                *([_dates_only(texts)] if product.certificates and today.clock_behind else []),
                *[_certificate(texts, certificate, today) for certificate in first],
            ),
            *(
                [
                    fold(
                        "older-certificates",
                        _("Other certificates"),
                        texts.number(len(older)),
                        [_certificate(texts, certificate, today) for certificate in older],
                    )
                ]
                if older
                else []
            ),
        ],
        spacing=12,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _certificate(texts: Texts, certificate: Certificate, today: Today) -> ft.Control:
    number = texts.gettext("Certificate {number}").format(number=certificate.number)
    state = state_chip(texts, certificate, today)
    return ft.Column(
        [
            ft.Row([text(number, Type.SUB), *([state] if state else [])], wrap=True),
            text(certificate_dates(texts, certificate), Type.SMALL),
        ],
        spacing=2,
    )


def _says_more(texts: Texts) -> ft.Control:
    _ = texts.gettext
    words = _("The register says more of this product than this version of the app can show. Update the app to see it.")
    return known_as("says-more", text(words, Type.LABEL))


def _dates_only(texts: Texts) -> ft.Control:
    """Tell why the certificates are shown without their states."""
    _ = texts.gettext
    words = _(
        "This device's date cannot be believed. Of certificates only the dates are shown: "
        "whether they are in force today cannot be said."
    )
    return known_as("dates-only", text(words, Type.LABEL))
