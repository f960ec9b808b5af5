"""What to take down from the shelf or to look at, how urgent it is, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum

from services.audits.audit import Line
from services.register.certificates import Today
from services.verification import FRESH, ReasonCode, Status


class Klass(StrEnum):
    """What a line is to a shop at a glance: the colour, the sound and the count that it has."""

    GOOD = "good"
    LOOK = "look"
    TAKE_DOWN = "take_down"
    OUTSIDE = "outside"
    NOT_READ = "not_read"


class Why(StrEnum):
    """Why something is to be done; what it costs to ignore it, the dearest first."""

    WITHDRAWN = "withdrawn"
    CERTIFICATE_ENDED = "certificate_ended"
    PACK_EXPIRED = "pack_expired"
    SUSPECTED_COPY = "suspected_copy"
    CODE_MISMATCH = "code_mismatch"
    STATEMENT_INVALID = "statement_invalid"
    STARS_ABOVE = "stars_above"
    MARK_NOT_REGISTERED = "mark_not_registered"
    DOUBTFUL_LINK = "doubtful_link"
    UNKNOWN_LINK = "unknown_link"
    NOT_CERTIFIED = "not_certified"
    PACK_EXPIRES = "pack_expires"
    CERTIFICATE_ENDS_30 = "certificate_ends_30"
    CERTIFICATE_ENDS_60 = "certificate_ends_60"
    CERTIFICATE_ENDS_90 = "certificate_ends_90"
    UNKNOWN = "unknown"
    NOT_READ = "not_read"


class Urgency(IntEnum):
    """How soon: NOW is take it down, SOON is look at it today, PLAN is renew or sell in time."""

    NOW = 0
    SOON = 1
    PLAN = 2


class Do(StrEnum):
    """What to do with it."""

    TAKE_DOWN = "take_down"
    ASK_SUPPLIER = "ask_supplier"
    CHECK_LABEL = "check_label"
    RENEW = "renew"
    SELL_FIRST = "sell_first"
    CHECK_AGAIN = "check_again"
    SCAN_AGAIN = "scan_again"


@dataclass(frozen=True)
class Action:
    """What to do with line `n`, and why; `also` are further reasons. `days` are left until it ends, where it ends."""

    n: int
    what: Do
    urgency: Urgency
    reason: Why
    days: int | None = None
    also: tuple[Why, ...] = ()


@dataclass(frozen=True)
class Totals:
    """Lines and packs, in all and by Klass."""

    lines: int = 0
    packs: int = 0
    lines_of: Counter[Klass] = field(default_factory=Counter)
    packs_of: Counter[Klass] = field(default_factory=Counter)


NEAR = 30
"""A pack this many days from its date is to be sold first."""
_CERTIFICATE_ENDS = ((30, Why.CERTIFICATE_ENDS_30), (60, Why.CERTIFICATE_ENDS_60), (90, Why.CERTIFICATE_ENDS_90))

_BY_STATUS: dict[str, Why] = {
    Status.WITHDRAWN: Why.WITHDRAWN,
    Status.EXPIRED: Why.CERTIFICATE_ENDED,
    Status.SUSPECTED_COPY: Why.SUSPECTED_COPY,
    Status.CODE_MISMATCH: Why.CODE_MISMATCH,
    Status.STATEMENT_INVALID: Why.STATEMENT_INVALID,
    Status.STAR_MISMATCH: Why.STARS_ABOVE,
    Status.DOUBTFUL_LINK: Why.DOUBTFUL_LINK,
    Status.UNKNOWN_LINK: Why.UNKNOWN_LINK,
    Status.NOT_CERTIFIED: Why.NOT_CERTIFIED,
    Status.CLOCK_WRONG: Why.UNKNOWN,
    Status.COPY_TOO_OLD: Why.UNKNOWN,
    Status.NOT_IN_COPY: Why.UNKNOWN,
    Status.MALFORMED: Why.NOT_READ,
}
_QUIET = frozenset({Status.CERTIFIED, Status.EXPIRES_SOON, Status.NOT_REGISTERED, Status.NOT_A_PRODUCT_CODE})
"""What says nothing against a product by itself. A status that only a later version knows is to be looked at."""
_MAY_HAVE_CHANGED = frozenset(
    {Why.CERTIFICATE_ENDED, Why.SUSPECTED_COPY, Why.STARS_ABOVE, Why.MARK_NOT_REGISTERED, Why.NOT_CERTIFIED}
)
"""What a newer copy may take back: a renewal, a suspicion that was cleared, more stars, a new product."""

_TO_DO = {
    Why.WITHDRAWN: (Do.TAKE_DOWN, Urgency.NOW),
    Why.CERTIFICATE_ENDED: (Do.TAKE_DOWN, Urgency.NOW),
    Why.PACK_EXPIRED: (Do.TAKE_DOWN, Urgency.NOW),
    Why.SUSPECTED_COPY: (Do.ASK_SUPPLIER, Urgency.NOW),
    Why.CODE_MISMATCH: (Do.ASK_SUPPLIER, Urgency.NOW),
    Why.STATEMENT_INVALID: (Do.ASK_SUPPLIER, Urgency.NOW),
    Why.STARS_ABOVE: (Do.ASK_SUPPLIER, Urgency.NOW),
    Why.MARK_NOT_REGISTERED: (Do.ASK_SUPPLIER, Urgency.NOW),
    Why.DOUBTFUL_LINK: (Do.CHECK_LABEL, Urgency.SOON),
    Why.UNKNOWN_LINK: (Do.CHECK_LABEL, Urgency.SOON),
    Why.NOT_CERTIFIED: (Do.CHECK_LABEL, Urgency.SOON),
    Why.PACK_EXPIRES: (Do.SELL_FIRST, Urgency.SOON),
    Why.CERTIFICATE_ENDS_30: (Do.RENEW, Urgency.SOON),
    Why.CERTIFICATE_ENDS_60: (Do.RENEW, Urgency.PLAN),
    Why.CERTIFICATE_ENDS_90: (Do.RENEW, Urgency.PLAN),
    Why.UNKNOWN: (Do.CHECK_AGAIN, Urgency.PLAN),
    Why.NOT_READ: (Do.SCAN_AGAIN, Urgency.PLAN),
}
_ORDER = {why: n for n, why in enumerate(Why)}


def klass(line: Line, today: Today) -> Klass:
    """The line's class. Nothing that cannot be known is held against a product: it is to be looked at."""
    why = gravest(line, today)
    if why is None:
        return Klass.GOOD if line.verdict and line.verdict.status == Status.CERTIFIED else Klass.OUTSIDE
    if why is Why.NOT_READ:
        return Klass.NOT_READ
    return Klass.TAKE_DOWN if _TO_DO[why][1] is Urgency.NOW else Klass.LOOK


