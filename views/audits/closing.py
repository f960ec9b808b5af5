"""The end of an audit: what was counted, what is missing before it is final, and whether the office sees it."""

from __future__ import annotations

import asyncio

import flet as ft

from services.audits.audit import LONGEST_REMARKS, AuditClosed, AuditInvalid, OpenAudit
from services.audits.gravity import Klass, klass, totals
from services.audits.own_list import missing
from services.storage.store import StoreError
from views.audits.desk import Desk
from views.design import GAP, INK_2, INSIDE, SENTENCE, TONES, Tone, Type
from views.parts.audit_words import KLASSES, audit_problem, packs_words
from views.parts.device_state import use_device_state
from views.parts.fields import TextInput
from views.parts.frame import scrolled
from views.parts.labelled import Labelled
from views.parts.look import card, heading, known_as, main_button, panel, second_button, text
from views.parts.places import AUDITS
from views.parts.shared import use_device
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts, mark_plural


@ft.component
def Closing(desk: Desk) -> ft.Control:
    """Ask what remains to be asked, then close the audit."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    ft.use_state(desk)
    _, texts, audit = shell.texts.gettext, shell.texts, desk.audit
    remarks = ft.use_memo(TextInput, [])
    office, set_office = ft.use_state(False)
    busy, set_busy = ft.use_state(False)
    problem, set_problem = ft.use_state("")
    absent, set_absent = ft.use_state(0)

    async def count_absent() -> None:
        def counted() -> int:
            return len(missing(device.own_list.products(), device.audits.union(state.viewer)))

        set_absent(await asyncio.to_thread(counted))

    ft.use_effect(count_absent, [])

    async def close() -> None:
        set_busy(True)
        set_problem("")
        try:
            await asyncio.to_thread(
                device.audits.close, audit.id, device.author, office=office, remarks=remarks.text.strip()
            )
        except AuditInvalid as invalid:
            set_problem(audit_problem(texts, invalid.reason))
        except AuditClosed:
            shell.page.navigate(AUDITS)
        except StoreError:
            set_problem(audit_problem(texts, "not_saved"))
        else:
            shell.page.navigate(f"{AUDITS}/{audit.id}")
        finally:
            set_busy(False)

    async def drop() -> None:
        await asyncio.to_thread(device.audits.drop, audit.id)
        shell.page.navigate(AUDITS)

    def carry_on() -> None:
        desk.standing.closing = False

    def choose(event: ft.Event[ft.Switch]) -> None:
        set_office(bool(event.data))

    empty = not any(line.quantity for line in audit.lines)
    open_points = _open_points(texts, audit, desk, absent)
    parts: list[ft.Control] = [_counts(shell, audit, desk)]
    if open_points:
        parts.append(known_as("audit-open-points", panel(*open_points, tone=Tone.CAUTION, icon=ft.Icons.CHECKLIST)))
    if audit.account and not empty:
        switch = Labelled(
            _("Send it to the office"),
            lambda label: ft.Switch(label=label, value=office, on_change=shell.guard(choose)),
        )
        seen = _(
            "The office then sees this audit as you see it: the shop, each line with product, verdict, quantity, date "
            "and price, what was done, and your remarks. Without this only your own account can read it."
        )
        parts.append(card(heading(_("Who sees it")), known_as("audit-office", switch), text(seen, Type.SMALL)))
    elif not empty:
        kept = _("You are not signed in: the audit stays on this device and is not sent.")
        if state.account:
            kept = _(
                "This audit was begun without an account: it stays on this device and is not sent, unless you take it "
                "over in the list of audits."
            )
        parts.append(ft.Row([ft.Icon(ft.Icons.SMARTPHONE, color=INK_2), text(kept, expand=True)], spacing=GAP))
    if not empty:
        field = ft.TextField(
            label=_("Remarks"), multiline=True, min_lines=2, max_lines=6, max_length=LONGEST_REMARKS, counter=""
        )
        parts.append(known_as("audit-remarks", remarks.draw(field)))
    if problem:
        parts.append(known_as("audit-problem", panel(text(problem), tone=Tone.CAUTION, icon=ft.Icons.WARNING_AMBER)))
    back = second_button(_("Carry on"), shell.guard(carry_on), icon=ft.Icons.ARROW_BACK)
    end = main_button(
        _("Throw it away") if empty else _("Close the audit"),
        shell.guard(drop if empty else close),
        icon=ft.Icons.DELETE_OUTLINE if empty else ft.Icons.STOP_CIRCLE,
        expand=True,
    )
    end.disabled, end.autofocus = busy, True
    foot = ft.Row([known_as("audit-carry-on", back), known_as("audit-close", end, expand=True)], spacing=12)
    column = ft.Column(
        [scrolled(parts), foot], spacing=INSIDE, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )
    return ft.Row(
        [ft.Container(column, width=SENTENCE if shell.wide else None, expand=not shell.wide)],
        alignment=ft.MainAxisAlignment.CENTER,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        expand=True,
    )


def _counts(shell: Shell, audit: OpenAudit, desk: Desk) -> ft.Control:
    """How many lines, packs and shelves, and of each class."""
    _, texts = shell.texts.gettext, shell.texts
    lines = [line for line in audit.lines if line.quantity]
    shelves = len({line.shelf for line in lines})
    counted = totals(lines, desk.today).packs_of
    said = [
        texts.ngettext("{count} product", "{count} products", len(lines)).format(count=texts.number(len(lines))),
        packs_words(texts, lines),
        texts.ngettext("{count} shelf", "{count} shelves", shelves).format(count=texts.number(shelves)),
    ]
    rows: list[ft.Control] = [
        ft.Row(
            [
                ft.Icon(words.icon, size=22, color=TONES[words.tone].icon),
                text(f"{texts.number(counted[kind])} {_(words.counted)}", expand=True),
            ],
            spacing=GAP,
        )
        for kind, words in KLASSES.items()
        if counted[kind]
    ]
    return known_as("audit-counts", card(heading(audit.shop or _("This audit")), text(" · ".join(said)), *rows))


def _open_points(texts: Texts, audit: OpenAudit, desk: Desk, absent: int) -> list[ft.Control]:
    """What is still to be done or said; none of it keeps the audit from being closed."""
    lines = [line for line in audit.lines if line.quantity]
    kinds = {line.n: klass(line, desk.today) for line in lines}
    down = sum(kinds[line.n] is Klass.TAKE_DOWN and line.done is None for line in lines)
    look = sum(kinds[line.n] is Klass.LOOK and line.done is None for line in lines)
    unread = sum(kind is Klass.NOT_READ for kind in kinds.values())
    dateless = sum(line.expiry is None and line.product is not None for line in lines)
    points = [
        (
            down,
            mark_plural(
                "{count} product to take down still stands there", "{count} products to take down still stand there"
            ),
        ),
        (look, mark_plural("{count} product was not looked at yet", "{count} products were not looked at yet")),
        (unread, mark_plural("{count} code was not read", "{count} codes were not read")),
        (
            absent,
            mark_plural("{count} product of your list was not seen", "{count} products of your list were not seen"),
        ),
        (dateless, mark_plural("{count} product has no date", "{count} products have no date")),
    ]
    return [text(texts.ngettext(*words, count).format(count=texts.number(count))) for count, words in points if count]
