"""The register as rows are judged against it: all of it in memory, found by what lists say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from register.clock import RegisterClock
from register.folding import fold, normal
from register.models import Certificate, Locality, PackCode, Producer, Product

# Forms of enterprise, which lists write, shorten and leave out at will.
_FORMS = re.compile(
    r"\b(?:cong ty|tnhh|mtv|mot thanh vien|co phan|cp|ctcp|hop tac xa|htxnn|htx|ho kinh doanh|hkd|ho sxkd|to hop tac"
    r"|tht|co so|doanh nghiep tu nhan|doanh nghiep|dntn|dn|san xuat|sx|va|kinh doanh|thuong mai|tm|dich vu|dv)\b"
)


@dataclass(frozen=True, slots=True)
class KnownProducer:
    """A producer of the register."""

    pk: int
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """A product of the register; `former_unit` and `commune` are keys."""

    pk: int
    gtin: str
    name: str
    group: str
    producer: int
    place: str
    former_unit: int | None
    commune: int | None


@dataclass(frozen=True, slots=True)
class KnownCertificate:
    """A certificate of the register."""

    pk: int
    product: int
    number: str
    stars: int
    valid_from: date
    valid_to: date
    withdrawn_on: date | None


@dataclass
class Known:
    """The register in memory, with the ways in which a list names its records."""

    producers: dict[int, KnownProducer] = field(default_factory=dict)
    products: dict[int, KnownProduct] = field(default_factory=dict)
    certificates: dict[int, list[KnownCertificate]] = field(default_factory=lambda: defaultdict(list))
    product_of_gtin: dict[str, int] = field(default_factory=dict)
    product_of_code: dict[str, int] = field(default_factory=dict)
    product_of_number: dict[str, int] = field(default_factory=dict)
    products_named: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    producers_named: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    alike: LookAlikes = field(default_factory=lambda: LookAlikes())
    units: dict[int, str] = field(default_factory=dict)
    communes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    former: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


class LookAlikes:
    """Finds names that differ in marks, in the form of enterprise, in i and y, or in one letter."""

    def __init__(self) -> None:
        self._near: dict[str, list[tuple[str, str]]] = defaultdict(list)

    def add(self, name: str, key: str) -> None:
        """Remember a name under a key."""
        core = core_of(name)
        for form in _forms(core):
            self._near[form].append((core, key))

    def near(self, name: str) -> list[str]:
        """The keys of names that look like this one."""
        core = core_of(name)
        digits = re.sub(r"\D", "", core)
        found = {key: None for form in _forms(core) for other, key in self._near.get(form, ())
                 if re.sub(r"\D", "", other) == digits}  # fmt: skip
        return list(found)


def core_of(name: str) -> str:
    """What is left of a producer's name without marks, form of enterprise, spaces and the difference of i and y."""
    folded = fold(name)
    core = re.sub(r"[\W_]", "", _FORMS.sub(" ", folded)) or re.sub(r"[\W_]", "", folded)
    return core.replace("y", "i")


def _forms(core: str) -> Iterator[str]:
    yield core
    if len(core) >= 6:
        yield from (core[:at] + core[at + 1 :] for at in range(len(core)))


def exactly(name: str) -> str:
    """A name as it is compared: the same letters and marks; spaces and capitals do not count."""
    return " ".join(normal(name).split()).casefold()


def register_state() -> str:
    """Where the register stands: another text means that somebody has changed it.

    A producer without products moves no cursor, so the histories of producers count too.
    """
    clock = RegisterClock.objects.get(name="register").value
    newest = Producer.history.order_by("-history_id").values_list("history_id", flat=True).first()
    return f"{clock}:{newest or 0}"


def load() -> Known:
    """Read the register; some 100 bytes a record."""
    known = Known()
    for producer in Producer.objects.order_by().values_list("pk", "name", "address"):
        one = KnownProducer(*producer)
        known.producers[one.pk] = one
        known.producers_named[exactly(one.name)].append(one.pk)
        known.alike.add(one.name, str(one.pk))
    columns = ("pk", "gtin", "name", "group", "producer_id", "place", "former_unit_id", "commune_id")
    for row in Product.objects.order_by().values_list(*columns).iterator(2000):
        product = KnownProduct(*row)
        known.products[product.pk] = product
        known.product_of_gtin[product.gtin] = product.pk
        known.products_named[fold(product.name), product.producer].append(product.pk)
    said = ("pk", "product_id", "number", "stars", "valid_from", "valid_to", "withdrawn_on")
    for row in Certificate.objects.order_by().values_list(*said).iterator(2000):
        certificate = KnownCertificate(*row)
        known.certificates[certificate.product].append(certificate)
        known.product_of_number[certificate.number] = certificate.product
    codes = PackCode.objects.filter(kind=PackCode.Kind.EXACT).order_by()
    known.product_of_code.update(codes.values_list("value", "product_id").iterator(2000))
    for unit in Locality.objects.order_by():
        known.units[unit.pk] = str(unit)
        named = known.communes if unit.level == Locality.Level.COMMUNE else known.former
        for name in {unit.code, fold(str(unit)), fold(unit.name)}:
            named[name].append(unit.pk)
    return known
