"""Turns an inspection of a round into an ObjectEvent of EPCIS 2.0 (docs/epcis.md says each choice).

Pure: no database, no settings. No text that somebody wrote leaves with an event, and nobody is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from epcis.goods import lot_of, named, serials_of
from epcis.standing import CERTIFIED, disposition
from inspections.grid import cell_of
from inspections.note import VERDICTS
from records.wire import by_servers_clock
from rounds.inspection import Inspection
from rounds.words import PlaceKind

Event = dict[str, Any]

OFFSET = "+07:00"
_VIETNAM = timezone(timedelta(hours=7))
"""Vietnam's time, the same all year."""
_LATEST = timedelta(minutes=5)
"""A clock that claims a later moment than the record's arrival, by more than this, is no clock."""
_CELL_METRES = 8000
"""From the centre of a cell of inspections.grid to its farthest corner, rounded up."""


@dataclass(frozen=True)
class Correction:
    """A later inspection that takes the place of one; `told` says whether an event tells of it."""

    id: UUID
    received_at: datetime
    told: bool


@dataclass(frozen=True)
class Arrived:
    """What the server knows of an inspection beside what it says: its hash, its arrival, and what corrects it."""

    sha256: str
    at: datetime
    corrections: Sequence[Correction] = ()


def event_of(said: Inspection, arrived: Arrived, address: str = "") -> Event | None:
    """The event; None where the inspection names no product of which the world can be told.

    `address` is the register's public address, without which no certificate is named.
    """
    goods = named(said)
    if not goods:
        return None
    at, is_sure = _moment(said, arrived.at)
    stands = disposition(said, _day(at) if is_sure else None, _day(at if is_sure else arrived.at))
    told = {
        "type": "ObjectEvent",
        "eventID": _name(said.id),
        "eventTime": _utc(at),
        "eventTimeZoneOffset": OFFSET,
        "recordTime": _utc(arrived.at),
        **goods,
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "disposition": stands,
        "readPoint": _read_point(said),
        "bizTransactionList": [{"bizTransaction": _name(said.round)}],
        "certificationInfo": _certificates(said, address),
        "errorDeclaration": _declaration(arrived.corrections),
        "ocop:findings": [finding.value for finding in said.findings],
        "ocop:verdict": said.verdict.status if said.verdict and said.verdict.status in VERDICTS else None,
        "ocop:copyAsOf": said.copy_as_of,
        "ocop:timeIsSure": is_sure,
        "ocop:placeKind": said.place.kind.value,
        "ocop:seal": said.seal and said.seal.value,
        "ocop:sale": said.sale and said.sale.value,
        "ocop:lot": lot_of(said) if serials_of(said) else None,
        "ocop:sha256": arrived.sha256,
    }
    return {name: value for name, value in told.items() if value is not None}


def _moment(said: Inspection, arrived_at: datetime) -> tuple[datetime, bool]:
    """When it was written, never after its arrival, and whether that is sure: by the server's clock where known."""
    written = datetime.fromisoformat(said.created_at)
    known = by_servers_clock(written, said.clock_offset)
    is_sure = known is not None and known <= arrived_at + _LATEST
    return min(known or written, arrived_at), is_sure


def _read_point(said: Inspection) -> dict[str, str] | None:
    """Roughly where, as sightings are kept: the centre of a square of a tenth of a degree, and its reach (RFC 5870).

    An online shop is looked at from anywhere.
    """
    position = None if said.place.kind is PlaceKind.ONLINE else said.place.position
    cell = cell_of(position.lat, position.lon) if position else None
    return {"id": f"geo:{cell.latitude:.2f},{cell.longitude:.2f};u={_CELL_METRES}"} if cell else None


def _certificates(said: Inspection, address: str) -> str | None:
    """The page with the product's certificates, where there was one that day by the register's copy on the device."""
    certified = said.verdict is not None and said.verdict.status in CERTIFIED
    return f"{address}/p/{said.gtin}" if address and certified else None


def _declaration(corrections: Sequence[Correction]) -> dict[str, Any] | None:
    """That the event is wrong, since when, and what is told in its place (EPCIS 2.0, 7.4.1.4)."""
    if not corrections:
        return None
    declared: dict[str, Any] = {
        "declarationTime": _utc(min(one.received_at for one in corrections)),
        "reason": "incorrect_data",
    }
    if instead := [_name(str(one.id)) for one in corrections if one.told]:
        declared["correctiveEventIDs"] = instead
    return declared


def _name(record: str) -> str:
    return f"urn:uuid:{record}"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _day(moment: datetime) -> date:
    return moment.astimezone(_VIETNAM).date()
