"""The products that were inspected, as a table, and what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from printing.record_content import Block, Cell, Column, Line, Mark, Section, Table
from printing.record_content import Words as Lines
from services.codes import on_the_pack
from services.papers.words import CORRECTED, FINDINGS, SALES, SEALS, VERDICTS, Both, grouped
from services.rounds.inspection import Compared, Found, Inspection, Sealed
from services.rounds.round import Round
from services.verification.verdict import ReasonCode
from services.wording import Language, mark

_MARK_SEEN = frozenset({ReasonCode.MARK_NOT_REGISTERED.value, ReasonCode.MARK_NOT_IN_COPY.value})
"""What is not in the register calls for attention once the pack shows the OCOP mark."""


def products(
    closed: Round, inspections: Sequence[Inspection | None], both: Both, later: Mapping[str, str] = {}
) -> Section:
    """The table, and how many were only looked at; `later` is told of those that were corrected since.

    An inspection that was lost on the device is None.
    """
    looked = closed.body["looked_at"]
    title = both.say(
        mark("Products inspected ({count} of {all} looked at)"),
        count=len(closed.inspections),
        all=len(closed.inspections) + len(looked),
    )
    blocks: list[Block] = []
    if inspections:
        columns = (
            Column(both.say(mark("No.")), 9),
            Column(both.say(mark("Product, number")), 43),
            Column(both.say(mark("Verdict when looked at")), 40),
            Column(both.say(mark("What was found")), 62),
            Column(both.say(mark("Quantity")), 24),
            Column(both.say(mark("Photos")), 13, right=True),
        )
        rows = (
            _product(number, each, both, later.get(each.sha256) if each else None)
            for number, each in enumerate(inspections, 1)
        )
        blocks.append(Table(columns, tuple(rows)))
    else:
        blocks.append(Lines((Line(both.say(mark("No product was inspected in this round."))),)))
    if looked:
        counts = Counter(look["status"] for look in looked).most_common()
        words = "; ".join(f"{both.say(_verdict(status)[0])}: {count}" for status, count in counts)
        label = both.say(mark("Looked at without an inspection"))
        blocks.append(Lines((Line(f"{label}: {words}", small=True),)))
    return Section(title, tuple(blocks))


def _product(number: int, each: Inspection | None, both: Both, later: str | None) -> tuple[Cell, ...]:
    if each is None:
        lost = Line(both.say(mark("Lost on the device: not on this paper")), bold=True)
        return ((Line(str(number)),), (lost,), (Line("–"),), (), (), (Line("–"),))
    found = each.found
    product = [Line(name_of(found, both), bold=True)]
    product += [Line(text, small=True) for text in (found.producer_name, on_the_pack(found.gtin or "")) if text]
    verdict: Cell = (Line("–"),)
    if found.verdict:
        words, shape = _verdict(found.verdict.status)
        if _MARK_SEEN.intersection(found.verdict.reasons):
            shape = Mark.ATTENTION
        verdict = (Line(both.say(words), mark=shape),)
    quantity = _amount(found.quantity, both) if found.quantity else ""
    return (
        (Line(str(number)),),
        tuple(product),
        verdict,
        (*_corrected(later, both), *_findings(found, both)),
        (Line(quantity),),
        (Line(str(len(each.body["photos"]))),),
    )


def _corrected(later: str | None, both: Both) -> Cell:
    """That an inspection was corrected since, and by the record with which hash."""
    if later is None:
        return ()
    return (Line(both.say(CORRECTED, hash=grouped(later[:16])), bold=True),)


def _findings(found: Found, both: Both) -> Cell:
    details = [
        (mark("Price"), price_words(found.price, both)),
        (mark("Lot"), _compared(found.lot, both, str)),
        (mark("Produced"), _compared(found.produced, both, lambda day: day_words(day, both))),
        (mark("Good until"), _compared(found.expiry, both, lambda day: day_words(day, both))),
        (mark("Samples"), "; ".join(_sealed(sample, both) for sample in found.samples)),
        (mark("Goods held"), _sealed(found.held, both) if found.held else ""),
        (mark("The seller said"), found.seller_said),
    ]
    states = [both.of(table, value) for table, value in ((SALES, found.sale), (SEALS, found.seal)) if value]
    lines = [Line(both.of(FINDINGS, finding), bold=finding != "matches") for finding in found.findings]
    lines += [Line(found.text)] if found.text else []
    lines += [Line(" · ".join(states), small=True)] if states else []
    return (*lines, *(Line(f"{both.say(label)}: {value}", small=True) for label, value in details if value))


def price_words(price: int | None, both: Both) -> str:
    """A price in đồng; nothing where there is none."""
    return "" if price is None else both.each(lambda one: f"{one.number(price)} đ")


def _compared(values: Compared, both: Both, show: Callable[[str], str]) -> str:
    """What the label shows, and what the code says where that is another."""
    code, label = (show(value) if value else None for value in (values.code, values.label))
    if values.differ:
        return both.say(mark("{label} on the label, {code} in the code"), label=label, code=code)
    return label or code or ""


def _verdict(status: str) -> tuple[str, Any]:
    known = {str(each): words for each, words in VERDICTS.items()}
    return known.get(status, (mark("Another verdict: update the app to see it"), None))


def name_of(found: Found, both: Both) -> str:
    """What a product is called: its name, else its number, else the code's text."""
    code = found.codes[0].text if found.codes else ""
    return found.product_name or found.gtin or code[:60] or both.say(mark("Without a code"))


def _amount(quantity: Any, both: Both) -> str:
    amount = format(Decimal(str(quantity.to_json()["amount"])), "f")  # every digit, and no exponent
    return both.each(lambda one: f"{decimal(amount, one)}\u00a0{quantity.unit}".strip())


def _sealed(goods: Sealed, both: Both) -> str:
    seal = both.say(mark("seal {number}"), number=goods.seal_number) if goods.seal_number else ""
    return ", ".join(filter(None, [_amount(goods, both), seal]))


def decimal(number: str, language: Language) -> str:
    """A number with the language's decimal mark."""
    return number.replace(".", ",") if language.language == "vi" else number


def day_words(text: str, both: Both) -> str:
    """A day in ISO form as people write it; any other text as it is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return both.each(lambda language: language.day(day))
