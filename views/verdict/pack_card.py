"""What the pack in the person's hand shows: what its code says, where that leads, and what to look at on the label."""

from __future__ import annotations

from dataclasses import replace

import flet as ft

from services.codes import ProductCode
from services.links import Link
from services.verification.check import TYPED, CheckedCode
from services.wording import mark
from views.design import Type
from views.parts.look import card, fact, heading, known_as, segment, text
from views.parts.opening import ask_to_open_link
from views.parts.places import SCAN
from views.parts.question import Question, show_further
from views.parts.scanning import Scanning, use_scanning
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.parts.verdict_words import reason_sentence
from views.verdict.advice import asks_for_mark


def code_details(texts: Texts, checked: CheckedCode) -> list[ft.Control]:
    """What the code says, for whoever wants to see it: its text, its kind, and what is in it."""
    _ = texts.gettext
    code = checked.code
    kind = _("Typed, or sent by a handheld scanner") if checked.symbology == TYPED else checked.symbology
    readable = _readable(checked)
    rows: list[ft.Control] = [fact(_("Code"), readable), fact(_("Kind"), kind)]
    if checked.gtin and checked.gtin.lstrip("0") != readable.lstrip("0"):
        rows.append(fact("GTIN", checked.gtin))
    if isinstance(code, ProductCode):
        days = (
            (_("Produced"), code.produced),
            (_("Packed"), code.packed),
            (_("Best before"), code.best_before),
            (_("Sell by"), code.sell_by),
            (_("Expiry"), code.expiry if code.expiry != code.best_before else None),
        )
        rows += [fact(label, value) for label, value in ((_("Lot"), code.lot), (_("Serial"), code.serial)) if value]
        rows += [fact(label, texts.day(day)) for label, day in days if day]
        if code.net_weight is not None:
            rows.append(fact(_("Net weight"), f"{code.net_weight.normalize():f} kg"))
    return rows


@ft.component
def PackCard(question: Question, checked: CheckedCode) -> ft.Control:
    """Where the code leads, and what only the person can see on the pack."""
    shell, scanning = use_shell(), use_scanning()
    rows: list[ft.Control] = []
    if checked.link:
        rows += _link(shell, checked, checked.link)
    if not asks_for_mark(checked.verdict):
        rows += _label(shell, scanning, question, checked)
    return card(*rows) if rows else ft.Container()


_ANSWERS = {"no": mark("No"), "yes": mark("Yes"), "unsure": mark("Not sure")}


def mark_question(shell: Shell, question: Question) -> list[ft.Control]:
    """Ask whether the pack shows the OCOP mark, which matters only where the register has no such product."""
    _ = shell.texts.gettext

    def said(event: ft.Event[ft.SegmentedButton]) -> None:
        chosen = next(iter(event.data or ()), None)
        show_further(shell.page, replace(question, ocop_mark=chosen))

    return [
        card(
            heading(_("Does the pack show the OCOP mark or stars?")),
            known_as(
                "ocop-mark",
                ft.SegmentedButton(
                    segments=[segment(value, _(words)) for value, words in _ANSWERS.items()],
                    selected=[question.ocop_mark] if question.ocop_mark else [],
                    allow_empty_selection=True,
                    show_selected_icon=False,
                    on_change=shell.guard(said),
                ),
            ),
        )
    ]


def _readable(checked: CheckedCode) -> str:
    """The code's text; an element string is shown with brackets, as it is printed, since FNC1 is not visible."""
    code = checked.code
    if isinstance(code, ProductCode) and code.elements and not checked.link:
        return "".join(f"({ai}){value}" for ai, value in code.elements)
    return checked.text


def _label(shell: Shell, scanning: Scanning, question: Question, checked: CheckedCode) -> list[ft.Control]:
    """What the person sees on the pack: its stars, and its other code."""
    _ = shell.texts.gettext
    if checked.gtin is None:
        return []

    def shown(event: ft.Event[ft.SegmentedButton]) -> None:
        chosen = next(iter(event.data or ()), None)
        stars = int(chosen) if chosen is not None else None
        show_further(shell.page, replace(question, label_stars=stars))

    def compare() -> None:
        scanning.compared = replace(question, one_pack=True)
        shell.page.navigate(SCAN)

    stars = question.label_stars
    return [
        heading(_("How many stars does the label show?")),
        known_as(
            "label-stars",
            ft.SegmentedButton(
                segments=[
                    segment("0", _("None")),
                    *(segment(str(n), _("{stars} stars").format(stars=n)) for n in (3, 4, 5)),
                ],
                selected=[] if stars is None else [str(stars)],
                allow_empty_selection=True,
                show_selected_icon=False,
                on_change=shell.guard(shown),
            ),
        ),
        ft.Row(
            [
                known_as(
                    "compare",
                    ft.OutlinedButton(
                        _("Compare with the pack's other code"),
                        icon=ft.Icons.COMPARE_ARROWS,
                        on_click=shell.guard(compare),
                    ),
                )
            ],
            wrap=True,
        ),
    ]


def _link(shell: Shell, checked: CheckedCode, link: Link) -> list[ft.Control]:
    """The whole address and the domain that it leads to; it does not open by itself."""
    _ = shell.texts.gettext
    doubts = [reason_sentence(shell.texts, r) for r in checked.verdict.reasons if r.code.value.startswith("link_")]
    open_it = shell.guard(lambda: ask_to_open_link(shell, link, doubts))
    return [
        fact(_("Leads to"), link.domain),
        *([fact(_("Server"), link.host)] if link.host != link.domain else []),
        ft.Row(
            [
                text(_("The address has not been opened."), Type.SMALL, expand=True),
                known_as("open-link", ft.TextButton(_("Open …"), icon=ft.Icons.OPEN_IN_NEW, on_click=open_it)),
            ]
        ),
    ]
