"""The words, tones and icons of audits: what a line is at a glance, why something is to be done, and what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import flet as ft

from services.audits.audit import Line, What
from services.audits.gravity import Do, Klass, Why
from services.codes import on_the_pack
from services.register.certificates import Today
from services.wording import mark
from views.design import TONES, Tone
from views.parts.texts import Texts, mark_plural
from views.parts.verdict_words import status_words


class KlassWords(NamedTuple):
    """How a class is told: the word of the large result, the word beside its count, its tone and its shape."""

    word: str
    counted: str
    tone: Tone
    icon: ft.IconData


def _words(word: str, counted: str, tone: Tone, icon: ft.IconData | None = None) -> KlassWords:
    return KlassWords(word, counted, tone, icon or TONES[tone].shape)


KLASSES: dict[Klass, KlassWords] = {
    Klass.GOOD: _words(mark("Still in force"), mark("in force"), Tone.GOOD),
    Klass.LOOK: _words(mark("Look at it"), mark("to look at"), Tone.CAUTION),
    Klass.TAKE_DOWN: _words(mark("Better take it off the shelf"), mark("to take down"), Tone.BAD),
    Klass.OUTSIDE: _words(mark("Not in the register"), mark("not registered"), Tone.UNKNOWN),
    Klass.NOT_READ: _words(mark("Not read"), mark("not read"), Tone.UNKNOWN, ft.Icons.QR_CODE_2),
}

_WHYS: dict[Why, str | tuple[str, str]] = {
    Why.WITHDRAWN: mark("Certificate withdrawn"),
    Why.CERTIFICATE_ENDED: mark("Certificate expired"),
    Why.PACK_EXPIRED: mark("Past the date on the pack"),
    Why.SUSPECTED_COPY: mark("Suspected copy"),
    Why.CODE_MISMATCH: mark("Codes do not match"),
    Why.STATEMENT_INVALID: mark("Signed statement not valid"),
    Why.STARS_ABOVE: mark("The label shows more stars than the certificate"),
    Why.MARK_NOT_REGISTERED: mark("Shows the OCOP mark and is not registered"),
    Why.DOUBTFUL_LINK: mark("Doubtful link"),
    Why.UNKNOWN_LINK: mark("Unknown link"),
    Why.NOT_CERTIFIED: mark("No certificate in force"),
    Why.PACK_EXPIRES: mark_plural("{days} day to the date on the pack", "{days} days to the date on the pack"),
    Why.CERTIFICATE_ENDS_30: mark_plural("Certificate ends in {days} day", "Certificate ends in {days} days"),
    Why.CERTIFICATE_ENDS_60: mark_plural("Certificate ends in {days} day", "Certificate ends in {days} days"),
    Why.CERTIFICATE_ENDS_90: mark_plural("Certificate ends in {days} day", "Certificate ends in {days} days"),
    Why.UNKNOWN: mark("Cannot be told from this device's copy"),
    Why.NOT_READ: mark("The code was not read"),
}

DOS: dict[Do, tuple[str, ft.IconData]] = {
    Do.TAKE_DOWN: (mark("Put it aside, do not sell it for now"), ft.Icons.INVENTORY_2_OUTLINED),
    Do.ASK_SUPPLIER: (mark("Ask the producer for the new certificate"), ft.Icons.CALL),
    Do.CHECK_LABEL: (mark("Compare the label with the register"), ft.Icons.COMPARE_ARROWS),
    Do.RENEW: (mark("Ask the producer whether it is being renewed"), ft.Icons.CALL),
    Do.SELL_FIRST: (mark("Put it in front, so that it is sold first"), ft.Icons.MOVE_UP),
    Do.CHECK_AGAIN: (mark("Update the register, then look again"), ft.Icons.UPDATE),
    Do.SCAN_AGAIN: (mark("Scan it again, or type the number under its bars"), ft.Icons.BARCODE_READER),
}

PROBLEMS: dict[str, str] = {
    "already_open": mark("An audit is running already. Close it before you begin another."),
    "full": mark("This audit holds no more. Close it and begin another; what was counted stays as it is."),
    "empty": mark("Nothing was counted yet, so there is nothing to close."),
    "too_many_pauses": mark("There were too many pauses. Close this audit and begin another."),
    "bad_quantity": mark("So many cannot be counted. Type a number from 0 to 999,999."),
    "bad_price": mark("This price is not possible."),
    "bad_stars": mark("A label shows 1 to 5 stars."),
    "shop_too_long": mark("The shop's name is too long."),
    "shelf_too_long": mark("The shelf's name is too long."),
    "lot_too_long": mark("The lot's number is too long."),
    "remarks_too_long": mark("The remarks are too long."),
    "no_account": mark("Sign in first."),
    "too_large": mark("The audit says more than one record holds. Shorten its remarks."),
    "closed": mark("This audit was closed in another window. What was counted until then is kept there."),
    "internal": mark("Something went wrong, and this does not count. Scan it again."),
    "not_saved": mark("It could not be saved on this device, and does not count. Free some space, then scan it again."),
}


def audit_problem(texts: Texts, reason: str) -> str:
    """What may not be done with an audit, and what to do, for a reason of AuditInvalid."""
    if reason in PROBLEMS:
        return texts.gettext(PROBLEMS[reason])
    return texts.gettext("It could not be done: {reason}").format(reason=reason)


def why_words(texts: Texts, why: Why, days: int | None = None) -> str:
    """Why something is to be done; `days` are left until the date that it names."""
    words = _WHYS[why]
    if isinstance(words, str):
        return texts.gettext(words)
    if days is None:  # the verdict says so, and no copy here the day
        return texts.gettext("Certificate expires soon")
    left = days
    return texts.ngettext(*words, left).format(days=texts.number(left))


def line_name(line: Line) -> str:
    """What a line is called: by the shop, by the register, else its number as on the pack, else its code's text."""
    return line.name or (on_the_pack(line.gtin) if line.gtin else line.text)


