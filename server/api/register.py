"""GET /changes and GET /snapshot."""

from __future__ import annotations

import gzip
import re
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.gzip import gzip_page
from ninja import Query, Router
from ninja.decorators import decorate_view

from api.cursors import read_cursor
from api.errors import Error
from api.schemas import Changes, Snapshot
from register.documents import change_documents, register_document
from register.models import ProductChange
from register.snapshot import State
from register.snapshot import snapshot as compressed_snapshot

_ACCEPTS_GZIP = re.compile(r"\bgzip\b")
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


@router.get("/snapshot", response={200: Snapshot, 304: None}, by_alias=True, summary="The whole register")
def snapshot(request: HttpRequest) -> Any:
    """The register at one moment, with the cursor of that moment."""
    state = State.now()
    if unchanged := get_conditional_response(request, etag=f'"{state.name}"'):
        return unchanged
    state, body = compressed_snapshot(state)
    headers = {"ETag": f'"{state.name}"', "Content-Encoding": "gzip"}
    answer = HttpResponse(body, content_type="application/json", headers=headers)
    if not _ACCEPTS_GZIP.search(request.headers.get("Accept-Encoding", "")):
        answer.content = gzip.decompress(body)
        del answer.headers["Content-Encoding"]
    patch_vary_headers(answer, ("Accept-Encoding",))
    return answer


def _json(document: dict[str, Any]) -> JsonResponse:
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False})
