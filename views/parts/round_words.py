"""The words and icons of rounds: kinds of places, roles of people, and how long something took."""

from __future__ import annotations

from datetime import datetime, timedelta

import flet as ft

from services.register.certificates import VIETNAM
from services.rounds.place import Place, PlaceKind
from services.rounds.round import Pause, Role
from views.parts.texts import Texts, mark

PLACES: dict[str, tuple[str, ft.IconData]] = {
    PlaceKind.MARKET: (mark("Market"), ft.Icons.STOREFRONT),
    PlaceKind.SHOP: (mark("Shop"), ft.Icons.STORE),
    PlaceKind.WAREHOUSE: (mark("Warehouse"), ft.Icons.WAREHOUSE),
    PlaceKind.FAIR: (mark("Fair"), ft.Icons.FESTIVAL),
    PlaceKind.ONLINE: (mark("Online shop"), ft.Icons.SHOPPING_CART_OUTLINED),
    PlaceKind.OTHER: (mark("Another place"), ft.Icons.PLACE_OUTLINED),
}

ROLES: dict[str, str] = {
    Role.INSPECTOR: mark("Inspector"),
    Role.SELLER: mark("Seller"),
    Role.WITNESS: mark("Witness"),
    Role.OTHER: mark("Takes part"),
}


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
