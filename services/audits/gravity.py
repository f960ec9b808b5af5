"""What to take down from the shelf or to look at, how urgent it is, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum

from services.audits.audit import Line
from services.register.certificates import Today


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


def klass(line: Line, today: Today) -> Klass:
    """The line's class. Nothing that cannot be known is held against a product: it is to be looked at."""
    raise NotImplementedError


def actions(lines: Sequence[Line], today: Today, ends: Mapping[str, date] | None = None) -> list[Action]:
    """What is to be done, what it costs most to ignore first; one action a line.

    `ends` are the last days of the certificates in force, by GTIN (judging.certificate_ends).
    """
    raise NotImplementedError


def totals(lines: Sequence[Line], today: Today) -> Totals:
    """Count lines and packs; a line of which nothing is left counts as none."""
    raise NotImplementedError
