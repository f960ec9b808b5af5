"""Chooses the list that holds for an annex group, by the law of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.checklists.document import ChosenBy, Document, Item, Law, Listing
from services.checklists.filled import FilledChecklist


@dataclass(frozen=True)
class Checklist:
    """The list that holds: its law, its items in order, and the day whose law it is."""

    document: Document
    group: str
    law: Law
    day: date
    items: tuple[Item, ...]


def choose(document: Document, group: str, day: date, produced: date | None = None) -> Checklist | None:
    """The list for goods of this annex group, inspected on `day` and made on `produced` (None: not known).

    A list that goes by the day of production holds for goods whose day is known; for others the day of inspection
    counts. Of several the youngest law holds. None where the document has no list for that day.
    """
    found: tuple[Law, date, Listing] | None = None
    for listing in document.lists:
        law = document.laws[listing.law]
        counts = produced or day if listing.chosen_by is ChosenBy.PRODUCTION_DAY else day
        if listing.group != group or not law.holds_on(counts):
            continue
        if found is None or law.valid_from > found[0].valid_from:
            found = law, counts, listing
    return _checklist(document, *found) if found else None


def chosen(document: Document, filled: FilledChecklist) -> Checklist | None:
    """The list that was filled; None where the document is another version, or has no such list."""
    if document.sha256 != filled.version:
        return None
    for listing in document.lists:
        if (listing.group, listing.law) == (filled.group, filled.law):
            return _checklist(document, document.laws[listing.law], date.fromisoformat(filled.day), listing)
    return None


def _checklist(document: Document, law: Law, day: date, listing: Listing) -> Checklist:
    return Checklist(document, listing.group, law, day, tuple(document.items[each] for each in listing.items))
