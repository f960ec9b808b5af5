"""The consumer's first screen: three ways to ask, of equal rank, what they saw last, and what the stars mean."""

from __future__ import annotations

import flet as ft

from services.camera.frames import CameraFault
from services.history.history import Look
from services.register.certificates import VIETNAM
from views.design import BETWEEN, CARD, CHOSEN, GAP, INSIDE, LINE, ON_CHOSEN, SHEET, STAR, SURFACE, Type, Width
from views.parts.code_entry import CodeEntry
from views.parts.copy_line import CopyLine
from views.parts.device_state import use_device_state
from views.parts.frame import screen
from views.parts.language import LanguageChoice
from views.parts.loading import use_loaded
from views.parts.look import card, heading, known_as, text
from views.parts.look_rows import day_of, framed, look_rows, read_latest
from views.parts.picture_verdict import use_picture_choice
from views.parts.places import AUDITS, HISTORY, HOME, LABEL_CHECK, PAPER, SCAN
from views.parts.scanning import use_scanning
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.words import CAMERA_FAULTS

_POINTS = ((5, "90", "100"), (4, "70", "90"), (3, "50", "70"))
"""Stars, and from and to how many points they are given (Decision 148/QĐ-TTg, 2023); only the last has an end in it."""

_SIGN = 40
"""The size of the icon of a way in, on a wide window."""

_LATEST = {Width.COMPACT: 3, Width.MEDIUM: 4, Width.EXPANDED: 4}
"""Looks that are shown, by the window's width."""


@ft.component
def HomeScreen() -> ft.View:
    """Ask whether a pack is what it says, by camera, picture, or number; the camera is not opened unasked."""
    shell, scanning = use_shell(), use_scanning()
    _ = shell.texts.gettext
    on_top = ft.use_route_location() == HOME
    question = ft.Semantics(
        heading_level=1, container=True, content=text(_("Is this pack really OCOP Quảng Ninh?"), Type.DISPLAY)
    )
    calm = text(_("See who made it, its stars, and whether its certificate stands. No account needed."))
    camera, picture = _CameraWay(), _PictureWay()
    ways = [picture, camera] if scanning.no_camera else [camera, picture]
    fault = [_no_camera(shell, scanning.no_camera)] if scanning.no_camera else []
    if not shell.wide:
        content: list[ft.Control] = [question, calm, *fault, _level(ways, 12), CodeEntry(on_top)]
        content += [_Latest(), _two_where_there_is_room(_stars(shell), _report(shell)), _quiet_ways(shell), CopyLine()]
        return screen(shell, HOME, "OCOP Verify", content, top=True, actions=[LanguageChoice()])
    head = ft.Row(
        [ft.Container(question, expand=True), LanguageChoice()], vertical_alignment=ft.CrossAxisAlignment.START
    )
    number = _way(ft.Icons.DIALPAD, _("Type a number or a name"), CodeEntry(on_top))
    ways = [*ways, number]
    below = [_level([_Latest(), _stars(shell), _report(shell)])]
    if shell.width is Width.MEDIUM:
        below = [_level([_Latest(), _stars(shell)]), _report(shell)]
    content = [head, calm, *fault, _level(ways), *below, _quiet_ways(shell), CopyLine()]
    return screen(shell, HOME, "OCOP Verify", content, top=True, full=True, titled=False)


