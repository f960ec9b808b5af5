"""Says on paper what a closed shelf audit says: totals, what to do first, then each shelf with its lines, hashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from printing.record_content import Block, Cell, Column, Facts, Line, Mark, RecordContent, Section, Table
from printing.record_content import Words as Lines
from services.audits import audit as audits
from services.audits.audit import Audit
from services.audits.gravity import Action, Klass, Urgency, Why, actions, klass, totals
from services.codes import on_the_pack
from services.papers.content import Source
from services.papers.paper import closing_day
from services.papers.products import day_words, price_words
from services.papers.words import VERDICTS, Both, grouped
from services.register.certificates import VIETNAM, Today
from services.wording import Language, mark

MARKS = {
    Klass.GOOD: Mark.FINE,
    Klass.LOOK: Mark.ATTENTION,
    Klass.TAKE_DOWN: Mark.STOP,
    Klass.OUTSIDE: Mark.UNKNOWN,
    Klass.NOT_READ: Mark.UNKNOWN,
}
_UNKNOWN = (Why.UNKNOWN, Why.NOT_READ)
_DONE = {
    audits.What.TAKEN_DOWN: mark("Taken off the shelf"),
    audits.What.CHECKED: mark("Looked at again"),
    audits.What.ASKED: mark("The supplier was asked"),
}
BOX = "[   ]"
"""A box to tick by hand; the font has no drawn one."""


class Wording(Protocol):
    """The words of the screens for classes and actions, in a language of the paper."""

    def counted(self, language: Language, of: Klass) -> str:
        """What stands beside the count of a class."""

    def why(self, language: Language, action: Action) -> str:
        """Why something is to be done."""

    def do(self, language: Language, action: Action) -> str:
        """What is to be done."""


def audit_content(
    audit: Audit,
    lines: Sequence[audits.Line],
    languages: Sequence[Language],
    source: Source,
    wording: Wording,
    *,
    link: str | None,
) -> RecordContent:
    """Make what is drawn, without attachments. `lines` are the audit's, with what was ticked off later."""
    both, today = Both(languages), closing_day(audit)
    todo = [action for action in actions(lines, today) if action.urgency is not Urgency.PLAN]
    plan = [action for action in actions(lines, today) if action.urgency is Urgency.PLAN]
    by_n = {line.n: line for line in lines}
    parts: list[Section] = []
    if todo:
        parts.append(Section(both.say(mark("Things to do")), (_todo(todo, by_n, both, wording),)))
    if plan:
        parts.append(Section(both.say(mark("In time")), (_todo(plan, by_n, both, wording),)))
    parts += [
        Section(_shelf_title(name, of_shelf, both), (_shelf(of_shelf, today, both),))
        for name, of_shelf in _by_shelf(lines).items()
    ]
    parts.append(Section(both.say(mark("How to check this record")), _proof(audit, source, both)))
    numbered = [Section(f"{number}. {part.title}", part.blocks) for number, part in enumerate(parts, 1)]
    notice = [both.say(mark("What one device looked at on the shelves. It says nothing of what it did not look at."))]
    if audit.owner is None:
        notice.append(both.say(mark("Kept without an account: this paper bears no proof. Anybody could have made it.")))
    if source.sample:
        notice.append(both.say(mark("Sample data.")))
    return RecordContent(
        above=" · ".join(filter(None, ["OCOP Verify", source.register])),
        title=both.say(mark("Shelf audit")),
        notice=" ".join(notice),
        link=link,
        link_words=both.say(mark("Scan the code to compare this paper with the register. No account is needed."))
        if link
        else both.say(mark("Not signed by a device: this paper cannot be checked by a code.")),
        sections=(Section("", (_head(audit, lines, today, both, wording),)), *numbered),
        foot=(
            " ".join([both.say(mark("Hash of this record")), grouped(audit.sha256[:32])]),
            " ".join([both.say(mark("Audit")), audit.id]),
        ),
        page=both.each(lambda language: language.gettext(mark("Page {page}/{pages}"))),
        language=languages[0].language,
        made_at=audit.closed_at,
    )


