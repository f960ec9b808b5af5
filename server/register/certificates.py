"""Tells what a certificate is worth on a day, for the whole server.

Days are those of Vietnam's calendar. The first and the last day count. A withdrawal takes effect on its own day; before
that day the certificate is in force, with the day of its withdrawal told.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

SOON = timedelta(days=90)
"""A certificate ends soon if its last day is no farther away than this."""


class CertificateState(StrEnum):
    """What a certificate is on a day."""

    NOT_YET = "not_yet"
    IN_FORCE = "in_force"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Standing:
    """The state on a day. The other two are said of a certificate in force alone."""

    state: CertificateState
    ends_soon: bool = False
    will_be_withdrawn_on: date | None = None

    @property
    def in_force(self) -> bool:
        """Whether the certificate is in force on the day."""
        return self.state is CertificateState.IN_FORCE


def standing_on(today: date, valid_from: date, valid_to: date, withdrawn_on: date | None) -> Standing:
    """Judge the dates of a certificate, or those that a statement gives for one."""
    if withdrawn_on is not None and withdrawn_on <= today:
        return Standing(CertificateState.WITHDRAWN)
    if today < valid_from:
        return Standing(CertificateState.NOT_YET)
    if today > valid_to:
        return Standing(CertificateState.ENDED)
    return Standing(CertificateState.IN_FORCE, valid_to - today <= SOON, withdrawn_on)


def last_day(valid_to: date, withdrawn_on: date | None) -> date:
    """The last day on which a certificate is in force, as far as is known; a known withdrawal ends it earlier."""
    return valid_to if withdrawn_on is None else min(valid_to, withdrawn_on - timedelta(days=1))


class Dated(Protocol):
    """What has the dates of a certificate."""

    valid_from: date
    valid_to: date
    withdrawn_on: date | None


D = TypeVar("D", bound=Dated)


def that_counts(certificates: Iterable[D], today: date) -> D | None:
    """The one of a product's certificates that tells what the product is worth, by the rule of the app.

    Of those in force the one that ends last; where none is, the one that began last.
    """
    found = list(certificates)
    in_force = [one for one in found if standing_of(one, today).in_force]
    if in_force:
        return max(in_force, key=lambda one: last_day(one.valid_to, one.withdrawn_on))
    return max(found, key=lambda one: one.valid_from, default=None)


def standing_of(certificate: Dated, today: date) -> Standing:
    """Judge a certificate on a day."""
    return standing_on(today, certificate.valid_from, certificate.valid_to, certificate.withdrawn_on)


def last_of_36_months(first: date) -> date:
    """The last day of a certificate that begins on a day: it is valid for 36 months (Decision 148/QĐ-TTg)."""
    months = first.month - 1 + 36
    year, month = first.year + months // 12, months % 12 + 1
    return date(year, month, min(first.day, monthrange(year, month)[1])) - timedelta(days=1)


def rules_on(day: date) -> str:
    """The rules by which a product was graded on a day: 148/QĐ-TTg of 24 February 2023, or the one before it."""
    return "148/QĐ-TTg" if day >= date(2023, 2, 24) else "1048/QĐ-TTg"


def number_under(decision: str, gtin: str, *, shared: bool) -> str:
    """The number of a certificate that has none but its decision's, which other products may bear as well."""
    return f"{decision} · {gtin.removeprefix('0')}" if shared else decision
