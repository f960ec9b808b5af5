"""What else a product's producer makes, and what else is made where it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.register.catalogue import Catalogue
from services.register.lookup import Filter
from services.register.products import Product


@dataclass(frozen=True)
class Neighbours:
    """`of_producer`: the producer's other products. `near`: others' products from the same unit. Each by name."""

    of_producer: tuple[Product, ...]
    near: tuple[Product, ...]


def neighbours(catalogue: Catalogue, product: Product, today: date, *, most: int) -> Neighbours:
    """Look in the device's copy, at every product of it; `most` limits `near`. Blocks."""
    producer = product.producer.id
    own = catalogue.of_producer(producer) if producer is not None else []
    unit = product.commune or product.former_unit
    found = catalogue.find("", Filter(place=unit.code), today, limit=most + len(own) + 1) if unit else None
    known = {product.gtin, *(each.gtin for each in own)}
    near = [each for each in found.surely if each.gtin not in known] if found else []
    return Neighbours(tuple(each for each in own if each.gtin != product.gtin), tuple(near[:most]))