def gravest(line: Line, today: Today) -> Why | None:
    """Why something is to be done with the line, by what is dearest to ignore; None where nothing is."""
    return next((why for why, _days in _reasons(line, today, {})), None)


def rank(why: Why | None) -> int:
    """A sort key: what it costs to ignore, the dearest first."""
    return len(Why) if why is None else _ORDER[why]


def actions(lines: Sequence[Line], today: Today, ends: Mapping[str, date] | None = None) -> list[Action]:
    """What is to be done, what it costs most to ignore first; one action a line.

    `ends` are the last days of the certificates in force, by GTIN (judging.certificate_ends). What is ticked off stays
    in the list. A line of which nothing is left is left out.
    """
    found = []
    for line in lines:
        reasons = _reasons(line, today, ends or {}) if line.quantity else []
        if reasons:
            (why, days), *others = reasons
            what, urgency = _TO_DO[why]
            found.append(Action(line.n, what, urgency, why, days, tuple(other for other, _days in others)))
    return sorted(found, key=lambda each: (rank(each.reason), each.days or 0, each.n))


def totals(lines: Sequence[Line], today: Today) -> Totals:
    """Count lines and packs; a line of which nothing is left counts as none."""
    lines_of: Counter[Klass] = Counter()
    packs_of: Counter[Klass] = Counter()
    for line in lines:
        if line.quantity:
            of = klass(line, today)
            lines_of[of] += 1
            packs_of[of] += line.quantity
    return Totals(lines_of.total(), packs_of.total(), lines_of, packs_of)


def _reasons(line: Line, today: Today, ends: Mapping[str, date]) -> list[tuple[Why, int | None]]:
    """Why something is to be done with the line, the dearest first, with the days that are left."""
    found: list[tuple[Why, int | None]] = []
    status = line.verdict.status if line.verdict else None
    why = Why.NOT_READ if status is None else _BY_STATUS.get(status, None if status in _QUIET else Why.UNKNOWN)
    if status == Status.NOT_REGISTERED and (line.shows_mark or line.stars_label or _MARK in _codes(line)):
        why = Why.MARK_NOT_REGISTERED
    if why in _MAY_HAVE_CHANGED and not _holds(line, today):
        why = Why.UNKNOWN
    if why:
        found.append((why, None))
    if line.expiry and not today.clock_behind:
        days = (line.expiry - today.day).days
        if days < 0:
            found.append((Why.PACK_EXPIRED, days))
        elif days <= NEAR:
            found.append((Why.PACK_EXPIRES, days))
    if status in (Status.CERTIFIED, Status.EXPIRES_SOON):
        last = ends.get(line.gtin or "")
        if last is not None:
            days = (last - today.day).days
            found += [(why, days) for within, why in _CERTIFICATE_ENDS if 0 <= days <= within][:1]
        elif status == Status.EXPIRES_SOON:
            found.append((Why.CERTIFICATE_ENDS_90, None))
    return sorted(found, key=lambda each: rank(each[0]))


_MARK = ReasonCode.MARK_NOT_REGISTERED.value


def _codes(line: Line) -> tuple[str, ...]:
    return line.verdict.reasons if line.verdict else ()


def _holds(line: Line, today: Today) -> bool:
    """Whether what a copy said can still be said: the copy is fresh today, by a clock that can be believed."""
    as_of = line.verdict.as_of if line.verdict else None
    return as_of is not None and not today.clock_behind and today.moment - as_of <= FRESH
