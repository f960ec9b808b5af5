"""Shows an inspection, a round, or a record of another device: what it says, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import flet as ft

from services.accounts.viewer import Viewer
from services.journal.journal import JournalEntry
from services.notes.note import NoteState
from services.records.book import RecordBook
from services.records.files import Photo, PhotoFolder
from services.records.kind import INSPECTION, NOTE, ROUND
from services.register.products import Product
from services.rounds.inspection import Found
from services.rounds.round import OpenRound
from services.wording import mark
from services.workspace import Device, Workspace
from views.design import Tone, Type
from views.notes.export_records import export_records
from views.notes.rows import entry_row
from views.parts.inspection_facts import inspection_facts
from views.parts.look import card, chip, fact, heading, known_as, panel, state_label, text
from views.parts.note_content import sign_in_button
from views.parts.office import FromTheOffice
from views.parts.pictures import StoredPhoto, photo_names
from views.parts.places import NOTES
from views.parts.record_words import became_words, entry_title, found_words, kind_words
from views.parts.shared import use_device, use_workspace
from views.parts.shell import Shell
from views.parts.texts import Texts
from views.parts.verdict_words import status_words
from views.parts.words import WAITS_FOR_A_SIGN_IN, problem_sentence, refusal_sentence


@dataclass(frozen=True)
class Opened:
    """A record with what belongs to it: the inspections of a round, and the product's name."""

    entry: JournalEntry
    inspections: Sequence[JournalEntry] = ()
    product: str | None = None
    book: RecordBook | None = None
    photos_here: frozenset[str] = field(default=frozenset())
    products: Mapping[str, Product] = field(default_factory=dict)

    @classmethod
    def of(cls, device: Device, workspace: Workspace, viewer: Viewer, record_id: str) -> Opened | None:
        """Read it; None where the viewer has no such record. Blocks."""
        entry = device.journal.entry(viewer, record_id)
        if entry is None:
            return None
        product = workspace.catalogue.product(entry.said.gtin) if entry.said.gtin else None
        inspections = [
            each
            for each in device.journal.entries(viewer)
            if entry.kind == ROUND.name and each.kind == INSPECTION.name and each.said.round == entry.id
        ]
        gtins = {each.said.gtin for each in inspections if each.said.gtin}
        book = next((book for book in (*device.rounds.books,) if record_id in book), None)
        folder = _folder(device, entry)
        return cls(
            entry=entry,
            inspections=inspections[::-1],
            product=product.name if product else None,
            book=book,
            products={gtin: found for gtin in gtins if (found := workspace.catalogue.product(gtin))},
            photos_here=frozenset(sha256 for sha256 in entry.said.files if folder.path(sha256).exists()),
        )

    def title(self, texts: Texts) -> str:
        """The screen's title: what kind of record it is."""
        return kind_words(texts, self.entry)


def _folder(device: Device, entry: JournalEntry) -> PhotoFolder:
    return device.photos if entry.kind == NOTE.name else device.rounds.photos


def record_detail(shell: Shell, record: Opened) -> list[ft.Control]:
    """The record from above: its name, its state, what to do, what the office said, and what it says itself."""
    _, texts, entry = shell.texts.gettext, shell.texts, record.entry
    words, icon, tone = became_words(texts, entry)
    states: list[ft.Control] = [state_label(words, icon, urgent=tone is Tone.CAUTION)]
    if entry.corrected_by:
        states.append(state_label(_("Corrected"), ft.Icons.EDIT_OFF))
    if entry.elsewhere:
        states.append(state_label(_("Another device"), ft.Icons.DEVICES))
    links: list[ft.Control] = []
    if entry.kind == INSPECTION.name and entry.said.round:
        links.append(_link(shell, _("The round that it belongs to"), f"{NOTES}/{entry.said.round}", ft.Icons.ROUTE))
    if entry.corrected_by:
        links.append(_link(shell, _("The correction"), f"{NOTES}/{entry.corrected_by}", ft.Icons.LINK))
    if entry.said.corrects:
        links.append(_link(shell, _("What it corrects"), f"{NOTES}/{entry.said.corrects}", ft.Icons.LINK))
    return [
        heading(entry_title(texts, entry, record.product), Type.TITLE),
        ft.Row(states, wrap=True, spacing=12, run_spacing=4),
        *_what_to_do(shell, record),
        *([ft.Row(links, wrap=True, spacing=0)] if links else []),
        *_removed(texts, entry),
        FromTheOffice(entry.events),
        _facts(texts, record),
        *_inspections(shell, record),
        *_export(shell, record),
        *_photos(texts, record),
        text(_("Number: {id}").format(id=entry.id), Type.SMALL),
    ]


_PARTS = {
    "contact": mark("the contact"),
    "names": mark("names and signatures"),
    "position": mark("the position"),
    "text": mark("the words"),
    "photos": mark("the photos"),
}
_GROUNDS = {
    "time": mark("Removed by the register because the time of keeping is over: {what} ({moment})."),
    "request": mark("Removed by the office because somebody asked for it: {what} ({moment})."),
    "office": mark("Removed by a decision of the office: {what} ({moment})."),
}


def _removed(texts: Texts, entry: JournalEntry) -> list[ft.Control]:
    """What the register took out of the record, so that nobody thinks that somebody changed it."""
    _ = texts.gettext
    lines: list[ft.Control] = [
        text(
            _(_GROUNDS.get(one.ground, _GROUNDS["office"])).format(
                what=_(_PARTS.get(one.what, one.what)), moment=texts.moment(one.at)
            )
        )
        for one in entry.removed
    ]
    return [panel(*lines, text(_("The record itself is the one that was sent."), Type.SMALL))] if lines else []


