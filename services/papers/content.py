"""Says on paper what a closed round says: head, products, checklists, photos, signatures, hashes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from printing.record_content import (
    Block,
    Cell,
    Column,
    Facts,
    Line,
    Picture,
    Pictures,
    RecordContent,
    Section,
    Signatures,
    Signed,
    Table,
)
from printing.record_content import Words as Lines
from services.papers.words import (
    ANSWERED_BY,
    ANSWERS,
    FINDINGS,
    PLACES,
    ROLES,
    SALES,
    SEALS,
    SHOWS,
    VERDICTS,
    Both,
    Language,
    mark,
)
from services.register.certificates import VIETNAM
from services.rounds.inspection import Answered, Compared, Found, Inspection, ItemAnswer, Sealed
from services.rounds.round import Role, Round, content_hash

_FAILED = (Answered.MISSING, Answered.WRONG, Answered.UNREADABLE)
_SIGN = (Role.INSPECTOR, Role.SELLER, Role.WITNESS)


@dataclass(frozen=True)
class ItemWords:
    """What an item of a checklist asks, in Vietnamese and English, where that stands, and whether that is assumed."""

    text: str
    text_en: str
    citation: str
    citation_en: str
    assumed: bool


@dataclass(frozen=True)
class ListWords:
    """The words of a version of the checklists: the law's name in both languages, and the items by their ids."""

    law: str
    law_en: str
    items: Mapping[str, ItemWords]


ListOf = Callable[[str, str], ListWords | None]
"""Gives the words of a checklist by the hash of its version and the law's id; None where they are not here."""


@dataclass(frozen=True)
class Source:
    """Where a record comes from: the register's name, whether that is no real one, and the device's key."""

    register: str
    sample: bool
    kid: str | None = None


def content_of(
    closed: Round,
    inspections: Sequence[Inspection],
    prints: Mapping[str, bytes],
    languages: Sequence[Language],
    source: Source,
    *,
    lists: ListOf,
    link: str | None,
) -> RecordContent:
    """Make what is drawn; `prints` are the photos' prints by the photos' hashes. Without attachments."""
    both, said = Both(languages), closed.said
    checked = [
        Section(
            both.say(mark("Checklist, product {number}: {name}"), number=number, name=_name(each.found, both)),
            _checklist(each.found, lists, both),
        )
        for number, each in enumerate(inspections, 1)
        if each.found.checklist and each.found.checklist.answers
    ]
    photos = _photos(inspections, prints, both)
    parts = [
        _products(closed, inspections, both),
        *checked,
        *([Section(both.say(mark("Photos")), (photos,))] if photos.pictures else []),
        Section(both.say(mark("Signatures")), _signatures(closed, both)),
        Section(both.say(mark("How to check this record")), _proof(closed, inspections, source, both)),
    ]
    numbered = [Section(f"{number}. {part.title}", part.blocks) for number, part in enumerate(parts, 1)]
    notice = [both.say(mark("A supporting record. It does not replace the official minutes."))]
    if source.sample:
        notice.append(both.say(mark("Sample data.")))
    return RecordContent(
        above=" · ".join(filter(None, ["OCOP Verify", source.register])),
        title=both.say(mark("Record of an inspection round")),
        notice=" ".join(notice),
        link=link,
        link_words=both.say(mark("Scan the code to compare this paper with the register. No account is needed."))
        if link
        else both.say(mark("Not signed by a device: this paper cannot be checked by a code.")),
        sections=(Section("", (_round(closed, inspections, both),)), *numbered),
        foot=(
            " ".join([both.say(mark("Hash of the record")), _grouped(closed.sha256[:32])]),
            " ".join([both.say(mark("Round")), closed.id]),
        ),
        page=both.each(lambda language: language.gettext(mark("Page {page}/{pages}"))),
        language=languages[0].language,
        made_at=said.closed_at or said.opened_at,
    )


