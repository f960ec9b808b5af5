"""Tells what to look for first, and where: a pure function of what is on the device, so that it needs no network."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.guidance.guidance import Guidance, GuidedPlace, GuidedProduct
from services.register.catalogue import Catalogue
from services.register.certificates import ProductState, soon_after, worth
from services.register.localities import Gazetteer, Lies
from services.register.lookup import By, Filter, Order
from services.register.products import Product
from services.register.search import fold

HERE = 2000.0
"""Metres within which an earlier inspection counts as here: a market with the streets around it."""

LONG_AGO = timedelta(days=180)
"""After half a year a place, and a product, is worth another visit. An assumption of this app, no rule of law."""

_READ = 500
"""So many lapsed products of each state are looked at, the latest first; nobody looks for more in a day.

So it is with those that were only never seen or not for long, in the order in which the register tells them.
"""

_QUIET = frozenset({"never_seen", "not_visited"})


class Reason(StrEnum):
    """Why to look for a product or go to a place; the gravest first, in which order they are listed."""

    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    SUSPECTED = "suspected"
    REPORTED = "reported"
    ENDS_SOON = "ends_soon"
    ON_MY_LIST = "on_my_list"
    NEVER_SEEN = "never_seen"
    NOT_VISITED = "not_visited"
    SEEN_HERE = "seen_here"


_ORDER = list(Reason)


@dataclass(frozen=True)
class Why:
    """A reason, with its day (when it lapsed, ends, or was last seen) and its number (of reports) where it has one."""

    reason: Reason
    day: date | None = None
    number: int = 0


@dataclass(frozen=True)
class Visit:
    """What this account saw itself: a product at a place, on a day in Vietnam; `at` is latitude and longitude."""

    gtin: str | None
    day: date
    place: str = ""
    at: tuple[float, float] | None = None


@dataclass(frozen=True)
class PlannedProduct:
    """A product to look for, with its reasons, the gravest first. `surely`: it surely belongs to the chosen unit."""

    product: Product
    reasons: tuple[Why, ...]
    on_my_list: bool = False
    surely: bool = True


@dataclass(frozen=True)
class PlannedPlace:
    """A place to go to, with its reasons."""

    name: str
    commune: str | None
    reasons: tuple[Why, ...]


@dataclass(frozen=True)
class Plan:
    """What to look for first and where to go, in this order; `products_in_all` counts what `most` leaves out."""

    products: tuple[PlannedProduct, ...] = ()
    places: tuple[PlannedPlace, ...] = ()
    products_in_all: int = 0


def plan(
    catalogue: Catalogue,
    guidance: Guidance,
    visits: Sequence[Visit],
    my_list: Collection[str],
    today: date,
    *,
    place: str | None = None,
    here: tuple[float, float] | None = None,
    most: int = 100,
) -> Plan:
    """Put first what lapsed, is suspected, was reported, ends soon, was never seen, or not for long. Blocks.

    `place` is a unit's code: then come its products and places alone, and what is on the list or was seen `here`
    (latitude, longitude). What the account inspected today is done and is left out. `today` is a day in Vietnam.
    """
    told = {each.gtin.zfill(14): each for each in guidance.products}
    last = _last_seen(visits)
    near = {visit.gtin for visit in visits if visit.gtin and here and visit.at and _metres(here, visit.at) <= HERE}
    wanted = {gtin.zfill(14) for gtin in my_list}
    found: list[PlannedProduct] = []
    for product, surely in _candidates(catalogue, told, wanted | near, today, place):
        seen = last.get(product.gtin)
        if seen == today:
            continue
        reasons = tuple(sorted(_reasons(product, told.get(product.gtin), seen, today), key=_rank))
        if product.gtin in near and reasons:
            reasons = (*reasons, Why(Reason.SEEN_HERE))
        if product.gtin in wanted:
            reasons = tuple(sorted((*reasons, Why(Reason.ON_MY_LIST)), key=_rank))
        if reasons:
            found.append(PlannedProduct(product, reasons, product.gtin in wanted, surely))
    found.sort(key=_first)
    return Plan(tuple(found[:most]), tuple(_places(guidance.places, visits, today, place))[:most], len(found))


def _candidates(
    catalogue: Catalogue,
    told: Mapping[str, GuidedProduct],
    wanted: Collection[str],
    today: date,
    place: str | None,
) -> Iterator[tuple[Product, bool]]:
    """Each product that may have a reason once, and whether it surely belongs to the place."""
    given: set[str] = set()
    for state in (ProductState.WITHDRAWN, ProductState.ENDED, ProductState.ENDS_SOON):
        latest_first = Order(By.END, descending=state is not ProductState.ENDS_SOON)
        listing = catalogue.find("", Filter(place=place, state=state), today, limit=_READ, order=latest_first)
        for product, surely in _both(listing.surely, listing.possibly) if listing else ():
            if product.gtin not in given:
                given.add(product.gtin)
                yield product, surely
    gazetteer = Gazetteer(catalogue.register.localities)
    unit = gazetteer.get(place) if place else None
    copies = [product.gtin for product in catalogue.with_copies()]
    quiet = [each.gtin.zfill(14) for each in told.values() if not each.reports and _QUIET.issuperset(each.reasons)]
    # Nobody gets to the last of thousands that were never seen; those of one place are all looked at.
    beyond = set(quiet[_READ:]) if place is None else set()
    for gtin in dict.fromkeys((*wanted, *copies, *(each for each in told if each not in beyond))):
        other = None if gtin in given else catalogue.product(gtin)
        if other is None:
            continue
        given.add(gtin)
        if unit is None or gtin in wanted:
            yield other, True
            continue
        former, commune = other.former_unit, other.commune
        lies = gazetteer.lies_in(former.code if former else None, commune.code if commune else None, unit)
        if lies is not None:
            yield other, lies is Lies.SURELY


def _both(surely: Iterable[Product], possibly: Iterable[Product]) -> Iterator[tuple[Product, bool]]:
    yield from ((product, True) for product in surely)
    yield from ((product, False) for product in possibly)


def _reasons(product: Product, told: GuidedProduct | None, seen: date | None, today: date) -> Iterator[Why]:
    judged = worth(product.certificates, today)
    speaks = judged.speaks
    if judged.state is ProductState.WITHDRAWN and speaks:
        yield Why(Reason.WITHDRAWN, speaks.withdrawn_on)
    elif judged.state is ProductState.ENDED and speaks:
        yield Why(Reason.LAPSED, speaks.valid_to)
    elif judged.state is ProductState.ENDS_SOON and speaks and speaks.valid_to <= soon_after(today):
        yield Why(Reason.ENDS_SOON, speaks.valid_to)
    if product.copies or (told and "suspected" in told.reasons):
        yield Why(Reason.SUSPECTED)
    if told is None:
        return
    if told.reports or "reported" in told.reasons:
        yield Why(Reason.REPORTED, number=told.reports)
    last = max(filter(None, (told.last_seen, seen)), default=None)
    if last is None:
        if "never_seen" in told.reasons:
            yield Why(Reason.NEVER_SEEN)
    elif last + LONG_AGO < today:
        yield Why(Reason.NOT_VISITED, last)


def _places(
    told: Sequence[GuidedPlace], visits: Sequence[Visit], today: date, commune: str | None
) -> list[PlannedPlace]:
    """The places that have a reason: the most reports first, then what was not visited for the longest."""
    own: dict[str, date] = {}
    for visit in visits:
        name = fold(visit.place)
        own[name] = max(visit.day, own.get(name, visit.day))
    found: list[tuple[int, date, PlannedPlace]] = []
    for each in told:
        if commune is not None and each.commune != commune:
            continue
        last = max(filter(None, (each.last_visit, own.get(fold(each.name)))), default=None)
        reasons = [Why(Reason.REPORTED, number=each.reports)] if each.reports else []
        if last == today:
            continue
        if last is None:
            reasons.append(Why(Reason.NEVER_SEEN))
        elif last + LONG_AGO < today:
            reasons.append(Why(Reason.NOT_VISITED, last))
        if reasons:
            found.append((-each.reports, last or date.min, PlannedPlace(each.name, each.commune, tuple(reasons))))
    return [each for _reports, _last, each in sorted(found, key=lambda one: (one[0], one[1], one[2].name))]


def _rank(why: Why) -> int:
    return _ORDER.index(why.reason)


def _first(planned: PlannedProduct) -> tuple[int, bool, int, int, str]:
    """The gravest reason first; then what was seen here, has more reasons, or lapsed last or ends first."""
    gravest = planned.reasons[0]
    seen_here = any(why.reason is Reason.SEEN_HERE for why in planned.reasons)
    day = gravest.day.toordinal() if gravest.day else 0
    latest_first = gravest.reason in (Reason.WITHDRAWN, Reason.LAPSED)
    order = -day if latest_first else day
    return _rank(gravest), not seen_here, -len(planned.reasons), order, planned.product.gtin


def _last_seen(visits: Iterable[Visit]) -> dict[str, date]:
    last: dict[str, date] = {}
    for visit in visits:
        if visit.gtin:
            last[visit.gtin] = max(visit.day, last.get(visit.gtin, visit.day))
    return last


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """About how far two points in degrees are from each other; good enough within a province."""
    north = math.radians(other[0] - one[0])
    east = math.radians(other[1] - one[1]) * math.cos(math.radians((one[0] + other[0]) / 2))
    return 6_371_000 * math.hypot(north, east)
