"""Finds products for everybody: by words, place, stars and what their certificates are worth, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db.models import OuterRef, Q, Subquery

from overview.certificates import counting
from register.certificates import CertificateState, last_day, standing_of
from register.folding import fold
from register.models import Certificate, Locality, Picture, Product
from register.places import lying_in

State = Literal["in_force", "not_yet", "ended", "withdrawn", "never"]
MOST_WORDS = 8
"""Words of a search that count."""


class NoSuchPlace(ValueError):
    """The register knows no administrative unit with this code."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for; what is empty or None is not asked."""

    words: str = ""
    place: str = ""
    stars: int | None = None
    state: State | None = None


def search(wanted: Wanted, after: str, limit: int, today: date) -> tuple[list[dict[str, Any]], str | None]:
    """A page of products by GTIN, those after the GTIN `after`, and after which the next begins. Raises NoSuchPlace."""
    products = Product.objects.select_related("producer", "commune", "former_unit").order_by("gtin")
    if after:
        products = products.filter(gtin__gt=after)
    for word in fold(wanted.words).split()[:MOST_WORDS]:
        products = products.filter(Q(search__contains=word) | Q(producer__search__contains=word))
    if wanted.place:
        unit = Locality.objects.filter(code=wanted.place).first()
        if unit is None:
            raise NoSuchPlace(wanted.place)
        products = lying_in(products, unit)
    first_picture = Picture.objects.filter(product=OuterRef("pk")).order_by("position", "pk").values("sha256")[:1]
    products = products.annotate(
        paper=Subquery(counting(today).values("pk")[:1]), first_picture=Subquery(first_picture)
    )
    if wanted.state == "never":
        products = products.filter(paper=None)
    elif wanted.state:
        products = products.filter(paper__in=Certificate.objects.filter(_in_state(wanted.state, today)).values("pk"))
    if wanted.stars:
        products = products.filter(paper__in=Certificate.objects.filter(stars=wanted.stars).values("pk"))
    found = list(products[: limit + 1])
    page = found[:limit]
    papers = Certificate.objects.in_bulk([product.paper for product in page if product.paper is not None])
    documents = [_document(product, papers.get(product.paper), today) for product in page]
    return documents, page[-1].gtin if len(found) > limit else None


def standing_document(certificate: Certificate | None, today: date) -> dict[str, Any]:
    """STANDING: what a product's certificates are worth on a day, by the one that counts; None where it never had one.

    `until` is the last day of one in force, as far as is known.
    """
    if certificate is None:
        return {"state": "never", "on": today.isoformat(), "certificate": None, "stars": None, "until": None}
    standing = standing_of(certificate, today)
    until = last_day(certificate.valid_to, certificate.withdrawn_on)
    return {
        "state": standing.state.value,
        "on": today.isoformat(),
        "certificate": certificate.number,
        "stars": certificate.stars,
        "until": until.isoformat() if standing.in_force else None,
    }


def _in_state(state: State, today: date) -> Q:
    """`register.certificates.standing_on` for the database; a test holds one against the other."""
    withdrawn = Q(withdrawn_on__lte=today)
    match CertificateState(state):
        case CertificateState.WITHDRAWN:
            return withdrawn
        case CertificateState.NOT_YET:
            return ~withdrawn & Q(valid_from__gt=today)
        case CertificateState.ENDED:
            return ~withdrawn & Q(valid_to__lt=today)
        case CertificateState.IN_FORCE:
            return ~withdrawn & Q(valid_from__lte=today, valid_to__gte=today)


def _document(product: Any, certificate: Certificate | None, today: date) -> dict[str, Any]:
    return {
        "gtin": product.gtin,
        "name": product.name,
        "group": product.group,
        "producer": product.producer.name,
        "place": product.place,
        "commune": product.commune.code if product.commune else None,
        "former_unit": product.former_unit.code if product.former_unit else None,
        "picture": product.first_picture,
        "standing": standing_document(certificate, today),
    }
