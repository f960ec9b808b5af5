"""Exports records: those of a list, or a round with its inspections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from typing import IO

from services.journal.export import divide, write_records
from services.journal.journal import JournalEntry
from services.notes.export import Progress
from services.records.files import PhotoFolder
from services.records.kind import INSPECTION, NOTE, ROUND
from services.register.certificates import VIETNAM
from services.tables import Cell
from services.workspace import Device, Workspace
from views.parts.exporting import save_zip
from views.parts.record_words import became_words, entry_title, found_words, kind_words
from views.parts.round_paper import paper_of
from views.parts.shell import Shell
from views.parts.texts import Texts
from views.parts.verdict_words import status_words


def export_records(
    shell: Shell, device: Device, workspace: Workspace, choose: Callable[[], Sequence[JournalEntry]], name: str
) -> Callable[[], Awaitable[None]]:
    """Make a handler that exports the records given by `choose`; `name` begins the file's name."""

    async def export() -> None:
        entries = await asyncio.to_thread(choose)
        if not entries:
            shell.say(shell.texts.gettext("There is nothing to export."))
            return
        texts, catalogue = shell.texts, workspace.catalogue

        def described(entry: JournalEntry) -> Mapping[str, Cell]:
            product = catalogue.product(entry.said.gtin) if entry.said.gtin else None
            return describe(texts, entry, product.name if product else None)

        def folder_of(entry: JournalEntry) -> PhotoFolder:
            return device.photos if entry.kind == NOTE.name else device.rounds.photos

        def paper(entry: JournalEntry) -> bytes | None:
            made = None if entry.elsewhere else paper_of(device, workspace, entry.id, [Texts("vi")])
            return made.pdf if made else None

        def write(target: IO[bytes], chosen: Sequence[JournalEntry], progress: Progress) -> int | None:
            return write_records(target, chosen, folder_of, describe=described, paper_of=paper, progress=progress)

        stamp = f"{workspace.now().astimezone(VIETNAM):%Y%m%d-%H%M}"
        await save_zip(shell, entries, f"ocop-{name}-{stamp}", write, divide, "left-out.txt")

    return shell.guard(export)


def describe(texts: Texts, entry: JournalEntry, product: str | None) -> Mapping[str, Cell]:
    """Give a record as a row of the tables: moments and days are typed, GTINs are texts."""
    _, said, body = texts.gettext, entry.said, entry.body or {}
    inspection = body if entry.kind == INSPECTION.name else {}
    quantity = inspection.get("quantity") or {}
    place = body.get("place") or {}
    expiry = inspection.get("expiry") or {}
    last = entry.events[-1] if entry.events else None
    return {
        _("Kind of record"): kind_words(texts, entry),
        _("Signed off"): _moment(said.at) if entry.body is not None else None,
        _("Product"): "" if entry.kind == ROUND.name else entry_title(texts, entry, product),
        "GTIN": said.gtin,
        _("Code"): said.code,
        _("Verdict"): _(status_words(said.verdict)[0]) if said.verdict else None,
        _("What you found"): found_words(texts, entry),
        _("Quantity"): quantity.get("amount"),
        _("Unit"): quantity.get("unit"),
        _("Price (₫)"): inspection.get("price"),
        _("Lot"): _label(inspection.get("lot")),
        _("Best before"): _day(expiry.get("label") or expiry.get("code")),
        _("Where"): said.place or _point(place),
        _("Address"): place.get("address"),
        _("In your words"): said.text,
        _("What became of it"): became_words(texts, entry)[0],
        _("Decision or letter"): last.number if last else None,
        _("The office says"): last.text if last else None,
        _("Photos"): " ".join(f"{sha256}.jpg" for sha256 in said.files),
        _("Account"): body.get("account"),
        _("Round"): said.round,
        _("Number"): entry.id,
        _("Corrects"): said.corrects,
    }


def _moment(at: datetime) -> datetime:
    """A moment as a clock in Vietnam shows it; spreadsheets know no zones."""
    return at.astimezone(VIETNAM).replace(tzinfo=None, microsecond=0)


def _label(compared: Mapping[str, str | None] | None) -> str | None:
    """What the label says of a lot, else what the code says."""
    return (compared.get("label") or compared.get("code")) if compared else None


def _point(place: Mapping[str, float]) -> str | None:
    return f"{place['lat']:.5f}, {place['lon']:.5f}" if "lat" in place else None


def _day(text: str | None) -> date | str | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:  # as it stands on the label
        return text
