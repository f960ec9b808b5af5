"""Draws what a check of a label found: the result, and each finding with its place and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import flet as ft

from services.labels.check import CheckedLabel
from services.labels.finding import Finding, Grade
from services.labels.report import code_words, listed
from services.labels.words import GRADES, NO_VERIFIER, NOT_MEASURED, RESULTS, told
from views.design import CARD, INK_2, LINE, PILL, SURFACE, TONES, Tone, Type
from views.parts.fold import fold
from views.parts.look import card, heading, known_as, line_width, panel, selectable, text, tone_colours, tone_icon
from views.parts.texts import Texts

TONE_OF = {
    Grade.STOP: Tone.BAD,
    Grade.LOOK: Tone.CAUTION,
    Grade.IN_ORDER: Tone.GOOD,
    Grade.NOT_MEASURED: Tone.UNKNOWN,
}


def result_panel(texts: Texts, label: CheckedLabel) -> ft.Control:
    """The result in one sentence, said aloud, and that it is no verifier's grade."""
    _ = texts.gettext
    words, tone = _(RESULTS[label.worst]), TONE_OF[label.worst]
    counts = [f"{_(GRADES[grade])}: {texts.number(len(found))}" for grade in Grade if (found := label.of_grade(grade))]
    said = [text(words, Type.SUB), text(" · ".join(counts), Type.LABEL), text(_(NO_VERIFIER), Type.SMALL)]
    return ft.Semantics(
        identifier="label-result",
        label=f"{words} {_(NO_VERIFIER)}",
        live_region=True,
        container=True,
        exclude_semantics=True,
        content=panel(*said, tone=tone, icon=TONES[tone].shape),
        key=f"{label.made_at.isoformat()} {words}",
    )


def findings_list(texts: Texts, label: CheckedLabel) -> list[ft.Control]:
    """The codes, the findings by gravity, the checklist, and what a picture cannot tell; the quiet ones fold away."""
    _ = texts.gettext
    parts: list[ft.Control] = []
    for grade in (Grade.STOP, Grade.LOOK):
        if found := label.of_grade(grade):
            parts.append(heading(f"{_(GRADES[grade])} ({texts.number(len(found))})"))
            parts += [_finding(texts, each, number) for number, each in enumerate(found)]
    codes = [selectable(f"{code.number}. {code_words(code, texts)}", Type.LABEL) for code in label.codes]
    if codes:
        parts.append(card(heading(_("Codes in the artwork")), *codes))
    for grade in (Grade.NOT_MEASURED, Grade.IN_ORDER):
        if found := label.of_grade(grade):
            rows = [_line(texts, each) for each in found]
            parts.append(fold(f"label-{grade}", _(GRADES[grade]), texts.number(len(found)), _spaced(rows)))
    if label.advice:
        items = [text(line.text, Type.LABEL if line.bold else Type.BODY) for line in listed(label.advice, texts)]
        words = _("To go through before printing: what the law asks of the label")
        parts.append(fold("label-advice", words, "", _spaced(items)))
    cannot: list[ft.Control] = [text(_(words)) for words in NOT_MEASURED]
    return [*parts, fold("label-cannot", _("What a picture cannot tell"), "", _spaced(cannot))]


def _spaced(rows: Sequence[ft.Control]) -> list[ft.Control]:
    return [ft.Column(list(rows), spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)]


def _number(code: int, tone: Tone) -> ft.Control:
    """The number that the code has on the artwork."""
    ground, colour = tone_colours(tone)
    return ft.Container(
        text(str(code), Type.LABEL, color=colour),
        bgcolor=ground,
        border_radius=PILL,
        padding=ft.Padding.symmetric(horizontal=10, vertical=4),
    )


def _finding(texts: Texts, finding: Finding, number: int) -> ft.Control:
    """A finding that asks for something: its number, what is wrong, the figure, what to do, and by which clause."""
    said, tone = told(finding, texts), TONE_OF[finding.grade]
    head: list[ft.Control] = [tone_icon(tone), text(said.title, Type.SUB, expand=True)]
    if finding.code:
        head.append(_number(finding.code, tone))
    rows: list[ft.Control] = [ft.Row(head, spacing=8)]
    if said.measured:
        rows.append(text(said.measured, Type.BODY))
    rows.append(text(said.sentence))
    if said.todo:
        todo: list[ft.Control] = [ft.Icon(ft.Icons.ARROW_FORWARD, size=20, color=INK_2), text(said.todo, expand=True)]
        rows.append(ft.Row(todo, spacing=8, vertical_alignment=ft.CrossAxisAlignment.START))
    if said.source:
        rows.append(text(said.source, Type.SMALL))
    column = ft.Column(rows, spacing=6, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    box = ft.Container(
        column, bgcolor=SURFACE, border=ft.Border.all(line_width(), LINE), border_radius=CARD, padding=12
    )
    return known_as(f"label-finding-{finding.what}-{number}", box)


def _line(texts: Texts, finding: Finding) -> ft.Control:
    """A finding that asks for nothing, in one line or two."""
    return ft.Column([text(words, role) for words, role in _words(texts, finding)], spacing=0)


def _words(texts: Texts, finding: Finding) -> Iterator[tuple[str, Type]]:
    said = told(finding, texts)
    number = f"{finding.code}. " if finding.code else ""
    yield f"{number}{said.title}: {said.measured or said.sentence}", Type.BODY
    if finding.grade is Grade.NOT_MEASURED and said.todo:
        yield f"{said.sentence} {said.todo}" if said.measured else said.todo, Type.SMALL
