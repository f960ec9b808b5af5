"""The report of a checked label: what stands in its PDF, and the same as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from printing.record import Step, record_pdf
from printing.record_content import (
    Block,
    Column,
    Facts,
    Line,
    Mark,
    Plate,
    RecordContent,
    Section,
    Table,
)
from printing.record_content import Words as Lines
from services import VERSION
from services.codes import on_the_pack
from services.labels.advice import Advice
from services.labels.artwork import Page
from services.labels.check import CheckedLabel, LabelCode
from services.labels.finding import Finding, Grade
from services.labels.marking import marked
from services.labels.words import GRADES, NO_VERIFIER, NOT_MEASURED, RESULTS, TITLES, measured, told
from services.register.certificates import VIETNAM
from services.wording import Saying, mark

MARKS = {
    Grade.STOP: Mark.STOP,
    Grade.LOOK: Mark.ATTENTION,
    Grade.IN_ORDER: Mark.FINE,
    Grade.NOT_MEASURED: Mark.UNKNOWN,
}
_GRAVE = (Grade.STOP, Grade.LOOK, Grade.NOT_MEASURED)


@dataclass(frozen=True)
class Source:
    """The file's name, and the name of the register that the copy is of; None where there is no copy."""

    file: str
    register: str | None


def report_pdf(label: CheckedLabel, source: Source, language: Saying, fonts: Path, step: Step = lambda: None) -> bytes:
    """Draw the report; `fonts` is the folder with Be Vietnam Pro. `step` may raise to end the drawing."""
    return record_pdf(_content(label, source, language), fonts, step)


def report_text(label: CheckedLabel, source: Source, language: Saying) -> Iterator[str]:
    """The report as lines of plain text."""
    _ = language.gettext
    yield f"{source.file}: {_(RESULTS[label.worst])}"
    for name, value in _facts(label, language):
        yield f"  {name}: {value}"
    for code in label.codes:
        yield f"  [{code.number}] {code_words(code, language)}"
    for grade in (*_GRAVE, Grade.IN_ORDER):
        found = label.of_grade(grade)
        if found:
            yield f"{_(GRADES[grade])} ({len(found)})"
        for finding in found:
            yield from _text(finding, language)
    if label.advice:
        yield _(_LIST_TITLE)
        yield from (f"  {line.text}" for line in listed(label.advice, language))
    yield _(_NOT_MEASURED_TITLE)
    yield from (f"  - {_(words)}" for words in NOT_MEASURED)
    yield _(NO_VERIFIER)


def _text(finding: Finding, language: Saying) -> Iterator[str]:
    said = told(finding, language)
    number = f"[{finding.code}] " if finding.code else ""
    figure = f" {said.measured}." if said.measured else ""
    source = f" ({said.source})" if said.source else ""
    if finding.grade is Grade.IN_ORDER:
        yield f"  {number}{said.title}:{figure or ' ' + said.sentence}"
        return
    yield f"  {number}{said.title}:{figure} {said.sentence}{source}"
    if said.todo:
        yield f"      → {said.todo}"


_LIST_TITLE = mark("To go through before printing: what the law asks of the label")
_NOT_MEASURED_TITLE = mark("What a picture cannot tell")
_NOT_WHOLE = mark("The product's group is not known here. Its own law may ask for more.")
_UNREAD = mark("not read")


def code_words(code: LabelCode, language: Saying) -> str:
    """A code as a person knows it: its kind and what it says."""
    if not code.text:
        return language.gettext(_UNREAD)
    return f"{code.symbology}: {code.text}"


def _facts(label: CheckedLabel, language: Saying) -> Iterator[tuple[str, str]]:
    _ = language.gettext
    page = label.artwork.pages[0]
    if page.size:
        wide, tall = (f"{side:.1f}".replace(".", "," if language.language == "vi" else ".") for side in page.size)
        yield _(mark("Size in print")), f"{wide} × {tall} mm"
    if len(label.artwork.pages) > 1:
        yield _(mark("Pages")), str(len(label.artwork.pages))
    if label.product:
        yield _(mark("Product")), f"{label.product.name} ({on_the_pack(label.product.gtin)})"
        yield _(mark("Producer")), label.product.producer.name
    if label.asked.stars is not None:
        yield _(mark("Stars on the label")), str(label.asked.stars)
    as_of = language.day(label.as_of.date()) if label.as_of else _(mark("No copy of the register yet"))
    yield _(mark("Register's copy as of")), as_of
    yield _(mark("Checked on")), language.day(_day(label.made_at))


