"""A saved inspection: what it says, and the ways on: to undo it while nothing has taken it up, or to correct it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import flet as ft

from services.rounds.checks import RoundClosed, RoundInvalid
from services.rounds.kept import KeptInspection
from views.design import Type
from views.inspection.editor import shown
from views.inspection.head import subject, verdict_band
from views.parts.device_state import use_device_state
from views.parts.frame import screen
from views.parts.inspection_facts import inspection_facts
from views.parts.inspection_words import shows_words
from views.parts.look import card, fact, heading, known_as, panel, second_button, text
from views.parts.office import FromTheOffice
from views.parts.pictures import StoredPhoto
from views.parts.places import round_address
from views.parts.round_words import round_problem
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell, use_shell


@ft.component
def SignedInspection(kept: KeptInspection) -> ft.View:
    """Show what was saved; nothing of it can be changed."""
    shell, device, workspace, viewer = use_shell(), use_device(), use_workspace(), use_device_state().viewer
    _, found = shell.texts.gettext, kept.found
    route, at = round_address(kept.round, kept.id), kept.at or datetime.now(UTC)
    product = ft.use_memo(lambda: workspace.catalogue.product(found.gtin) if found.gtin else None, [])

    async def correct() -> None:
        try:
            draft = await asyncio.to_thread(device.rounds.correct, kept.id, viewer)
        except RoundClosed:  # taken back in another window: it is a draft again
            shell.page.navigate(round_address(kept.round))
            return
        shell.page.navigate(round_address(draft.round, draft.id))

    async def undo() -> None:
        try:
            draft = await asyncio.to_thread(device.rounds.undo, kept.id, viewer)
        except RoundInvalid as invalid:
            shell.say(round_problem(shell.texts, invalid.reason))
            return
        except RoundClosed:  # taken back in another window
            shell.page.navigate(round_address(kept.round))
            return
        shell.page.navigate(round_address(draft.round, draft.id))

    words = _("Go on with the correction") if kept.correction_draft else _("Correct it")
    again = second_button(words, shell.guard(correct), icon=ft.Icons.EDIT_NOTE)
    ways: list[ft.Control] = [known_as("correct", again, expand=True)]
    if kept.may_undo:
        ways.append(known_as("undo", second_button(_("Undo"), shell.guard(undo), icon=ft.Icons.UNDO)))
    if kept.corrected_by:
        address = round_address(kept.round, kept.corrected_by)
        ways = [second_button(_("See the correction"), shell.go_to(address), icon=ft.Icons.ARROW_FORWARD, expand=True)]
    band = verdict_band(shell, found)
    return screen(
        shell,
        route,
        _("Inspection"),
        [
            *([panel(text(_("It was corrected. What was saved first stays as it is.")))] if kept.corrected_by else []),
            subject(shell, found, product, at),
            FromTheOffice(kept.events),
            card(*[fact(label, value) for label, value in inspection_facts(shell.texts, found)]),
            *_photos(shell, kept),
            text(_("Saved at {moment}").format(moment=shell.texts.moment(at)), Type.SMALL),
        ],
        head=band[0] if band else None,
        bottom=[ft.Row(ways, spacing=12)],
    )


def _photos(shell: Shell, kept: KeptInspection) -> list[ft.Control]:
    """The photos as they were saved; marked ones say that the original is kept."""
    _, device = shell.texts.gettext, use_device()
    parts: list[ft.Control] = []
    for number, picture in enumerate(shown(kept.pictures), start=1):
        name = _("Photo {number}: {shows}").format(number=number, shows=shows_words(shell.texts, picture.shows))
        parts += [text(name, Type.LABEL), StoredPhoto(picture.file, name, photos=device.rounds.photos)]
        if picture.copy_of:
            goes = any(each.file.sha256 == picture.copy_of and each.sent for each in kept.pictures)
            words = _("Marked copy; the original goes along.") if goes else _("Marked copy; the original stays here.")
            parts.append(text(words, Type.SMALL))
    return [heading(_("Photos")), *parts] if parts else []
