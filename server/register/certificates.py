"""Tells what a certificate is worth on a day, for the whole server.

Days are those of Vietnam's calendar. The first and the last day count. A withdrawal takes effect on its own day; before
that day the certificate is in force, with the day of its withdrawal told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

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
