"""What today's copy of the register says of lines that were judged before: states anew, and certificates that end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType

from services.audits.audit import LONGEST_TEXT, Line, What
from services.audits.counting import later
from services.client.answers import ProductAnswer
from services.codes import ProductCode
from services.notes.content import NotedVerdict
from services.register.catalogue import Catalogue
from services.register.certificates import Today, worth
from services.verification import FRESH, Status
from services.verification.check import CheckedCode, check

WITHIN = (30, 60, 90)
"""A certificate this many days from its end is told of."""
_NO_ANSWERS: Mapping[str, ProductAnswer] = MappingProxyType({})


@dataclass(frozen=True)
class Reminder:
    """A product on the shelves whose certificate ends: `days` from now, `within` 30, 60 or 90."""

    gtin: str
    name: str | None
    shelves: tuple[str, ...]
    ends: date
    days: int
    within: int


def anew(
    lines: Sequence[Line], catalogue: Catalogue, now: datetime, answers: Mapping[str, ProductAnswer] = _NO_ANSWERS
) -> tuple[Line, ...]:
    """The lines with the verdicts that today's copy gives; what was found on the packs themselves stays.

    `answers` are the server's own, by GTIN. A line that was not judged stays so.
    """
    return tuple(_anew(line, catalogue, now, answers) for line in lines)


def certificate_ends(gtins: Iterable[str], catalogue: Catalogue, today: Today) -> dict[str, date]:
    """The last day of force of each product whose certificate is in force, by GTIN.

    None are told by a copy that cannot tell it: where the clock is wrong, or the copy is older than 30 days or
    incomplete, a certificate may have been renewed.
    """
    copy = catalogue.copy
    if today.clock_behind or copy.as_of is None or today.moment - copy.as_of > FRESH or not copy.complete:
        return {}
    found: dict[str, date] = {}
    for gtin in dict.fromkeys(gtins):
        product = catalogue.product(gtin)
        speaks = worth(product.certificates, today.day) if product else None
        if speaks and speaks.in_force and speaks.speaks:
            certificate = speaks.speaks
            found[gtin] = min(certificate.valid_to, certificate.withdrawn_on or date.max)
    return found


def reminders(lines: Sequence[Line], catalogue: Catalogue, today: Today) -> list[Reminder]:
    """The products among these lines whose certificates end within 90 days, the first to end first."""
    of_product: dict[str, list[Line]] = {}
    for line in lines:
        if line.gtin and line.quantity and not (line.done and line.done.what == What.TAKEN_DOWN):
            of_product.setdefault(line.gtin, []).append(line)
    found = []
    for gtin, ends in certificate_ends(of_product, catalogue, today).items():
        days = (ends - today.day).days
        within = next((within for within in WITHIN if days <= within), None)
        if within is not None:
            theirs = of_product[gtin]
            name = next((line.name for line in theirs if line.name), None)
            shelves = tuple(sorted({line.shelf for line in theirs}))
            found.append(Reminder(gtin, name, shelves, ends, days, within))
    return sorted(found, key=lambda each: (each.ends, each.gtin))


def _anew(line: Line, catalogue: Catalogue, now: datetime, answers: Mapping[str, ProductAnswer]) -> Line:
    if line.verdict is None or len(line.text) >= LONGEST_TEXT:  # nothing was judged, or the text is cut off
        return line
    stars, mark = line.stars_label, bool(line.shows_mark)
    checked = check(
        line.text, line.symbology, catalogue, now, label_stars=stars, ocop_mark=mark, answers=answers
    )  # fmt: skip
    if checked.gtin != line.gtin:  # it was read with more than its text, which is all that a line keeps
        return line
    new = NotedVerdict.of(checked)
    return replace(line, verdict=new if _saw(line, checked) else later(line.verdict, new))


def _saw(line: Line, checked: CheckedCode) -> bool:
    """Whether what spoke against the pack then was looked at again now: other codes of the pack are not kept."""
    match line.verdict.status if line.verdict else None:
        case Status.STAR_MISMATCH:
            return line.stars_label is not None
        case Status.SUSPECTED_COPY:
            return isinstance(checked.code, ProductCode) and checked.code.serial is not None
        case Status.DOUBTFUL_LINK:
            return checked.link is not None
        case Status.STATEMENT_INVALID:
            return checked.statement is not None
    return False
