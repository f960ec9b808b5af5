"""Puts into words where a product is made: the units of today and those before them."""

from __future__ import annotations

from collections.abc import Iterable

from services.register.localities import PlaceByDate, full_name
from services.register.products import Locality
from views.parts.texts import Texts


def place_words(texts: Texts, place: PlaceByDate) -> str:
    """A place with its dates: "phường Hồng Gai (before 1 Jul 2025: thành phố Hạ Long)". Empty where none is known."""
    _ = texts.gettext
    now, before = unit_names(texts, place.now), unit_names(texts, place.before)
    if not (now and before and place.since):
        return now or before
    if len(place.now) == 1:
        words = _("{now} (before {day}: {before})")
    else:
        words = _("{before} (since {day} one of: {now})")
        now = ", ".join(map(full_name, place.now))
    return words.format(now=now, before=before, day=texts.day(place.since))


def short_place_words(texts: Texts, place: PlaceByDate) -> str:
    """The same on one line of a list: today's unit where it is known, else the one before it."""
    if place.listed is place.now:
        return unit_names(texts, place.now)
    return texts.gettext("{unit} (former)").format(unit=unit_names(texts, place.before))


def unit_names(texts: Texts, units: Iterable[Locality]) -> str:
    """Full names of units, one of which is right: "thành phố Cẩm Phả or huyện Tiên Yên"."""
    return texts.gettext(" or ").join(map(full_name, units))
