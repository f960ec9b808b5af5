"""The record of a closed round as a PDF, made on the device: saved, shared, or opened to be printed."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import flet as ft

from services.papers.making import Made
from services.register.certificates import VIETNAM
from services.rounds.kept import KeptRound
from views.design import Type
from views.parts.look import card, heading, text
from views.parts.pdf_file import in_both, make_pdf, pdf_buttons
from views.parts.round_paper import paper_of
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell


@ft.component
def RecordPaper(kept: KeptRound) -> ft.Control:
    """The ways to take the record along, in Vietnamese or in both languages."""
    shell, device, workspace = use_shell(), use_device(), use_workspace()
    _ = shell.texts.gettext
    both, set_both = ft.use_state(False)
    name = file_name(kept)

    async def made() -> Made | None:
        return await make_pdf(
            shell, lambda languages, tell: paper_of(device, workspace, kept.id, languages, tell), both=both
        )

    buttons = pdf_buttons(shell, "record-save", name, made, partial(_tell, shell))
    return card(
        heading(_("The record on paper")),
        text(
            _("A PDF like minutes, with all that was signed in it. Anybody can check it with this app or by its code."),
            Type.SMALL,
        ),
        in_both(shell, _("In Vietnamese and English"), both, set_both),
        ft.Row(buttons, wrap=True),
    )


def file_name(kept: KeptRound) -> str:
    """The PDF's name: the round's day, and the beginning of its id."""
    day: datetime = kept.said.opened_at.astimezone(VIETNAM)
    return f"ocop-round-{day:%Y%m%d}-{kept.id[:8]}.pdf"


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
