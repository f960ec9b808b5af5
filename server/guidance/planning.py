"""Tells inspectors what a round may be planned by: which products and places are worth a visit, and why.

Nothing of it says who reported what: reports are counted by their devices, and their words stay here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from accounts.models import Role, User
from guidance.communes import Communes, runs, words
from inspections.models import Inspection as Note
from inspections.models import Suspicion
from records.events import WAITING, with_state
from register import days
from register.models import Product
from reports.kind import REPORT
from reports.models import Report
from rounds.models import Inspection, Round

MOST_PRODUCTS, MOST_PLACES = 20_000, 5_000
"""So many are told, those first that are most worth a visit."""
SHORTEST_NAME = 4
"""Letters of the shortest name of a place that is looked for in what people report."""


@dataclass
class _Place:
    """A place that is planned by: its name, its commune's code, the last visit, and the devices that reported it."""

    name: str
    commune: str | None
    last_visit: date | None = None
    devices: set[Any] = field(default_factory=set)


def plan() -> dict[str, Any]:
    """GUIDANCE of docs/api.md."""
    products, places = _products(), _places()
    return {
        "products": products[:MOST_PRODUCTS],
        "places": places[:MOST_PLACES],
        "more": len(products) > MOST_PRODUCTS or len(places) > MOST_PLACES,
    }


def _products() -> list[dict[str, Any]]:
    """Every product with a reason, the most pressing first."""
    reported, suspected = _reported(), _suspected()
    long_ago = days.today() - timedelta(days=settings.NOT_VISITED_DAYS)
    registered = set(Product.objects.values_list("gtin", flat=True))
    seen = _last_seen((reported.keys() | suspected) - registered)
    found = []
    for gtin in registered | reported.keys() | suspected:
        last = seen.get(gtin)
        reasons = {
            "suspected": gtin in suspected,
            "reported": gtin in reported,
            "never_seen": last is None and gtin in registered,
            "not_visited": last is not None and last < long_ago,
        }
        if any(reasons.values()):
            found.append((gtin, [reason for reason, holds in reasons.items() if holds], last, reported.get(gtin, 0)))
    found.sort(key=lambda row: ("suspected" not in row[1], -row[3], row[2] or date.min, row[0]))
    return [
        {"gtin": gtin, "reasons": reasons, "last_seen": _day(last), "reports": reports}
        for gtin, reasons, last, reports in found
    ]


def _last_seen(others: Collection[str]) -> dict[str, date]:
    """The day on which the last note or inspection arrived that somebody of the office's side wrote of a product.

    Of each product of the register, and of these others.
    """
    # A look into an index for each product, however much is stored of it; all records would be read for a maximum.
    noted, inspected = (
        Subquery(_written(model).filter(gtin=OuterRef("gtin")).order_by("-received_at").values("received_at")[:1])
        for model in (Note, Inspection)
    )
    times = list(Product.objects.order_by().values_list("gtin", noted, inspected))
    for model in (Note, Inspection):
        of_others = _written(model).filter(gtin__in=others).order_by().values_list("gtin")
        times += [(gtin, at, None) for gtin, at in of_others.annotate(at=Max("received_at"))]
    last: dict[str, date] = {}
    for gtin, *arrivals in times:
        for at in filter(None, arrivals):
            last[gtin] = max(last.get(gtin, date.min), days.day_of(at))
    return last


def _written(model: type[Note | Inspection]) -> QuerySet[Any]:
    """The notes or the inspections of the office's side."""
    return model._default_manager.filter(account__in=_officials())


def _officials() -> QuerySet[User]:
    """The accounts whose visits count: what a shop sends of itself must not keep inspectors away."""
    return User.objects.filter(role__in=[Role.INSPECTOR, Role.REGISTRAR, Role.ADMINISTRATOR])


def _open_reports() -> QuerySet[Report]:
    """Reports on which the office has not said its last word."""
    return with_state(REPORT, Report.objects.all()).filter(state__in=WAITING)


def _reported() -> dict[str, int]:
    """From how many devices a product was reported."""
    named = _open_reports().exclude(gtin="").order_by().values_list("gtin")
    return dict(named.annotate(devices=Count("device", distinct=True)))


def _suspected() -> set[str]:
    """Products with a serial number that one pack cannot explain, unless the office has dismissed that."""
    standing = Suspicion.objects.exclude(decision=Suspicion.Decision.DISMISSED)
    return set(standing.filter(Q(told=True) | Q(accuses=True)).values_list("gtin", flat=True))


def _places() -> list[dict[str, Any]]:
    """Places of rounds, and communes that reports name beside them; those with reports first, then the longest ago."""
    communes = Communes.of_today()
    places = _visited(communes)
    named: dict[str, list[_Place]] = {}
    for (name, _), place in places.items():
        if len(name) >= SHORTEST_NAME:
            named.setdefault(name, []).append(place)
    longest = max((name.count(" ") + 1 for name in named), default=0)
    for text, device in _open_reports().exclude(place="").values_list("place", "device"):
        commune, there = communes.named_in(text), {*runs(text, longest)}
        here = [place for name in there & named.keys() for place in named[name] if commune in (None, place.commune)]
        if not here and commune:
            name = communes.names[commune]
            key = words(name), commune
            if key not in places:
                visits = [
                    place.last_visit for place in places.values() if place.commune == commune and place.last_visit
                ]
                places[key] = _Place(name, commune, max(visits, default=None))
            here = [places[key]]
        for place in here:
            place.devices.add(device)
    found = sorted(places.values(), key=lambda place: (-len(place.devices), place.last_visit or date.min, place.name))
    return [
        {"name": p.name, "commune": p.commune, "last_visit": _day(p.last_visit), "reports": len(p.devices)}
        for p in found
    ]


def _visited(communes: Communes) -> dict[tuple[str, str | None], _Place]:
    """The places of rounds by the words of their name and their commune, each under the name that it was given last."""
    places: dict[tuple[str, str | None], _Place] = {}
    for name, address, at in _by_place():
        commune, day = communes.named_in(f"{name}, {address}"), days.day_of(at)
        place = places.setdefault((words(name), commune), _Place(name, commune, day))
        place.name, place.last_visit = name, day
    return places


def _by_place() -> Iterator[tuple[str, str, Any]]:
    """Name, address and last arrival of the officials' rounds of each place, the latest last."""
    rounds = Round.objects.filter(account__in=_officials()).exclude(place_name="")
    named = rounds.order_by().values_list("place_name", "place_address")
    yield from named.annotate(at=Max("received_at")).order_by("at").iterator()


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
