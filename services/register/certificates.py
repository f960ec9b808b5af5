"""Tells what day it is believed to be in Vietnam, and what certificates are worth on a day, for the whole app.

Days are those of Vietnam's calendar. The first and the last day count. A withdrawal takes effect on its own day; before
that day the certificate is in force, with the day of its withdrawal told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from services.register.products import Certificate

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
SOON = timedelta(days=90)
"""A certificate this close to its last day expires soon: renewing takes about a quarter of a year."""
_CLOCKS_DIFFER = timedelta(days=1)

Day = TypeVar("Day", date, str)
"""A day, or its text in ISO 8601: both stand in the same order, so one rule holds for both and no text is parsed."""


@dataclass(frozen=True)
class Today:
    """The day that it is believed to be.

    `moment` is the latest time that is known to have been reached, and `day` its day in Vietnam. With `clock_behind`
    the device's clock is behind that time, so the true day is not known: `day` is the earliest possible.
    """

    moment: datetime
    day: date
    clock_behind: bool


def believed_today(now: datetime, *passed: datetime | None) -> Today:
    """Tell the day by the best clock there is and by moments that are known to have passed (None is ignored).

    All are aware times.
    """
    moment = max([now, *(one for one in passed if one)])
    return Today(moment, moment.astimezone(VIETNAM).date(), moment - now > _CLOCKS_DIFFER)


class CertificateState(StrEnum):
    """What a certificate is on a day."""

    NOT_YET = "not_yet"
    IN_FORCE = "in_force"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Standing:
    """The state on a day. `ends_soon` and `will_be_withdrawn_on` are set for a certificate in force only."""

    state: CertificateState
    ends_soon: bool = False
    will_be_withdrawn_on: date | None = None


def standing_on(today: date, valid_from: date, valid_to: date, withdrawn_on: date | None) -> Standing:
    """Judge the dates of a certificate, or those that a statement gives for one."""
    state = _state(today, valid_from, valid_to, withdrawn_on)
    if state is not CertificateState.IN_FORCE:
        return Standing(state)
    return Standing(state, valid_to <= soon_after(today), withdrawn_on)


def standing_of(certificate: Certificate, today: date) -> Standing:
    """Judge one certificate."""
    return standing_on(today, certificate.valid_from, certificate.valid_to, certificate.withdrawn_on)


def soon_after(today: date) -> date:
    """Return the last day that counts as soon."""
    return today + min(SOON, date.max - today)


class ProductState(StrEnum):
    """What a product's certificates are worth on a day. NOT_CERTIFIED: there is none, or the last has yet to begin."""

    CERTIFIED = "certified"
    ENDS_SOON = "ends_soon"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    NOT_CERTIFIED = "not_certified"


@dataclass(frozen=True)
class Worth:
    """What all certificates of a product are worth together.

    `speaks` is the certificate that decides, or None: of those in force the one that lasts longest, else the last to
    begin.
    """

    state: ProductState
    speaks: Certificate | None
    in_force: tuple[Certificate, ...]

    @property
    def stars(self) -> int:
        """The most stars of the certificates in force; 0 where none is."""
        return max((certificate.stars for certificate in self.in_force), default=0)


def worth(certificates: Sequence[Certificate], today: date) -> Worth:
    """Judge all certificates of a product."""
    terms = [(c.valid_from, c.valid_to, c.withdrawn_on) for c in certificates]
    state, speaks, in_force = _judge(terms, today, soon_after(today))
    return Worth(state, None if speaks is None else certificates[speaks], tuple([certificates[n] for n in in_force]))


def worth_of_rows(rows: Sequence[Mapping[str, Any]], today: str, soon: str) -> tuple[ProductState, int]:
    """Judge certificates in JSON (docs/api.md), and give the most stars of those in force, 0 where none is.

    `today` and `soon_after` it are texts in ISO 8601.
    """
    terms = [(row["valid_from"], row["valid_to"], row.get("withdrawn_on")) for row in rows]
    state, _speaks, in_force = _judge(terms, today, soon)
    return state, max([rows[n]["stars"] for n in in_force], default=0)


def end_of_rows(rows: Sequence[Mapping[str, Any]], today: str, soon: str) -> str | None:
    """Give the last day of the certificate in JSON that speaks, as its text; None where no certificate does."""
    terms = [(row["valid_from"], row["valid_to"], row.get("withdrawn_on")) for row in rows]
    _state, speaks, _in_force = _judge(terms, today, soon)
    return None if speaks is None else terms[speaks][1]


_Terms = tuple[Day, Day, Day | None]  # valid from, valid to, withdrawn on


def _judge(issued: Sequence[_Terms[Day]], today: Day, soon: Day) -> tuple[ProductState, int | None, list[int]]:
    """The state, and the indices in `issued` of the one that speaks and of those in force."""
    in_force = [n for n, terms in enumerate(issued) if _state(today, *terms) is CertificateState.IN_FORCE]
    if in_force:
        # A quick way: nearly every product has one certificate, and a whole register is judged at a time.
        best = in_force[0] if len(in_force) == 1 else max(in_force, key=lambda n: _end(issued[n]))
        return ProductState.ENDS_SOON if issued[best][1] <= soon else ProductState.CERTIFIED, best, in_force
    if not issued:
        return ProductState.NOT_CERTIFIED, None, []
    last = max(range(len(issued)), key=lambda n: issued[n][0])
    return _LAPSED[_state(today, *issued[last])], last, []


_LAPSED = {
    CertificateState.NOT_YET: ProductState.NOT_CERTIFIED,
    CertificateState.ENDED: ProductState.ENDED,
    CertificateState.WITHDRAWN: ProductState.WITHDRAWN,
}


def _state(today: Day, valid_from: Day, valid_to: Day, withdrawn_on: Day | None) -> CertificateState:
    if withdrawn_on and withdrawn_on <= today:
        return CertificateState.WITHDRAWN
    if today < valid_from:
        return CertificateState.NOT_YET
    return CertificateState.ENDED if today > valid_to else CertificateState.IN_FORCE


def _end(terms: _Terms[Day]) -> tuple[Day, bool]:
    """A sort key for the end of its force: a withdrawal on a day comes before a last valid day that is the same."""
    _begin, end, withdrawn_on = terms
    return (withdrawn_on, False) if withdrawn_on and withdrawn_on <= end else (end, True)
