"""What people are told before their first photo, position and report; once, and again in the settings.

The law wants people told (docs/privacy.md). A notice stands where the photo is taken, and keeps nobody from taking it.
How long things are kept is set in the office, so the words lead to the register's own page.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import flet as ft

from services.wording import mark
from views.design import INK_2, Type
from views.parts.look import card, heading, known_as, panel, text
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell


@dataclass(frozen=True)
class Notice:
    """One notice: the setting that tells whether it was read, and its words."""

    setting: str
    title: str
    words: str


ABOUT_PHOTOS = Notice(
    "told_photos",
    mark("About photos"),
    mark(
        "A photo goes to the province's OCOP office with what you record. Photograph packs and shelves, not people or "
        "their papers. A photo that only scans a code is not kept."
    ),
)
ABOUT_POSITION = Notice(
    "told_position",
    mark("About your position"),
    mark(
        "Where you are is added only while the switch is on, and goes to the province's OCOP office with the record. "
        "It shows where a pack was seen. You can leave it out."
    ),
)
ABOUT_REPORT = Notice(
    "told_report",
    mark("Before you send a report"),
    mark(
        "The province's OCOP office gets your words, the place, the codes, the photos and, if you give it, your "
        "contact. It erases them in time. Photograph packs, not people. You may ask it for a copy, a correction or the "
        "removal of what is about you."
    ),
)
ALL = (ABOUT_PHOTOS, ABOUT_POSITION, ABOUT_REPORT)


@ft.component
def NoticeOnce(notice: Notice) -> ft.Control:
    """The notice where it was not read on this device yet; nothing afterwards."""
    shell, device = use_shell(), use_device()
    read, set_read = ft.use_state(bool(getattr(device.settings.value, notice.setting)))
    _ = shell.texts.gettext
    if read:
        return ft.Container()

    async def understood() -> None:
        await asyncio.to_thread(device.settings.change, **{notice.setting: True})
        set_read(True)

    button = ft.TextButton(_("Understood"), on_click=shell.guard(understood))
    return known_as(
        f"notice-{notice.setting}",
        panel(
            ft.Column(
                [text(_(notice.words), Type.SMALL), ft.Row([button, *_how_long(shell)], wrap=True, spacing=8)],
                spacing=4,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
        ),
    )


@ft.component
def NoticesCard() -> ft.Control:
    """All notices, to be read again."""
    shell = use_shell()
    _ = shell.texts.gettext
    rows: list[ft.Control] = [heading(_("Personal data"))]
    for notice in ALL:
        rows += [text(_(notice.title), Type.LABEL), text(_(notice.words), Type.SMALL)]
    return card(*rows, text(_("What you look at without recording it stays on this device."), Type.SMALL, color=INK_2),
                ft.Row(_how_long(shell), wrap=True))  # fmt: skip


def _how_long(shell: Shell) -> list[ft.Control]:
    """The way to the register's page that says how long each thing is kept; nothing without a register."""
    registry = use_workspace().registry
    if registry is None:
        return []
    address = f"{registry.url}/privacy"
    open_it = shell.guard(lambda: ft.UrlLauncher().launch_url(address))
    return [ft.TextButton(shell.texts.gettext("How long it is kept"), icon=ft.Icons.OPEN_IN_NEW, on_click=open_it)]