def _day(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()


def _content(label: CheckedLabel, source: Source, language: Saying) -> RecordContent:
    _ = language.gettext
    result = Line(_(RESULTS[label.worst]), bold=True, mark=MARKS[label.worst])
    sections = [Section("", (Lines((result,)), Facts(tuple(_facts(label, language)))))]
    sections += [_page(label, page, language) for page in label.artwork.pages]
    for grade in _GRAVE:
        if found := label.of_grade(grade):
            sections.append(Section(f"{_(GRADES[grade])} ({len(found)})", (_table(found, language),)))
    if found := label.of_grade(Grade.IN_ORDER):
        sections.append(Section(f"{_(GRADES[Grade.IN_ORDER])} ({len(found)})", (_in_order(label, language),)))
    if label.advice:
        sections.append(Section(_(_LIST_TITLE), (Lines(tuple(listed(label.advice, language))),)))
    cannot = tuple(Line(f"– {_(words)}", small=True) for words in NOT_MEASURED)
    sections.append(Section(_(_NOT_MEASURED_TITLE), (Lines(cannot),)))
    return RecordContent(
        above=" · ".join(filter(None, ["OCOP Verify", source.register])),
        title=_(mark("Check of a label before printing")),
        notice=_(NO_VERIFIER),
        link=None,
        link_words=source.file,
        sections=tuple(sections),
        foot=(_(mark("Measured in a picture: no verifier's grade.")), f"OCOP Verify {VERSION} · {source.file}"),
        page=_(mark("Page {page}/{pages}")),
        language=language.language,
        made_at=label.made_at,
    )


def _page(label: CheckedLabel, page: Page, language: Saying) -> Section:
    _ = language.gettext
    title = _(mark("The artwork"))
    if len(label.artwork.pages) > 1:
        title = _(mark("The artwork, page {page}")).format(page=page.number)
    here = [code for code in label.codes if code.place.page == page.number]
    lines = tuple(Line(f"{code.number}. {code_words(code, language)}", small=True) for code in here)
    return Section(title, (Plate(marked(label, page), lines),))


def _table(found: tuple[Finding, ...], language: Saying) -> Block:
    _ = language.gettext
    columns = (
        Column(_(mark("Code no.")), 14),
        Column(_(mark("What")), 62),
        Column(_(mark("Measured (allowed)")), 46),
        Column(_(mark("What to do")), 68),
    )
    return Table(columns, tuple(_row(finding, language) for finding in found))


def _row(finding: Finding, language: Saying) -> tuple[tuple[Line, ...], ...]:
    said = told(finding, language)
    what = (Line(said.title, bold=True, mark=MARKS[finding.grade]), Line(said.sentence))
    return (
        (Line(str(finding.code or "")),),
        what,
        tuple(Line(text, small=small) for text, small in ((said.measured, False), (said.source, True)) if text),
        (Line(said.todo),),
    )


def _in_order(label: CheckedLabel, language: Saying) -> Block:
    """What is in order, a paragraph for each code."""
    lines = []
    found = label.of_grade(Grade.IN_ORDER)
    for number in dict.fromkeys(finding.code for finding in found):
        said = [
            f"{language.gettext(TITLES[finding.what])} {measured(finding, language)}".strip()
            for finding in found
            if finding.code == number
        ]
        lines.append(Line(f"{number}. {'; '.join(said)}" if number else "; ".join(said)))
    return Lines(tuple(lines))


def listed(advice: Advice, language: Saying) -> Iterator[Line]:
    """The items as boxes to tick; first those of every annex group that the product may belong to."""
    _ = language.gettext
    english = language.language == "en"
    yield Line(f"{_(mark('By'))}: {advice.law.name_en if english else advice.law.name}", small=True)
    for item, groups in advice.items:
        words = item.text_en if english else item.text
        only = ", ".join(name_en if english else name for name, name_en in groups)
        if only:
            words = f"{words} – {_(mark('only for: {groups}')).format(groups=only)}"
        assumed = f"; {_(mark('assumed, not confirmed'))}" if advice.assumed(item) else ""
        yield Line(f"[  ] {words} ({advice.citation(item, english=english)}{assumed})")
    if not advice.whole:
        yield Line(_(_NOT_WHOLE), bold=True)
