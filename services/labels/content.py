"""Judges what the codes of a label say: numbers, links and statements against the register, and against each other.

The rules are those of services/verification. What a copy of the register is too old or too incomplete to tell is told
as not known. A product that is not in the register, or has no certificate, may still get a label: that is looked at,
and refused only where the label shows stars.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.codes import Fault, ProductCode, Unrecognised, on_the_pack, to_gtin14
from services.labels.finding import GS1, Finding, Grade, Place, Value, What
from services.register.catalogue import Catalogue
from services.register.certificates import worth
from services.verification import ReasonCode, Status
from services.verification.check import CheckedCode, check

_CHECK_DIGIT = f"{GS1}, 7.9"
_LINK = "GS1 Digital Link Standard: URI Syntax"
_STARS = "1162/QĐ-VPĐP-OCOP, Điều 5"
_CERTIFICATES = {
    Status.CERTIFIED: (What.CERTIFICATE, Grade.IN_ORDER),
    Status.EXPIRES_SOON: (What.CERTIFICATE_SOON, Grade.LOOK),
    Status.EXPIRED: (What.CERTIFICATE_LAPSED, Grade.LOOK),
    Status.WITHDRAWN: (What.CERTIFICATE_WITHDRAWN, Grade.LOOK),
    Status.NOT_CERTIFIED: (What.NO_CERTIFICATE, Grade.LOOK),
    Status.NOT_REGISTERED: (What.NOT_REGISTERED, Grade.LOOK),
    Status.NOT_IN_COPY: (What.REGISTER_UNKNOWN, Grade.NOT_MEASURED),
    Status.COPY_TOO_OLD: (What.REGISTER_UNKNOWN, Grade.NOT_MEASURED),
    Status.CLOCK_WRONG: (What.REGISTER_UNKNOWN, Grade.NOT_MEASURED),
}
_WITHOUT_STARS = (What.CERTIFICATE_LAPSED, What.CERTIFICATE_WITHDRAWN, What.NO_CERTIFICATE)
"""A label with stars is refused where this is so."""
_TOO_MANY = (ReasonCode.LABEL_STARS_TOO_MANY, ReasonCode.LABEL_STARS_WITHOUT_CERTIFICATE)
_LINKS = {
    ReasonCode.LINK_UNKNOWN_DOMAIN: What.LINK_UNKNOWN,
    **dict.fromkeys(
        (
            ReasonCode.LINK_LOOKALIKE, ReasonCode.LINK_CREDENTIALS, ReasonCode.LINK_HIDDEN, ReasonCode.LINK_IP_ADDRESS,
            ReasonCode.LINK_IDN, ReasonCode.LINK_SHORTENER, ReasonCode.LINK_LOCAL_NAME, ReasonCode.LINK_NOT_HTTPS,
        ),
        What.LINK_DOUBTFUL,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What a numbered code says: its text, its kind of symbol (a Symbology's value), and where it is."""

    number: int
    text: str
    symbology: str
    gs1: bool
    place: Place


def checked_codes(said: Sequence[Said], catalogue: Catalogue, now: datetime, stars: int | None) -> list[CheckedCode]:
    """Each code judged with those on its page that name the same goods; all others where one product has all."""
    alone = [check(one.text, one.symbology, catalogue, now, gs1=one.gs1) for one in said]
    goods = {_goods(each) for each in alone if _goods(each)}
    judged = []
    for one, own in zip(said, alone, strict=True):
        others = [
            (other.text, other.symbology)
            for other, checked in zip(said, alone, strict=True)
            if other is not one and (len(goods) == 1 or _goods(checked) == _goods(own) != "")
        ]
        judged.append(check(one.text, one.symbology, catalogue, now, gs1=one.gs1, others=others, label_stars=stars))
    return judged


def _goods(checked: CheckedCode) -> str:
    """The digits that a carton's number and its goods' may share (GS1 2.1.9.2); none where no product is named."""
    return checked.gtin[1:13] if checked.gtin else ""


def content(one: Said, checked: CheckedCode, stars: int | None) -> Iterator[Finding]:
    """What is to be said of one code's content."""

    def found(what: What, grade: Grade, source: str = "", *values: tuple[str, Value]) -> Finding:
        return Finding(what, grade, source, one.number, one.place, values=values)

    code = checked.code
    if isinstance(code, Unrecognised):
        if code.fault is Fault.WRONG_CHECK_DIGIT:
            yield found(What.CHECK_DIGIT, Grade.STOP, _CHECK_DIGIT, ("text", code.text))
        elif code.fault is Fault.NOT_A_PRODUCT_CODE:
            yield found(What.NO_PRODUCT, Grade.NOT_MEASURED)
        else:
            yield found(What.MALFORMED, Grade.STOP, _LINK if code.fault is Fault.BAD_LINK else GS1)
        return
    if isinstance(code, ProductCode):
        gtin = ("gtin", on_the_pack(code.gtin))
        yield found(What.CHECK_DIGIT, Grade.IN_ORDER, _CHECK_DIGIT, gtin)
        if code.link:
            yield found(What.DIGITAL_LINK, Grade.IN_ORDER, _LINK)
    yield from _register(one, checked, stars)
    yield from _address(one, checked)


