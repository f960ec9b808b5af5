"""Finds products by place: which lie in a unit, old or new, surely or possibly, and units by the names people type.

A dossier names the commune, the former unit, or both. If it names a unit of the level asked for, that decides. If not,
the mapping between former units and communes does, and a product may lie in each unit that shares the land.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, CharField, Q, QuerySet, Value, When

from register.folding import fold
from register.models import Locality, Product

SURELY, POSSIBLY = "surely", "possibly"
LIES = {SURELY: "chắc chắn", POSSIBLY: "có thể"}


def lying_in(products: QuerySet[Product], unit: Locality, *, column: str = "lies") -> QuerySet[Product]:
    """The products that lie in `unit`, each with `surely` or `possibly` in the column."""
    own, other = ("former_unit", "commune") if unit.level == Locality.Level.FORMER_UNIT else ("commune", "former_unit")
    whole, part = _related(unit)
    surely = Q(**{own: unit.pk}) | Q(**{f"{own}__isnull": True, f"{other}__in": whole})
    possibly = Q(**{f"{own}__isnull": True, f"{other}__in": part})
    says = Case(When(surely, then=Value(SURELY)), default=Value(POSSIBLY), output_field=CharField())
    return products.filter(surely | possibly).annotate(**{column: says})


def _related(unit: Locality) -> tuple[list[int], list[int]]:
    """The units of the other level that share land with this one: those that lie in it wholly, and those in part."""
    if unit.level == Locality.Level.FORMER_UNIT:
        near = {one.pk: one.former_units for one in unit.communes.all()}
    else:
        near = {one.pk: one.communes for one in unit.former_units.all()}
    whole = [pk for pk, lands in near.items() if lands.count() == 1]
    return whole, [pk for pk in near if pk not in whole]


def units_named(term: str) -> tuple[list[Locality], str]:
    """The units that a search term names, with or without their kind or diacritics, and the term's other words.

    The longest name in the term counts; several units may share it.
    """
    words = term.split()
    folded = [fold(word.strip(",.;")) for word in words]
    named = _by_name(Locality.objects.all())
    for length in range(len(words), 0, -1):
        for begin in range(len(words) - length + 1):
            units = named.get(" ".join(folded[begin : begin + length]))
            if units:
                return units, " ".join(words[:begin] + words[begin + length :])
    return [], term


def _by_name(units: Iterable[Locality]) -> dict[str, list[Locality]]:
    named: dict[str, list[Locality]] = {}
    for unit in units:
        for name in (unit.name, str(unit)):
            named.setdefault(fold(name), []).append(unit)
    return named
