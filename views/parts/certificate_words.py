"""The words for certificates: their dates, and their stars and states where the day is known."""

from __future__ import annotations

import flet as ft

from services.register.certificates import CertificateState, Today, standing_of, worth
from services.register.products import Certificate, Product
from views.design import Tone
from views.parts.look import chip
from views.parts.texts import Texts


def stars_in_force(product: Product, today: Today) -> int:
    """Return the most stars of a product's certificates in force; 0 where none is, or the day is not known."""
    return 0 if today.clock_behind else worth(product.certificates, today.day).stars


def state_chip(texts: Texts, certificate: Certificate, today: Today) -> ft.Control | None:
    """A certificate's state by word, icon and colour; None where the day is not known."""
    _ = texts.gettext
    if today.clock_behind:
        return None
    standing = standing_of(certificate, today.day)
    if standing.will_be_withdrawn_on:
        words = _("Valid, will be withdrawn on {day}").format(day=texts.day(standing.will_be_withdrawn_on))
        return chip(words, ft.Icons.EVENT_BUSY, Tone.CAUTION)
    match standing.state:
        case CertificateState.WITHDRAWN:
            return chip(_("Withdrawn"), ft.Icons.BLOCK, Tone.BAD)
        case CertificateState.ENDED:
            return chip(_("Ended"), ft.Icons.EVENT_BUSY, Tone.BAD)
        case CertificateState.NOT_YET:
            return chip(_("Not yet valid"), ft.Icons.SCHEDULE, Tone.UNKNOWN)
        case CertificateState.IN_FORCE:
            return chip(_("Valid"), ft.Icons.CHECK, Tone.GOOD)


def certificate_dates(texts: Texts, certificate: Certificate) -> str:
    """A certificate's stars, days and holder; where it is withdrawn or will be, also the day of that and the reason."""
    _ = texts.gettext
    words = _("{stars} stars, {start} to {end}, by {issuer}").format(
        stars=certificate.stars,
        start=texts.day(certificate.valid_from),
        end=texts.day(certificate.valid_to),
        issuer=certificate.issuer,
    )
    if certificate.withdrawn_on:
        words += ". " + _("Day of its withdrawal: {day}").format(day=texts.day(certificate.withdrawn_on))
        told = certificate.withdrawn_reason
        if texts.language == "en":
            told = certificate.withdrawn_reason_en or told
        why = told or _("the register gives none")
        words += ". " + _("Reason: {why}").format(why=why)
    return words
