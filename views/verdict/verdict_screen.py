"""The verdict on what was scanned: the answer, then the product, why, and what to do; the rest folds away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import flet as ft

from services.client.answers import ProductAnswer, Refused
from services.client.transport import Unreachable
from services.register.catalogue import CopyState
from services.register.localities import Gazetteer
from services.verification import Status
from services.verification.check import CheckedCode
from views.design import Tone, Type
from views.parts.device_state import use_device_state
from views.parts.frame import panes, screen, scrolled
from views.parts.look import card, chip, heading, keyed, known_as, panel, text
from views.parts.looks import use_look
from views.parts.question import Question, checked_codes, on_one_pack, show_further
from views.parts.scanning import use_scanning
from views.parts.shared import use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.parts.verdict_words import STATUS, band_line, reason_sentence
from views.parts.words import problem_sentence
from views.verdict.advice import ADVICE, reader_of
from views.verdict.band import band, use_announcement
from views.verdict.check_line import check_line, unread_line
from views.verdict.fold import fold
from views.verdict.foot import VerdictFoot
from views.verdict.pack_card import PackCard, code_details
from views.verdict.product_card import product_facts, product_head

SHRINKS = 120
"""After so many logical pixels of scrolling the band is one line."""

_ASKED = frozenset(Status) - {
    Status.CERTIFIED,
    Status.EXPIRES_SOON,
    Status.MALFORMED,
    Status.NOT_A_PRODUCT_CODE,
    Status.UNKNOWN_LINK,
}
"""The verdicts about which the server is asked, if it can be reached: no copy accuses if the server can decide."""


@ft.component
def VerdictScreen() -> ft.View:
    """Judge the codes in the address at each drawing, so that a reload and a newer copy are taken into account."""
    shell, scanning, state, workspace = use_shell(), use_scanning(), use_device_state(), use_workspace()
    _, texts, page = shell.texts.gettext, shell.texts, shell.page
    address = page.route
    question = Question.at(address)
    answers, set_answers = ft.use_state(cast("dict[str, ProductAnswer]", {}))
    small, set_small = ft.use_state(False)
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
    use_announcement(page, _(STATUS[judged[0].verdict.status][0]) if judged else None, causes)
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

    word, tone, _icon = STATUS[first.verdict.status]
    reader = reader_of(state.account.role if state.account else None)
    advice = ADVICE[first.verdict.status][reader]
    product = named.product
    today = first.verdict.today
    head = [product_head(texts, product, today, sample=state.copy.sample)] if product else []
    gazetteer = Gazetteer(workspace.catalogue.register.localities)
    facts = [product_facts(texts, product, gazetteer, today)] if product else []
    beside = bool(shell.wide and product)
    column = [
        *check_line(texts, scanning, question.codes),
        *_several(shell, question, judged),
        *([] if beside else head),
        *_reasons(texts, first),
        *unread_line(texts, scanning, question.codes),
        keyed(f"ask {address}", _AskTheRegister, named, answered),
        known_as("advice", card(heading(_("What to do now")), text(_(advice.sentence)))),
        keyed(f"pack {address}", PackCard, question, first),
        *([] if beside else facts),
        *([_others(shell, question, others, one_pack=on_one_pack(question, judged))] if others else []),
        fold("checked", _("What was checked"), "", _basis(texts, first, state.copy)),
        fold("code-details", _("Code details"), "", code_details(texts, first)),
    ]
    left = scrolled(column, on_scroll=follow)
    return screen(
        shell,
        "/verdict",
        _("Verdict"),
        [panes(shell, left, scrolled([*head, *facts])) if beside else left],
        head=band("verdict", _(word), band_line(texts, first.verdict), tone, shell.width, small=small),
        scroll=False,
        full=beside,
        bottom=[keyed(f"foot {address}", VerdictFoot, question, first, advice.action)],
    )


def _named(question: Question, judged: list[CheckedCode]) -> CheckedCode | None:
    """The code whose product is shown: of one pack, where the first is the address of a page, the pack's number."""
    if question.one_pack and (known := next((code for code in judged if code.product or code.gtin), None)):
        return known
    return judged[0] if judged else None


def _several(shell: Shell, question: Question, judged: list[CheckedCode]) -> list[ft.Control]:
    """A warning where the codes of one picture name different products, so that no verdict is taken for another's."""
    products = {code.gtin for code in judged if code.verdict.status is not Status.NOT_A_PRODUCT_CODE}
    if question.one_pack or len(products) < 2:
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


def _reasons(texts: Texts, checked: CheckedCode) -> list[ft.Control]:
    return [text(reason_sentence(texts, reason)) for reason in checked.verdict.reasons]


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


@ft.component
def _AskTheRegister(checked: CheckedCode, answered: Callable[[str, ProductAnswer], None]) -> ft.Control:
    """Asks the server about what the copy cannot decide, as soon as the verdict is shown, and tells the progress."""
    shell, workspace = use_shell(), use_workspace()
    _ = shell.texts.gettext
    problem, set_problem = ft.use_state(cast("str | None", None))
    asking, set_asking = ft.use_state(False)
    over = ft.use_ref(False)
    gtin = checked.gtin
    wanted = bool(workspace.registry and gtin and checked.verdict.status in _ASKED and not checked.verdict.live)

    async def ask() -> None:
        if gtin is None:
            return
        set_asking(True)
        set_problem(None)
        try:
            answer = await asyncio.to_thread(workspace.product, gtin, cancelled=lambda: bool(over.current))
        except Unreachable as error:
            if not over.current:
                set_problem(error.reason)
        except Refused:
            pass  # the server refuses such a number
        else:
            if not over.current:
                answered(gtin, answer)
        finally:
            if not over.current:
                set_asking(False)

    def begin() -> None:
        if wanted:
            shell.page.run_task(ask)

    def leave() -> None:
        over.current = True

    ft.use_effect(begin, [], cleanup=leave)
    if asking:
        ring = ft.ProgressRing(width=16, height=16, stroke_width=2)
        return ft.Row([ring, text(_("Asking the register …"), Type.SMALL)], spacing=8)
    if problem and wanted:
        return panel(
            text(_("The register could not be asked. What stands here rests on this device alone."), Type.SMALL),
            text(problem_sentence(shell.texts, problem), Type.SMALL) if problem == "insecure" else ft.Container(),
            ft.Row([ft.TextButton(_("Ask again"), icon=ft.Icons.REFRESH, on_click=shell.guard(ask))]),
            tone=Tone.UNKNOWN,
            icon=ft.Icons.CLOUD_OFF,
        )
    return ft.Container()


def _others(shell: Shell, question: Question, judged: list[CheckedCode], *, one_pack: bool) -> ft.Control:
    """The further codes in the same picture or on the same pack, each with its own verdict."""
    _ = shell.texts.gettext
    title = _("Also on this pack") if question.one_pack else _("Also in the picture")
    rows: list[ft.Control] = [heading(title)]

    def go_to(further: Question) -> Callable[[], object]:
        return shell.guard(lambda: show_further(shell.page, further))

    for checked in judged:
        word, tone, icon = STATUS[checked.verdict.status]
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
