"""What to look at when a pack is compared with the registered label, and what is written of what differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from services.codes import on_the_pack
from services.register.certificates import Today, worth
from services.register.products import Product
from services.rounds.inspection import Finding, Found
from services.wording import mark
from views.parts.texts import Texts


class Seen(StrEnum):
    """What the person sees of one matter. The app judges nothing."""

    SAME = "same"
    DIFFERS = "differs"


@dataclass(frozen=True)
class Matter:
    """One thing to look at: its name, what is found where it differs, and what the register says of it, if anything."""

    key: str
    name: str
    finding: str = Finding.LABEL_DIFFERS
    told: Callable[[Texts, Product, Today], str | None] = lambda _texts, _product, _today: None


def _stars(texts: Texts, product: Product, today: Today) -> str | None:
    stars = worth(product.certificates, today.day).stars
    return texts.gettext("The certificate is for {stars} stars").format(stars=stars) if stars else None


MATTERS = (
    Matter("logo", mark("OCOP logo")),
    Matter("stars", mark("Number of stars"), Finding.STARS_DIFFER, _stars),
    Matter("address", mark("Producer and address"), told=lambda _t, p, _d: f"{p.producer.name}, {p.producer.address}"),
    Matter("seal", mark("Seal or stamp")),
    Matter("name", mark("Name and weight"), told=lambda _t, p, _d: p.name),
    Matter("barcode", mark("Barcode"), Finding.CODE_DIFFERS, lambda _t, p, _d: on_the_pack(p.gtin)),
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


def with_differences(texts: Texts, found: Found, seen: Mapping[str, Seen], label: str) -> Found:
    """What was found with what differs from the registered label: as findings, and in words that name its picture.

    `label` is the hash of that picture, so that it can be told later what was compared.
    """
    differ = [matter.finding for matter in differing(seen)]
    kept = [finding for finding in found.findings if not (differ and finding == Finding.MATCHES)]
    said = words_of(texts, seen)
    if said:
        said += "\n" + texts.gettext("Compared with the registered label, picture {sha256}.").format(sha256=label)
    text = found.text if said in found.text else "\n".join(filter(None, [found.text.rstrip(), said]))
    return replace(found, findings=tuple(dict.fromkeys([*kept, *map(str, differ)])), text=text)