def _register(one: Said, checked: CheckedCode, stars: int | None) -> Iterator[Finding]:
    verdict = checked.verdict
    statuses = [each.status for each in verdict.findings]
    values: dict[str, Value] = {"gtin": on_the_pack(checked.gtin)} if checked.gtin else {}
    if product := checked.product:
        values["name"] = product.name
        standing = worth(product.certificates, verdict.today.day)
        if speaks := standing.speaks:
            values |= {"number": speaks.number, "stars": speaks.stars, "valid_to": speaks.valid_to}
            values["days"] = (speaks.valid_to - verdict.today.day).days
    for status in statuses:
        if status in _CERTIFICATES:
            what, grade = _CERTIFICATES[status]
            grade = Grade.STOP if stars and what in _WITHOUT_STARS else grade
            yield Finding(what, grade, "", one.number, one.place, values=tuple(values.items()))
    for reason in verdict.reasons:
        if reason.code in _TOO_MANY and Status.STAR_MISMATCH in statuses:
            label = (("label", stars or 0), ("stars", dict(reason.values).get("stars", 0)))
            yield Finding(What.STARS_TOO_MANY, Grade.STOP, _STARS, one.number, one.place, values=label)
    if stars and product and Status.STAR_MISMATCH not in statuses:
        most = worth(product.certificates, verdict.today.day).stars
        if most and stars <= most and any(s in (Status.CERTIFIED, Status.EXPIRES_SOON) for s in statuses):
            label = (("label", stars), ("stars", most))
            yield Finding(What.STARS, Grade.IN_ORDER, _STARS, one.number, one.place, values=label)


def _address(one: Said, checked: CheckedCode) -> Iterator[Finding]:
    """Where a link leads, and the signed statement in it."""
    if checked.link is None and not any(reason.code in _LINKS for reason in checked.verdict.reasons):
        return
    host = ("host", checked.link.host if checked.link else "")
    whats = {_LINKS[reason.code] for reason in checked.verdict.reasons if reason.code in _LINKS}
    unknown = Status.UNKNOWN_LINK in [each.status for each in checked.verdict.findings]
    if unknown:
        whats.add(What.LINK_UNKNOWN)
    for what in sorted(whats):
        yield Finding(what, Grade.LOOK, "", one.number, one.place, values=(host,))
    if not whats and checked.verdict.as_of:
        yield Finding(What.LINK_KNOWN, Grade.IN_ORDER, "", one.number, one.place, values=(host,))
    if checked.statement is not None:
        bad = Status.STATEMENT_INVALID in [each.status for each in checked.verdict.findings]
        good = checked.statement.fault is None
        grade = Grade.STOP if bad else Grade.IN_ORDER if good else Grade.NOT_MEASURED
        what = What.STATEMENT_BAD if bad else What.STATEMENT
        yield Finding(what, grade, "RFC 7515", one.number, one.place)


def together(said: Sequence[Said], checked: Sequence[CheckedCode], gtin: str | None) -> Iterator[Finding]:
    """Which codes contradict each other, or the number that the person says the label is for.

    A page with several labels has each number in the same kinds of code: that is no contradiction. Of two numbers with
    one code each it cannot be told whether they are on one label.
    """
    if gtin is not None:
        wanted = to_gtin14(gtin)
        for one, each in zip(said, checked, strict=True):
            if each.gtin and each.gtin[1:13] != wanted[1:13]:
                values = (("gtin", on_the_pack(each.gtin)), ("wanted", on_the_pack(wanted)))
                yield Finding(What.OTHER_GTIN, Grade.STOP, "", one.number, one.place, values=values)
        return
    kinds: dict[str, Counter[str]] = {}
    for one, each in zip(said, checked, strict=True):
        if _goods(each):
            kinds.setdefault(_goods(each), Counter())[_kind(one.symbology)] += 1
    if len(kinds) < 2:
        return
    layouts = Counter(frozenset(each) for each in kinds.values())
    usual, times = layouts.most_common(1)[0]
    single = len(kinds) == 2 and all(each.total() == 1 for each in kinds.values())
    if times == len(kinds) and not single:
        return
    odd = [goods for goods, each in kinds.items() if frozenset(each) != usual or times == 1 or single]
    numbers = {each.gtin for each in checked if each.gtin and _goods(each) in kinds}
    shown = " ≠ ".join(sorted(on_the_pack(number) for number in numbers))
    cartons = {number[0] == "0" for number in numbers} == {True, False}
    same_kind = single and times == len(kinds)
    for one, each in zip(said, checked, strict=True):
        if _goods(each) in odd:
            grade = Grade.LOOK if cartons or same_kind else Grade.STOP
            yield Finding(What.CODES_DIFFER, grade, GS1, one.number, one.place, values=(("gtins", shown),))


def _kind(symbology: str) -> str:
    """All symbologies that give a number in bars are one kind: labels of one sheet may have GTINs of any length."""
    return "bars" if symbology in _BARS else symbology


_BARS = ("EAN-13", "EAN-8", "UPC-A", "UPC-E", "ITF-14", "Code 128")
