"""The words and icons of a checklist: answers, what is known of an item, and its parts in the person's language."""

from __future__ import annotations

import re
from datetime import date

import flet as ft

from services.checklists.document import AnnexGroup, Document, Item, Law
from services.checklists.filled import Answered, AnsweredBy
from services.checklists.knowledge import Known, Says
from services.papers import words as on_paper
from services.wording import mark
from views.parts.texts import Texts

ANSWERS: dict[Answered, tuple[str, ft.IconData]] = {
    Answered.OK: (on_paper.ANSWERS[Answered.OK], ft.Icons.CHECK),
    Answered.WRONG: (on_paper.ANSWERS[Answered.WRONG], ft.Icons.CLOSE),
    Answered.MISSING: (on_paper.ANSWERS[Answered.MISSING], ft.Icons.REMOVE),
    Answered.UNREADABLE: (on_paper.ANSWERS[Answered.UNREADABLE], ft.Icons.VISIBILITY_OFF),
    Answered.NOT_APPLICABLE: (on_paper.ANSWERS[Answered.NOT_APPLICABLE], ft.Icons.BLOCK),
    Answered.NOT_CHECKED: (on_paper.ANSWERS[Answered.NOT_CHECKED], ft.Icons.HOURGLASS_EMPTY),
}

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

FIRST = (Answered.OK, Answered.WRONG, Answered.MISSING)
"""What is answered by one tap; the others stand in a menu."""

MORE = (Answered.UNREADABLE, Answered.NOT_APPLICABLE, Answered.NOT_CHECKED)

BY: dict[str, tuple[str, ft.IconData]] = {
    AnsweredBy.CODE: (mark("From the code"), ft.Icons.QR_CODE),
    AnsweredBy.CERTIFICATE: (mark("From the certificate"), ft.Icons.VERIFIED_OUTLINED),
}

WANTS: dict[str, str] = {
    "answer_without_reason": mark("a reason"),
    "answer_without_photo": mark("a photo"),
    "photo_of_answer_gone": mark("its photo, which was removed"),
    "reason_too_long": mark("a shorter reason"),
}
"""What an item lacks so that the inspection can be signed (services.rounds.checks)."""

_SAYS: dict[Says, str] = {
    Says.CODE_DAY: mark("The code says {0}"),
    Says.CODE_TEXT: mark("The code says {0}"),
    Says.LABEL_DAY: mark("The label says {0}"),
    Says.LABEL_TEXT: mark("The label says {0}"),
    Says.DIFFERS: mark("The code says {0}, the label {1}"),
    Says.SAME: mark("Code and label say the same"),
    Says.CERTIFICATE: mark("Certificate {0}, valid to {1}"),
    Says.ENDED: mark("Certificate {0} ended on {1}. Goods labelled before: ask, do not conclude."),
    Says.STARS: mark("Compare: {0} stars on certificate {1}"),
    Says.BOTH_STARS: mark("The label shows {0} stars, the certificate {1}"),
    Says.PRODUCT: mark("In the register: {0}"),
    Says.PRODUCER: mark("In the register: {0}"),
    Says.CODES_DIFFER: mark("The codes of this pack name different products"),
    Says.CODE_READ: mark("The app has read the code"),
}


def says_words(texts: Texts, known: Known) -> str:
    """What is known of an item, as a line below it."""
    return texts.gettext(_SAYS[known.says]).format(*(_value(texts, value) for value in known.values))


def _value(texts: Texts, value: str | int | date) -> str:
    if isinstance(value, str) and _DAY.fullmatch(value):
        value = date.fromisoformat(value)
    return texts.day(value) if isinstance(value, date) else str(value)


def item_words(texts: Texts, item: Item) -> str:
    """What is looked at."""
    return item.text if texts.language == "vi" else item.text_en


def note_words(texts: Texts, item: Item) -> str:
    """What is to be known of an item before it is called wrong; empty where there is nothing."""
    return item.note if texts.language == "vi" else item.note_en


def citation_words(texts: Texts, document: Document, item: Item) -> str:
    """Where the item stands."""
    sources = [document.sources[each] for each in item.citation]
    return "; ".join(each.name if texts.language == "vi" else each.name_en for each in sources)


def group_words(texts: Texts, group: AnnexGroup) -> tuple[str, str]:
    """An annex group, and some of its goods."""
    return (group.name, group.hint) if texts.language == "vi" else (group.name_en, group.hint_en)


def law_words(texts: Texts, law: Law) -> tuple[str, str]:
    """A law, in short and in full."""
    return (law.short, law.name) if texts.language == "vi" else (law.short_en, law.name_en)
