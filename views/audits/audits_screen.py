"""The place of audits: the one that runs, what stands on the shelves, what ends soon, and those that were closed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from itertools import groupby

import flet as ft

from services.audits.audit import AuditClosed, AuditInvalid
from services.audits.kept import KeptAudit
from services.papers.paper import AuditPaper
from services.records.book import RecordState
from services.register.certificates import VIETNAM
from services.storage.store import StoreError
from services.workspace import Device
from views.audits.reading import NOW, Overview
from views.audits.shelf_now import reminder_rows, shelf_card
from views.design import BETWEEN, GAP, INK_2, NARROW, TONES, Tone, Type
from views.parts.audit_words import audit_problem, counts_words
from views.parts.device_state import use_device_state
from views.parts.frame import panes, screen, scrolled
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import empty, heading, icon_button, known_as, main_button, panel, row_button, state_label, text
from views.parts.places import AUDIT_NOW, AUDITS, OWN_LIST, PAPER, audit_address, places
from views.parts.record_words import state_of
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell

PAGE = 50
"""Rows drawn at a time."""


@ft.component
def AuditsScreen() -> ft.View:
    """List the audits of all tills by day; a wide window shows the one in the address beside the list."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    _ = shell.texts.gettext
    outlet = ft.use_route_outlet()  # asked for in narrow windows too: hooks are told apart by their order
    beside = outlet if shell.wide else None
    here = ft.use_route_location().partition("?")[0].removeprefix(AUDITS).strip("/")
    version = ft.use_ref(state.audits_version)
    if not here.startswith(NOW):  # under a running audit nobody sees it, and each scan would read all audits anew
        version.current = state.audits_version
    ready, loaded = use_loaded(
        lambda: Overview.of(device, workspace, state.viewer), [state.viewer, version.current, state.copy.as_of]
    )
    found = loaded or Overview()
    chosen = here if beside is not None else ""
    rows = _rows(shell, found, chosen, ready=ready)
    words = _("Go on with the audit") if found.running else _("Begin an audit")
    start = main_button(words, shell.go_to(AUDIT_NOW), icon=ft.Icons.BARCODE_READER)
    foot = known_as("audit-start", start)
    actions = [
        known_as("check-record", icon_button(ft.Icons.FACT_CHECK_OUTLINED, _("Check a record"), shell.go_to(PAPER))),
        known_as("own-list", icon_button(ft.Icons.PLAYLIST_ADD_CHECK, _("My own list"), shell.go_to(OWN_LIST))),
    ]
    title = _("Shelves")
    top = any(place.address == AUDITS for place in places(shell.reader))
    if not shell.wide:
        return screen(shell, AUDITS, title, rows, top=top, actions=actions, bottom=[foot])
    left = ft.Column(
        [scrolled(rows), foot], spacing=GAP, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )
    words = _("Choose an audit: it is shown here, beside the list.") if found.audits else ""
    shown = beside or ft.Container(text(words, color=INK_2), padding=BETWEEN)
    body = panes(shell, left, ft.Container(shown, alignment=ft.Alignment.TOP_CENTER), first_width=NARROW)
    return screen(shell, AUDITS, title, [body], top=top, scroll=False, full=True, actions=actions)


def _rows(shell: Shell, found: Overview, chosen: str, *, ready: bool) -> list[ft.Control]:
    _ = shell.texts.gettext
    limit, set_limit = ft.use_state(PAGE)
    counted = ft.use_memo(dict[str, AuditPaper], [])
    workspace, device = use_workspace(), use_device()
    nothing = ready and not found.audits and not found.running
    more = ft.TextButton(
        _("Show more ({count} in all)").format(count=shell.texts.number(len(found.audits))),
        on_click=shell.guard(lambda: set_limit(limit + PAGE)),
    )
    return [
        *([] if ready else [Skeleton()]),
        *([_take_over(shell, device, found.to_take_over)] if found.to_take_over else []),
        *([_running(shell, found)] if found.running else []),
        *([shelf_card(shell, found, workspace.today())] if found.state.shelves else []),
        *reminder_rows(shell, found.reminders),
        *_by_day(shell, found.audits[:limit], counted, workspace.now().astimezone(VIETNAM).date(), chosen),
        *([known_as("audits-more", more)] if len(found.audits) > limit else []),
        *([_empty(shell)] if nothing else []),
    ]