def _round(closed: Round, inspections: Sequence[Inspection], both: Both) -> Facts:
    said = closed.said
    end = said.closed_at or said.opened_at
    day, last = (at.astimezone(VIETNAM).date() for at in (said.opened_at, end))
    begun, ended = (
        both.each(lambda language, at=at: language.time(at) if day == last else language.moment(at))  # type: ignore[misc]
        for at in (said.opened_at, end)
    )
    pairs = [
        (mark("Place of inspection"), ": ".join(filter(None, [both.of(PLACES, said.place.kind), said.place.name]))),
        (mark("Address or stall"), said.place.address),
        (mark("Day"), both.each(lambda language: language.day(day))),
        (mark("Time"), f"{begun} – {ended}"),
        (mark("Pauses"), "; ".join(_pause(pause.since, pause.until, both) for pause in said.pauses)),
        (mark("Case number"), said.case_number or ""),
        (mark("Round number"), closed.id[:8].upper()),
        (mark("Position"), _position(said.place.position, both)),
    ]
    if said.inspected:
        present = mark("present") if said.inspected.present else mark("absent")
        pairs += [
            (mark("Inspected"), f"{said.inspected.name} ({both.say(present)})"),
            (mark("Registration number"), said.inspected.registration or ""),
        ]
    for role in Role:
        people = ["; ".join([", ".join(filter(None, [p.name, p.title])) for p in said.people if p.role == role])]
        pairs.append((ROLES[role], people[0]))
    copies = sorted({each.found.copy_as_of for each in inspections if each.found.copy_as_of})
    if copies:
        ends = dict.fromkeys([copies[0], copies[-1]])
        pairs.append((mark("Register's copy as of"), " – ".join(both.each(lambda l, at=at: l.moment(at)) for at in ends)))  # type: ignore[misc]
    pairs.append((mark("Remarks"), said.remarks))
    return Facts(tuple((both.say(label), value) for label, value in pairs if value.strip()))


def _pause(since: Any, until: Any, both: Both) -> str:
    return both.each(lambda language: f"{language.time(since)} – {language.time(until) if until else ''}")


def _position(position: Any, both: Both) -> str:
    if position is None:
        return ""
    point = both.each(lambda language: "; ".join(_decimal(f"{part:.4f}", language) for part in (position.lat, position.lon)))
    if position.accuracy is None:
        return point
    within = both.say(mark("within {metres} m"), metres=round(position.accuracy))
    return f"{point} ({within})"


def _products(closed: Round, inspections: Sequence[Inspection], both: Both) -> Section:
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
        blocks.append(Table(columns, tuple(_product(number, each, both) for number, each in enumerate(inspections, 1))))
    else:
        blocks.append(Lines((Line(both.say(mark("No product was inspected in this round."))),)))
    if looked:
        counts = Counter(look["status"] for look in looked).most_common()
        words = "; ".join(f"{both.say(_verdict(status)[0])}: {count}" for status, count in counts)
        label = both.say(mark("Looked at without an inspection"))
        blocks.append(Lines((Line(f"{label}: {words}", small=True),)))
    return Section(title, tuple(blocks))


def _product(number: int, each: Inspection, both: Both) -> tuple[Cell, ...]:
    found = each.found
    product = [Line(_name(found, both), bold=True)]
    product += [Line(text, small=True) for text in (found.producer_name, _on_the_pack(found.gtin)) if text]
    verdict: Cell = (Line("–"),)
    if found.verdict:
        words, shape = _verdict(found.verdict.status)
        verdict = (Line(both.say(words), mark=shape),)
    quantity = _amount(found.quantity, both) if found.quantity else ""
    return (
        (Line(str(number)),),
        tuple(product),
        verdict,
        _findings(found, both),
        (Line(quantity),),
        (Line(str(len(each.body["photos"]))),),
    )


