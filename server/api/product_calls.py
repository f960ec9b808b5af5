"""GET /products: search, one product, and its signed statement. Anybody reads, other systems with a key."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from ninja.decorators import decorate_view

from api.answers import answers
from api.authentication import KEY_OR_ANYBODY
from api.conditional import not_modified
from api.errors import ApiError
from api.product_search import NoSuchPlace, State, Wanted, search, standing_document
from api.schemas import FoundProducts, OneProduct, StatementOut
from api.throttle import LIMITED, tells_limit
from issuing.statements import address_of, public_url, statement_for
from publishing.documents import product_documents
from register import days
from register.certificates import that_counts
from register.gtin import to_gtin14
from register.models import Certificate

router = Router(tags=["register"])

GTIN = r"^[0-9]{14}$"
_FRESH = "public, no-cache"
"""A copy may be kept, but is asked about before it is shown: a certificate may have been withdrawn."""
_A_MINUTE = "public, max-age=60"
_CONDITIONAL = ("ETag", "Cache-Control", *LIMITED)
_READING: dict[str, Any] = {
    "headers": {200: _CONDITIONAL, 304: _CONDITIONAL, 429: LIMITED},
    "reads": ("If-None-Match",),
    "scope": "products:read",
    "also": {"security": [{}]},
}

Gtin = Annotated[str, Path(pattern=GTIN, examples=["09520000100018"])]
Words = Annotated[
    str,
    Query(
        max_length=100, pattern=r"^[^\x00]*$", examples=["tra hoa vang"],
        description="Words of name, GTIN, place and producer.",
    ),
]  # fmt: skip
Stars = Annotated[int | None, Query(ge=3, le=5, description="Of the certificate that counts.", examples=[4])]
PlaceCode = Annotated[
    str, Query(pattern=r"^[0-9a-z-]{0,20}$", description="The code of a commune or former unit.", examples=["ba-che"])
]
InState = Annotated[State | None, Query(description="What its certificates are worth today.", examples=["in_force"])]
After = Annotated[str, Query(pattern=r"^([0-9]{14})?$", description="`next` of the page before.", examples=[""])]


@router.get(
    "/products",
    auth=KEY_OR_ANYBODY,
    summary="Search of products",
    **answers(
        {200: FoundProducts, 304: None}, "bad_request", "not_signed_in", "not_allowed", "too_many_requests", **_READING
    ),
)
@decorate_view(tells_limit)
def found_products(
    request: HttpRequest,
    q: Words = "",
    place: PlaceCode = "",
    stars: Stars = None,
    state: InState = None,
    after: After = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> HttpResponse:
    """By GTIN, each word without its accents and capitals; all that is asked holds together."""
    try:
        documents, following = search(Wanted(q, place, stars, state), after, limit, days.today())
    except NoSuchPlace:
        raise ApiError(400, "bad_request", "place: The register knows no unit with this code.") from None
    return _answer(request, {"products": documents, "next": following}, _A_MINUTE)


@router.get(
    "/products/{gtin}",
    auth=KEY_OR_ANYBODY,
    by_alias=True,
    summary="One product, as the register has it now",
    **answers(
        {200: OneProduct, 304: None},
        "bad_request", "not_signed_in", "not_allowed", "not_registered", "too_many_requests",
        **_READING,
    ),
)  # fmt: skip
@decorate_view(tells_limit)
def product(request: HttpRequest, gtin: Gtin) -> HttpResponse:
    """404 says that the register does not hold the product, and nothing of the goods that bear the number."""
    document = next(product_documents([_checked(gtin)]), None)
    if document is None:
        detail = f"The register holds no product with the GTIN {gtin}. Most goods are no OCOP products."
        raise ApiError(404, "not_registered", detail)
    today = days.today()
    counts = that_counts(Certificate.objects.filter(product__gtin=gtin), today)
    return _answer(request, {"product": document, "standing": standing_document(counts, today)}, _FRESH)


@router.get(
    "/products/{gtin}/statement",
    by_alias=True,
    summary="Its signed certificate statement",
    **answers({200: StatementOut}, "bad_request", "not_found"),
)
def statement(request: HttpRequest, gtin: Gtin) -> dict[str, str]:
    """The statement on the certificate in force, signed with the key in use."""
    signed = statement_for(_checked(gtin))
    if signed is None:
        raise ApiError(
            404, "not_found", "There is no such product, no certificate of it in force, or no key to sign with."
        )
    return {"url": address_of(signed, public_url(request))}


def _checked(gtin: str) -> str:
    if to_gtin14(gtin) is None:
        raise ApiError(400, "bad_request", "This is no GTIN of 14 digits: its check digit is another.")
    return gtin


def _answer(request: HttpRequest, document: dict[str, Any], kept: str) -> HttpResponse:
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": kept}
    return not_modified(request, headers) or HttpResponse(body, content_type="application/json", headers=headers)