def state_words(texts: Texts, line: Line, today: Today) -> str:
    """What was found of a line, in a few words: a pack past its date before the verdict on its product."""
    if line.expiry and not today.clock_behind and line.expiry < today.day:
        return texts.gettext("Past {day}").format(day=texts.near_day(line.expiry, today.day))
    if line.verdict is None:
        return texts.gettext("Not read")
    return texts.gettext(_SHORT.get(line.verdict.status) or status_words(line.verdict.status)[0])


_SHORT = {
    "certified": mark("Valid"),
    "certificate_expires_soon": mark("Ends soon"),
    "certificate_expired": mark("Ended"),
    "withdrawn": mark("Withdrawn"),
    "not_registered": mark("Not in the register"),
    "not_in_copy": mark("Not in the copy"),
}


def packs_words(texts: Texts, lines: Iterable[Line]) -> str:
    """How many packs the lines count."""
    count = sum(line.quantity for line in lines)
    return texts.ngettext("{count} pack", "{count} packs", count).format(count=texts.number(count))


def counts_words(texts: Texts, lines: int, packs: int) -> str:
    """How many lines and packs, such as "60 lines · 148 packs"."""
    said = [
        texts.ngettext("{count} line", "{count} lines", lines).format(count=texts.number(lines)),
        texts.ngettext("{count} pack", "{count} packs", packs).format(count=texts.number(packs)),
    ]
    return " · ".join(said)


WHATS: dict[str, str] = {
    What.TAKEN_DOWN: mark("Taken off the shelf"),
    What.CHECKED: mark("Looked at again"),
    What.ASKED: mark("The supplier was asked"),
}


def done_words(texts: Texts, line: Line) -> str:
    """What was done with a line, and when; nothing where nothing was."""
    if line.done is None:
        return ""
    what = texts.gettext(WHATS[line.done.what]) if line.done.what in WHATS else line.done.what
    return f"{what}, {texts.moment(line.done.at)}"
