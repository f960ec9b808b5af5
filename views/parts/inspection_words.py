"""The words and icons of inspections: what was found, what becomes of the goods, the seal, and what a photo shows."""

from __future__ import annotations

from datetime import date

import flet as ft

from services.papers import words as on_paper
from services.rounds.inspection import (
    Answered,
    Compared,
    FilledChecklist,
    Finding,
    Found,
    Quantity,
    Sale,
    Seal,
    Sealed,
    Shows,
)
from services.wording import mark
from views.parts.texts import Texts

FINDINGS: dict[str, tuple[str, ft.IconData]] = {
    Finding.MATCHES: (on_paper.FINDINGS[Finding.MATCHES], ft.Icons.CHECK_CIRCLE_OUTLINE),
    Finding.STARS_DIFFER: (on_paper.FINDINGS[Finding.STARS_DIFFER], ft.Icons.STAR_HALF),
    Finding.LABEL_DIFFERS: (on_paper.FINDINGS[Finding.LABEL_DIFFERS], ft.Icons.LABEL_OFF_OUTLINED),
    Finding.PAST_DATE: (on_paper.FINDINGS[Finding.PAST_DATE], ft.Icons.EVENT_BUSY_OUTLINED),
    Finding.CERTIFICATE_ENDED: (on_paper.FINDINGS[Finding.CERTIFICATE_ENDED], ft.Icons.TIMER_OFF_OUTLINED),
    Finding.LOOKS_COPIED: (on_paper.FINDINGS[Finding.LOOKS_COPIED], ft.Icons.CONTENT_COPY),
    Finding.CODE_DIFFERS: (on_paper.FINDINGS[Finding.CODE_DIFFERS], ft.Icons.QR_CODE_2),
    Finding.NO_PAPERS: (on_paper.FINDINGS[Finding.NO_PAPERS], ft.Icons.FOLDER_OFF_OUTLINED),
    Finding.OTHER: (on_paper.FINDINGS[Finding.OTHER], ft.Icons.MORE_HORIZ),
}

SALES: dict[str, tuple[str, ft.IconData]] = {
    Sale.ON_SALE: (on_paper.SALES[Sale.ON_SALE], ft.Icons.STOREFRONT),
    Sale.HELD_BACK: (on_paper.SALES[Sale.HELD_BACK], ft.Icons.INVENTORY_2_OUTLINED),
    Sale.SOLD_HERE: (on_paper.SALES[Sale.SOLD_HERE], ft.Icons.SELL_OUTLINED),
}

SEALS: dict[str, tuple[str, ft.IconData]] = {
    Seal.INTACT: (on_paper.SEALS[Seal.INTACT], ft.Icons.LOCK_OUTLINE),
    Seal.BROKEN: (on_paper.SEALS[Seal.BROKEN], ft.Icons.LOCK_OPEN),
    Seal.NONE: (on_paper.SEALS[Seal.NONE], ft.Icons.REMOVE_CIRCLE_OUTLINE),
}

PROBLEMS: dict[str, str] = {
    "nothing_said": mark("Choose what you found, take a photo or write a few words."),
    "unknown_finding": mark("This finding is not known here. Choose it anew."),
    "findings_contradict": mark("It cannot match the label and differ from it. Choose one."),
    "too_many_codes": mark("An inspection holds up to 20 codes."),
    "amount_invalid": mark("Write a number, such as 24 or 1.5."),
    "unit_too_long": mark("The unit is longer than 40 characters. Shorten it."),
    "price_invalid": mark("Write the price in whole đồng, such as 250,000."),
    "too_many_samples": mark("An inspection holds up to 10 samples."),
    "no_seal_number": mark("Write the number of the sample's seal."),
    "seal_number_too_long": mark("The number of the seal is longer than 60 characters. Shorten it."),
    "text_too_long": mark("The text is longer than 5,000 characters. Shorten it."),
    "said_too_long": mark("What the seller said is longer than 2,000 characters. Shorten it."),
    "lot_too_long": mark("The lot is longer than 90 characters. Shorten it."),
    "day_invalid": mark("Write the day as on the label, such as 14/09/2027."),
    "too_many_photos": mark("An inspection holds up to 20 photos. Remove some."),
    "cover_not_kept": mark("What you covered on a photo is not kept yet. Open the photo, then keep or undo it."),
    "original_gone": mark("The photo was removed meanwhile, so nothing was drawn on it."),
    "too_many_answers": mark("The checklist is not whole. Open it and look it through."),
    "reason_too_long": mark("A reason in the checklist is longer than 500 characters. Shorten it."),
    "photo_of_answer_gone": mark("A photo that the checklist names was removed. Open the checklist and take another."),
    "answer_without_reason": mark("An answer in the checklist needs a reason. Open it and write one."),
    "answer_without_photo": mark("An answer in the checklist needs a photo. Open it and take one."),
    "round_closed": mark("Its round was closed meanwhile, so it cannot be saved in it. What you wrote is kept."),
    "too_large": mark("It says more than one record holds. Shorten the text or the reasons in the checklist."),
}


def inspection_problem(texts: Texts, reason: str) -> str | None:
    """What keeps an inspection from being saved, and what to do; None for a reason that is not of inspections."""
    return texts.gettext(PROBLEMS[reason]) if reason in PROBLEMS else None


def finding_words(texts: Texts, finding: str) -> str:
    """A finding in words; one that this version does not know is something else."""
    return texts.gettext(FINDINGS.get(finding, FINDINGS[Finding.OTHER])[0])


def shows_words(texts: Texts, shows: str) -> str:
    """What a photo shows, in a word."""
    return texts.gettext(on_paper.SHOWS.get(shows, on_paper.SHOWS[Shows.OTHER]))


def amount_words(texts: Texts, goods: Quantity | Sealed) -> str:
    """An amount with its unit: 24 hộp, 1,5 kg."""
    whole, _point, part = f"{goods.amount:.6f}".rstrip("0").partition(".")
    number = texts.number(int(whole)) + (("," if texts.language == "vi" else ".") + part if part else "")
    return f"{number}\N{NO-BREAK SPACE}{goods.unit}".rstrip()


def checklist_words(texts: Texts, filled: FilledChecklist | None, items: int | None = None) -> str:
    """How far the checklist is: "5/14, 1 wrong"; empty where it was not begun."""
    if filled is None:
        return ""
    answers = [each.answer for each in filled.answers]
    looked = len(answers) - answers.count(Answered.NOT_CHECKED)
    said = [f"{looked}/{items}" if items else texts.number(looked)]
    wrong = sum(each in (Answered.WRONG, Answered.MISSING, Answered.UNREADABLE) for each in answers)
    if wrong:
        words = texts.ngettext("{count} item not in order", "{count} items not in order", wrong)
        said.append(words.format(count=texts.number(wrong)))
    return ", ".join(said)


def day_words(texts: Texts, day: str | None) -> str:
    """A day that is kept in ISO form, as people write it; what is none is shown as it is."""
    try:
        return texts.day(date.fromisoformat(day)) if day else ""
    except ValueError:
        return day or ""


def dates_words(texts: Texts, found: Found) -> str:
    """Lot and dates in a few words: that they differ, that they are the same, or what the code says."""
    _, pairs = texts.gettext, (found.lot, found.produced, found.expiry)
    if any(pair.differ for pair in pairs):
        return _("Differs from the code")
    if any(None not in (pair.code, pair.label) for pair in pairs):
        return _("As in the code")
    return " · ".join(filter(None, (_one(found.lot), *(day_words(texts, _one(each)) for each in pairs[2:]))))


def _one(pair: Compared) -> str:
    return pair.label or pair.code or ""
