"""What to look at when a pack is compared with the registered label, and what is written of what differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.register.certificates import Today, worth
from services.register.products import Product
from views.parts.texts import Texts, mark


class Seen(StrEnum):
    """What the person sees of one matter. The app judges nothing."""

    SAME = "same"
    DIFFERS = "differs"


@dataclass(frozen=True)
class Matter:
    """One thing to look at: its name, and what the register says of it, where it does."""

    key: str
    name: str
    told: Callable[[Texts, Product, Today], str | None] = lambda _texts, _product, _today: None


def _stars(texts: Texts, product: Product, today: Today) -> str | None:
    stars = worth(product.certificates, today.day).stars
    return texts.gettext("The certificate is for {stars} stars").format(stars=stars) if stars else None


MATTERS = (
    Matter("logo", mark("OCOP logo")),
    Matter("stars", mark("Number of stars"), _stars),
    Matter("address", mark("Producer and address"), lambda _t, p, _d: f"{p.producer.name}, {p.producer.address}"),
    Matter("seal", mark("Seal or stamp")),
    Matter("name", mark("Name and weight"), lambda _t, p, _d: p.name),
    Matter("barcode", mark("Barcode"), lambda _t, p, _d: p.gtin.removeprefix("0")),
)
"""In the order in which a label is looked over."""


def differing(seen: Mapping[str, Seen]) -> list[Matter]:
    """What the person says is different, in the order of MATTERS."""
    return [matter for matter in MATTERS if seen.get(matter.key) is Seen.DIFFERS]


def words_of(texts: Texts, seen: Mapping[str, Seen]) -> str:
    """What a note or a report says of the comparison; what was not looked at is not named."""
    _ = texts.gettext
    same = [matter for matter in MATTERS if seen.get(matter.key) is Seen.SAME]
    lines = [
        (_("Differs from the registered label: {matters}."), differing(seen)),
        (_("Same as on the registered label: {matters}."), same),
    ]
    return "\n".join(
        line.format(matters=", ".join(_(matter.name).lower().replace("ocop", "OCOP") for matter in matters))
        for line, matters in lines
        if matters
    )
