"""The verdict on what was scanned: the answer, then the product, why, and what to do; the rest folds away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import flet as ft

from services.client.answers import ProductAnswer
from services.register.catalogue import CopyState
from services.register.localities import Gazetteer
from services.verification import Status
from services.verification.check import CheckedCode
from views.design import Tone, Type, Width
from views.parts.band import Band, use_announcement
from views.parts.device_state import use_device_state
from views.parts.feel import let_feel
from views.parts.fold import fold
from views.parts.frame import panes, screen, scrolled
from views.parts.look import card, chip, heading, keyed, known_as, panel, text
from views.parts.looks import use_look
from views.parts.place_words import short_place_words
from views.parts.question import Question, checked_codes, on_one_pack, show_further
from views.parts.scanning import use_scanning
from views.parts.shared import use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.sounds import OF_TONE, play
from views.parts.texts import Texts
from views.parts.verdict_words import band_line, status_words
from views.parts.words import problem_sentence
from views.verdict.advice import advice_on, asks_for_mark
from views.verdict.asking import AskTheRegister
from views.verdict.beside import WIDTH as THIRD
from views.verdict.beside import LastLooks, label_card
from views.verdict.check_line import check_line, unread_line
from views.verdict.foot import VerdictFoot
from views.verdict.menu import verdict_menu
from views.verdict.pack_card import PackCard, code_details, mark_question
from views.verdict.product_card import product_facts
from views.verdict.product_head import ProductHead
from views.verdict.reasons import reasons

SHRINKS = 120
"""After so many logical pixels of scrolling the band is one line."""


@ft.component
def VerdictScreen() -> ft.View:
    """Judge the codes in the address at each drawing, so that a reload and a newer copy are taken into account."""
    shell, scanning, state, workspace = use_shell(), use_scanning(), use_device_state(), use_workspace()
    _, texts, page = shell.texts.gettext, shell.texts, shell.page
    address = page.route
    question = Question.at(address)
    answers, set_answers = ft.use_state(cast("dict[str, ProductAnswer]", {}))
    small, set_small = ft.use_state(False)
    narrow, set_narrow = ft.use_state(False)
    judged = ft.use_memo(
        lambda: checked_codes(question, workspace.catalogue, workspace.now(), answers),
        [address, state.copy, texts.language, answers],
    )

    def note_product() -> None:
        scanning.judged_gtin = judged[0].gtin if judged else None
        scanning.checked.update(code.text for code in judged if code is judged[0] or code.gtin == judged[0].gtin)

    number = scanning.last.number if scanning.last else 0
    causes = [address, judged[0].verdict.status if judged else None, number]
    ft.use_effect(note_product, causes)
    use_look(judged[0] if judged else None, _named(question, judged))
    use_announcement(page, _(status_words(judged[0].verdict.status)[0]) if judged else None, causes)
    _use_feeling(judged[0] if judged else None, number)
    if not judged:
        return screen(shell, "/verdict", _("Verdict"), [ft.Text(_("No code was scanned."))])
    first, others = judged[0], judged[1:]
    named = _named(question, judged) or first

    def answered(gtin: str, answer: ProductAnswer) -> None:
        set_answers({**answers, gtin: answer})

    def follow(event: ft.OnScrollEvent) -> None:
        """Let the band shrink while the rest is read; it grows again only at the top, so that it does not flicker."""
        if (event.pixels > SHRINKS) is not small and (small is False or event.pixels <= 0):
            set_small(not small)

    word, tone, _icon = status_words(first.verdict.status, first.verdict.codes)
    advice = advice_on(first.verdict, shell.reader, question.ocop_mark)
    gazetteer = Gazetteer(workspace.catalogue.register.localities)
    told = _Told(shell, question, first, named, state.copy.sample, gazetteer)
    about = [
        *check_line(texts, scanning, question.codes),
        *_several(shell, question, judged),
    ]
    why = [
        *(mark_question(shell, question) if asks_for_mark(first.verdict) else []),
        reasons(texts, first.verdict),
        *unread_line(texts, scanning, question.codes),
        keyed(f"ask {address}", AskTheRegister, named, answered),
        known_as("advice", card(heading(_("What to do now")), text(_(advice.sentence)))),
    ]
    more = [
        keyed(f"pack {address}", PackCard, question, first),
        *([_others(shell, question, others, one_pack=on_one_pack(question, judged))] if others else []),
    ]
    folds = [
        fold("checked", _("What was checked"), "", _basis(texts, first, state.copy)),
        fold("code-details", _("Code details"), "", code_details(texts, first)),
    ]
    pack = tuple(judged) if on_one_pack(question, judged) else (first,)
    foot = keyed(f"foot {address}", VerdictFoot, question, pack, advice.action)
    line = band_line(texts, first.verdict)
    bar = verdict_menu(shell, workspace.registry, question, named)
    if not shell.wide:
        below = [text(line)] if narrow and line else []
        column = scrolled([*below, *about, *told.head(), *why, *told.facts(), *more, *folds], on_scroll=follow)
        return screen(
            shell,
            "/verdict",
            _("Verdict"),
            [column],
            actions=bar,
            head=Band(
                "verdict",
                _(word),
                None if narrow else line,
                tone,
                shell.width,
                small=small,
                on_narrow=set_narrow,
            ),
            scroll=False,
            bottom=[foot],
        )
    left = ft.Column(
        [
            Band("verdict", _(word), line, tone, shell.width, small=small, square=False),
            scrolled([*about, *why, *([] if named.product else more), *folds], on_scroll=follow),
            foot,
        ],
        spacing=16,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        expand=True,
    )
    middle = [*told.head(stacked=True), *told.facts(), *more] if named.product else []
    third = [*told.label(), keyed("looks", LastLooks, address)]
    areas: ft.Control
    if shell.width is Width.EXPANDED:
        parts = panes(shell, left, scrolled(middle)) if middle else left
        areas = panes(shell, parts, scrolled(third), second_width=THIRD)
    else:
        areas = panes(shell, left, scrolled([*middle, *third]))
    return screen(shell, "/verdict", _("Verdict"), [areas], actions=bar, scroll=False, full=True)


def _use_feeling(code: CheckedCode | None, number: int) -> None:
    """Hook: let each check be felt and heard once by its verdict's tone; one looked at again was told so before."""
    shell, scanning = use_shell(), use_scanning()

    async def feel() -> None:
        if code is not None and number > scanning.felt:
            scanning.felt = number
            _word, tone, _icon = status_words(code.verdict.status, code.verdict.codes)
            await asyncio.gather(let_feel(shell, tone), play(shell, OF_TONE[tone]))

    ft.use_effect(feel, [number])


