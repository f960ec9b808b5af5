"""The consumer's first screen: three ways to ask, of equal rank, and what the stars mean."""

from __future__ import annotations

import flet as ft

from views.design import BETWEEN, CARD, CHOSEN, INSIDE, LINE, ON_CHOSEN, STAR, SURFACE, Type, Width
from views.parts.code_entry import CodeEntry
from views.parts.copy_line import CopyLine
from views.parts.frame import screen
from views.parts.look import card, heading, known_as, text
from views.parts.picture_verdict import use_picture_choice
from views.parts.places import HOME, SCAN
from views.parts.shell import Shell, use_shell

_POINTS = ((5, "90", "100"), (4, "70", "90"), (3, "50", "70"))
"""Stars, and from and to how many points they are given (Decision 148/QĐ-TTg, 2023); only the last has an end in it."""


@ft.component
def HomeScreen() -> ft.View:
    """Ask whether a pack is what it says, by camera, picture, or number; the camera is not opened unasked."""
    shell = use_shell()
    _ = shell.texts.gettext
    on_top = ft.use_route_location() == HOME
    question = ft.Semantics(
        heading_level=1, container=True, content=text(_("Is this pack really OCOP Quảng Ninh?"), Type.DISPLAY)
    )
    calm = text(_("See who made it, its stars, and whether its certificate stands. No account needed."))
    tiles = [_CameraWay(), _PictureWay()]
    if shell.width is Width.COMPACT:
        ways: list[ft.Control] = [
            ft.Row([ft.Container(tile, expand=True) for tile in tiles], intrinsic_height=True, spacing=12),
            CodeEntry(on_top),
        ]
        below: list[ft.Control] = [_stars(shell), _report(shell), CopyLine()]
    else:
        number = _way(ft.Icons.DIALPAD, _("Number or name"), _("It stands under the bars"), CodeEntry(on_top))
        ways = [_side_by_side([*tiles, number])]
        below = [_side_by_side([_stars(shell), _report(shell)]), CopyLine()]
    return screen(shell, HOME, "OCOP Verify", [question, calm, *ways, *below], top=True, full=shell.wide)


def _side_by_side(controls: list[ft.Control]) -> ft.Control:
    return ft.Row(
        [ft.Container(control, expand=True) for control in controls],
        intrinsic_height=True,
        spacing=BETWEEN,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _way(icon: ft.IconData, title: str, hint: str, action: ft.Control) -> ft.Control:
    """One of the ways in, on a wide window: a picture of it, its name, and what begins it."""
    sign = ft.Container(ft.Icon(icon, size=44, color=ON_CHOSEN), bgcolor=CHOSEN, border_radius=24, padding=24)
    return ft.Container(
        ft.Column(
            [
                sign,
                text(title, Type.TITLE, text_align=ft.TextAlign.CENTER),
                text(hint, Type.SMALL, text_align=ft.TextAlign.CENTER),
                action,
            ],
            spacing=12,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        bgcolor=SURFACE,
        border=ft.Border.all(1, LINE),
        border_radius=INSIDE,
        padding=24,
    )


def _tile(icon: ft.IconData, title: str, hint: str) -> ft.Control:
    """One of the ways in, on a phone: all of it is the button."""
    return ft.Column(
        [
            ft.Icon(icon, size=32, color=ON_CHOSEN),
            text(title, Type.SUB, color=ON_CHOSEN),
            text(hint, Type.SMALL, color=ON_CHOSEN),
        ],
        spacing=4,
    )


_TILE = ft.ButtonStyle(
    bgcolor=CHOSEN,
    padding=INSIDE,
    alignment=ft.Alignment.CENTER_LEFT,
    shape=ft.RoundedRectangleBorder(radius=CARD),
)


@ft.component
def _CameraWay() -> ft.Control:
    shell = use_shell()
    _ = shell.texts.gettext
    start = shell.go_to(SCAN)
    title, hint = _("Scan the code"), _("Seen only, never kept")
    if shell.width is Width.COMPACT:
        button: ft.Control = ft.FilledButton(
            content=_tile(ft.Icons.QR_CODE_SCANNER, title, hint), on_click=start, style=_TILE
        )
        return known_as("home-camera", button)
    button = ft.OutlinedButton(_("Turn on the camera"), icon=ft.Icons.QR_CODE_SCANNER, on_click=start)
    return _way(ft.Icons.VIDEOCAM_OUTLINED, title, hint, known_as("home-camera", button))


@ft.component
def _PictureWay() -> ft.Control:
    shell = use_shell()
    _ = shell.texts.gettext
    busy, choose = use_picture_choice()
    title, hint = _("Send a picture"), _("A photo of the pack")
    if shell.width is Width.COMPACT:
        content = _tile(ft.Icons.IMAGE_SEARCH, _("Reading the picture …") if busy else title, hint)
        return known_as("home-picture", ft.FilledButton(content=content, on_click=choose, disabled=busy, style=_TILE))
    words = _("Reading the picture …") if busy else _("Choose a picture")
    button = ft.OutlinedButton(words, icon=ft.Icons.FOLDER_OPEN, on_click=choose, disabled=busy)
    return _way(ft.Icons.IMAGE_SEARCH, title, hint, known_as("home-picture", button))


def _stars(shell: Shell) -> ft.Control:
    """What the stars mean, with their points and where that is written."""
    _, number = shell.texts.gettext, shell.texts.number
    rows: list[ft.Control] = [heading(_("What do OCOP stars mean?"))]
    for stars, first, last in _POINTS:
        words = _("{first} to {last} points") if stars == 5 else _("{first} to under {last} points")
        shown = ft.Row([ft.Icon(ft.Icons.STAR, size=18, color=STAR) for _star in range(stars)], spacing=1, width=100)
        name = _("{stars} stars").format(stars=number(stars))
        points = words.format(first=first, last=last)
        rows.append(
            ft.Semantics(
                label=f"{name}: {points}",
                exclude_semantics=True,
                container=True,
                content=ft.Row([shown, text(name, Type.LABEL), text(points, Type.SMALL, expand=True)], spacing=8),
            )
        )
    rows += [
        text(
            _(
                "Points are given for origin, quality, the way of making and the story. A certificate lasts 36 months. "
                "Source: Decision 148/QĐ-TTg."
            ),
            Type.SMALL,
        ),
        text(_("Goods without stars are not worse: most take no part in the programme."), Type.SMALL),
    ]
    return card(*rows)


def _report(shell: Shell) -> ft.Control:
    _ = shell.texts.gettext
    report = ft.OutlinedButton(_("Tell the office"), icon=ft.Icons.FLAG_OUTLINED, on_click=shell.go_to("/report"))
    return card(
        heading(_("Something odd?")),
        text(_("Stars after the certificate has ended, goods that look copied, a date that has passed.")),
        text(_("Less than a minute. You get an address where you see what came of it."), Type.SMALL),
        ft.Row([known_as("home-report", report)]),
    )
