"""Draws what was signed of a shelf audit, out of the record in a file and not out of its pages."""

from __future__ import annotations

import flet as ft

from services.audits.audit import Audit, Line
from services.audits.gravity import Klass, klass, totals
from services.papers.paper import closing_day
from services.papers.words import grouped
from services.register.certificates import VIETNAM, Today
from views.design import Type
from views.parts.audit_words import KLASSES, line_name, state_words
from views.parts.look import card, chip, fact, heading, text
from views.parts.texts import Texts

MOST_SHOWN = 300
"""Lines that are drawn, those to take down first; the PDF's pages have all of them."""


def signed_audit(texts: Texts, audit: Audit) -> list[ft.Control]:
    """The audit's head, its totals, and its lines."""
    _, today, lines = texts.gettext, closing_day(audit), audit.lines
    counted = totals(lines, today)
    opened = f"{texts.day(audit.opened_at.astimezone(VIETNAM).date())}, {texts.time(audit.opened_at)}"
    rows = [
        *([fact(_("Shop"), audit.shop)] if audit.shop else []),
        fact(_("Day"), f"{opened} – {texts.time(audit.closed_at)}"),
        fact(_("Lines"), texts.number(counted.lines)),
        fact(_("Packs"), texts.number(counted.packs)),
        fact(_("Lines to take down"), texts.number(counted.lines_of[Klass.TAKE_DOWN])),
        *([fact(_("Remarks"), audit.remarks)] if audit.remarks else []),
        fact(_("Hash of this record"), grouped(audit.sha256)),
    ]
    order = list(Klass)
    gravest = sorted(lines, key=lambda line: order.index(klass(line, today)) != order.index(Klass.TAKE_DOWN))
    shown = [_line(texts, line, today) for line in gravest[:MOST_SHOWN]]
    left = len(lines) - len(shown)
    more = texts.ngettext("{count} line more stands in the file.", "{count} lines more stand in the file.", left)
    return [
        card(*rows),
        heading(_("Lines")),
        *shown,
        *([text(more.format(count=texts.number(left)))] if left else []),
    ]


def _line(texts: Texts, line: Line, today: Today) -> ft.Control:
    words = KLASSES[klass(line, today)]
    packs = texts.ngettext("{count} pack", "{count} packs", line.quantity).format(count=texts.number(line.quantity))
    place = " · ".join(filter(None, [packs, line.shelf]))
    return card(
        text(f"{line.n}. {line_name(line)}", Type.SUB),
        ft.Row([chip(state_words(texts, line, today), words.icon, words.tone)], wrap=True),
        text(place, Type.SMALL),
    )
