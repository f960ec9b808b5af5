"""The record of a closed round as a PDF, made on the device: saved, shared, or opened to be printed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

import flet as ft

from services.papers.making import Cancelled, Made, Progress
from services.register.certificates import VIETNAM
from services.rounds.kept import KeptRound
from services.workspace import Device, Workspace
from views.design import Type
from views.parts.exporting import with_progress
from views.parts.labelled import Labelled
from views.parts.look import card, heading, known_as, text
from views.parts.round_paper import paper_of
from views.parts.saving import may_share, open_file, save_file, share_file
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts

_PDF = "application/pdf"


@ft.component
def RecordPaper(kept: KeptRound) -> ft.Control:
    """The ways to take the record along, in Vietnamese or in both languages."""
    shell, device, workspace = use_shell(), use_device(), use_workspace()
    _ = shell.texts.gettext
    both, set_both = ft.use_state(False)
    name = file_name(kept)

    async def made() -> Made | None:
        return await make(shell, device, workspace, kept, both=both)

    async def save() -> None:
        if pdf := await made():
            saved = await save_file(shell, pdf.pdf, name)
            if saved:
                _tell(shell, pdf, saved)

    async def share() -> None:
        if pdf := await made():
            await share_file(pdf.pdf, name, _PDF)
            _tell(shell, pdf, None)

    async def show() -> None:
        if pdf := await made():
            await open_file(pdf.pdf, name)
            _tell(shell, pdf, None)

    def choose(event: ft.Event[ft.Checkbox]) -> None:
        set_both(bool(event.data))

    buttons = [_button("record-save", _("Save the PDF"), ft.Icons.DOWNLOAD, shell.guard(save))]
    if may_share(shell):
        buttons.append(_button("record-share", _("Share"), ft.Icons.SHARE, shell.guard(share)))
    if shell.on_computer:
        buttons.append(_button("record-print", _("Open to print"), ft.Icons.PRINT_OUTLINED, shell.guard(show)))
    return card(
        heading(_("The record on paper")),
        text(
            _("A PDF like minutes, with all that was signed in it. Anybody can check it with this app or by its code."),
            Type.SMALL,
        ),
        Labelled(
            _("In Vietnamese and English"),
            lambda label: ft.Checkbox(label, value=both, on_change=shell.guard(choose)),
        ),
        ft.Row(buttons, wrap=True),
    )


def file_name(kept: KeptRound) -> str:
    """The PDF's name: the round's day, and the beginning of its id."""
    day: datetime = kept.said.opened_at.astimezone(VIETNAM)
    return f"ocop-round-{day:%Y%m%d}-{kept.id[:8]}.pdf"


async def make(shell: Shell, device: Device, workspace: Workspace, kept: KeptRound, *, both: bool) -> Made | None:
    """Make the PDF in a thread, with progress; None where the person has cancelled it."""
    languages = (
        [Texts("vi"), Texts("en")] if both else [Texts("vi")]
    )  # whatever the screens speak, as on official papers

    def work(tell: Progress) -> Made | None:
        return paper_of(device, workspace, kept.id, languages, tell)

    try:
        return await with_progress(shell, shell.texts.gettext("Making the PDF …"), work)
    except Cancelled:
        return None


def _tell(shell: Shell, made: Made, name: str | None) -> None:
    """Say where it is, and what is not in it."""
    _, ngettext = shell.texts.gettext, shell.texts.ngettext
    said = [_("Saved: {name}").format(name=name)] if name else []
    if made.photos_left_out:
        words = ngettext(
            "{count} photo is lost or cannot be read, so it is not on the paper.",
            "{count} photos are lost or cannot be read, so they are not on the paper.",
            made.photos_left_out,
        )
        said.append(words.format(count=shell.texts.number(made.photos_left_out)))
    if made.inspections_left_out:
        words = ngettext(
            "{count} inspection was lost on this device, so it is not on the paper. The paper says so.",
            "{count} inspections were lost on this device, so they are not on the paper. The paper says so.",
            made.inspections_left_out,
        )
        said.append(words.format(count=shell.texts.number(made.inspections_left_out)))
    if said:
        shell.say(" ".join(said))


def _button(identifier: str, words: str, icon: ft.IconData, on_click: Callable[[], Awaitable[None]]) -> ft.Control:
    return known_as(identifier, ft.OutlinedButton(words, icon=icon, on_click=on_click))
