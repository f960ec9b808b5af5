"""A closed audit: its totals, what is to be done, its lines by shelf, its files, and where its record stands."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import groupby

import flet as ft

from services.audits.audit import Line
from services.audits.gravity import Klass, klass, totals
from services.audits.kept import KeptAudit
from services.papers.paper import closing_day
from services.records.book import RecordState
from services.records.kind import AUDIT
from services.register.certificates import Today
from services.workspace import Device
from views.audits.files import AuditFiles
from views.audits.reading import Against, Todo
from views.audits.rows import line_row
from views.design import GAP, SENTENCE, TONES, Type
from views.parts.audit_words import KLASSES, counts_words
from views.parts.device_state import use_device_state
from views.parts.frame import screen, scrolled
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import card, chip, fact, heading, known_as, main_button, row_button, state_label, text
from views.parts.office import FromTheOffice
from views.parts.places import AUDITS, audit_address
from views.parts.record_words import state_of
from views.parts.round_words import hours_words
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.parts.words import problem_sentence, refusal_sentence

FIRST, MORE = 50, 100
"""So many lines are drawn at first, and so many more each time they are asked for."""


@ft.component
def ClosedAuditScreen() -> ft.Control:
    """Show the audit in the address; a wide window shows it beside the list, else it is a screen of its own."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    _ = shell.texts.gettext
    audit_id = ft.use_route_params()["audit"]
    limit, set_limit = ft.use_state(FIRST)
    viewer, version = state.viewer, (state.audits_version, state.notes_version)

    def load() -> tuple[KeptAudit, Sequence[Line], Todo | None, Against | None] | None:
        kept = device.audits.audit(audit_id, viewer)
        if kept is None:
            return None
        return kept, kept.lines, Todo.of(device, workspace, viewer, audit_id), Against.of(device, viewer, audit_id)

    ready, loaded = use_loaded(load, [audit_id, viewer, version, state.copy.as_of])
    title = _("Audit of the shelves")

    def shown(controls: list[ft.Control]) -> ft.Control:
        if shell.wide:
            return known_as("audit-detail", ft.Container(scrolled(controls), width=SENTENCE))
        return screen(shell, audit_address(audit_id), title, controls)

    if not ready:
        return shown([Skeleton()])
    if loaded is None:
        words = _("This audit is not on this device, or it belongs to another account.")
        return shown([text(words), main_button(_("Go to the audits"), shell.go_to(AUDITS), icon=ft.Icons.SHELVES)])
    kept, lines, todo, against = loaded
    audit, today = kept.audit, closing_day(kept.audit)
    more = ft.TextButton(
        _("Show more ({count} in all)").format(count=shell.texts.number(len(lines))),
        on_click=shell.guard(lambda: set_limit(limit + MORE)),
    )
    return shown(
        [
            *([heading(audit.shop or title, Type.TITLE)] if audit.shop or shell.wide else []),
            text(hours_words(shell.texts, audit.opened_at, audit.closed_at, audit.pauses), Type.SMALL),
            *_state(shell, device, kept),
            FromTheOffice(device.notebook.events.of(kept.id, viewer.sees, kind=AUDIT.name)),
            _totals(shell.texts, lines, today),
            *_ways(shell, kept, todo, against, workspace.today()),
            AuditFiles(kept, tuple(lines)),
            *_lines(shell, lines[:limit], today),
            *([known_as("lines-more", more)] if len(lines) > limit else []),
            _facts(shell.texts, kept),
        ]
    )


def _state(shell: Shell, device: Device, kept: KeptAudit) -> list[ft.Control]:
    """Where its record stands, who sees it, and what the person may do where it was not taken."""
    _, texts, entry = shell.texts.gettext, shell.texts, kept.entry

    async def retry() -> None:
        await asyncio.to_thread(device.audits.records.retry, kept.id)
        await asyncio.to_thread(device.send_now)

    states: list[ft.Control] = []
    if kept.elsewhere:
        states.append(state_label(_("Another till"), ft.Icons.DEVICES))
    elif kept.state is None:
        states.append(state_label(_("On this device alone"), ft.Icons.SMARTPHONE))
    else:
        states.append(state_of(texts, kept.state))
    if kept.state is not None:
        seen = (_("The office sees it"), ft.Icons.VISIBILITY) if kept.audit.office else None
        words, icon = seen or (_("Only this account sees it"), ft.Icons.VISIBILITY_OFF)
        states.append(state_label(words, icon))
    rows: list[ft.Control] = [ft.Row(states, wrap=True, spacing=12, run_spacing=4)]
    if kept.state is None:
        words = _(
            "It was made without an account: it stays on this device, is never sent, and its paper proves nothing."
        )
        return [*rows, text(words, Type.SMALL)]
    if entry is None or kept.state is RecordState.RECEIVED:
        return rows
    if kept.state is RecordState.REFUSED:
        button = ft.FilledTonalButton(_("Try again"), icon=ft.Icons.REFRESH, on_click=shell.guard(retry))
        return [*rows, text(refusal_sentence(texts, entry.reason or "")), ft.Row([button])]
    words = problem_sentence(texts, entry.reason) if entry.reason else _("It is sent when there is a connection.")
    return [*rows, text(words, Type.SMALL)]


