"""GET /changes and GET /snapshot."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition
from ninja import Query, Router
from ninja.decorators import decorate_view

from api.cursors import read_cursor
from api.errors import Error
from api.schemas import Changes, Snapshot
from register.documents import change_documents, product_document, register_document, with_parts
from register.models import Product, ProductChange, RegisterClock

router = Router(tags=["register"])


@router.get(
    "/changes",
    response={200: Changes, 400: Error, 410: Error},
    by_alias=True,
    summary="What changed since a cursor",
)
@decorate_view(gzip_page)
def changes(
    request: HttpRequest,  # noqa: ARG001 - ninja's signature
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> Any:
    """A product appears at its latest change only; replaying a page is harmless."""
    start = read_cursor(cursor, "register")
    found = list(ProductChange.objects.filter(cursor__gt=start).order_by("cursor")[: limit + 1])
    page = found[:limit]
    return _json(
        {
            "changes": change_documents(page),
            "next_cursor": str(page[-1].cursor if page else start),
            "more": len(found) > limit,
            "register": register_document(),
        }
    )


def _snapshot_etag(request: HttpRequest, *args: Any, **kwargs: Any) -> str:  # noqa: ARG001 - Django's signature
    clock = RegisterClock.objects.get(name="register").value
    return '"' + hashlib.sha256(f"1 {clock} {register_document()}".encode()).hexdigest()[:32] + '"'


@router.get("/snapshot", response={200: Snapshot, 304: None}, by_alias=True, summary="The whole register")
@decorate_view(gzip_page, condition(etag_func=_snapshot_etag))
def snapshot(request: HttpRequest) -> Any:  # noqa: ARG001
    """The clock is read before the products: what changes meanwhile has a later cursor and comes again."""
    clock = RegisterClock.objects.get(name="register").value
    changed = dict(ProductChange.objects.values_list("gtin", "changed_at"))
    products = with_parts(Product.objects.order_by("gtin"))
    return _json(
        {
            "products": [
                product_document(product, changed[product.gtin]) for product in products if product.gtin in changed
            ],
            "next_cursor": str(clock),
            "register": register_document(),
        }
    )


def _json(document: dict[str, Any]) -> JsonResponse:
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False})
