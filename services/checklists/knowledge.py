"""What code and certificate already say of an item. It is never more than what is known.

An item about the label is not answered from the code: that the code holds a day does not mean that it is printed. What
code and label say is told beside it, and the person answers. What is answered here follows what is known: it changes
with it, until a person answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.checklists.document import Item
from services.checklists.filled import Answered, AnsweredBy


@dataclass(frozen=True)
class Seen:
    """A lot or a day (in ISO form): what the code says of it, and what the person reads on the label."""

    code: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class CertificateFact:
    """The product's newest certificate: its number and stars, its last day, and whether it is in force on the day."""

    number: str
    stars: int
    valid_to: date
    in_force: bool


@dataclass(frozen=True)
class Facts:
    """What is known of the goods on the day of the inspection; what is not known is None.

    `net` is the net content that the code carries, in words. `label_stars` are those that the person saw;
    `too_many_stars` says that they were judged to be more than the certificate's. `codes_differ` says that the pack's
    codes name different products, `read_trace_code` that a QR code or a Data Matrix was read.
    """

    day: date
    lot: Seen = Seen()
    produced: Seen = Seen()
    expiry: Seen = Seen()
    net: str | None = None
    certificate: CertificateFact | None = None
    label_stars: int | None = None
    too_many_stars: bool = False
    codes_differ: bool = False
    read_trace_code: bool = False
    product_name: str | None = None
    producer_name: str | None = None


class Says(StrEnum):
    """What is told beside an item, with its value."""

    CODE_DAY = "code_day"  # a day
    CODE_TEXT = "code_text"  # a text
    LABEL_DAY = "label_day"  # a day
    LABEL_TEXT = "label_text"  # a text
    DIFFERS = "differs"  # code's and label's text or day
    SAME = "same"
    CERTIFICATE = "certificate"  # number, last day
    ENDED = "ended"  # number, last day
    STARS = "stars"  # the certificate's stars, number
    BOTH_STARS = "both_stars"  # the label's stars, the certificate's stars
    PRODUCT = "product"  # the name in the register
    PRODUCER = "producer"  # the name in the register
    CODES_DIFFER = "codes_differ"
    CODE_READ = "code_read"


@dataclass(frozen=True)
class Known:
    """What is told of an item: what it says, and the answer that follows from it, if one does."""

    says: Says
    values: tuple[str | int | date, ...] = ()
    answer: Answered | None = None
    by: AnsweredBy = AnsweredBy.CODE


def known_of(item: Item, facts: Facts) -> Known | None:
    """What is known of an item; None where nothing is, or where only a newer version of the app can tell."""
    rule = _RULES.get(item.prefill or "")
    return rule(facts) if rule else None


def _day_on_label(seen: Seen) -> Known | None:
    if seen.label:
        return Known(Says.LABEL_DAY, (date.fromisoformat(seen.label),))
    return Known(Says.CODE_DAY, (date.fromisoformat(seen.code),)) if seen.code else None


def _text_on_label(seen: Seen) -> Known | None:
    if seen.label:
        return Known(Says.LABEL_TEXT, (seen.label,))
    return Known(Says.CODE_TEXT, (seen.code,)) if seen.code else None


def _in_date(facts: Facts) -> Known | None:
    """Whether the last good day is still to come, by the code. Where the label says another day, the person answers."""
    seen = facts.expiry
    if seen.code is None or (seen.label and seen.label != seen.code):
        return _day_on_label(seen)
    last = date.fromisoformat(seen.code)
    answer = Answered.OK if facts.day <= last else Answered.WRONG
    return Known(Says.CODE_DAY, (last,), answer)


def _same(facts: Facts) -> Known | None:
    """Whether code and label say the same, of all that is known of both.

    A lot that is only written otherwise ("LOT L26-09", "l2609") is shown beside the other, and the person answers.
    """
    both = [seen for seen in (facts.lot, facts.produced, facts.expiry) if seen.code and seen.label]
    other = [(seen.code, seen.label) for seen in both if seen.code and seen.label and seen.code != seen.label]
    for code, label in other:
        if _letters(code) not in _letters(label):
            return Known(Says.DIFFERS, (code, label), Answered.WRONG)
    if other:
        return Known(Says.DIFFERS, other[0])
    return Known(Says.SAME, (), Answered.OK) if both else None


def _letters(text: str) -> str:
    """The letters and digits alone, in one case."""
    return "".join(filter(str.isalnum, text.casefold()))


def _certificate(facts: Facts) -> Known | None:
    """Only a certificate in force answers. That it has ended is told: whether the mark is still used is to be seen."""
    if (found := facts.certificate) is None:
        return None
    if found.in_force:
        return Known(Says.CERTIFICATE, (found.number, found.valid_to), Answered.OK, AnsweredBy.CERTIFICATE)
    return Known(Says.ENDED, (found.number, found.valid_to))


def _stars(facts: Facts) -> Known | None:
    if (found := facts.certificate) is None:
        return None
    if not found.in_force or (facts.label_stars is None and not facts.too_many_stars):
        return Known(Says.STARS, (found.stars, found.number))
    if facts.label_stars is None:
        return Known(Says.STARS, (found.stars, found.number), Answered.WRONG, AnsweredBy.CERTIFICATE)
    answer = Answered.OK if facts.label_stars <= found.stars else Answered.WRONG
    return Known(Says.BOTH_STARS, (facts.label_stars, found.stars), answer, AnsweredBy.CERTIFICATE)


def _code(facts: Facts) -> Known | None:
    """That the code is in the register does not tell that it stands on the right pack: a copied code is in it too."""
    if facts.codes_differ:
        return Known(Says.CODES_DIFFER, (), Answered.WRONG)
    return Known(Says.PRODUCT, (facts.product_name,)) if facts.product_name else None


_RULES: dict[str, Callable[[Facts], Known | None]] = {
    "gs1.expiry": lambda facts: _day_on_label(facts.expiry),
    "gs1.produced": lambda facts: _day_on_label(facts.produced),
    "gs1.lot": lambda facts: _text_on_label(facts.lot),
    "gs1.net": lambda facts: Known(Says.CODE_TEXT, (facts.net,)) if facts.net else None,
    "gs1.in_date": _in_date,
    "gs1.same": _same,
    "verdict.certificate": _certificate,
    "verdict.stars": _stars,
    "verdict.code": _code,
    "product.name": lambda facts: Known(Says.PRODUCT, (facts.product_name,)) if facts.product_name else None,
    "product.producer": lambda facts: Known(Says.PRODUCER, (facts.producer_name,)) if facts.producer_name else None,
    "scan.grade": lambda facts: Known(Says.CODE_READ, (), Answered.OK) if facts.read_trace_code else None,
}
"""What a prefill's name stands for."""
