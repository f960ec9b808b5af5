"""The answers to one item as a row of cells of one height: three by one tap, the others in a menu at the end."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from services.checklists.filled import Answered
from views.checklist.words import ANSWERS, FIRST, MORE
from views.design import CHOSEN, FIELD, FOCUS, INK, ON_CHOSEN, OUTLINE, SURFACE, TARGET, TONES, Tone, Type
from views.parts.look import line_width, text
from views.parts.shell import Shell

_ICON = 22
"""Logical pixels."""

_TONES: dict[Answered, Tone] = {
    Answered.OK: Tone.GOOD,
    Answered.WRONG: Tone.CAUTION,
    Answered.MISSING: Tone.CAUTION,
    Answered.UNREADABLE: Tone.CAUTION,
}


def segments(
    shell: Shell,
    item: str,
    named: str,
    chosen: Answered | None,
    choose: Callable[[Answered], object],
    *,
    joined: bool,
) -> ft.Control:
    """Draw the answers to `item`, which is `named` to screen readers; in cells of their own where not `joined`."""
    cells = [
        _cell(shell, item, each, chosen is each, choose, radius=_radius(first=each is FIRST[0]) if joined else None)
        for each in FIRST
    ]
    cells.append(_more(shell, item, named, chosen, choose, joined=joined))
    if not joined:
        return ft.Row(cells, wrap=True, spacing=8, run_spacing=8)
    parts: list[ft.Control] = []
    for each in cells:
        parts += [ft.Container(width=line_width(), height=TARGET, bgcolor=OUTLINE)] if parts else []
        parts.append(each)
    return ft.Container(
        ft.Row(parts, spacing=0),
        bgcolor=SURFACE,
        border=ft.Border.all(line_width(), OUTLINE),
        border_radius=FIELD,
        clip_behavior=ft.ClipBehavior.HARD_EDGE,
    )


def colours(given: Answered | None) -> tuple[ft.Colors, ft.Colors]:
    """Ground and text of the cell of an answer that was given."""
    if given is None:
        return SURFACE, INK
    if given in _TONES:
        roles = TONES[_TONES[given]]
        return roles.band, roles.on_band
    return CHOSEN, ON_CHOSEN


def _cell(
    shell: Shell,
    item: str,
    given: Answered,
    is_chosen: bool,
    choose: Callable[[Answered], object],
    *,
    radius: ft.BorderRadius | None,
) -> ft.Control:
    """One answer; with a `radius` its corners are those of the row that it is part of."""
    words, icon = ANSWERS[given]
    ground, colour = colours(given if is_chosen else None)
    label = text(shell.texts.gettext(words), Type.LABEL, color=colour)
    content = ft.Row([ft.Icon(icon, size=20, color=colour), label], spacing=6, tight=True)
    if radius:
        content.alignment, content.tight = ft.MainAxisAlignment.CENTER, False
    button = ft.OutlinedButton(
        content=content,
        on_click=shell.guard(lambda: choose(given)),
        style=_style(ground, radius, padding=ft.Padding.symmetric(vertical=14, horizontal=4 if radius else 12)),
    )
    return ft.MergeSemantics(
        ft.Semantics(identifier=f"answer-{item}-{given}", checked=is_chosen, content=button),
        expand=True if radius else None,
    )


def _more(
    shell: Shell,
    item: str,
    named: str,
    chosen: Answered | None,
    choose: Callable[[Answered], object],
    *,
    joined: bool,
) -> ft.Control:
    """The menu with the other answers; it shows the one that was given."""
    _ = shell.texts.gettext
    given = chosen if chosen in MORE else None
    ground, colour = colours(given)
    icon = ANSWERS[given][1] if given else ft.Icons.MORE_HORIZ
    words = _(ANSWERS[given][0]) if given else _("More answers")

    def entry(each: Answered) -> ft.PopupMenuItem:
        name, sign = ANSWERS[each]
        return ft.PopupMenuItem(_(name), icon=sign, height=TARGET, on_click=shell.guard(lambda: choose(each)))

    corners = _radius(first=False, last=True) if joined else None
    menu = ft.PopupMenuButton(
        icon=ft.Icon(icon, size=_ICON, color=colour, semantics_label=named),
        items=[entry(each) for each in MORE],
        tooltip=words,
        style=_style(ground, corners, padding=ft.Padding.all((TARGET - _ICON) / 2)),
    )
    return ft.Semantics(identifier=f"answer-{item}-more", selected=given is not None, content=menu)


def _radius(*, first: bool = False, last: bool = False) -> ft.BorderRadius:
    """The corners of a cell in a row, which lie within those of the row's edge."""
    inside = FIELD - line_width()
    left, right = (inside if end else 0 for end in (first, last))
    return ft.BorderRadius.only(top_left=left, bottom_left=left, top_right=right, bottom_right=right)


def _style(ground: ft.Colors, radius: ft.BorderRadius | None, *, padding: ft.Padding) -> ft.ButtonStyle:
    """A cell with an edge of its own, or with the corners of the row that it is part of."""
    plain = ft.BorderSide(0, ft.Colors.TRANSPARENT) if radius else ft.BorderSide(line_width(), OUTLINE)
    return ft.ButtonStyle(
        bgcolor=ground,
        padding=padding,
        shape=ft.RoundedRectangleBorder(radius=radius or FIELD),
        side={ft.ControlState.FOCUSED: ft.BorderSide(3, FOCUS), ft.ControlState.DEFAULT: plain},
    )
