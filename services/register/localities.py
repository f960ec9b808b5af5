"""Administrative units by date: which existed on a day, what became of them, and in which a product may lie.

A product's dossier names its commune, its former unit, or both. The land of a former unit went to several communes, and
a few communes have land of several former units (Resolution 1679/NQ-UBTVQH15): so a product whose dossier names only
one lies in some units surely and in others possibly. Old and new units share names, never codes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from services.register.products import Locality, Place, Product

FORMER_UNIT = "former_unit"
COMMUNE = "commune"


class Lies(StrEnum):
    """How certain it is that a product lies in a unit."""

    SURELY = "surely"
    POSSIBLY = "possibly"


def full_name(unit: Locality) -> str:
    """A unit's name with its kind: "phường Hồng Gai"."""
    return f"{unit.kind} {unit.name}".strip()


def exists_on(unit: Locality, day: date) -> bool:
    """Whether the unit exists on a day."""
    return (unit.valid_from is None or unit.valid_from <= day) and (unit.valid_to is None or day <= unit.valid_to)


@dataclass(frozen=True)
class PlaceByDate:
    """Where a product is made, in the units of today and in those before them.

    Where there are several, the product lies in one of them and the dossier does not say which. `since` is the first
    day of today's units, or None where the register does not say.
    """

    now: tuple[Locality, ...]
    before: tuple[Locality, ...]
    since: date | None

    @property
    def listed(self) -> tuple[Locality, ...]:
        """The units that a list has room for: today's where it is known, else those before it."""
        return self.now if len(self.now) == 1 or not self.before else self.before


@dataclass(frozen=True)
class Gazetteer:
    """The register's localities, and which succeeded which."""

    localities: tuple[Locality, ...]

    @cached_property
    def _by_code(self) -> dict[str, Locality]:
        return {unit.code: unit for unit in self.localities}

    def get(self, code: str) -> Locality | None:
        """The unit with this code, or None."""
        return self._by_code.get(code)

    def on(self, day: date) -> tuple[Locality, ...]:
        """The units that exist on a day."""
        return tuple(unit for unit in self.localities if exists_on(unit, day))

    def successors(self, former_unit: str, day: date) -> tuple[Locality, ...]:
        """The communes of a day that hold land of this former unit."""
        return tuple(unit for unit in self.on(day) if former_unit in unit.former_units)

    def predecessors(self, commune: str) -> tuple[Locality, ...]:
        """The former units that this commune's land was in."""
        unit = self.get(commune)
        return tuple(self._by_code[code] for code in unit.former_units if code in self._by_code) if unit else ()

    def lies_in(self, former_unit: str | None, commune: str | None, unit: Locality) -> Lies | None:
        """Whether a product lies in `unit`, by the codes that are known of it. None: it does not, or it is not known.

        The dossier's unit of the same level decides; the mapping between old and new units is used where it has none.
        """
        if unit.code in (former_unit, commune):
            return Lies.SURELY
        if unit.level == FORMER_UNIT:
            home = self.get(commune) if commune and not former_unit else None
            return _one_of(unit.code, home.former_units) if home else None
        known = self.get(commune) if commune else None
        if commune and (known is None or _together(known, unit)):
            return None
        befores = (former_unit,) if former_unit else known.former_units if known else ()
        shared = [code for code in befores if code in unit.former_units]
        if not shared:
            return None
        whole = not known and all(self._took_all(code, unit) for code in befores)
        return Lies.SURELY if whole else Lies.POSSIBLY

    def units_of(self, former_unit: str | None, commune: str | None) -> tuple[tuple[Locality, Lies], ...]:
        """All units, of any day, in which such a product lies surely or possibly."""
        found = ((unit, self.lies_in(former_unit, commune, unit)) for unit in self.localities)
        return tuple((unit, lies) for unit, lies in found if lies)

    def place_of(self, product: Product, today: date) -> PlaceByDate:
        """Where a product is made, by date; `today` is a day in Vietnam."""
        former, commune = product.former_unit, product.commune
        missing = [
            (_of(place, level), Lies.SURELY)
            for place, level in ((former, FORMER_UNIT), (commune, COMMUNE))
            if place and self.get(place.code) is None
        ]
        return self._dated(former.code if former else None, commune.code if commune else None, missing, today)

    def by_codes(self, former_unit: str | None, commune: str | None, today: date) -> PlaceByDate:
        """Where a product with these codes is made, as far as the register's list of units tells."""
        return self._dated(former_unit, commune, [], today)

    def _dated(
        self, former_unit: str | None, commune: str | None, missing: list[tuple[Locality, Lies]], today: date
    ) -> PlaceByDate:
        every = [*self.units_of(former_unit, commune), *missing]
        now = _surest((unit, lies) for unit, lies in every if exists_on(unit, today) and not _is_undated(unit))
        before = _surest(
            (unit, lies) for unit, lies in every if (unit.valid_to and unit.valid_to < today) or _is_undated(unit)
        )
        begins = [unit.valid_from for unit in now if unit.valid_from]
        ends = [unit.valid_to + timedelta(days=1) for unit in before if unit.valid_to]
        return PlaceByDate(now, before, max(begins or ends, default=None))

    def _took_all(self, former_unit: str, unit: Locality) -> bool:
        """Whether this commune has all the land of a former unit, as the special zones do."""
        heirs = [other for other in self.localities if former_unit in other.former_units and _together(other, unit)]
        return heirs == [unit]


def _one_of(code: str, codes: tuple[str, ...]) -> Lies | None:
    if code not in codes:
        return None
    return Lies.SURELY if len(codes) == 1 else Lies.POSSIBLY


def _together(one: Locality, other: Locality) -> bool:
    """Whether two units existed on the same day: then nothing lies in both."""
    ends = [unit.valid_to for unit in (one, other) if unit.valid_to]
    begins = [unit.valid_from for unit in (one, other) if unit.valid_from]
    return not (ends and begins) or max(begins) <= min(ends)


def _is_undated(unit: Locality) -> bool:
    """Whether it is a former unit without an end date, as in copies of earlier versions."""
    return unit.level == FORMER_UNIT and unit.valid_to is None


def _of(place: Place, level: str) -> Locality:
    """Make a unit of what a product says, where the register's list does not have it."""
    return Locality(place.code, place.name, "", level, place.valid_from, place.valid_to)


def _surest(units: Iterable[tuple[Locality, Lies]]) -> tuple[Locality, ...]:
    found = list(units)
    surely = tuple(unit for unit, lies in found if lies is Lies.SURELY)
    return surely or tuple(unit for unit, _lies in found)