def _findings(found: Found, both: Both) -> Cell:
    details = [
        (mark("Price"), both.each(lambda l: f"{l.number(found.price)} đ") if found.price is not None else ""),
        (mark("Lot"), _compared(found.lot, both, str)),
        (mark("Produced"), _compared(found.produced, both, lambda day: _day(day, both))),
        (mark("Good until"), _compared(found.expiry, both, lambda day: _day(day, both))),
        (mark("Samples"), "; ".join(_sealed(sample, both) for sample in found.samples)),
        (mark("Goods held"), _sealed(found.held, both) if found.held else ""),
        (mark("The seller said"), found.seller_said),
    ]
    states = [both.of(table, value) for table, value in ((SALES, found.sale), (SEALS, found.seal)) if value]
    lines = [Line(both.of(FINDINGS, finding), bold=finding != "matches") for finding in found.findings]
    lines += [Line(found.text)] if found.text else []
    lines += [Line(" · ".join(states), small=True)] if states else []
    return (*lines, *(Line(f"{both.say(label)}: {value}", small=True) for label, value in details if value))


def _compared(values: Compared, both: Both, show: Callable[[str], str]) -> str:
    """What the label shows, and what the code says where that is another."""
    code, label = (show(value) if value else None for value in (values.code, values.label))
    if values.differ:
        return both.say(mark("{label} on the label, {code} in the code"), label=label, code=code)
    return label or code or ""


def _checklist(found: Found, lists: ListOf, both: Both) -> tuple[Block, ...]:
    """The items that are not in order as a table, and all others below each other by their answer."""
    filled = found.checklist
    if filled is None:
        return ()
    words = lists(filled.version, filled.law)
    law = both.each(lambda l: words.law_en if l.language == "en" else words.law) if words else filled.law
    by, day = both.say(mark("By")), both.say(mark("For the day"))
    chosen = f"{by}: {law}. {day}: {_day(filled.day, both)}."
    blocks: list[Block] = [Lines((Line(chosen, small=True),))]
    failed = [answer for answer in filled.answers if answer.answer in _FAILED]
    if failed:
        columns = tuple(
            Column(both.say(head), share)
            for head, share in ((mark("Item"), 76), (mark("Where it stands"), 58), (mark("Answer"), 56))
        )
        rows = tuple(
            (
                (Line(_item(answer, words, both)),),
                (Line(_citation(answer, words, both)),),
                tuple(
                    [Line(_answer(answer, both), bold=True)] + ([Line(answer.reason)] if answer.reason else [])
                ),
            )
            for answer in failed
        )
        blocks.append(Table(columns, rows))
    for value in (Answered.OK, Answered.NOT_APPLICABLE, Answered.NOT_CHECKED):
        same = [answer for answer in filled.answers if answer.answer == value]
        if same:
            lines = [Line(f"{both.of(ANSWERS, value)} ({len(same)})", bold=True)]
            for citation in dict.fromkeys(_citation(answer, words, both) for answer in same):
                items = [_in_a_row(each, words, both) for each in same if _citation(each, words, both) == citation]
                lines.append(Line(": ".join(filter(None, [citation, "; ".join(items)])), small=True))
            blocks.append(Lines(tuple(lines)))
    return tuple(blocks)


def _in_a_row(answer: ItemAnswer, words: ListWords | None, both: Both) -> str:
    by = both.of(ANSWERED_BY, answer.by) if answer.by in ANSWERED_BY else ""
    within = ", ".join(filter(None, [by, answer.reason]))
    return f"{_item(answer, words, both)} ({within})" if within else _item(answer, words, both)


def _item(answer: ItemAnswer, words: ListWords | None, both: Both) -> str:
    item = words.items.get(answer.item) if words else None
    return both.each(lambda l: item.text_en if l.language == "en" else item.text) if item else answer.item


def _citation(answer: ItemAnswer, words: ListWords | None, both: Both) -> str:
    item = words.items.get(answer.item) if words else None
    if item is None:
        return ""
    told = both.each(lambda l: item.citation_en if l.language == "en" else item.citation)
    assumed = both.say(mark("assumed, not confirmed"))
    return f"{told} ({assumed})" if item.assumed else told


def _answer(answer: ItemAnswer, both: Both) -> str:
    words = both.of(ANSWERS, answer.answer)
    return f"{words} ({both.of(ANSWERED_BY, answer.by)})" if answer.by in ANSWERED_BY else words


