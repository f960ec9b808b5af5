"""The label checklist of the product's group by the law of the day, to go through before printing: unanswered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.checklists.choosing import Checklist, choose
from services.checklists.document import Certainty, Document, Item, Law


@dataclass(frozen=True)
class Advice:
    """The items that every label of the product needs, and those of each annex group it may belong to.

    `groups` has the group's Vietnamese and English name with its further items; a single group has none further.
    `sources` names where items stand, in both languages, by their marks.
    """

    document: Document
    law: Law
    items: tuple[Item, ...]
    groups: tuple[tuple[str, str, tuple[Item, ...]], ...]

    def citation(self, item: Item, *, english: bool) -> str:
        """Where an item stands."""
        sources = [self.document.sources[each] for each in item.citation if each in self.document.sources]
        return ", ".join(source.name_en if english else source.name for source in sources)

    @staticmethod
    def assumed(item: Item) -> bool:
        """Whether it is only assumed that the law asks for an item."""
        return item.certainty is Certainty.ASSUMED


def advice(document: Document, ocop_group: str | None, annex_group: str | None, day: date) -> Advice | None:
    """The list for labels printed on `day`; None where the document has none for that day.

    `annex_group` is the group that the person once chose for the product, `ocop_group` the register's.
    """
    named = {group.id: group for group in document.annex_groups(ocop_group)}
    ids = [annex_group] if annex_group in named else list(named)
    lists: dict[str, Checklist] = {}
    for each in ids:
        if each and (found := choose(document, each, day)):
            lists[each] = found
    if not lists:
        return None
    first = next(iter(lists.values()))
    common = tuple(item for item in first.items if all(item in found.items for found in lists.values()))
    further = tuple(
        (named[each].name, named[each].name_en, tuple(item for item in found.items if item not in common))
        for each, found in lists.items()
    )
    return Advice(document, first.law, common, further if len(lists) > 1 else further[:1])
