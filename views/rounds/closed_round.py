"""A closed round: its facts, its inspections, who signed, what became of it, and its record as a paper."""

from __future__ import annotations

import asyncio

import flet as ft

from services.records.book import RecordState
from services.rounds.kept import KeptRound
from services.rounds.round import OpenRound
from services.workspace import Device
from views.design import SENTENCE, Tone, Type
from views.parts.frame import screen
from views.parts.look import card, fact, heading, known_as, panel, text
from views.parts.office import FromTheOffice
from views.parts.places import round_address
from views.parts.record_words import state_of
from views.parts.round_words import ROLES, accuracy_words, hours_words, place_kind, place_name
from views.parts.shared import use_device
from views.parts.shell import Shell, use_shell
from views.parts.texts import Texts
from views.parts.words import problem_sentence, refusal_sentence
from views.rounds.reading import Read
from views.rounds.record_paper import RecordPaper
from views.rounds.rows import inspection_row
from views.rounds.signatures import signature_rows


@ft.component
def ClosedRound(kept: KeptRound, read: Read) -> ft.View:
    """Show what was closed. It cannot be changed; an inspection of it can be corrected."""
    shell, device = use_shell(), use_device()
    _, texts, said = shell.texts.gettext, shell.texts, kept.said
    return screen(
        shell,
        round_address(kept.id),
        _("Round"),
        [
            heading(place_name(said.place), Type.TITLE),
            text(hours_words(texts, said.opened_at, said.closed_at, said.pauses), Type.SMALL),
            state_of(texts, kept.state),
            *_what_to_do(shell, device, kept),
            FromTheOffice(kept.events),
            RecordPaper(kept),
            _facts(texts, kept, said),
            heading(_("Inspections")),
            *(_lost(texts, read.lost) if read.lost else []),
            *[inspection_row(shell, each) for each in read.inspections],
            *([text(_("No product was inspected."), Type.SMALL)] if not read.inspections and not read.lost else []),
            heading(_("Signatures")),
            *(signature_rows(texts, said.signatures) or [text(_("Nobody signed."), Type.SMALL)]),
        ],
        widest=SENTENCE,
    )


def _lost(texts: Texts, count: int) -> list[ft.Control]:
    """That inspections of the round are gone, and what is left of them."""
    words = texts.ngettext(
        "{count} inspection of this round was lost on this device. If it was sent before, the register has it.",
        "{count} inspections of this round were lost on this device. If they were sent before, the register has them.",
        count,
    ).format(count=texts.number(count))
    return [known_as("inspections-lost", panel(text(words), tone=Tone.CAUTION, icon=ft.Icons.WARNING_AMBER))]


def _what_to_do(shell: Shell, device: Device, kept: KeptRound) -> list[ft.Control]:
    """Why the server has not taken the record, and what the person may do."""
    _, texts, entry = shell.texts.gettext, shell.texts, kept.entry
    if entry is None or kept.state is RecordState.RECEIVED:
        return []

    async def retry() -> None:
        await asyncio.to_thread(device.rounds.closed.retry, kept.id)
        await asyncio.to_thread(device.send_now)

    if kept.state is RecordState.REFUSED:
        button = ft.FilledTonalButton(_("Try again"), icon=ft.Icons.REFRESH, on_click=shell.guard(retry))
        return [text(refusal_sentence(texts, entry.reason or "")), ft.Row([button])]
    words = problem_sentence(texts, entry.reason) if entry.reason else _("It is sent when there is a connection.")
    return [text(words, Type.SMALL)]


def _facts(texts: Texts, kept: KeptRound, said: OpenRound) -> ft.Control:
    _, place, inspected = texts.gettext, said.place, said.inspected
    rows: list[ft.Control] = [fact(_("Kind of place"), place_kind(texts, place))]
    if place.address:
        rows.append(fact(_("Stall or address"), place.address))
    if place.position:
        rows.append(fact(_("Position"), f"{place.position} ({accuracy_words(texts, place)})"))
    if inspected:
        there = _("present") if inspected.present else _("absent")
        rows.append(fact(_("Inspected"), f"{inspected.name} ({there})"))
        if inspected.registration:
            rows.append(fact(_("Business registration number"), inspected.registration))
    for person in said.people:
        role = texts.gettext(ROLES.get(person.role, person.role))
        rows.append(fact(role, ", ".join(filter(None, (person.name, person.title)))))
    if said.case_number:
        rows.append(fact(_("Case"), said.case_number))
    if said.remarks:
        rows.append(fact(_("Remarks"), said.remarks))
    rows.append(fact(_("Only looked at"), texts.number(len(said.looked_at))))
    if kept.closed:
        rows.append(fact(_("Hash of the record"), kept.closed.sha256))
    return card(*rows)
