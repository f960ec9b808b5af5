"""How many copied labels the rules find, and whom they accuse wrongly: `python benchmarks/copies.py`.

A simulation: no real pack was followed. Packs with serial numbers travel from their producers to wholesalers and shops
of the province and are scanned on the way, with the errors of people, clocks and positions; of some products one label
is copied onto many packs. What is scanned is judged by the server's own rules (server/inspections/suspicion.py), one
sighting after another. Ends with 1 where a pack with a serial number of its own was accused, or a product without.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "server")]

from benchmarks.report import measured_on, median, put_between, table  # noqa: E402 - found by the line above
from inspections.grid import GRID, SEATS, cell_of  # noqa: E402
from inspections.suspicion import Finding, Rules, Seen, Witness, judge, may_be_told  # noqa: E402

DOCUMENT = ROOT / "docs" / "copies.md"
BEGIN, END = "<!-- copies: begin -->", "<!-- copies: end -->"
START = datetime(2026, 1, 1, tzinfo=UTC)
MOST_JUDGED = 60  # of one serial, the newest
OFFICE = "Hạ Long"  # where inspectors take what they have bought
FAR = (21.03, 105.85)  # Hà Nội, where some of the buyers live

Place = tuple[float, float]


@dataclass(frozen=True)
class Trade:
    """One setting: what is scanned by whom, how often something goes wrong, and the rules."""

    products: int = 200
    packs: int = 400  # of each product
    days: int = 180
    # Shares of the packs that pass somebody.
    shipped: float = 0.2  # scanned by the producer, and again by the wholesaler
    received: float = 0.3  # scanned by the shop when they come
    sold: float = 0.3  # reported as sold by the shop
    inspected: float = 0.05  # scanned by an inspector while they are on sale
    bought: float = 0.05  # scanned by whoever bought them, at home
    # Copies: of every second product with serials, one label on so many packs, in shops of so many towns.
    copied: int = 30
    copied_towns: int = 6
    # What goes wrong, as shares of the notes or of the packs.
    no_place: float = 0.2
    wrong_place: float = 0.002  # a position of elsewhere in the province
    no_clock: float = 0.05  # the device never saw the server's time
    wrong_clock: float = 0.01  # hours off
    wrong_day: float = 0.0005  # days off
    sold_by_mistake: float = 0.005
    moved_on: float = 0.02  # from one shop to a shop elsewhere
    brought_back: float = 0.01  # to the shop, and sold again
    sample: float = 0.005  # bought by an inspector, scanned again at the office
    unscanned_sample: float = 0.1  # of those, not scanned in the shop
    sold_to_shops: float = 0.05  # of the products: a wholesaler who reports what goes on to shops as sold
    lots: float = 0.05  # of the products: the lot in place of the serial number
    constant: float = 0.05  # of the products: one number on all packs
    grid: float = GRID
    rules: Rules = field(default_factory=Rules)


@dataclass(frozen=True)
class Scan:
    """A pack scanned: its serial, what really was, and by whom."""

    at: datetime
    serial: str
    place: Place
    witness: Witness
    account: str
    sold: bool = False


@dataclass
class Tally:
    """What became of all products' serials."""

    copied: int = 0
    found: int = 0
    leads: int = 0  # found, or shown to the office
    sightings: list[float] = field(default_factory=list)
    days: list[float] = field(default_factory=list)
    genuine: int = 0  # serials of packs whose number is their own
    accused: int = 0
    led: int = 0  # of the genuine, those shown to the office
    misused: int = 0  # products with lots, constants, or wholesalers' sales
    misused_accused: int = 0  # those of whose serials one was told, ever

    def add(self, other: Tally) -> None:
        """Add up."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def near(chance: random.Random, place: Place, degrees: float = 0.06) -> Place:
    """Somewhere in the town."""
    return place[0] + chance.uniform(-degrees, degrees), place[1] + chance.uniform(-degrees, degrees)


class Product:
    """One product's packs and the scans of them."""

    def __init__(self, trade: Trade, number: int, seed: int) -> None:
        self.trade = trade
        self.chance = random.Random(f"{seed} {number}")
        self.towns = list(SEATS.values())
        self.shops = {town: [near(self.chance, place) for _ in range(4)] for town, place in SEATS.items()}
        kind = self.chance.random()
        self.lots = kind < trade.lots
        self.constant = not self.lots and kind < trade.lots + trade.constant
        self.sells_to_shops = kind > 1 - trade.sold_to_shops
        self.misused = self.lots or self.constant or self.sells_to_shops
        self.copied = "5" if not (self.lots or self.constant) and number % 2 == 0 else ""
        self.first_copy = START
        self.producer = self.shop()
        self.wholesaler = self.shop()
        self.inspectors = [f"inspector {n}" for n in range(20)]

    def shop(self) -> tuple[str, Place]:
        """Some shop: its account and its place."""
        town = self.chance.choice(list(self.shops))
        number = self.chance.randrange(len(self.shops[town]))
        return f"shop {town} {number}", self.shops[town][number]

    def scans(self) -> list[Scan]:
        """All scans of the genuine packs and of the copies, in order."""
        scans: list[Scan] = []
        for pack in range(self.trade.packs):
            serial = "1" if self.constant else str(pack // 50) if self.lots else str(pack)
            made = START + timedelta(days=self.chance.uniform(0, self.trade.days * 0.7))
            scans += self.journey(serial, made)
        if self.copied:
            scans += self.copies()
        return sorted(scans, key=lambda scan: scan.at)

    def journey(self, serial: str, made: datetime) -> Iterator[Scan]:
        """One pack from its producer to whoever buys it."""
        chance, trade = self.chance, self.trade
        at, (account, place) = made, self.producer
        if chance.random() < trade.shipped:
            yield Scan(at, serial, place, Witness.SHOP, account)
        if chance.random() < 0.6:  # by way of the wholesaler
            at = self.arrival(at, place, self.wholesaler[1])
            account, place = self.wholesaler
            if chance.random() < trade.shipped or self.sells_to_shops:
                yield Scan(at, serial, place, Witness.SHOP, account, sold=self.sells_to_shops)
        account, shop = self.shop()
        at, place = self.arrival(at, place, shop), shop
        if chance.random() < trade.moved_on:
            yield from self.on_sale(serial, at, account, place, goes_on=True)
            at += timedelta(days=chance.expovariate(1 / 10))
            account, shop = self.shop()
            at, place = self.arrival(at, place, shop), shop
        yield from self.on_sale(serial, at, account, place)

    def arrival(self, left: datetime, a: Place, b: Place) -> datetime:
        """When a pack that left one place comes to another: often the same day, as quickly as the road allows."""
        chance = self.chance
        km = 111 * ((a[0] - b[0]) ** 2 + (0.93 * (a[1] - b[1])) ** 2) ** 0.5 * chance.uniform(1.1, 1.4)
        waits = timedelta(0) if chance.random() < 0.3 else timedelta(days=chance.expovariate(1 / 4))
        return left + waits + timedelta(hours=0.1 + km / chance.uniform(40, 95))

    def on_sale(
        self, serial: str, at: datetime, account: str, place: Place, *, goes_on: bool = False
    ) -> Iterator[Scan]:
        """In a shop: scanned, seen by inspectors, sold, taken home or brought back."""
        chance, trade = self.chance, self.trade
        shelf = timedelta(days=chance.expovariate(1 / 15) + 0.1)
        if chance.random() < trade.received:
            yield Scan(at, serial, place, Witness.SHOP, account)
        if chance.random() < trade.sold_by_mistake:
            yield Scan(at + shelf * 0.1, serial, place, Witness.SHOP, account, sold=True)
        if chance.random() < trade.inspected:
            when = at + shelf * chance.random()
            yield Scan(when, serial, place, Witness.INSPECTOR, chance.choice(self.inspectors))
        if goes_on:
            return
        end = at + shelf
        if chance.random() < trade.sold:
            yield Scan(end, serial, place, Witness.SHOP, account, sold=True)
        if chance.random() < trade.sample:
            inspector = chance.choice(self.inspectors)
            if chance.random() >= trade.unscanned_sample:
                yield Scan(end, serial, place, Witness.INSPECTOR, inspector)
            when = end + timedelta(hours=chance.uniform(2, 72))
            yield Scan(when, serial, near(chance, SEATS[OFFICE], 0.02), Witness.INSPECTOR, inspector)
        elif chance.random() < trade.bought:
            home = FAR if chance.random() < 0.2 else chance.choice(self.towns)
            when = end + timedelta(hours=4 + chance.expovariate(1 / 48))
            yield Scan(when, serial, near(chance, home), Witness.CONSUMER, f"device {chance.random()}")
        elif chance.random() < trade.brought_back:
            end += timedelta(days=chance.uniform(0.5, 10))
            if chance.random() < trade.received:
                yield Scan(end, serial, place, Witness.SHOP, account)
            if chance.random() < trade.inspected:
                yield Scan(end + timedelta(days=1), serial, place, Witness.INSPECTOR, chance.choice(self.inspectors))

    def copies(self) -> Iterator[Scan]:
        """The copied label on packs in shops of several towns, which bring them onto the shelf within two months."""
        chance, trade = self.chance, self.trade
        self.first_copy = START + timedelta(days=trade.days * 0.4)
        towns = chance.sample(list(self.shops), trade.copied_towns)
        for _ in range(trade.copied):
            town = chance.choice(towns)
            number = chance.randrange(len(self.shops[town]))
            came = self.first_copy + timedelta(days=chance.uniform(0, 60))
            yield from self.on_sale(self.copied, came, f"shop {town} {number}", self.shops[town][number])


def sighting(product: Product, scan: Scan, number: int) -> Seen:
    """What the server keeps of a scan, with the errors of the device's clock and position."""
    chance, trade = product.chance, product.trade
    at, place = scan.at, scan.place
    if chance.random() < trade.wrong_clock:
        at += timedelta(hours=chance.gauss(0, 3))
    if chance.random() < trade.wrong_day:
        at += timedelta(days=chance.gauss(0, 5))
    if chance.random() < trade.wrong_place:
        place = near(chance, chance.choice(product.towns))
    known = chance.random() >= trade.no_place
    at = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    # A clock that is ahead is noticed when the note arrives; one note in five waits an hour or more for a network.
    late = timedelta(hours=chance.expovariate(1 / 3) if chance.random() < 0.2 else 0)
    sure = chance.random() >= trade.no_clock and at <= scan.at + late + timedelta(minutes=5)
    cell = cell_of(*place, trade.grid) if known else None
    return Seen(at, cell, scan.witness, scan.account, scan.sold, sure, number)


def follow(trade: Trade, number: int, seed: int) -> Tally:
    """Judge one product's sightings as they come, as the server does."""
    product, tally = Product(trade, number, seed), Tally()
    seen: defaultdict[str, list[Seen]] = defaultdict(list)
    found: dict[str, Finding] = {}
    said: set[tuple[Any, ...]] = set()
    serials: set[str] = set()  # seen by accounts
    told: dict[str, tuple[int, datetime]] = {}  # after how many sightings, and when
    led: set[str] = set()
    packs_copied: set[str] = {product.copied} - {""}
    for count, scan in enumerate(product.scans()):
        new = sighting(product, scan, count)
        same = (scan.serial, new.sender, new.at.date(), new.cell, new.sold, new.time_is_sure)
        if same in said:
            continue
        said.add(same)
        seen[scan.serial].append(new)
        if new.witness is not Witness.CONSUMER:
            serials.add(scan.serial)
        finding = judge(seen[scan.serial][-MOST_JUDGED:], trade.rules)
        if finding:
            found[scan.serial] = finding
            led.add(scan.serial)
        if not found:
            continue
        suspected = sum(one.by_accounts for one in found.values())
        if may_be_told(suspected, len(serials), trade.rules):
            for serial, one in found.items():
                if one.accuses:
                    told.setdefault(serial, (len(seen[serial]), scan.at))
    if product.misused:
        tally.misused, tally.misused_accused = 1, int(bool(set(told) - packs_copied))
    else:
        tally.genuine = len(set(seen) - packs_copied)
        tally.accused = len(set(told) - packs_copied)
        tally.led = len(led - packs_copied)
        tally.copied = len(packs_copied)
        tally.leads = len(led & packs_copied)
        for serial in packs_copied & set(told):
            tally.found += 1
            sightings, at = told[serial]
            tally.sightings.append(sightings)
            tally.days.append((at - product.first_copy).total_seconds() / 86400)
    return tally


def run(trade: Trade, seed: int) -> Tally:
    """Follow all products of one setting."""
    tally = Tally()
    for number in range(trade.products):
        tally.add(follow(trade, number, seed))
    return tally


def settings(base: Trade) -> dict[str, Trade]:
    """What is compared: the base, and one thing changed at a time."""
    rules = base.rules
    return {
        "as assumed": base,
        **{
            f"inspectors scan {100 * x:.0f} % of what is on sale": replace(base, inspected=x)
            for x in (0.01, 0.02, 0.1, 0.2)
        },
        **{f"shops report {100 * x:.0f} % of their sales": replace(base, sold=x) for x in (0.0, 0.1, 0.6, 0.9)},
        **{f"{packs} packs with the copied label": replace(base, copied=packs) for packs in (5, 10, 100)},
        "copies in 2 towns": replace(base, copied_towns=2),
        **{f"places rounded to {grid} degrees": replace(base, grid=grid) for grid in (0.01, 0.3, 0.5)},
        "no places unknown, no errors": replace(
            base, no_place=0.0, wrong_place=0.0, no_clock=0.0, wrong_clock=0.0, wrong_day=0.0
        ),
        "ten times the errors of clocks and positions": replace(
            base, wrong_place=0.02, wrong_clock=0.1, wrong_day=0.005
        ),
        "rules: once after a sale is enough": replace(base, rules=replace(rules, after_sales=1)),
        "rules: 60 km/h": replace(base, rules=replace(rules, road_kmh=60.0)),
        "rules: without a least distance": replace(base, rules=replace(rules, least_km=0.0)),
        "rules: without a product's sound serials": replace(base, rules=replace(rules, sound_serials=0)),
    }


HEAD = (
    "setting", "copied labels found", "or a lead", "sightings until then", "days until then",
    "genuine serials accused", "or a lead", "products accused whose numbers are no serials",
)  # fmt: skip


def row(name: str, tally: Tally) -> tuple[str, ...]:
    """A line of the table."""
    return (
        name,
        f"{share(tally.found, tally.copied)}",
        f"{share(tally.leads, tally.copied)}",
        f"{median(tally.sightings):.0f}" if tally.found else "-",
        f"{median(tally.days):.0f}" if tally.found else "-",
        f"{tally.accused:,} of {tally.genuine:,}",
        f"{tally.led:,}",
        f"{tally.misused_accused} of {tally.misused}",
    )


def share(part: int, whole: int) -> str:
    """In per cent."""
    return f"{100 * part / whole:.0f} %" if whole else "-"


def main() -> int:
    """Run all settings and print the table; 1 where the rules as they are accused anybody wrongly."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=Trade.products)
    parser.add_argument("--packs", type=int, default=Trade.packs, help="of each product")
    parser.add_argument("--seed", type=int, default=952)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--only", metavar="WORDS", help="settings whose name contains this, beside the base")
    parser.add_argument("--update-docs", action="store_true", help="put the table into docs/copies.md")
    options = parser.parse_args()
    base = Trade(products=options.products, packs=options.packs)
    chosen = {n: t for n, t in settings(base).items() if not options.only or options.only in n or t is base}
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        tallies = dict(zip(chosen, pool.map(run, chosen.values(), [options.seed] * len(chosen)), strict=True))
    report = f"{table(HEAD, (row(name, tally) for name, tally in tallies.items()))}\n\n{measured_on()}"
    print(report)
    if options.update_docs:
        put_between(BEGIN, END, DOCUMENT, report)
    as_they_are = [tally for name, tally in tallies.items() if not name.startswith("rules: ")]
    return int(any(tally.accused or tally.misused_accused for tally in as_they_are))


if __name__ == "__main__":
    sys.exit(main())