@dataclass(frozen=True)
class _Told:
    """What the register says of the product of a verdict, if there is one, in pieces for the window's areas."""

    shell: Shell
    question: Question
    first: CheckedCode
    named: CheckedCode
    sample: bool
    gazetteer: Gazetteer

    def head(self, *, stacked: bool = False) -> list[ft.Control]:
        product = self.named.product
        if product is None:
            return []
        today = self.first.verdict.today
        place = short_place_words(self.shell.texts, self.gazetteer.place_of(product, today.day))
        return [keyed(product.gtin, ProductHead, product, today, place, self.sample, self._compare, stacked)]

    def facts(self) -> list[ft.Control]:
        product = self.named.product
        return [product_facts(self.shell.texts, product, self.gazetteer, self.first.verdict.today)] if product else []

    def label(self) -> list[ft.Control]:
        return label_card(self.shell, self.named.product, self._compare) if self.named.product else []

    def _compare(self) -> None:
        self.shell.page.navigate(self.question.comparison)


def _named(question: Question, judged: list[CheckedCode]) -> CheckedCode | None:
    """The code whose product is shown: of one pack, where the first is the address of a page, the pack's number."""
    if question.one_pack and (known := next((code for code in judged if code.product or code.gtin), None)):
        return known
    return judged[0] if judged else None


def _several(shell: Shell, question: Question, judged: list[CheckedCode]) -> list[ft.Control]:
    """A warning where the codes of one picture name different products, so that no verdict is taken for another's."""
    products = {code.gtin for code in judged if code.verdict.status is not Status.NOT_A_PRODUCT_CODE}
    if len(products) < 2 or on_one_pack(question, judged):
        return []
    _ = shell.texts.gettext
    words = _("The codes here do not all name one product. Look which of them belongs to the pack in your hand.")
    together = replace(question, one_pack=True)
    return [
        panel(
            ft.Text(words),
            ft.Row(
                [
                    ft.OutlinedButton(
                        _("They are all on one pack"),
                        on_click=shell.guard(lambda: show_further(shell.page, together)),
                    )
                ]
            ),
            tone=Tone.CAUTION,
            icon=ft.Icons.WARNING_AMBER,
        )
    ]


def _basis(texts: Texts, checked: CheckedCode, copy: CopyState) -> list[ft.Control]:
    """What the verdict is based on, as of when, and what it does not prove."""
    _ = texts.gettext
    verdict = checked.verdict
    notes = []
    if verdict.as_of:
        words = (
            _("Checked with the register itself, as of {moment}.")
            if verdict.live
            else _("Checked against this device's copy of the register, as of {moment}.")
        )
        notes.append(words.format(moment=texts.moment(verdict.as_of)))
        if copy.refused and not verdict.live:
            notes.append(problem_sentence(texts, copy.refused))
    if checked.product:
        notes.append(_("A code can be copied: this does not prove that the goods are the producer's own."))
    return [text(note, Type.SMALL) for note in notes]


def _others(shell: Shell, question: Question, judged: list[CheckedCode], *, one_pack: bool) -> ft.Control:
    """The further codes in the same picture or on the same pack, each with its own verdict."""
    _ = shell.texts.gettext
    title = _("Also on this pack") if question.one_pack else _("Also in the picture")
    rows: list[ft.Control] = [heading(title)]

    def go_to(further: Question) -> Callable[[], object]:
        return shell.guard(lambda: show_further(shell.page, further))

    for checked in judged:
        word, tone, icon = status_words(checked.verdict.status, checked.verdict.codes)
        this = (checked.text, checked.symbology)
        codes = (this, *(code for code in question.codes if code != this)) if one_pack else (this,)
        rows.append(
            ft.ListTile(
                title=ft.Text(f"{checked.symbology}: {checked.text}", max_lines=2, overflow=ft.TextOverflow.ELLIPSIS),
                subtitle=ft.Row([chip(_(word), icon, tone)], wrap=True),
                content_padding=0,
                on_click=go_to(replace(question, codes=codes, one_pack=one_pack)),
            )
        )
    return card(*rows)
