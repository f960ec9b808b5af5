"""The running list of an audit, newest on top, and how many packs of each class it has."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from services.audits.audit import Line, What
from services.audits.gravity import Klass, klass, totals
from views.audits.desk import Desk, Refused
from views.design import CARD, FIELD, FOCUS, GAP, INK_2, INSIDE, LINE, SURFACE, SURFACE_2, TONES, Type
from views.parts.audit_words import KLASSES, audit_problem, line_name, state_words
from views.parts.handheld import SENTENCES
from views.parts.look import keyed, known_as, line_width, text
from views.parts.product_picture import ProductPicture
from views.parts.room import use_room
from views.parts.shared import use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts

FIRST, MORE = 50, 100
"""So many lines are drawn at first, and so many more each time they are asked for."""

_PICTURE = 44
_COLUMNS = 560
"""From this room on the time and the verdict have columns of their own, in logical pixels."""

_TOTALS_ROOM = 300
"""With less room than this, as where text is twice as large on a phone, totals are shapes and numbers alone."""

_TOTALS = (Klass.GOOD, Klass.LOOK, Klass.TAKE_DOWN, Klass.OUTSIDE)


@ft.component
def Totals(desk: Desk) -> ft.Control:
    """How many packs there are of each class; those that were not read count where nothing is registered."""
    shell, workspace = use_shell(), use_workspace()
    ft.use_state(desk)
    texts = shell.texts
    room, measured = use_room()
    counted = totals(desk.audit.lines, workspace.today()).packs_of
    cells: list[ft.Control] = []
    for kind in (*_TOTALS, *([Klass.NOT_READ] if counted[Klass.NOT_READ] else [])):
        words = KLASSES[kind]
        label, number = texts.gettext(words.counted), texts.number(counted[kind])
        column: list[ft.Control] = [
            ft.Row(
                [ft.Icon(words.icon, size=24, color=TONES[words.tone].icon), text(number, Type.TITLE, figures=True)],
                spacing=6,
                tight=True,
            ),
            *([text(label, Type.SMALL, max_lines=1)] if room >= _TOTALS_ROOM else []),
        ]
        cell = ft.Container(ft.Column(column, spacing=0), padding=ft.Padding.symmetric(horizontal=10, vertical=6))
        cells.append(
            ft.Semantics(
                identifier=f"audit-total-{kind.value}",
                label=f"{label}: {number}",
                exclude_semantics=True,
                container=True,
                content=cell,
            )
        )
    return ft.Container(measured(ft.Row(cells, wrap=True, spacing=0, run_spacing=0)), bgcolor=SURFACE)


@ft.component
def Lines(desk: Desk) -> ft.Control:
    """The lines; a tap on one shows it in the large result."""
    shell, workspace = use_shell(), use_workspace()
    ft.use_state(desk)
    most, set_most = ft.use_state(FIRST)
    room, measured = use_room()
    _, today, audit = shell.texts.gettext, workspace.today(), desk.audit
    lines = [line for line in audit.newest_first if line.quantity]
    refused = [_refused(shell, each) for each in desk.refusals]
    wide = room >= _COLUMNS
    rows: list[ft.Control] = [*refused]
    if refused:
        seen = ft.TextButton(_("I have seen these"), on_click=shell.guard(desk.forget_refusals))
        rows.append(known_as("audit-refusals-seen", seen, key="seen"))
    rows += [
        keyed(
            f"line {line.n}",
            _Row,
            line,
            klass(line, today),
            state_words(shell.texts, line, today),  # and not `today`, whose moment is new each time
            line.shelf != audit.shelf,
            wide,
            line.n == desk.news.n,
            desk.choose,
        )
        for line in lines[:most]
    ]
    if len(lines) > most:
        more = ft.TextButton(_("Show more"), on_click=shell.guard(lambda: set_most(most + MORE)))
        rows.append(known_as("audit-more", more, key="more"))
    if not rows:
        rows.append(ft.Container(text(_("What is scanned is listed here."), color=INK_2), padding=INSIDE, key="none"))
    return measured(ft.Column(rows, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH))


@ft.memo  # type: ignore[untyped-decorator]
@ft.component
def _Row(
    line: Line,
    kind: Klass,
    state: str,
    elsewhere: bool,
    wide: bool,
    chosen: bool,
    choose: Callable[[int], object],
) -> ft.Control:
    """One line; drawn anew only when it has changed. `state` is its verdict in words."""
    shell, workspace = use_shell(), use_workspace()
    texts, words = shell.texts, KLASSES[kind]
    product = workspace.catalogue.product(line.gtin) if line.gtin else None
    picture: ft.Control = (
        keyed(product.gtin, ProductPicture, product, None, _PICTURE, radius=FIELD)
        if product
        else ft.Container(
            ft.Icon(ft.Icons.QR_CODE_2, color=INK_2),
            width=_PICTURE,
            height=_PICTURE,
            bgcolor=SURFACE_2,
            border_radius=FIELD,
            alignment=ft.Alignment.CENTER,
        )
    )
    clock = texts.clock(line.last_at)
    small = " · ".join(filter(None, (*(() if wide else (clock,)), *_details(texts, line, elsewhere))))
    named: list[ft.Control] = [text(line_name(line), Type.SUB, max_lines=2)]
    sign = ft.Row(
        [ft.Icon(words.icon, size=20, color=TONES[words.tone].icon), text(state, Type.LABEL, max_lines=2, expand=True)],
        spacing=6,
        width=168 if wide else None,
    )
    named += [] if wide else [sign]
    named += [text(small, Type.SMALL)] if small else []
    cells: list[ft.Control] = [
        *([ft.Container(text(clock, Type.SMALL, figures=True), width=72)] if wide else []),
        picture,
        ft.Column(named, spacing=0, expand=True),
        *([sign] if wide else []),
        ft.Container(
            text(texts.number(line.quantity), Type.TITLE, figures=True, text_align=ft.TextAlign.END), width=56
        ),
    ]
    button = ft.OutlinedButton(
        content=ft.Row(cells, spacing=12),
        on_click=shell.guard(lambda: choose(line.n)),
        style=ft.ButtonStyle(
            bgcolor=SURFACE_2 if chosen else SURFACE,
            padding=ft.Padding.symmetric(horizontal=12, vertical=8),
            shape=ft.RoundedRectangleBorder(radius=0),
            side={
                ft.ControlState.FOCUSED: ft.BorderSide(3, FOCUS),
                ft.ControlState.DEFAULT: ft.BorderSide(0, SURFACE),
            },
        ),
    )
    row = ft.MergeSemantics(ft.Semantics(identifier="audit-line", selected=chosen, content=button))
    rule = ft.Divider(height=line_width(), thickness=line_width(), color=LINE)
    return ft.Column([rule, row], spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _refused(shell: Shell, refused: Refused) -> ft.Control:
    """A scan that was not taken: it stays in sight when the next one has taken its place in the large result."""
    texts, news, words = shell.texts, refused.news, KLASSES[Klass.NOT_READ]
    said = texts.gettext(SENTENCES[news.refused]) if news.refused else audit_problem(texts, news.problem or "")
    column: list[ft.Control] = [
        text(texts.gettext("A scan was not counted"), Type.SUB),
        text(f"{texts.clock(refused.at)} · {said}", Type.SMALL),
    ]
    row = ft.Row(
        [ft.Icon(words.icon, color=TONES[words.tone].icon), ft.Column(column, spacing=0, expand=True)], spacing=12
    )
    box = ft.Container(row, padding=12, bgcolor=SURFACE_2)
    return ft.Semantics(identifier="audit-refused", container=True, content=box, key=f"refused {refused.at}")


def _details(texts: Texts, line: Line, elsewhere: bool) -> list[str]:
    """What else is to be said of a line: how often it was scanned, its date and lot, its price, and what was done."""
    _ = texts.gettext
    said = []
    if line.times > 1:
        said.append(_("time {count}").format(count=texts.number(line.times)))
    if line.expiry:
        said.append(_("good to {day}").format(day=texts.day(line.expiry)))
    if line.lot:
        said.append(_("lot {lot}").format(lot=line.lot))
    if line.done:
        words = _("taken down {time}") if line.done.what == What.TAKEN_DOWN else _("done {time}")
        said.append(words.format(time=texts.time(line.done.at)))
    if line.shelf and elsewhere:
        said.append(line.shelf)
    return said


def listed(*content: ft.Control) -> ft.Control:
    """The list's frame."""
    return ft.Container(
        ft.Column(list(content), spacing=GAP, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=SURFACE,
        border=ft.Border.all(line_width(), LINE),
        border_radius=CARD,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        expand=True,
    )