def _running(shell: Shell, found: Overview) -> ft.Control:
    """The audit that runs: where it stands, and the way to go on."""
    _, texts, audit = shell.texts.gettext, shell.texts, found.running
    assert audit is not None  # noqa: S101 - the caller has looked
    lines = [line for line in audit.lines if line.quantity]
    words = _("Paused") if audit.is_paused else _("Running since {time}").format(time=texts.time(audit.opened_at))
    column: list[ft.Control] = [
        text(audit.shop or audit.shelf or _("This audit"), Type.SUB, max_lines=2),
        text(counts_words(texts, len(lines), sum(line.quantity for line in lines)), Type.SMALL),
        state_label(words, ft.Icons.BARCODE_READER, urgent=True),
    ]
    return row_button("audit-running", ft.Column(column, spacing=4), shell.go_to(AUDIT_NOW), key="running")


def _by_day(
    shell: Shell, audits: Sequence[KeptAudit], counted: dict[str, AuditPaper], today: date, chosen: str
) -> list[ft.Control]:
    """The closed audits under the day on which they were closed, by all tills."""
    rows: list[ft.Control] = []
    for day, group in groupby(audits, lambda kept: kept.audit.closed_at.astimezone(VIETNAM).date()):
        rows.append(heading(shell.texts.near_day(day, today)))
        rows += [_row(shell, kept, counted, chosen=kept.id == chosen) for kept in group]
    return rows


def _row(shell: Shell, kept: KeptAudit, counted: dict[str, AuditPaper], *, chosen: bool) -> ft.Control:
    """When and where, how much, what was to take down, and where its record stands."""
    _, texts, audit = shell.texts.gettext, shell.texts, kept.audit
    facts = counted.get(audit.sha256) or counted.setdefault(audit.sha256, AuditPaper.of(audit))
    begun = texts.time(audit.opened_at)
    shelves = ", ".join(dict.fromkeys(line["shelf"] for line in audit.body["lines"] if line["shelf"]))
    small = " · ".join([begun, counts_words(texts, facts.lines, facts.packs)])
    tone = Tone.BAD if facts.take_down else Tone.GOOD
    down = _("To take down: {count}")
    sign = ft.Row(
        [
            ft.Icon(TONES[tone].shape, size=20, color=TONES[tone].icon),
            text(
                down.format(count=texts.number(facts.take_down)) if facts.take_down else _("Nothing to take down"),
                Type.LABEL,
                expand=True,
            ),
        ],
        spacing=6,
    )
    states: list[ft.Control] = []
    if kept.elsewhere:
        states.append(state_label(_("Another till"), ft.Icons.DEVICES))
    elif kept.state is None:
        states.append(state_label(_("On this device alone"), ft.Icons.SMARTPHONE))
    elif kept.state is not RecordState.RECEIVED:
        states.append(state_of(texts, kept.state))
    lines: list[ft.Control] = [
        text(audit.shop or shelves or _("Audit of the shelves"), Type.SUB, max_lines=2),
        *([text(shelves, Type.SMALL, max_lines=1)] if audit.shop and shelves else []),
        text(small, Type.SMALL),
        sign,
        *states,
    ]
    address = audit_address(kept.id)
    return row_button(
        "audit-row", ft.Column(lines, spacing=4), shell.go_to(address), chosen=chosen, key=f"audit {kept.id}"
    )


def _take_over(shell: Shell, device: Device, ids: Sequence[str]) -> ft.Control:
    """Audits that were made without an account become this account's only where the person says so."""
    _, texts = shell.texts.gettext, shell.texts

    async def take() -> None:
        def work() -> None:
            left = []
            for audit_id in ids:  # one that runs has to wait while another runs; those that are closed have not
                try:
                    device.audits.take_over(audit_id, device.author)
                except AuditInvalid as invalid:
                    left.append(invalid)
                except AuditClosed:  # another window was quicker
                    continue
            if left:
                raise left[0]

        try:
            await asyncio.to_thread(work)
        except AuditInvalid as invalid:
            shell.say(audit_problem(texts, invalid.reason))
        except StoreError:
            shell.say_problem("not_saved")
        else:
            shell.say(_("They are this account's now, and are sent when there is a connection."))

    words = texts.ngettext(
        "{count} audit was made on this device without an account.",
        "{count} audits were made on this device without an account.",
        len(ids),
    )
    small = _("Taken over, they are signed by this device and sent; all devices of this account then see them.")
    button = ft.FilledTonalButton(_("Take them over"), icon=ft.Icons.PERSON_ADD_ALT, on_click=shell.guard(take))
    return known_as(
        "audits-take-over",
        panel(
            text(words.format(count=texts.number(len(ids)))),
            text(small, Type.SMALL),
            ft.Row([known_as("audits-take-over-button", button)]),
        ),
    )


def _empty(shell: Shell) -> ft.Control:
    _ = shell.texts.gettext
    said = _("Scan what stands on your shelves: what to take down, what to look at, and what is in order.")
    return empty(ft.Icons.SHELVES, _("Audit of the shelves"), said)