def _totals(texts: Texts, lines: Sequence[Line], today: Today) -> ft.Control:
    """How much there was, in all and of each class, as on the day of its closing."""
    counted = totals(lines, today)
    chips: list[ft.Control] = [
        chip(f"{texts.number(counted.lines_of[kind])} {texts.gettext(words.counted)}", words.icon, words.tone)
        for kind, words in KLASSES.items()
        if counted.lines_of[kind]
    ]
    all_of_it = text(counts_words(texts, counted.lines, counted.packs), Type.SUB)
    return known_as("audit-totals", card(all_of_it, ft.Row(chips, wrap=True, spacing=GAP, run_spacing=GAP)))


def _ways(shell: Shell, kept: KeptAudit, todo: Todo | None, against: Against | None, today: Today) -> list[ft.Control]:
    """The way to what is to be done, and to what has changed since last time."""
    _, texts = shell.texts.gettext, shell.texts
    rows = []
    if todo and todo.actions:
        left = [action for action in todo.actions if not todo.lines[action.n].done]
        words = texts.ngettext("{count} thing to do", "{count} things to do", len(left))
        said = words.format(count=texts.number(len(left))) if left else _("Everything is done")
        down = sum(klass(todo.lines[action.n], today) is Klass.TAKE_DOWN for action in left)
        small = _("To take down: {count}").format(count=texts.number(down))
        icon = KLASSES[Klass.TAKE_DOWN if down else Klass.LOOK if left else Klass.GOOD]
        way = _way(said, small if down else _("What to do, and why"), icon.icon, TONES[icon.tone].icon)
        rows.append(row_button("audit-actions", way, shell.go_to(audit_address(kept.id, "actions"))))
    if against and against.comparison.compared:
        count = len(against.comparison.differences)
        words = texts.ngettext("{count} change since last time", "{count} changes since last time", count)
        said = words.format(count=texts.number(count)) if count else _("As it was last time")
        way = _way(said, _("Gone, new, other state, other quantity"), ft.Icons.DIFFERENCE_OUTLINED, None)
        rows.append(row_button("audit-compare", way, shell.go_to(audit_address(kept.id, "compare"))))
    return rows


def _way(title: str, small: str, icon: ft.IconData, colour: ft.Colors | None) -> ft.Control:
    return ft.Row(
        [
            ft.Icon(icon, size=28, color=colour),
            ft.Column([text(title, Type.SUB), text(small, Type.SMALL)], spacing=0, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT),
        ],
        spacing=12,
    )


def _lines(shell: Shell, lines: Sequence[Line], today: Today) -> list[ft.Control]:
    """The lines under their shelves."""
    rows: list[ft.Control] = []
    ordered = sorted(lines, key=lambda line: line.shelf)
    for shelf, group in groupby(ordered, lambda line: line.shelf):
        rows.append(heading(shelf or shell.texts.gettext("Without a shelf")))
        rows += [line_row(shell, line, today) for line in group]
    return rows


def _facts(texts: Texts, kept: KeptAudit) -> ft.Control:
    _, audit = texts.gettext, kept.audit
    rows: list[ft.Control] = []
    if audit.copy_as_of:
        rows.append(fact(_("Register's copy as of"), texts.moment(audit.copy_as_of)))
    if kept.received_at:
        rows.append(fact(_("Received by the server"), texts.moment(kept.received_at)))
    if audit.remarks:
        rows.append(fact(_("Remarks"), audit.remarks))
    rows += [fact(_("Hash of the record"), audit.sha256), fact(_("Number"), audit.id)]
    return known_as("audit-facts", card(*rows))
