"""What today's copy of the register says of lines that were judged before: states anew, and certificates that end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.audits.audit import Line
from services.register.catalogue import Catalogue
from services.register.certificates import Today


@dataclass(frozen=True)
class Reminder:
    """A product on the shelves whose certificate ends: `within` 30, 60 or 90 days, 0 where it has ended."""

    gtin: str
    name: str | None
    shelves: tuple[str, ...]
    ends: date
    days: int
    within: int


def anew(lines: Sequence[Line], catalogue: Catalogue, now: datetime) -> tuple[Line, ...]:
    """The lines with the verdicts that today's copy gives; what was found on the packs themselves stays."""
    raise NotImplementedError


def certificate_ends(gtins: Iterable[str], catalogue: Catalogue, today: Today) -> dict[str, date]:
    """The last day of the certificate that speaks for each product, where one is in force."""
    raise NotImplementedError


def reminders(lines: Sequence[Line], catalogue: Catalogue, today: Today) -> list[Reminder]:
    """The products among these lines whose certificates end within 90 days, the first to end first."""
    raise NotImplementedError