def _link(shell: Shell, words: str, address: str, icon: ft.IconData) -> ft.Control:
    return ft.TextButton(words, icon=icon, on_click=shell.go_to(address))


def _what_to_do(shell: Shell, record: Opened) -> list[ft.Control]:
    """Why the server has not taken it, and the way to send it."""
    _, texts, entry, book, device = shell.texts.gettext, shell.texts, record.entry, record.book, use_device()

    async def retry() -> None:
        if book is not None:
            await asyncio.to_thread(book.retry, entry.id)
            await asyncio.to_thread(device.send_now)

    if entry.state is NoteState.REFUSED:
        button = ft.FilledTonalButton(_("Try again"), icon=ft.Icons.REFRESH, on_click=shell.guard(retry))
        said = refusal_sentence(texts, entry.reason or "", received=entry.received_at is not None)
        return [text(said), ft.Row([button])]
    if entry.state is not NoteState.WAITING:
        return []
    if entry.reason:
        way = [ft.Row([sign_in_button(shell, _("Sign in"))])] if entry.reason in WAITS_FOR_A_SIGN_IN else []
        return [text(problem_sentence(texts, entry.reason), Type.SMALL), *way]
    return [text(_("It is sent when there is a connection."), Type.SMALL)]


def _facts(texts: Texts, record: Opened) -> ft.Control:
    """What the record says, in the order in which it is written."""
    _, entry = texts.gettext, record.entry
    body: Mapping[str, Any] = entry.body or {}
    facts = [(_("Signed off"), texts.moment(entry.said.at))]
    if entry.received_at:
        facts.append((_("Received by the server"), texts.moment(entry.received_at)))
    if entry.kind == INSPECTION.name:
        place = body["place"]
        facts.append((_("Where"), ", ".join(filter(None, (place["name"], place["address"])))))
        facts += [(_("Code"), entry.said.code or ""), *inspection_facts(texts, Found.from_json(body))]
    elif entry.kind == ROUND.name:
        facts += _of_round(texts, body)
    else:
        facts += [(_("Code"), entry.said.code or ""), (_("What you found"), found_words(texts, entry))]
        facts.append((_("In your words"), entry.said.text))
    lines: list[ft.Control] = [fact(name, said) for name, said in facts if said]
    if entry.said.verdict:
        word, tone, icon = status_words(entry.said.verdict)
        lines.append(ft.Row([chip(_(word), icon, tone)]))
    return known_as("record-facts", card(*lines))


def _of_round(texts: Texts, body: Mapping[str, Any]) -> list[tuple[str, str]]:
    _, said = texts.gettext, OpenRound.from_json(body)
    inspected = said.inspected
    who = " · ".join(filter(None, (inspected.name, inspected.registration))) if inspected else ""
    return [
        (_("Opened"), texts.moment(said.opened_at)),
        (_("Closed"), texts.moment(said.closed_at) if said.closed_at else ""),
        (_("Where"), ", ".join(filter(None, (said.place.name, said.place.address)))),
        (_("Case number"), said.case_number or ""),
        (_("Inspected"), who),
        (_("Who took part"), ", ".join(person.name for person in said.people)),
        (_("Remarks"), said.remarks),
        (_("Signatures"), ", ".join(each.name for each in said.signatures if each.strokes)),
        (_("Did not sign"), ", ".join(f"{each.name} ({each.refused})" for each in said.signatures if each.refused)),
    ]


def _inspections(shell: Shell, record: Opened) -> list[ft.Control]:
    """The inspections of a round, and that some are on another device."""
    entry, _ = record.entry, shell.texts.gettext
    if entry.kind != ROUND.name or not entry.said.inspections:
        return []
    rows: list[ft.Control] = [
        entry_row(shell, each, record.products.get(each.said.gtin or ""), f"{NOTES}/{each.id}", chosen=False)
        for each in record.inspections
    ]
    missing = entry.said.inspections - len(record.inspections)
    if missing > 0:
        words = shell.texts.ngettext(
            "{count} inspection of this round is not on this device.",
            "{count} inspections of this round are not on this device.",
            missing,
        )
        rows.append(text(words.format(count=shell.texts.number(missing)), Type.SMALL))
    return [heading(_("Inspections")), *rows]


def _export(shell: Shell, record: Opened) -> list[ft.Control]:
    """The way to take a round along: tables, what was signed, photos and its paper."""
    _, device, workspace = shell.texts.gettext, use_device(), use_workspace()
    if record.entry.kind != ROUND.name:
        return []
    export = export_records(shell, device, workspace, lambda: [record.entry, *record.inspections], _("round"))
    button = ft.OutlinedButton(_("Export this round"), icon=ft.Icons.DOWNLOAD, on_click=export)
    return [known_as("round-export", ft.Row([button]))]


def _photos(texts: Texts, record: Opened) -> list[ft.Control]:
    """The photos that are on this device, and how many are on another one."""
    entry, folder = record.entry, _folder(use_device(), record.entry)
    body: Mapping[str, Any] = entry.body or {}
    files = body.get("photos" if entry.kind == NOTE.name else "files", ())
    here = [Photo.from_json(file) for file in files if file["sha256"] in record.photos_here]
    names = photo_names(texts, len(here), entry.said.at)
    shown: list[ft.Control] = [StoredPhoto(photo, name, photos=folder) for photo, name in zip(here, names, strict=True)]
    away = len(set(entry.said.files)) - len(record.photos_here)
    if away:
        words = texts.ngettext(
            "{count} photo is not on this device. The office has what was sent.",
            "{count} photos are not on this device. The office has what was sent.",
            away,
        )
        shown.append(panel(text(words.format(count=texts.number(away)), Type.SMALL)))
    return shown