def picking_content(
    shop: str,
    by_n: Mapping[int, audits.Line],
    todo: Sequence[Action],
    today: Today,
    languages: Sequence[Language],
    wording: Wording,
) -> RecordContent:
    """Make the list to take along to the shelves: by shelf, the most urgent first, with a box to tick by hand.

    `by_n` are the lines by their numbers, `todo` what is to be done with them; what was done is left out.
    """
    both = Both(languages)
    shelves: dict[str, list[Action]] = {}
    for action in (action for action in todo if not by_n[action.n].done):
        shelves.setdefault(by_n[action.n].shelf, []).append(action)
    sections = tuple(
        Section(name or both.say(mark("Without a shelf")), (_picking(of_shelf, by_n, both, wording),))
        for name, of_shelf in shelves.items()
    )
    nothing = Lines((Line(both.say(mark("Nothing is to be done."))),))
    day = both.each(lambda language: language.moment(today.moment))
    return RecordContent(
        above="OCOP Verify",
        title=both.say(mark("What to do at the shelves")),
        notice=" · ".join(filter(None, [shop, day])),
        link=None,
        link_words=both.say(mark("A list to work with. It bears no proof.")),
        sections=sections or (Section("", (nothing,)),),
        foot=(" · ".join(filter(None, [shop, day])),),
        page=both.each(lambda language: language.gettext(mark("Page {page}/{pages}"))),
        language=languages[0].language,
        made_at=today.moment,
    )


def name_on_paper(line: audits.Line, both: Both) -> Cell:
    """What a line is called, the register's name below the shop's own, its number, lot and date."""
    named = line.product.name if line.product else ""
    number = on_the_pack(line.gtin) if line.gtin else line.text[:80]
    first = line.own_name or named or number or both.say(mark("Without a code"))
    small = [text for text in (named, number) if text and text != first]
    lot = both.say(mark("Lot {lot}"), lot=line.lot) if line.lot else ""
    date = both.say(mark("Good until {day}"), day=day_words(line.expiry.isoformat(), both)) if line.expiry else ""
    small += [text for text in (", ".join(filter(None, [lot, date])),) if text]
    return (Line(first, bold=True), *(Line(text, small=True) for text in small))


def _head(audit: Audit, lines: Sequence[audits.Line], today: Today, both: Both, wording: Wording) -> Facts:
    counted, day = totals(lines, today), audit.closed_at.astimezone(VIETNAM).date()
    same_day = audit.opened_at.astimezone(VIETNAM).date() == day
    begun, ended = (_time(at, both, whole=not same_day) for at in (audit.opened_at, audit.closed_at))
    classes = both.each(
        lambda language: "; ".join(
            f"{language.number(counted.lines_of[of])} {wording.counted(language, of)}"
            for of in Klass
            if counted.lines_of[of]
        )
    )
    pauses = [
        f"{_time(pause.since, both)} – {_time(pause.until, both) if pause.until else ''}" for pause in audit.pauses
    ]
    pairs = [
        (mark("Shop"), audit.shop),
        (mark("Day"), both.each(lambda language: language.day(day))),
        (mark("Time"), f"{begun} – {ended}"),
        (mark("Pauses"), "; ".join(pauses)),
        (mark("Lines"), both.each(lambda language: language.number(counted.lines))),
        (mark("Packs"), both.each(lambda language: language.number(counted.packs))),
        (mark("Of these lines"), classes),
        (mark("Register's copy as of"), _time(audit.copy_as_of, both, whole=True) if audit.copy_as_of else ""),
        (mark("Remarks"), audit.remarks),
    ]
    return Facts(tuple((both.say(label), value) for label, value in pairs if value.strip()))


def _time(at: datetime, both: Both, *, whole: bool = False) -> str:
    return both.each(lambda language: language.moment(at) if whole else language.time(at))


def _todo(todo: Sequence[Action], by_n: Mapping[int, audits.Line], both: Both, wording: Wording) -> Table:
    columns = (
        Column(both.say(mark("Why, and what to do")), 64),
        Column(both.say(mark("Product, number")), 60),
        Column(both.say(mark("Shelf")), 28),
        Column(both.say(mark("Packs")), 18, right=True),
        Column(both.say(mark("Done")), 30),
    )
    rows = []
    for action in todo:
        line = by_n[action.n]
        rows.append(
            (
                _why_and_what(action, both, wording),
                name_on_paper(line, both),
                (Line(line.shelf),),
                _count(line, both),
                _done(line, both),
            )
        )
    return Table(columns, tuple(rows))


