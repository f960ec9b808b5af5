"""The form of a checklist: which annex group, which law, the items with their answers, and what they amount to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import flet as ft

from services.checklists.choosing import Checklist
from services.checklists.document import AnnexGroup
from services.checklists.filled import Answered, FilledChecklist
from services.checklists.filling import (
    all_in_order,
    answer,
    begin,
    give_reason,
    in_order,
    not_in_order,
    refresh,
    take_back,
    violations,
)
from services.checklists.knowledge import known_of
from services.texts import normal
from views.checklist.item_row import Acts, ItemRow, Row
from views.checklist.law import show_law
from views.checklist.subject import Opened, Subject, choose_for
from views.checklist.words import WANTS, citation_words, group_words, item_words, law_words
from views.design import CARD, INSIDE, LINE, SURFACE, Tone, Type
from views.parts.look import choice_button, heading, keyed, known_as, line_width, panel, text
from views.parts.shared import use_device
from views.parts.shell import Shell, use_shell

_JOINED = 300
"""So much room lets the answers stand in one row."""

_ROW = ft.memo(ItemRow)  # type: ignore[no-untyped-call]


@ft.component
def ChecklistForm(subject: Subject, opened: Opened, room: float) -> ft.Control:
    """Draw the list of a subject, in so much room for text. Each answer is told to it at once."""
    shell, device = use_shell(), use_device()
    _ = shell.texts.gettext
    asking, ask = ft.use_state(False)
    current = ft.use_ref((subject, opened))
    current.current = subject, opened
    acts = ft.use_memo(lambda: _acts(lambda: cast("tuple[Subject, Opened]", current.current)), [])
    _use_begun(subject, opened)

    async def choose(group: str) -> None:
        if subject.gtin:
            await asyncio.to_thread(device.annex_groups.remember, subject.gtin, group)
        ask(False)
        found = choose_for(subject, opened.document, group)
        if found is not None:
            subject.change(begin(found, subject.facts, opened.filled))
        else:
            shell.say(_("There is no list for this group on this day."))

    if opened.lost:
        return _lost(shell, ask) if not asking else _question(shell, opened, choose)
    if asking or opened.group is None:
        return _question(shell, opened, choose)
    if opened.checklist is None:
        return panel(
            text(_("There is no checklist for this day: its law does not reach so far."), Type.BODY),
            tone=Tone.UNKNOWN,
            icon=ft.Icons.MENU_BOOK,
        )
    if opened.filled is None:
        return ft.Container()  # begun in a moment
    rows = _rows(shell, subject, opened, opened.checklist, opened.filled, acts, joined=room >= _JOINED)
    return ft.Column(
        [
            _chips(shell, subject, opened, opened.checklist, lambda: ask(True)),
            *_other_law(shell, subject, opened, opened.checklist),
            *_lacking(shell, subject, opened.checklist),
            _framed(rows),
            _amounts(shell, opened.checklist, opened.filled),
            *_lacking(shell, subject, opened.checklist),
        ],
        spacing=12,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _use_begun(subject: Subject, opened: Opened) -> None:
    """Hook: begin to fill the list with what is known, and take over what has become known since."""
    found, filled = opened.checklist, opened.filled

    def start() -> None:
        if found is None:
            return
        fresh = refresh(found, filled, subject.facts) if filled else begin(found, subject.facts)
        if fresh != filled:
            subject.change(fresh)

    ft.use_effect(start, [subject.facts, opened.group, opened.document.sha256, filled is None])


def _acts(current: Callable[[], tuple[Subject, Opened]]) -> Acts:
    """What rows do, the same for all redraws: they act on the checklist as the draft has it then."""

    def change(told: Callable[[FilledChecklist], FilledChecklist], *, typed: bool = False) -> None:
        subject, opened = current()
        filled = subject.read()
        if filled is None or opened.checklist is None:
            return
        fresh = in_order(opened.checklist, told(filled))
        (subject.typed if typed else subject.change)(fresh)

    def answer_one(item: str, given: Answered) -> None:
        change(lambda filled: answer(filled, item, given))

    def reason(item: str, words: str) -> None:
        change(lambda filled: give_reason(filled, item, normal(words)), typed=True)

    return Acts(
        answer=answer_one,
        reason=reason,
        photograph=lambda item: current()[0].photograph(item),
        thumbnail=lambda photo: current()[0].thumbnail(photo),
    )


def _rows(
    shell: Shell,
    subject: Subject,
    opened: Opened,
    checklist: Checklist,
    filled: FilledChecklist,
    acts: Acts,
    *,
    joined: bool,
) -> list[ft.Control]:
    return [
        keyed(
            f"{opened.group}-{item.id}",
            _ROW,
            Row(
                item=item,
                citation=citation_words(shell.texts, checklist.document, item),
                given=filled.answer(item.id),
                known=known_of(item, subject.facts),
                wanted=subject.wanted.get(item.id, frozenset()),
                joined=joined,
            ),
            acts,
        )
        for item in checklist.items
    ]


def _framed(rows: list[ft.Control]) -> ft.Control:
    """The items as one card, with hairlines between them."""
    parts: list[ft.Control] = []
    for row in rows:
        parts += [ft.Divider(height=1, color=LINE)] if parts else []
        parts.append(ft.Container(row, padding=ft.Padding.symmetric(vertical=12, horizontal=INSIDE)))
    return ft.Container(
        ft.Column(parts, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=SURFACE,
        border=ft.Border.all(line_width(), LINE),
        border_radius=CARD,
    )


def _chips(
    shell: Shell, subject: Subject, opened: Opened, checklist: Checklist, ask: Callable[[], object]
) -> ft.Control:
    """All but a few in two taps; which law it is; which annex group."""
    _, texts = shell.texts.gettext, shell.texts

    def all_but() -> None:
        filled = subject.read()
        if filled is None:
            return
        fresh, given = all_in_order(checklist, filled, subject.label_photo())
        if not given:
            shell.say(_("Every item has an answer already. Tap what is not in order."))
            return
        subject.change(fresh)

        def undo() -> None:
            later = subject.read()
            if later is not None:
                subject.change(take_back(later, given))

        words = texts.ngettext(
            "{count} item is in order. Tap it if it is not.",
            "{count} items are in order. Tap those that are not.",
            len(given),
        ).format(count=len(given))
        shell.say(words, undo)

    group = next((each for each in opened.groups if each.id == opened.group), None)
    law, _full = law_words(texts, checklist.law)
    several = len(opened.groups) > 1 and group is not None
    chips: list[ft.Control] = [
        known_as(
            "checklist-all",
            ft.FilledTonalButton(_("All in order, but …"), icon=ft.Icons.DONE_ALL, on_click=shell.guard(all_but)),
        ),
        known_as(
            "checklist-law",
            ft.OutlinedButton(
                law,
                icon=ft.Icons.MENU_BOOK,
                on_click=shell.guard(lambda: show_law(shell, checklist, unread=opened.unread)),
            ),
        ),
    ]
    if several and group is not None:
        name, _hint = group_words(texts, group)
        chips.append(
            known_as("checklist-group", ft.TextButton(name, icon=ft.Icons.SWAP_HORIZ, on_click=shell.guard(ask)))
        )
    return ft.Row(chips, wrap=True, spacing=8, run_spacing=8)


def _other_law(shell: Shell, subject: Subject, opened: Opened, checklist: Checklist) -> list[ft.Control]:
    """That another law holds for goods of the day of production that became known after the list was begun."""
    holds = choose_for(subject, opened.document, checklist.group)
    if holds is None or holds.law == checklist.law:
        return []
    _, texts = shell.texts.gettext, shell.texts

    def take() -> None:
        subject.change(begin(holds, subject.facts, subject.read()))

    words = _("For goods made on {day} another law holds: {law}.").format(
        day=texts.day(holds.day), law=law_words(texts, holds.law)[1]
    )
    button = ft.TextButton(_("Use its list"), icon=ft.Icons.MENU_BOOK, on_click=shell.guard(take))
    return [
        panel(
            text(words),
            text(_("Your answers to items that stand in both lists stay."), Type.SMALL),
            ft.Row([known_as("checklist-other-law", button)]),
            tone=Tone.CAUTION,
            icon=ft.Icons.MENU_BOOK,
        )
    ]


def _question(shell: Shell, opened: Opened, choose: Callable[[str], object]) -> ft.Control:
    """Which annex group the goods belong to: the law asks for other items in each."""
    _ = shell.texts.gettext

    def cell(group: AnnexGroup) -> ft.Control:
        name, hint = group_words(shell.texts, group)
        words = f"{name} ({hint})" if hint else name
        button = choice_button(
            f"annex-{group.id}",
            words,
            ft.Icons.CATEGORY_OUTLINED,
            shell.guard(lambda: choose(group.id)),
            chosen=group.id == opened.group,
        )
        return ft.Row([button])

    return ft.Column(
        [
            heading(_("What kind of goods is it?")),
            text(_("Each group has items of its own. This device remembers the answer for this product."), Type.SMALL),
            *map(cell, opened.groups),
        ],
        spacing=8,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _lost(shell: Shell, ask: Callable[[bool], object]) -> ft.Control:
    """That the version in which the list was filled is not here; its answers stay in the inspection."""
    _ = shell.texts.gettext
    return panel(
        text(_("The version of the checklist that was used here is not on this device.")),
        text(_("The answers are kept, and can be read once the register has sent it."), Type.SMALL),
        text(_("To begin anew replaces them."), Type.SMALL),
        ft.Row([ft.TextButton(_("Begin anew"), icon=ft.Icons.REFRESH, on_click=shell.guard(lambda: ask(True)))]),
        tone=Tone.CAUTION,
        icon=ft.Icons.MENU_BOOK,
    )


def _lacking(shell: Shell, subject: Subject, checklist: Checklist) -> list[ft.Control]:
    """What is still lacking, item by item: above the list and below it, since one may be at either end."""
    _, texts = shell.texts.gettext, shell.texts
    lines: list[ft.Control] = []
    for item in checklist.items:
        reasons = [_(WANTS[each]) for each in sorted(subject.wanted.get(item.id, ())) if each in WANTS]
        if reasons:
            words = _("{item}: {lacks}").format(item=item_words(texts, item), lacks=", ".join(reasons))
            lines.append(text(f"• {words}", Type.LABEL))
    if not lines:
        return []
    return [panel(heading(_("Still lacking")), *lines, tone=Tone.CAUTION, icon=ft.Icons.RULE)]


def _amounts(shell: Shell, checklist: Checklist, filled: FilledChecklist) -> ft.Control:
    """What the answers amount to: what could make a violation, and what is only to be noted."""
    _, texts = shell.texts.gettext, shell.texts
    failed = not_in_order(checklist, filled)
    if not failed:
        return ft.Container()
    sure = violations(checklist, filled)
    noted = [item for item in failed if item not in sure]
    lines: list[ft.Control] = [heading(_("Not in order"))]
    if sure:
        lines.append(text(_("The ground was found: may be a violation"), Type.LABEL))
        lines += [text(f"• {item_words(texts, item)}") for item in sure]
    if noted:
        lines.append(text(_("To be noted; by itself no violation"), Type.LABEL))
        lines += [text(f"• {item_words(texts, item)}") for item in noted]
    lines.append(text(_("The office decides, not this app."), Type.SMALL))
    return known_as("checklist-amounts", panel(*lines))