def _level(controls: list[ft.Control], spacing: int = BETWEEN) -> ft.Control:
    """Controls beside each other, of one width and one height."""
    return ft.Row(
        [ft.Container(control, expand=True) for control in controls],
        intrinsic_height=True,
        spacing=spacing,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _quiet_ways(shell: Shell) -> ft.Control:
    """Quiet ways to what few come for: the audit of own shelves, a record handed over, a label before it is printed."""
    _ = shell.texts.gettext
    shelves = ft.TextButton(_("Check the goods in my shop"), icon=ft.Icons.SHELVES, on_click=shell.go_to(AUDITS))
    record = ft.TextButton(_("Check a record"), icon=ft.Icons.FACT_CHECK_OUTLINED, on_click=shell.go_to(PAPER))
    words = _("Check a label before printing")
    label = ft.TextButton(words, icon=ft.Icons.STRAIGHTEN, on_click=shell.go_to(LABEL_CHECK))
    ways: list[ft.Control] = [
        known_as("home-audits", shelves),
        known_as("home-record", record),
        known_as("home-label", label),
    ]
    return ft.Row(ways, wrap=True)


def _two_where_there_is_room(*controls: ft.Control) -> ft.Control:
    """Cards below each other on a phone, and beside each other on a tablet that has no rail."""
    return ft.ResponsiveRow(
        [ft.Container(control, col={"xs": 12, "md": 6}) for control in controls], spacing=12, run_spacing=12
    )


def _no_camera(shell: Shell, fault: CameraFault) -> ft.Control:
    """What keeps the camera from being used; the other ways go first then."""
    _ = shell.texts.gettext
    words = _("{fault}. Send a picture, or type the number.").format(fault=_(CAMERA_FAULTS[fault][0]))
    return known_as("home-no-camera", ft.Row([ft.Icon(ft.Icons.VIDEOCAM_OFF), text(words, expand=True)], spacing=GAP))


def _way(icon: ft.IconData, title: str, *action: ft.Control) -> ft.Control:
    """One of the ways in, on a wide window: a picture of it, its name, and what begins it, at one line in all."""
    sign = ft.Container(
        ft.Icon(icon, size=_SIGN, color=ON_CHOSEN), bgcolor=CHOSEN, border_radius=SHEET, padding=BETWEEN
    )
    centre = ft.CrossAxisAlignment.CENTER
    head = ft.Column(
        [sign, text(title, Type.TITLE, text_align=ft.TextAlign.CENTER)], spacing=12, horizontal_alignment=centre
    )
    return ft.Container(
        ft.Column(
            [head, ft.Column(list(action), spacing=GAP, horizontal_alignment=centre)],
            spacing=INSIDE,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            horizontal_alignment=centre,
        ),
        bgcolor=SURFACE,
        border=ft.Border.all(1, LINE),
        border_radius=INSIDE,
        padding=INSIDE,
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
    hint = _("Seen only, never kept")
    if not shell.wide:
        tile = _tile(ft.Icons.PHOTO_CAMERA_OUTLINED, _("Scan the code"), _("With the camera"))
        return known_as("home-camera", ft.FilledButton(content=tile, on_click=start, style=_TILE))
    button = ft.OutlinedButton(_("Turn on the camera"), icon=ft.Icons.QR_CODE_SCANNER, on_click=start)
    return _way(ft.Icons.VIDEOCAM_OUTLINED, _("Scan the code"), known_as("home-camera", button), text(hint, Type.SMALL))


@ft.component
def _PictureWay() -> ft.Control:
    shell = use_shell()
    _ = shell.texts.gettext
    busy, choose = use_picture_choice()
    title, hint = _("Send a picture"), _("A photo of the pack")
    if not shell.wide:
        content = _tile(ft.Icons.IMAGE_SEARCH, _("Reading the picture …") if busy else title, hint)
        return known_as("home-picture", ft.FilledButton(content=content, on_click=choose, disabled=busy, style=_TILE))
    words = _("Reading the picture …") if busy else _("Choose a picture")
    button = ft.OutlinedButton(words, icon=ft.Icons.FOLDER_OPEN, on_click=choose, disabled=busy)
    if shell.page.web:
        hint = _("Or drop it here, or paste it")
    return _way(ft.Icons.IMAGE_SEARCH, title, known_as("home-picture", button), text(hint, Type.SMALL))


@ft.component
def _Latest() -> ft.Control:
    """What the person saw last; on a wide window also where that is nothing yet."""
    shell, state, device, workspace = use_shell(), use_device_state(), use_device(), use_workspace()
    scanning = use_scanning()
    _, texts, width = shell.texts.gettext, shell.texts, shell.width
    _ready, seen = use_loaded(
        lambda: read_latest(device.history, workspace.catalogue, state.viewer, _LATEST[width]),
        [state.viewer, state.looks_version, state.copy.as_of, width],
    )
    today = workspace.now().astimezone(VIETNAM).date()

    def when(look: Look) -> str:
        day = texts.near_day(day_of(look), today)
        return f"{day}, {texts.clock(look.at)[:5]}" if shell.wide else day

    everything = known_as("home-history", ft.TextButton(_("All of it"), on_click=shell.go_to(HISTORY)))
    head = heading(_("You have seen"))
    if not seen:
        nothing = text(_("What you scan or open is listed here, for you alone."), Type.SMALL)
        return card(head, nothing) if shell.wide else ft.Container()
    if shell.wide:  # what leads to all stands below, so that the heads of all cards are at one line
        return card(head, look_rows(shell, seen, when, scanning, inside=0), ft.Row([everything]))
    row = ft.Row([ft.Container(head, expand=True), everything])
    return ft.Column([row, framed(look_rows(shell, seen, when, scanning))], spacing=4)


def _stars(shell: Shell) -> ft.Control:
    """What the stars mean, with their points and where that is written."""
    _, number = shell.texts.gettext, shell.texts.number
    rows: list[ft.Control] = [heading(_("What do OCOP stars mean?"))]
    for stars, first, last in _POINTS:
        words = _("{first} to {last} points") if stars == 5 else _("{first} to under {last} points")
        shown = ft.Row([ft.Icon(ft.Icons.STAR, size=16, color=STAR) for _star in range(stars)], spacing=1, width=84)
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