def _photos(inspections: Sequence[Inspection], prints: Mapping[str, bytes], both: Both) -> Pictures:
    pictures = []
    for number, each in enumerate(inspections, 1):
        for photo, said in enumerate(each.body["photos"], 1):
            words = both.say(
                mark("Photo {number}.{photo}: {shows}"),
                number=number,
                photo=photo,
                shows=lambda l, said=said: l.gettext(SHOWS.get(said["shows"], said["shows"])),
            )
            if said["copy_of"]:
                words = ", ".join([words, both.say(mark("marked or covered copy"))])
            name = _name(each.found, both)
            lines = (Line(words), Line(name, small=True), Line(_grouped(said["sha256"][:24]) + " …", small=True))
            pictures.append(Picture(prints.get(said["sha256"]), lines))
    return Pictures(tuple(pictures), both.say(mark("This photo is not on the device any more.")))


def _signatures(closed: Round, both: Both) -> tuple[Block, ...]:
    said, content = closed.said, content_hash(closed.body)
    fields = []
    for role in _SIGN:
        signed = [signature for signature in said.signatures if signature.role == role]
        for signature in signed:
            refused = ": ".join([both.say(mark("Refused to sign")), signature.refused or "–"])
            below = ", ".join([signature.name, both.each(lambda l, at=signature.at: l.time(at))])  # type: ignore[misc]
            fields.append(Signed(both.of(ROLES, role), signature.strokes, refused, below))
        if not signed:
            fields.append(Signed(both.of(ROLES, role), (), both.say(mark("No signature")), ""))
    told = ": ".join([both.say(mark("Hash of the content that was signed on the screen")), _grouped(content)])
    blocks: list[Block] = [Signatures(tuple(fields))]
    if said.signatures:
        blocks.append(Lines((Line(told, small=True),)))
    return tuple(blocks)


def _proof(closed: Round, inspections: Sequence[Inspection], source: Source, both: Both) -> tuple[Block, ...]:
    told = mark(
        "The signed records are attached to the PDF file. In the app, choose the file, or scan the code at the head. "
        "Any program that computes SHA-256 gives the hashes below for the attached files."
    )
    pairs = [
        (both.say(mark("Record of the round")), _grouped(closed.sha256)),
        (both.say(mark("Record before it")), _grouped(closed.prev) if closed.prev else "–"),
        (both.say(mark("Key of the device")), _grouped(source.kid) if source.kid else "–"),
    ]
    listed = (
        Line(both.say(mark("Inspections")), bold=True),
        *(Line(f"{number}. {_grouped(each.sha256)}", small=True) for number, each in enumerate(inspections, 1)),
    )
    return (Lines((Line(both.say(told)),)), Facts(tuple(pairs)), *([Lines(listed)] if inspections else []))


def _verdict(status: str) -> tuple[str, Any]:
    known = {str(each): words for each, words in VERDICTS.items()}
    return known.get(status, (mark("Another verdict: update the app to see it"), None))


def _name(found: Found, both: Both) -> str:
    code = found.codes[0].text if found.codes else ""
    return found.product_name or found.gtin or code[:60] or both.say(mark("Without a code"))


def _on_the_pack(gtin: str | None) -> str:
    """A GTIN as it stands below the bars: with 13 digits, or with 8."""
    digits = gtin or ""
    return digits.removeprefix("000000") if digits.startswith("000000") else digits.removeprefix("0")


def _amount(quantity: Any, both: Both) -> str:
    return both.each(lambda l: f"{_decimal(format(quantity.amount, 'g'), l)}\u00a0{quantity.unit}".strip())


def _sealed(goods: Sealed, both: Both) -> str:
    seal = both.say(mark("seal {number}"), number=goods.seal_number) if goods.seal_number else ""
    return ", ".join(filter(None, [_amount(goods, both), seal]))


def _decimal(number: str, language: Language) -> str:
    return number.replace(".", ",") if language.language == "vi" else number


def _day(text: str, both: Both) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return both.each(lambda language: language.day(day))


def _grouped(digits: str) -> str:
    """A hash in groups, so that people can compare it."""
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))
