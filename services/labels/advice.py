"""The label checklist of the product's group by the law of the day, to go through before printing: unanswered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.checklists.choosing import Checklist, choose
from services.checklists.document import Certainty, Document, Item, Law


@dataclass(frozen=True)
class Advice:
    """What labels of the product need by one law.

    Each of the `items` comes with the names, Vietnamese and English, of the annex groups that it is for; none where it
    is for all that the product may belong to. `whole` is false where nothing is known of the product: then only what
    most groups ask for is listed.
    """

    document: Document
    law: Law
    items: tuple[tuple[Item, tuple[tuple[str, str], ...]], ...]
    whole: bool

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
    whole = ocop_group is not None or annex_group in named
    asking: dict[str, list[str]] = {}
    for each, found in lists.items():
        for item in found.items:
            asking.setdefault(item.id, []).append(each)
    if not whole:
        asking = {item_id: [*lists] for item_id, groups in asking.items() if len(groups) > len(lists) / 2}
    names = {each: (named[each].name, named[each].name_en) for each in lists}
    items = [
        (document.items[item_id], () if len(groups) == len(lists) else tuple(names[each] for each in groups))
        for item_id, groups in asking.items()
    ]
    items.sort(key=lambda one: bool(one[1]))
    return Advice(document, next(iter(lists.values())).law, tuple(items), whole)
