"""The screen with labels to try the app on: each picture is really decoded, as if it had been photographed."""

from __future__ import annotations

import asyncio

import flet as ft

from services.wording import mark
from services.workspace import Workspace
from views.design import PILL, Type
from views.parts.frame import screen
from views.parts.look import row_button, text
from views.parts.picture_verdict import judge_picture
from views.parts.scanning import Scanning, use_scanning
from views.parts.shared import use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import assets_folder

LABELS = (
    ("certified.png", mark("A certified product")),
    ("soon.png", mark("A certificate that expires soon")),
    ("expired.png", mark("An expired certificate")),
    ("withdrawn.png", mark("A withdrawn certificate")),
    ("unknown.png", mark("A product that is not in the register's copy")),
    ("malformed.png", mark("A code with a wrong check digit")),
)


@ft.component
def SamplesScreen() -> ft.View:
    """Show the sample labels; a tap reads the picture."""
    shell, scanning, workspace = use_shell(), use_scanning(), use_workspace()
    _ = shell.texts.gettext
    return screen(
        shell,
        "/samples",
        _("Sample labels"),
        [
            ft.Text(_("Tap a label to read it, or show it to another device's camera. All of it is invented.")),
            *[_label(shell, scanning, workspace, file, words) for file, words in LABELS],
        ],
    )


def _label(shell: Shell, scanning: Scanning, workspace: Workspace, file: str, words: str) -> ft.Control:
    async def read() -> None:
        data = await asyncio.to_thread((assets_folder() / "samples" / file).read_bytes)
        await judge_picture(shell, scanning, workspace, data)

    said = shell.texts.gettext(words)
    picture = ft.Image(src=f"samples/{file}", fit=ft.BoxFit.CONTAIN, border_radius=PILL, semantics_label=said)
    label = ft.Column([picture, text(said, Type.SUB)], horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return row_button("sample-label", label, shell.guard(read))
