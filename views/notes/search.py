"""The filters above the list of records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial

import flet as ft

from services.journal.journal import Became, Choices
from views.notes.sought import Sought, with_filter
from views.parts.filter_menu import filter_menu
from views.parts.inspection_words import FINDINGS
from views.parts.look import known_as
from views.parts.record_words import BECAME, KINDS
from views.parts.shell import Shell
from views.parts.verdict_words import status_words

_OFFERED = 30
"""So many places and products are offered in a menu, those that occur most; words find the others."""

_WORTH_CHOOSING = 2
"""A filter with fewer choices is left out."""

Change = Callable[[Sought], None]


def filters(shell: Shell, sought: Sought, change: Change, choices: Choices, today: date) -> ft.Control:
    """The filters, each with what there is to choose from; what has only one choice, and none chosen, is left out."""
    _, where = shell.texts.gettext, sought.where
    days = _periods(shell, choices, today)
    period = (where.since, where.until)
    if period != (None, None) and period not in [value for value, _words in days]:
        days.append((period, _between(shell, where.since, where.until)))

    def choose_days(value: tuple[date | None, date | None] | None) -> None:
        since, until = value or (None, None)
        change(with_filter(sought, since=since, until=until))

    def menu(
        name: str, field: str, label: str, options: Sequence[tuple[str, str]], chosen: str | None
    ) -> list[ft.Control]:
        if len(options) < _WORTH_CHOOSING and chosen is None:
            return []
        wanted = [*options, *([(chosen, chosen)] if chosen and chosen not in dict(options) else [])]
        choose = partial(_narrow, sought, change, field)
        return [filter_menu(shell, f"notes-{name}", label, wanted, chosen, choose)]

    verdicts = [(each, _(status_words(each)[0])) for each in choices.verdicts]
    findings = [(each, _(FINDINGS[each][0])) for each in choices.findings if each in FINDINGS]
    states = [(each.value, _(BECAME[each])) for each in choices.became]
    kinds = [(kind, _(KINDS[kind][0])) for kind in choices.kinds]
    places = [(each, each) for each in choices.places[:_OFFERED]]
    drawn = [
        filter_menu(shell, "notes-days", _("Days"), days, period if period != (None, None) else None, choose_days),
        *menu("kind", "kind", _("Kind of record"), kinds, where.kind),
        *menu("verdict", "verdict", _("Verdict"), verdicts, where.verdict),
        *menu("place", "place", _("Where"), places, where.place),
        *menu("finding", "finding", _("Finding"), findings, where.finding),
        *menu("state", "became", _("State"), states, where.became),
        *menu("product", "product", _("Product"), choices.products[:_OFFERED], where.product),
    ]
    if not sought.is_everything:
        clear = ft.TextButton(
            _("Clear filters"), icon=ft.Icons.FILTER_LIST_OFF, on_click=shell.guard(lambda: change(Sought()))
        )
        drawn.insert(0, known_as("notes-clear", clear))
    if shell.wide:
        return ft.Row(drawn, wrap=True, spacing=8, run_spacing=8)
    return ft.Row(drawn, scroll=ft.ScrollMode.HIDDEN, spacing=8)


def _narrow(sought: Sought, change: Change, field: str, value: str | None) -> None:
    change(with_filter(sought, **{field: Became(value) if field == "became" and value else value}))


def _periods(shell: Shell, choices: Choices, today: date) -> list[tuple[tuple[date | None, date | None], str]]:
    """Today, the last seven days, and each month in which something was recorded."""
    _ = shell.texts.gettext
    named: list[tuple[tuple[date | None, date | None], str]] = [
        ((today, today), _("Today")),
        ((today - timedelta(days=6), today), _("Last 7 days")),
    ]
    for first in choices.months[:24]:
        after = (first + timedelta(days=31)).replace(day=1)
        words = _("Month {month}/{year}").format(month=first.month, year=first.year)
        named.append(((first, after - timedelta(days=1)), words))
    return named


def _between(shell: Shell, since: date | None, until: date | None) -> str:
    texts = shell.texts
    if since and until:
        return f"{texts.day(since)} – {texts.day(until)}"
    words = texts.gettext("From {day}") if since else texts.gettext("Up to {day}")
    day = since or until
    return words.format(day=texts.day(day)) if day else ""
