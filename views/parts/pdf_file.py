"""A record's PDF, made on the device with progress: saved, shared, or opened to be printed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from services.papers.making import Cancelled, Made, Progress
from views.parts.exporting import with_progress
from views.parts.labelled import Labelled
from views.parts.look import known_as
from views.parts.saving import may_share, open_file, save_file, share_file
from views.parts.shell import Shell
from views.parts.texts import Texts

PDF = "application/pdf"


async def make_pdf(shell: Shell, work: Callable[[list[Texts], Progress], Made | None], *, both: bool) -> Made | None:
    """Let `work` make it in a thread; None where the person has cancelled it.

    It is Vietnamese whatever the screens speak, as official papers are; English too where `both` are wanted.
    """
    languages = [Texts("vi"), Texts("en")] if both else [Texts("vi")]
    try:
        return await with_progress(
            shell, shell.texts.gettext("Making the PDF …"), lambda progress: work(languages, progress)
        )
    except Cancelled:
        return None


def pdf_buttons(
    shell: Shell,
    identifier: str,
    name: str,
    made: Callable[[], Awaitable[Made | None]],
    tell: Callable[[Made, str | None], object],
    *,
    icon: ft.IconData = ft.Icons.DOWNLOAD,
) -> list[ft.Control]:
    """The buttons that save it under `name`, share it and open it; `identifier` and `icon` are the first one's.

    `tell` says what is not in it, and under which name it was saved; None: it was not.
    """
    _ = shell.texts.gettext

    async def save() -> None:
        if (pdf := await made()) and (saved := await save_file(shell, pdf.pdf, name)):
            tell(pdf, saved)

    async def share() -> None:
        if pdf := await made():
            await share_file(pdf.pdf, name, PDF)
            tell(pdf, None)

    async def show() -> None:
        if pdf := await made():
            await open_file(pdf.pdf, name)
            tell(pdf, None)

    record = identifier.partition("-")[0]
    buttons = [file_button(identifier, _("Save the PDF"), icon, shell.guard(save))]
    if may_share(shell):
        buttons.append(file_button(f"{record}-share", _("Share"), ft.Icons.SHARE, shell.guard(share)))
    if shell.on_computer:
        buttons.append(file_button(f"{record}-print", _("Open to print"), ft.Icons.PRINT_OUTLINED, shell.guard(show)))
    return buttons


def file_button(identifier: str, words: str, icon: ft.IconData, on_click: Callable[[], Awaitable[None]]) -> ft.Control:
    """A button that makes a file."""
    return known_as(identifier, ft.OutlinedButton(words, icon=icon, on_click=on_click))


def in_both(shell: Shell, words: str, both: bool, choose: Callable[[bool], object]) -> ft.Control:
    """The choice of both languages."""

    def chosen(event: ft.Event[ft.Checkbox]) -> None:
        choose(bool(event.data))

    return Labelled(words, lambda label: ft.Checkbox(label, value=both, on_change=shell.guard(chosen)))
