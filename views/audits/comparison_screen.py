"""A closed audit against last time: what is gone, new, in another state, or of another quantity, by shelf."""

from __future__ import annotations

from itertools import groupby

import flet as ft

from services.audits.comparing import Change, Difference
from services.papers.paper import closing_day
from services.register.certificates import Today
from services.wording import mark
from views.audits.reading import Against
from views.design import CARD, GAP, INK_2, LINE, SURFACE, Tone, Type
from views.parts.audit_words import line_name, state_words
from views.parts.device_state import use_device_state
from views.parts.frame import screen
from views.parts.loading import Skeleton, use_loaded
from views.parts.look import chip, empty, heading, line_width, main_button, panel, text
from views.parts.places import AUDITS, audit_address
from views.parts.shared import use_device
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts

FIRST = 100
"""Rows drawn at a time."""

_CHANGES = {
    Change.STATE: (mark("Other state"), ft.Icons.PUBLISHED_WITH_CHANGES),
    Change.GONE: (mark("Gone"), ft.Icons.REMOVE_CIRCLE_OUTLINE),
    Change.NEW: (mark("New"), ft.Icons.ADD_CIRCLE_OUTLINE),
    Change.QUANTITY: (mark("Other quantity"), ft.Icons.NUMBERS),
}


@ft.component
def AuditComparisonScreen() -> ft.View:
    """Show what has changed on the shelves that were looked at both times."""
    shell, state, device = use_shell(), use_device_state(), use_device()
    _, texts = shell.texts.gettext, shell.texts
    audit_id = ft.use_route_params()["audit"]
    most, set_most = ft.use_state(FIRST)
    ready, against = use_loaded(
        lambda: Against.of(device, state.viewer, audit_id), [audit_id, state.viewer, state.audits_version]
    )
    route, title = audit_address(audit_id, "compare"), _("Against last time")
    if not ready:
        return screen(shell, route, title, [Skeleton()])
    if against is None:
        words = _("This audit is not on this device, or it belongs to another account.")
        return screen(
            shell, route, title, [text(words)], bottom=[main_button(_("Go to the audits"), shell.go_to(AUDITS))]
        )
    compared, today = against.comparison, closing_day(against.kept.audit)
    shown = compared.differences[:most]
    rows: list[ft.Control] = []
    for shelf, group in groupby(shown, lambda each: each.shelf):
        rows.append(heading(shelf or _("Without a shelf")))
        rows += [_row(shell, each, today) for each in group]
    if len(compared.differences) > most:
        more = _("Show more ({count} in all)").format(count=texts.number(len(compared.differences)))
        rows.append(ft.TextButton(more, on_click=shell.guard(lambda: set_most(most + FIRST))))
    if not rows:
        words = (
            _("All that was seen is as it was.") if compared.compared else _("These shelves were never seen before.")
        )
        sign = empty(ft.Icons.DONE_ALL, _("No change") if compared.compared else _("Nothing to compare"), words)
        rows.append(sign)
    head = _head(texts, against)
    return screen(shell, route, title, [*head, *rows])


def _head(texts: Texts, against: Against) -> list[ft.Control]:
    """How much is as it was, and of which shelves nothing can be said."""
    _, compared = texts.gettext, against.comparison
    lines: list[ft.Control] = []
    if compared.compared:
        words = texts.ngettext("{count} product is as it was.", "{count} products are as they were.", compared.same)
        lines.append(text(words.format(count=texts.number(compared.same))))
    for names, said in (
        (compared.not_looked_at, _("Not looked at this time, so nothing is said of them: {shelves}")),
        (compared.first_time, _("Looked at for the first time: {shelves}")),
    ):
        named = ", ".join(name or _("Without a shelf") for name in names)
        lines += [text(said.format(shelves=named), Type.SMALL)] if named else []
    return [panel(*lines)] if lines else []


def _row(shell: Shell, difference: Difference, today: Today) -> ft.Control:
    """What happened to one product: before and after beside each other."""
    texts = shell.texts
    words, icon = _CHANGES[difference.change]
    line = difference.after or difference.before
    name = line_name(line) if line else ""
    before, after = difference.before, difference.after
    said: list[ft.Control] = []
    if difference.change is Change.STATE and before and after:
        then, now = (state_words(texts, each, today) for each in (before, after))
        said.append(text(texts.gettext("{before}, now {after}").format(before=then, after=now)))
    packs = texts.gettext("{before} packs before, {after} now").format(
        before=texts.number(difference.packs_before), after=texts.number(difference.packs_after)
    )
    said.append(text(packs, Type.SMALL, color=INK_2))
    column = ft.Column(
        [
            text(name, Type.SUB, max_lines=2),
            ft.Row([chip(texts.gettext(words), icon, Tone.UNKNOWN)], wrap=True),
            *said,
        ],
        spacing=GAP,
    )
    return ft.Semantics(
        identifier="difference-row",
        container=True,
        content=ft.Container(
            column, bgcolor=SURFACE, border=ft.Border.all(line_width(), LINE), border_radius=CARD, padding=12
        ),
    )
