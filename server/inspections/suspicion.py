"""The rules by which a serial number is suspected: sightings that one pack cannot explain. Pure functions.

A wrong accusation of a product is worse than an unnoticed copy. So every doubt counts in the pack's favour: rounding,
clocks, who carried it. docs/copies.md gives the reasons for each rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations

from inspections.grid import Cell, least_km

_MOST_RESALES = 40
"""The most resales considered, since each two of them are compared."""


class Witness(StrEnum):
    """Who reported a sighting: somebody not signed in, a shop, or the office's own people."""

    CONSUMER = "consumer"
    SHOP = "shop"
    INSPECTOR = "inspector"


class Reason(StrEnum):
    """Why one pack cannot explain what was seen."""

    TOO_FAR_APART = "too_far_apart"
    SEEN_AFTER_SALE = "seen_after_sale"


@dataclass(frozen=True)
class Rules:
    """The figures of the rules. All are assumptions except where a source is named; settings.COPY_RULES changes them.

    A pack may move at `road_kmh` as the crow flies, the speed that the province's fastest road allows by road (the
    motorway from Vân Đồn to Móng Cái: 100 km/h), or fly: `flight_hours` from door to door plus the distance at
    `flight_kmh`. `slack_hours` allows for clocks and for times rounded to a quarter of an hour. Places nearer than
    `least_km` are one place. A sighting within `sale_hours` of a sale may be of the same sale. A pack on sale elsewhere
    after its sale is a lead; `after_sales` such times, 1 or 2, accuse. A product needs `sound_serials` consistent
    serials for each inconsistent one.
    """

    road_kmh: float = 100.0
    flight_hours: float = 3.0
    flight_kmh: float = 800.0
    slack_hours: float = 0.5
    least_km: float = 20.0
    sale_hours: float = 24.0
    after_sales: int = 2
    sound_serials: int = 20

    def hours_needed(self, km: float) -> float:
        """The least hours in which a pack can move this far."""
        return min(km / self.road_kmh, self.flight_hours + km / self.flight_kmh)


@dataclass(frozen=True)
class Seen:
    """A pack seen once. `sender` tells senders apart and names none.

    `time_is_sure`: the device knew the server's clock, and the note's delay was plausible. `id` grows as they arrive.
    """

    at: datetime
    cell: Cell | None
    witness: Witness
    sender: str
    sold: bool = False
    time_is_sure: bool = True
    id: int = 0

    @property
    def counts(self) -> bool:
        """Whether the sighting can contradict another."""
        return self.time_is_sure and self.cell is not None


@dataclass(frozen=True)
class Finding:
    """What one pack cannot explain: two to four sightings, newest first, and the first sale where that is the reason.

    `accuses`: enough accounts reported it, one of them an inspector's; otherwise it is a lead for the office alone.
    `by_accounts`: everybody who reported it was signed in.
    """

    reason: Reason
    sightings: tuple[Seen, ...]
    sale: Seen | None
    accuses: bool

    @property
    def by_accounts(self) -> bool:
        """Whether everybody who reported it was signed in."""
        return all(s.witness is not Witness.CONSUMER for s in self.sightings)


def judge(seen: Iterable[Seen], rules: Rules, newer_than: int = -1) -> Finding | None:
    """The gravest and newest that one pack with this serial cannot explain; None where one pack explains everything.

    `newer_than` leaves out findings without a sighting of a higher `id`: the office has dismissed those.
    """
    usable = sorted((s for s in seen if s.counts), key=_order)
    found = [
        finding
        for finding in (*_too_far_apart(usable, rules), *_seen_after_sale(usable, rules))
        if max(s.id for s in finding.sightings) > newer_than
    ]
    return max(found, key=lambda f: (f.accuses, f.by_accounts, _order(f.sightings[0])), default=None)


def may_be_told(suspected: int, serials: int, rules: Rules) -> bool:
    """Whether devices may be told of a product's suspected serials without a decision by the office.

    Of `serials` seen by accounts, `suspected` are inconsistent. Many are where packs bear a lot or a constant instead
    of a serial, or where a wholesaler reports each pack as sold: then the numbering is at fault, and no pack is
    accused.
    """
    return serials >= suspected * (rules.sound_serials + 1)


def _too_far_apart(seen: Sequence[Seen], rules: Rules) -> Iterator[Finding]:
    # No distance on Earth is more than half its circumference.
    longest = timedelta(hours=rules.hours_needed(20_040.0))
    for number, later in enumerate(seen):
        for earlier in reversed(seen[:number]):
            if later.at - earlier.at > longest:
                break
            km = _km(earlier, later)
            hours = (later.at - earlier.at).total_seconds() / 3600 + rules.slack_hours
            # A sender who seems to be in two places has a wrong clock or a wrong position.
            if earlier.sender != later.sender and km >= rules.least_km and rules.hours_needed(km) > hours:
                pair = later, earlier
                yield Finding(Reason.TOO_FAR_APART, pair, None, _by_an_inspector(pair))


def _seen_after_sale(seen: Sequence[Seen], rules: Rules) -> Iterator[Finding]:
    """Find each sighting on sale elsewhere after a sale, and each two of them that are independent.

    A single one may be a wholesaler's sale to a shop, a sale reported by mistake, or a sample bought and taken along.
    """
    resales = list(_resales(seen, rules))
    for sale, later in resales:
        accuses = rules.after_sales < 2 and _by_an_inspector((sale, later))
        yield Finding(Reason.SEEN_AFTER_SALE, (later, sale), sale, accuses)
    for one, other in combinations(resales[:_MOST_RESALES], 2):
        places = _km(one[0], other[0]), _km(one[1], other[1])
        if one[1].sender != other[1].sender and max(places) >= rules.least_km and _by_an_inspector((*one, *other)):
            told = tuple(sorted({*one, *other}, key=_order, reverse=True))
            yield Finding(Reason.SEEN_AFTER_SALE, told, min(one[0], other[0], key=_order), accuses=True)


def _resales(seen: Sequence[Seen], rules: Rules) -> Iterator[tuple[Seen, Seen]]:
    """Each sale with each later sighting elsewhere by another sender who does not seem to have carried the pack there.

    Consumers scan at home what they bought, so only accounts count as having seen a pack on sale. Newest first.
    """
    accounts = [s for s in seen if s.witness is not Witness.CONSUMER]
    at_the_shop: dict[Seen, set[str]] = {}
    for sale in accounts:
        if sale.sold:
            end = sale.at + timedelta(hours=rules.sale_hours)
            at_the_shop[sale] = {s.sender for s in accounts if s.at <= end and _km(s, sale) < rules.least_km}
    told: set[tuple[Cell | None, Cell | None, str]] = set()
    for later in reversed(accounts):
        for sale, there in at_the_shop.items():
            hours = (later.at - sale.at).total_seconds() / 3600
            if hours > rules.sale_hours and later.sender not in there and _km(later, sale) >= rules.least_km:
                same = sale.cell, later.cell, later.sender
                if same not in told:
                    told.add(same)
                    yield sale, later


def _by_an_inspector(seen: Iterable[Seen]) -> bool:
    """Whether an inspector is among the witnesses, and all of them are signed in."""
    witnesses = {s.witness for s in seen}
    return Witness.INSPECTOR in witnesses and Witness.CONSUMER not in witnesses


def _order(seen: Seen) -> tuple[datetime, int]:
    return seen.at, seen.id


def _km(a: Seen, b: Seen) -> float:
    """The least distance of two sightings in km; both have a place."""
    assert a.cell is not None and b.cell is not None  # noqa: S101, PT018 - `judge` has seen to it
    return least_km(a.cell, b.cell)
