"""Turns notes into sightings: what is kept of a seen pack, apart from the note and without its sender."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.crypto import salted_hmac

from accounts.models import Role
from inspections import reviewing
from inspections.grid import cell_of
from inspections.models import Inspection, Sighting, Suspicion
from inspections.note import Outcome
from inspections.suspicion import Witness
from records.wire import by_servers_clock
from register.days import VIETNAM
from register.models import Product

# What a serial number may be: up to 20 of GS1's character set 82 (General Specifications, AI 21).
_SERIAL = re.compile(r"[!\"%-?A-Z_a-z]{1,20}")
_MINUTES = 15
_CLOCKS_DIFFER = timedelta(minutes=5)
"""A note whose time of writing is so much later than its arrival has a wrong clock."""
_ROUGHEST_METRES = 5000.0
"""A position that may be farther off is ignored: the cells are not much larger."""
_LONGEST_WAY = timedelta(days=14)
"""A note longer on a device than this has no sure time: the clock may have been set meanwhile (an assumption)."""
_WITNESS = {
    Role.SHOP: Witness.SHOP,
    Role.INSPECTOR: Witness.INSPECTOR,
    Role.REGISTRAR: Witness.INSPECTOR,
    Role.ADMINISTRATOR: Witness.INSPECTOR,
}


def record(received: Inspection) -> None:
    """Keep what a note says of a pack while it is stored, in the caller's transaction, with the notes' clock locked.

    A note and all its corrections are one sighting: at the time of the first, with what the last one says. So nothing
    is kept of a correction whose original has yet to arrive.
    """
    first = _first(received)
    if first is None:
        return
    last = _last(first)
    if first == last and _pack(first) is None:
        return  # as most notes are: nothing is kept, and nothing was
    mark = _keyed("note", str(first.pk))
    before = Sighting.objects.filter(mark=mark).first()
    now = _sighting(first, last, mark)
    if now is not None and _said_before(now):
        now = None
    if now is not None:
        now.pk = before.pk if before else None  # a correction replaces the sighting
        now.save()
    elif before:
        before.delete()
    for pack in {(kept.gtin, kept.serial) for kept in (before, now) if kept}:
        reviewing.review(*pack)


def withdraw(notes: Collection[UUID]) -> None:
    """Take back what these notes said of packs, with what was found in it. The caller has locked the notes' clock.

    A pack that others have seen as well is judged by what they saw.
    """
    said = Sighting.objects.filter(mark__in=[_keyed("note", str(note)) for note in notes])
    packs = set(said.values_list("gtin", "serial"))
    said.delete()
    for gtin, serial in sorted(packs):
        reviewing.review(gtin, serial)
        if not Sighting.objects.filter(gtin=gtin, serial=serial).exists():
            Suspicion.objects.filter(gtin=gtin, serial=serial).delete()
            Suspicion.history.filter(gtin=gtin, serial=serial).delete()


def copies_of(gtins: Collection[str] | None) -> dict[str, list[dict[str, Any]]]:
    """COPY of docs/api.md for these products, or all: those with serials that devices are told of. One query."""
    told = Suspicion.objects.filter(told=True).order_by("gtin", "serial")
    if gtins is not None:
        told = told.filter(gtin__in=gtins)
    copies: dict[str, list[dict[str, Any]]] = {}
    for suspicion in told:
        copies.setdefault(suspicion.gtin, []).append(suspicion.document())
    return copies


def _first(note: Inspection) -> Inspection | None:
    """The first note in the chain of corrections that ends with this one; None where it is not here yet."""
    passed = {note.pk}
    while note.supersedes:
        original = note.corrected()
        if original is None or original.pk in passed:  # two notes may claim to correct each other
            return None
        passed.add(original.pk)
        note = original
    return note


def _last(note: Inspection) -> Inspection:
    """The last correction of a note; the note itself where there is none."""
    passed = {note.pk}
    while corrections := [correction for correction in note.corrections if correction.pk not in passed]:
        note = corrections[-1]
        passed.add(note.pk)
    return note


def _sighting(first: Inspection, last: Inspection, mark: str) -> Sighting | None:
    """The sighting of a note; None unless it is about a pack of a registered product with a serial number."""
    pack = _pack(last)
    if pack is None or not Product.objects.filter(gtin=pack[0]).exists():
        return None
    gtin, serial = pack
    offset = json.loads(first.body)["clock_offset"]
    earliest, latest = first.received_at - _LONGEST_WAY, first.received_at + _CLOCKS_DIFFER
    written_at = by_servers_clock(first.created_at, offset)
    sure = written_at is not None and earliest <= written_at <= latest
    seen_at = written_at if written_at is not None and sure else first.received_at
    place = json.loads(last.body)["place"]
    is_close = place is not None and (place["accuracy"] or 0) <= _ROUGHEST_METRES
    cell = cell_of(place["lat"], place["lon"]) if is_close else None
    account = last.account
    sender = f"account {account.pk}" if account else f"device {last.device}"
    return Sighting(
        mark=mark,
        sender=_keyed("sender", f"{gtin} {serial} {sender}"),
        gtin=gtin,
        serial=serial,
        seen_at=seen_at.replace(minute=seen_at.minute // _MINUTES * _MINUTES, second=0, microsecond=0),
        time_is_sure=sure,
        latitude=cell.latitude if cell else None,
        longitude=cell.longitude if cell else None,
        sold=last.outcome == Outcome.SOLD,
        witness=_WITNESS[Role(account.role)] if account else Witness.CONSUMER,
    )


def _pack(note: Inspection) -> tuple[str, str] | None:
    """The GTIN and the serial number that a note read from a pack; None where it has none."""
    code = json.loads(note.body)["code"]
    if code is None or code["gtin"] is None or code["symbology"] == "typed":
        return None  # a typed number may have been told by telephone
    gtin, serial = code["gtin"], code["serial"]
    if serial is None or not _SERIAL.fullmatch(serial) or serial == code["lot"]:
        return None
    return gtin, serial


def _said_before(sighting: Sighting) -> bool:
    """Whether its sender has reported the same of this pack on that day, in Vietnam's calendar."""
    day = sighting.seen_at.astimezone(VIETNAM).replace(hour=0, minute=0)
    return (
        Sighting.objects.filter(
            gtin=sighting.gtin,
            serial=sighting.serial,
            sender=sighting.sender,
            seen_at__gte=day,
            seen_at__lt=day + timedelta(days=1),
            latitude=sighting.latitude,
            longitude=sighting.longitude,
            sold=sighting.sold,
            time_is_sure=sighting.time_is_sure,
        )
        .exclude(mark=sighting.mark)
        .exists()
    )


def _keyed(kind: str, text: str) -> str:
    return salted_hmac(f"inspections.sightings.{kind}", text, algorithm="sha256").hexdigest()[:32]
