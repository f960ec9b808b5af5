"""The words and icons of rounds: kinds of places, roles of people, and how long something took."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import flet as ft

from services.papers import words as on_paper
from services.records.pauses import Pause
from services.register.certificates import VIETNAM
from services.rounds.inspection import Found
from services.rounds.place import Place, PlaceKind
from services.verification import Status
from services.wording import mark
from views.design import Tone
from views.parts.texts import Texts
from views.parts.verdict_words import STATUS

_ICONS: dict[str, ft.IconData] = {
    PlaceKind.MARKET: ft.Icons.STOREFRONT,
    PlaceKind.SHOP: ft.Icons.STORE,
    PlaceKind.WAREHOUSE: ft.Icons.WAREHOUSE,
    PlaceKind.FAIR: ft.Icons.FESTIVAL,
    PlaceKind.ONLINE: ft.Icons.SHOPPING_CART_OUTLINED,
    PlaceKind.OTHER: ft.Icons.PLACE_OUTLINED,
}

PLACES: dict[str, tuple[str, ft.IconData]] = {kind: (on_paper.PLACES[kind], icon) for kind, icon in _ICONS.items()}

ROLES = on_paper.ROLES
"""People have the same roles on the screens as on the paper."""


def place_kind(texts: Texts, place: Place) -> str:
    """What kind of place it is; what this version does not know is another place."""
    return texts.gettext(PLACES.get(place.kind, PLACES[PlaceKind.OTHER])[0])


def place_name(place: Place) -> str:
    """The place in a few words: its name, and its stall or address where that is short."""
    return f"{place.name}, {place.address}" if place.address and len(place.address) <= 24 else place.name


def accuracy_words(texts: Texts, place: Place) -> str:
    """How exact the position is; empty where there is none."""
    if place.position is None:
        return ""
    if place.position.accuracy is None:
        return texts.gettext("position kept")
    return texts.gettext("position within {metres} m").format(metres=texts.number(round(place.position.accuracy)))


def length_words(texts: Texts, length: timedelta) -> str:
    """How long something took: "15 min", "2 h 14 min"."""
    minutes = max(int(length.total_seconds() // 60), 0)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return texts.gettext("{minutes} min").format(minutes=minutes)
    if not rest:
        return texts.gettext("{hours} h").format(hours=hours)
    return texts.gettext("{hours} h {minutes} min").format(hours=hours, minutes=rest)


def paused_for(pauses: tuple[Pause, ...], now: datetime) -> timedelta:
    """How long all pauses took together; one that lasts counts up to now."""
    return sum(((pause.until or now) - pause.since for pause in pauses), timedelta())


def hours_words(texts: Texts, opened: datetime, closed: datetime | None, pauses: tuple[Pause, ...]) -> str:
    """When a round took place: "28/11/2026, 08:20 to 10:34 · paused 15 min"."""
    from_day = texts.day(opened.astimezone(VIETNAM).date())
    if closed is None:
        words = texts.gettext("{day}, since {begin}").format(day=from_day, begin=texts.time(opened))
    else:
        same = opened.astimezone(VIETNAM).date() == closed.astimezone(VIETNAM).date()
        end = texts.time(closed) if same else texts.moment(closed)
        words = texts.gettext("{day}, {begin} to {end}").format(day=from_day, begin=texts.time(opened), end=end)
    paused = paused_for(pauses, closed or opened)
    if paused >= timedelta(minutes=1):
        words += " · " + texts.gettext("paused {length}").format(length=length_words(texts, paused))
    return words


PROBLEMS: dict[str, str] = {
    "no_account": mark("A round needs an account. Sign in first."),
    "already_open": mark("A round is open already. Close it before you open another."),
    "unknown_place": mark("Say what kind of place it is."),
    "no_place": mark("Say where it is."),
    "no_name": mark("A name is missing."),
    "too_large": mark("The round says more than one record holds. Shorten its words, or close it and open another."),
    "round_full": mark("This round holds no more. Close it and open another; what is saved stays as it is."),
    "has_inspections": mark("There are inspections in this round, so it cannot be thrown away. Close it instead."),
    "unfinished_inspections": mark("An inspection of this round is not saved yet. Save it or throw it away first."),
    "signatures_void": mark("Something was changed after a signature. It has to be signed again, or taken away."),
    "changed_meanwhile": mark("The round was changed meanwhile, so nothing was signed. Look at it, then sign again."),
    "no_signature": mark("Sign in the field, or say why there is no signature."),
    "too_many_signatures": mark("The record holds no more signatures."),
    "sent_meanwhile": mark("It has been sent meanwhile. It can be corrected: the correction is sent as well."),
    "correction_begun": mark("Its correction has been begun already. Go on with that."),
}


def round_problem(texts: Texts, reason: str) -> str:
    """What keeps a round from being changed, signed or closed, and what to do, for a reason of RoundInvalid."""
    if reason in PROBLEMS:
        return texts.gettext(PROBLEMS[reason])
    return texts.gettext("It could not be done: {reason}").format(reason=reason)


def status_tone(status: str) -> Tone:
    """The tone of a verdict's status as records have it; "" is none, and what is not known here is unknown."""
    return STATUS[Status(status)][1] if status in set(Status) else Tone.UNKNOWN


TONE_WORDS: dict[Tone, str] = {
    Tone.GOOD: mark("Still in force"),
    Tone.CAUTION: mark("Needs a look"),
    Tone.BAD: mark("Ended, withdrawn or wrong code"),
    Tone.UNKNOWN: mark("Not known"),
}


def by_tone(statuses: Mapping[str, int]) -> dict[Tone, int]:
    """How many of each tone there are, of counts by a verdict's status; every tone has one, in the order of need."""
    counts = dict.fromkeys(TONE_WORDS, 0)
    for status, count in statuses.items():
        counts[status_tone(status)] += count
    return counts


def inspection_title(texts: Texts, found: Found) -> str:
    """What an inspection is about: the product, else the code, else that it has none."""
    code = found.codes[0].text if found.codes else None
    return found.product_name or code or texts.gettext("Without a code")
