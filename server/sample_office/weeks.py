"""What the plan of the sample keeps in mind while it is made up, and what all of its parts need."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from register.days import VIETNAM
from sample_office.places import SamplePlace
from sample_office.steps import Photographed, Timeline, Ware

DAYS = 56


class Weeks:
    """The eight weeks before `today` while they are made up, and the chance that decides."""

    def __init__(self, chance: random.Random, wares: Sequence[Ware], today: date) -> None:
        self.chance = chance
        self.today = today
        self.time = Timeline()
        by_status: dict[str, list[Ware]] = {}
        for ware in wares:
            by_status.setdefault(ware.status_on(today), []).append(ware)
        self.good = [*by_status.get("certified", []), *by_status.get("certificate_expires_soon", [])[:6]]
        self.bad = [*by_status.get("certificate_expired", []), *by_status.get("withdrawn", [])]
        self.number = 0

    def photos(self, ware: Ware, *, of_label: bool) -> tuple[Photographed, ...]:
        """One photo or two of a product."""
        self.number += 1
        found = [("front", ware.pack), ("label", ware.label if of_label else None)]
        return tuple(Photographed(shows, text, self.number) for shows, text in found if text)

    def shot(self, finding: str) -> bool:
        """Whether somebody takes a photo."""
        return finding != "matches" or self.chance.random() < 0.35

    def next(self) -> int:
        """The next number of a paper."""
        self.number += 1
        return self.number

    def working(self, at: datetime) -> datetime:
        """The same moment in the office's hours, but not after the last evening."""
        local = at.astimezone(VIETNAM)
        if local.hour >= 17:
            local = local.replace(hour=9) + timedelta(days=1)
        elif local.hour < 8:
            local = local.replace(hour=8)
        last = moment(self.today - timedelta(days=1), 21, 40)
        return min(max(local, at), last)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A minute of a day in Vietnam."""
    return datetime.combine(day, time(hour, minute), VIETNAM)


def place_said(place: SamplePlace) -> dict[str, Any]:
    """PLACE of docs/api.md."""
    return {
        "kind": place.kind, "name": place.name, "address": f"{place.address}, tỉnh Quảng Ninh",
        "position": {"lat": place.lat, "lon": place.lon, "accuracy": 15.0},
    }  # fmt: skip


def code_said(
    gtin: str, symbology: str, text: str, *, lot: str | None = None, serial: str | None = None
) -> dict[str, Any]:
    """CODE of docs/api.md."""
    return {"text": text, "symbology": symbology, "gtin": gtin, "lot": lot, "serial": serial, "expiry": None}
