"""The verdict: a pure function of what the code says, what our copy of the register says, and the day.

The word "genuine" is not among the verdicts: a copied code still names the genuine product. A verdict says what was
checked, against what, and as of when. That a certificate has lapsed is not said from a copy that is too old or not
whole, since a renewal may be what it lacks; a withdrawal is a dated fact, said from any copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.codes import Code, ProductCode, TraceLink, Unrecognised
from services.codes import Fault
from services.products import Certificate, Product

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
SOON = timedelta(days=90)
"""A certificate within this of its last day is said to expire soon: renewing takes about a quarter."""
FRESH = timedelta(days=30)
"""A copy older than this is not good enough to say that a certificate has lapsed: it may have been renewed since."""


class Status(StrEnum):
    """The one word of a verdict."""

    CERTIFIED = "certified"
    EXPIRES_SOON = "certificate_expires_soon"
    EXPIRED = "certificate_expired"
    WITHDRAWN = "withdrawn"
    NOT_CERTIFIED = "not_certified"
    COPY_TOO_OLD = "copy_too_old"
    NOT_IN_COPY = "not_in_copy"
    MALFORMED = "malformed"
    UNKNOWN_LINK = "unknown_link"
    NOT_A_PRODUCT_CODE = "not_a_product_code"


class ReasonCode(StrEnum):
    """Why: each is a sentence in the person's language, filled from the reason's values."""

    CERTIFICATE_VALID = "certificate_valid"  # number, stars, valid_to
    CERTIFICATE_ENDS = "certificate_ends"  # number, stars, valid_to, days
    CERTIFICATE_ENDED = "certificate_ended"  # number, stars, valid_to
    CERTIFICATE_WITHDRAWN = "certificate_withdrawn"  # number, withdrawn_on, why
    CERTIFICATE_NOT_YET = "certificate_not_yet"  # number, valid_from
    NO_CERTIFICATE = "no_certificate"
    NO_COPY = "no_copy"
    COPY_INCOMPLETE = "copy_incomplete"
    GTIN_NOT_IN_COPY = "gtin_not_in_copy"  # gtin
    COPY_OLD = "copy_old"  # days
    PACK_DATE_PASSED = "pack_date_passed"  # expiry
    LINK_NOT_IN_COPY = "link_not_in_copy"  # host
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    WRONG_LENGTH = "wrong_length"
    CONTRADICTION = "contradiction"
    BAD_GS1 = "bad_gs1"
    BAD_LINK = "bad_link"
    NOT_A_PRODUCT_CODE = "not_a_product_code"


@dataclass(frozen=True)
class Reason:
    """A reason's code and the values its sentence needs, as (name, value) pairs."""

    code: ReasonCode
    values: tuple[tuple[str, str | int | date], ...] = ()


@dataclass(frozen=True)
class Copy:
    """How good this device's copy of the register is: as of when, and whether it was ever read to its end."""

    as_of: datetime | None
    complete: bool


@dataclass(frozen=True)
class Verdict:
    """One status, the reasons, and as of when the register was asked (None: there is no copy, or it was not needed)."""

    status: Status
    reasons: tuple[Reason, ...]
    as_of: datetime | None

    @property
    def codes(self) -> list[str]:
        """The reasons' codes, as notes and the command line carry them."""
        return [reason.code.value for reason in self.reasons]


def verify(code: Code, product: Product | None, copy: Copy, now: datetime) -> Verdict:
    """Judge a code.

    `product` is what the copy holds for it, or None; `now` is an aware time, the server's where known. A clock that
    stands before the copy's own time is wrong and is not believed.
    """
    if isinstance(code, Unrecognised):
        status = Status.NOT_A_PRODUCT_CODE if code.fault is Fault.NOT_A_PRODUCT_CODE else Status.MALFORMED
        return Verdict(status, (Reason(ReasonCode(code.fault.value)),), None)
    now = max(now, copy.as_of) if copy.as_of else now
    today = now.astimezone(VIETNAM).date()
    pack = _pack_reasons(code, today)
    if product is None:
        return _not_found(code, copy, pack)
    status, reasons = _certificates(product.certificates, today)
    doubts = _doubts(copy, now)
    if doubts and status in (Status.EXPIRED, Status.NOT_CERTIFIED):  # a renewal may be what the copy lacks
        status = Status.COPY_TOO_OLD
    reasons += doubts
    return Verdict(status, reasons + pack, copy.as_of)


def _doubts(copy: Copy, now: datetime) -> tuple[Reason, ...]:
    """Why the copy is not good enough to say that something has lapsed."""
    if copy.as_of is None:
        return (Reason(ReasonCode.NO_COPY),)
    age = now - copy.as_of
    old = (Reason(ReasonCode.COPY_OLD, (("days", age.days),)),) if age > FRESH else ()
    return old if copy.complete else (*old, Reason(ReasonCode.COPY_INCOMPLETE))


def _not_found(code: ProductCode | TraceLink, copy: Copy, pack: tuple[Reason, ...]) -> Verdict:
    if isinstance(code, TraceLink):
        status, first = Status.UNKNOWN_LINK, Reason(ReasonCode.LINK_NOT_IN_COPY, (("host", code.host),))
    else:
        status, first = Status.NOT_IN_COPY, Reason(ReasonCode.GTIN_NOT_IN_COPY, (("gtin", code.gtin),))
    if copy.as_of is None:
        return Verdict(status, (Reason(ReasonCode.NO_COPY), *pack), None)
    incomplete = () if copy.complete else (Reason(ReasonCode.COPY_INCOMPLETE),)
    return Verdict(status, (first, *incomplete, *pack), copy.as_of)


def _certificates(certificates: tuple[Certificate, ...], today: date) -> tuple[Status, tuple[Reason, ...]]:
    """The status that the best of a product's certificates gives it on a day."""
    standing = [c for c in certificates if not c.withdrawn_on and c.valid_from <= today <= c.valid_to]
    if standing:
        c = max(standing, key=lambda c: c.valid_to)
        what = (("number", c.number), ("stars", c.stars), ("valid_to", c.valid_to))
        if c.valid_to - today <= SOON:
            days = (c.valid_to - today).days
            return Status.EXPIRES_SOON, (Reason(ReasonCode.CERTIFICATE_ENDS, (*what, ("days", days))),)
        return Status.CERTIFIED, (Reason(ReasonCode.CERTIFICATE_VALID, what),)
    if not certificates:
        return Status.NOT_CERTIFIED, (Reason(ReasonCode.NO_CERTIFICATE),)
    last = max(certificates, key=lambda c: c.valid_from)
    if last.withdrawn_on:
        why = last.withdrawn_reason or ""
        values = (("number", last.number), ("withdrawn_on", last.withdrawn_on), ("why", why))
        return Status.WITHDRAWN, (Reason(ReasonCode.CERTIFICATE_WITHDRAWN, values),)
    if last.valid_from > today:
        values_ = (("number", last.number), ("valid_from", last.valid_from))
        return Status.NOT_CERTIFIED, (Reason(ReasonCode.CERTIFICATE_NOT_YET, values_),)
    ended = (("number", last.number), ("stars", last.stars), ("valid_to", last.valid_to))
    return Status.EXPIRED, (Reason(ReasonCode.CERTIFICATE_ENDED, ended),)


def _pack_reasons(code: ProductCode | TraceLink, today: date) -> tuple[Reason, ...]:
    """What the code itself says beside the product: a date that has passed."""
    if isinstance(code, ProductCode) and code.expiry and code.expiry < today:
        return (Reason(ReasonCode.PACK_DATE_PASSED, (("expiry", code.expiry),)),)
    return ()