def _picking(todo: Sequence[Action], by_n: Mapping[int, audits.Line], both: Both, wording: Wording) -> Table:
    columns = (
        Column("", 10),
        Column(both.say(mark("Product, number")), 70),
        Column(both.say(mark("Packs")), 18, right=True),
        Column(both.say(mark("Why, and what to do")), 86),
    )
    rows = []
    for action in todo:
        line = by_n[action.n]
        why = _why_and_what(action, both, wording)
        rows.append(((Line(BOX),), name_on_paper(line, both), _count(line, both), why))
    return Table(columns, tuple(rows))


def _why_and_what(action: Action, both: Both, wording: Wording) -> Cell:
    return (Line(_why(action, both, wording), mark=_shape(action)), Line(_do(action, both, wording)))


def _shape(action: Action) -> Mark:
    if action.reason in _UNKNOWN:
        return Mark.UNKNOWN
    return Mark.STOP if action.urgency is Urgency.NOW else Mark.ATTENTION


def _why(action: Action, both: Both, wording: Wording) -> str:
    return both.each(lambda language: wording.why(language, action))


def _do(action: Action, both: Both, wording: Wording) -> str:
    return both.each(lambda language: wording.do(language, action))


def _count(line: audits.Line, both: Both) -> Cell:
    return (Line(both.each(lambda language: language.number(line.quantity))),)


def _done(line: audits.Line, both: Both) -> Cell:
    if line.done is None:
        return (Line(BOX),)
    what, at = line.done.what, line.done.at
    words = both.say(_DONE[audits.What(what)]) if what in _DONE else what
    return (Line(words), Line(_time(at, both, whole=True), small=True))


def _by_shelf(lines: Sequence[audits.Line]) -> dict[str, list[audits.Line]]:
    shelves: dict[str, list[audits.Line]] = {}
    for line in lines:
        shelves.setdefault(line.shelf, []).append(line)
    return shelves


def _shelf_title(name: str, lines: Sequence[audits.Line], both: Both) -> str:
    packs = sum(line.quantity for line in lines)
    counts = both.say(mark("{lines} lines, {packs} packs"), lines=len(lines), packs=packs)
    return f"{name or both.say(mark('Without a shelf'))} ({counts})"


def _shelf(lines: Sequence[audits.Line], today: Today, both: Both) -> Block:
    columns = (
        Column(both.say(mark("No.")), 10),
        Column(both.say(mark("Product, number")), 80),
        Column(both.say(mark("Verdict when looked at")), 54),
        Column(both.say(mark("Packs")), 18, right=True),
        Column(both.say(mark("Price")), 22, right=True),
    )
    return Table(columns, tuple(_line(line, today, both) for line in lines))


def _line(line: audits.Line, today: Today, both: Both) -> tuple[Cell, ...]:
    shape = MARKS[klass(line, today)]
    verdict = Line(both.say(mark("Not read")), mark=shape)
    if line.verdict:
        known = {str(status): words for status, (words, _mark) in VERDICTS.items()}
        unknown = mark("Another verdict: update the app to see it")
        verdict = Line(both.say(known.get(line.verdict.status, unknown)), mark=shape)
    past = [Line(both.say(mark("Past the date on the pack")))] if line.expiry and line.expiry < today.day else []
    number = (Line(both.each(lambda language: language.number(line.n))),)
    return (
        number,
        name_on_paper(line, both),
        (verdict, *past),
        _count(line, both),
        (Line(price_words(line.price, both)),),
    )


def _proof(audit: Audit, source: Source, both: Both) -> tuple[Block, ...]:
    told = mark(
        "The signed record is attached to the PDF file. In the app, choose the file, or scan the code at the head. "
        "Any program that computes SHA-256 gives the hash below for the attached file."
    )
    if audit.owner is None:
        told = mark(
            "The record is attached to the PDF file, and nobody has signed it: it was made without an account. "
            "It proves nothing to others."
        )
    pairs = [
        (both.say(mark("Record of the audit")), grouped(audit.sha256)),
        (both.say(mark("Record before it")), grouped(audit.prev) if audit.prev else "–"),
        (both.say(mark("Key of the device")), grouped(source.kid) if source.kid else "–"),
    ]
    return Lines((Line(both.say(told)),)), Facts(tuple(pairs[:1] if audit.owner is None else pairs))
